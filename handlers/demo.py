"""The people of a demo or rehearsal: each party has as many members as its work needs, named by what they do; nobody of them exists."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.states import Role

PROVINCES = "provinces.csv"
LABEL, LABEL_EN = "ผู้ใช้สาธิต: ", "Demo: "

# party, user id, how many members, Thai, English
COMMITTEES = (
    ("consultant", "consultant", 2, "ที่ปรึกษา", "consultant"),
    ("opdc", "opdc", 2, "เจ้าหน้าที่สำนักงาน ก.พ.ร.", "OPDC officer"),
    ("inspection_committee", "inspection", 3, "กรรมการตรวจรับผลงาน", "inspection committee member"),
    ("subcommission", "subcommission", 2, "อนุกรรมการ อ.ก.พ.ร.", "sub-commission member"),
    ("central_committee", "central", 3, "กรรมการกลาง", "central committee member"),
)
ALONE: tuple[tuple[str, str, str, list[str], list[Role]], ...] = (
    ("observer", "ผู้สังเกตการณ์", "observer", [], [Role.OBSERVER]),
    ("admin", "ผู้ดูแลระบบ", "administrator", [], [Role.ADMINISTRATOR]),
    ("designer", "ผู้ออกแบบกระบวนการ", "process designer", [], [Role.DESIGNER]),
    ("approver", "ผู้เห็นชอบกระบวนการ", "process approver", [], [Role.APPROVER]),
    ("auditor", "ผู้ตรวจสอบ", "auditor", [], [Role.AUDITOR]),
    ("employee", "ผู้ขอลา", "employee", ["employee"], []),
    ("head", "หัวหน้างาน", "head", ["head"], []),
    ("personnel", "งานบุคคล", "personnel", ["personnel"], []),
)


def demo_users(files: Mapping[str, bytes], codes: Collection[str] = ()) -> list[dict[str, Any]]:
    """The arguments of `Engine.add_user` for everybody the pack's files call for; `codes`: only these provinces."""
    rows = [row for row in csv.DictReader(io.StringIO(files[PROVINCES].decode("utf-8-sig"))) if not codes or row["iso_3166_2"] in codes]
    return [*_alone(), *_committees(), *_clusters(rows), *_of_provinces(rows)]


def _alone() -> Iterator[dict[str, Any]]:
    for user_id, th, en, groups, roles in ALONE:
        yield _person(user_id, th, en, groups, roles)


def _committees() -> Iterator[dict[str, Any]]:
    for party, user_id, members, th, en in COMMITTEES:
        for number in range(1, members + 1):
            yield _person(f"{user_id}{number}", f"{th} {number}", f"{en} {number}", [party])


def _clusters(rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    names = {int(row["cluster_no"]): row["cluster_th"] for row in rows}
    for number in sorted(names):
        th, en = f"คณะวิชาการประจำกลุ่มจังหวัด{names[number]}", f"academic team of cluster {number}"
        yield _person(f"cluster{number}", th, en, [f"cluster_academics:{number}"])


def _of_provinces(rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        code, th, en = row["iso_3166_2"], row["name_th"], row["name_en"]
        yield _person(f"province-{code}", f"ผู้แทนจังหวัด{th}", f"{en} province", [f"province:{code}"])
        yield _person(f"area-{code}", f"กรรมการในพื้นที่จังหวัด{th}", f"area committee of {en}", [f"area_committee:{code}"])


def _person(user_id: str, th: str, en: str, groups: list[str], roles: list[Role] | None = None) -> dict[str, Any]:
    return {"user_id": user_id, "name": LABEL + th, "name_en": LABEL_EN + en, "groups": groups, "roles": roles or [], "demo": True}
