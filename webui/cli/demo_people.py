"""The people of a demo: each party has as many members as its work needs, named by what they do; nobody of them exists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from engine.states import Role

PROVINCES = "provinces.csv"
DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

# party, user id, how many members, Thai, English
COMMITTEES = (
    ("consultant", "consultant", 2, "ที่ปรึกษา", "Consultant"),
    ("opdc", "opdc", 2, "เจ้าหน้าที่สำนักงาน ก.พ.ร.", "OPDC officer"),
    ("inspection_committee", "inspection", 3, "กรรมการตรวจรับผลงาน", "Inspection committee member"),
    ("subcommission", "subcommission", 2, "อนุกรรมการ อ.ก.พ.ร.", "Sub-commission member"),
    ("central_committee", "central", 3, "กรรมการกลาง", "Central committee member"),
)
ALONE: tuple[tuple[str, str, str, list[str], list[Role]], ...] = (
    ("observer", "ผู้สังเกตการณ์", "Observer", [], [Role.OBSERVER]),
    ("admin", "ผู้ดูแลระบบ", "Administrator", [], [Role.ADMINISTRATOR]),
    ("staff", "ผู้ขอลา", "Member of staff", ["staff"], []),
    ("supervisor", "ผู้บังคับบัญชา", "Supervisor", ["supervisor"], []),
)


def people(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The arguments of `Engine.add_user` for everybody the participation pack's files call for."""
    provinces = list(csv.DictReader(io.StringIO(files[PROVINCES].decode("utf-8-sig"))))
    return [*_alone(), *_committees(), *_clusters(provinces), *_of_provinces(provinces)]


def _alone() -> Iterator[dict[str, Any]]:
    for user_id, th, en, groups, roles in ALONE:
        yield _person(user_id, th, en, groups, roles)


def _committees() -> Iterator[dict[str, Any]]:
    for party, user_id, members, th, en in COMMITTEES:
        for number in range(1, members + 1):
            yield _person(f"{user_id}{number}", f"{th} คนที่ {_thai(number)}", f"{en} {number}", [party])


def _clusters(provinces: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    names = {int(row["cluster_no"]): row["cluster_th"] for row in provinces}
    for number in sorted(names):
        th, en = f"คณะวิชาการประจำกลุ่มจังหวัด{names[number]}", f"Academic team of cluster {number}"
        yield _person(f"cluster{number}", th, en, [f"cluster_academics:{number}"])


def _of_provinces(provinces: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for row in provinces:
        code, th, en = row["iso_3166_2"], row["name_th"], row["name_en"]
        yield _person(f"province-{code}", f"ผู้แทนจังหวัด{th}", f"{en} province", [f"province:{code}"])
        yield _person(f"area-{code}", f"กรรมการในพื้นที่จังหวัด{th}", f"Area committee of {en}", [f"area_committee:{code}"])


def _person(user_id: str, th: str, en: str, groups: list[str], roles: list[Role] | None = None) -> dict[str, Any]:
    return {"user_id": user_id, "name": th, "name_en": en, "groups": groups, "roles": roles or [], "demo": True}


def _thai(number: int) -> str:
    return str(number).translate(DIGITS)
