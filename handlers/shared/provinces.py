"""The provinces of a year and what they are grouped into: regions for the seminars, clusters for the academics."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Collection
from typing import Any

from engine.errors import Invalid, Problem

BY_PROVINCE, BY_CLUSTER = ("province", "area_committee"), "cluster_academics"  # the parties that have units
LATEST = 9999  # a year in which every province there is in the table is one


def of_year(table: bytes, year: int, codes: Collection[str] = ()) -> list[dict[str, Any]]:
    """`[{code, th, en, region, cluster}]` of พ.ศ. `year` in the order of provinces.csv; `codes`: only these.

    Raises Invalid for a code that is no province of that year.
    """
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    found = [_province(row) for row in rows if not row.get("since") or int(row["since"]) <= year]
    unknown = set(codes) - {province["code"] for province in found}
    if unknown:
        named = ", ".join(sorted(unknown))
        message, message_th = f"{named} was no province in B.E. {year}.", f"พ.ศ. {year} ไม่มีจังหวัดรหัส {named}"
        raise Invalid(message, [Problem(message, message_th, field="province_codes", rule="province")])
    return [province for province in found if not codes or province["code"] in codes]


def clusters_of(names: bytes, provinces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{no, th, en, provinces}]` by number, those that have a province; `names`: regions.toml."""
    table = tomllib.loads(names.decode("utf-8"))["clusters"]
    return [
        {"no": no, "th": name["th"], "en": name["en"], "provinces": members}
        for no, name in sorted(table.items(), key=lambda item: int(item[0]))
        if (members := [province for province in provinces if province["cluster"] == no])
    ]


def regions_of(names: bytes, provinces: list[dict[str, Any]]) -> list[dict[str, str]]:
    """`[{key, th, en}]` of the regions that have a province; `names`: regions.toml."""
    table = tomllib.loads(names.decode("utf-8"))["regions"]
    present = {province["region"] for province in provinces}
    return [{"key": key, "th": name["th"], "en": name["en"]} for key, name in table.items() if key in present]


def unit_names(table: bytes, names: bytes) -> dict[str, tuple[str, str]]:
    """What the units of the pack's parties are called, Thai and English, by group: `province:TH-50`, `cluster_academics:3`."""
    provinces = {row["code"]: (f"จังหวัด{row['th']}", f"{row['en']} province") for row in of_year(table, LATEST)}
    clusters = tomllib.loads(names.decode("utf-8"))["clusters"]
    by_province = {f"{party}:{code}": both for party in BY_PROVINCE for code, both in provinces.items()}
    return by_province | {f"{BY_CLUSTER}:{no}": (name["th"], name["en"]) for no, name in clusters.items()}


def _province(row: dict[str, str]) -> dict[str, Any]:
    return {"code": row["iso_3166_2"], "th": row["name_th"], "en": row["name_en"], "region": row["region"], "cluster": row["cluster_no"]}
