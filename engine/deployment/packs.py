"""A process pack: a folder of diagrams, forms, tables and texts that is deployed as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.errors import Invalid, Problem
from engine.storage import model

LARGEST_FILE = 20 * 1024 * 1024
PASSED_OVER = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Party:
    """Who acts: a lane and a candidate group.

    `unit`: the expression that is the unit in an instance ("province.code"); `of_unit`: what a unit's group is called there, Thai and
    English ("จังหวัด${province.th}").
    """

    key: str
    th: str
    en: str
    unit: str | None = None
    of_unit: tuple[str, str] | None = None
    see: tuple[str, ...] = ()  # "category" or "category:unit" granted when a root instance starts


@dataclass(frozen=True, slots=True)
class Reminders:
    """When a task's people are reminded: working days before, then after its due date to whom."""

    before: int | None = None
    after: int | None = None
    escalate_to: str | None = None


@dataclass(frozen=True, slots=True)
class PackFiles:
    """What the files of a deployment say about the pack as a whole."""

    key: str | None = None
    name: str = ""
    name_en: str = ""
    parties: Mapping[str, Party] = field(default_factory=dict)
    reminders: Reminders = Reminders()


def read_folder(path: Path) -> dict[str, bytes]:
    """The files of a pack folder by their path inside it. Raises Invalid."""
    if not path.is_dir():
        raise Invalid(f"There is no folder {path.name!r}.", th=f"ไม่มีโฟลเดอร์ “{path.name}”")
    files: dict[str, bytes] = {}
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if file.is_file() and not (PASSED_OVER & set(inside.parts)) and file.suffix not in (".py", ".pyc"):
            if file.stat().st_size > LARGEST_FILE:
                raise Invalid(
                    f"{inside} is larger than {LARGEST_FILE // 1024 // 1024} MB.", th=f"{inside} ใหญ่กว่า {LARGEST_FILE // 1024 // 1024} MB"
                )
            files[str(PurePosixPath(inside))] = file.read_bytes()
    return files


def read(files: Mapping[str, bytes]) -> PackFiles:
    """What pack.toml, parties.toml and schedule.toml say. Raises Invalid with a problem a fault."""
    problems: list[Problem] = []
    pack = _toml(files, "pack.toml", problems)
    parties = _parties(_toml(files, "parties.toml", problems), problems)
    reminders = _toml(files, "schedule.toml", problems).get("reminders", {})
    if problems:
        raise Invalid("The pack's tables cannot be read.", problems, th="อ่านตารางของชุดกระบวนการไม่ได้")
    rule = Reminders(reminders.get("before"), reminders.get("after"), reminders.get("escalate_to"))
    return PackFiles(pack.get("key"), _named(pack, "th"), _named(pack, "en"), parties, rule)


def _named(pack: Mapping[str, Any], language: str) -> str:
    """The pack's name: `th = …`, or `name = {th = …}`."""
    names = pack.get("name")
    return str(pack.get(language) or (names.get(language, "") if isinstance(names, Mapping) else names or ""))


def _toml(files: Mapping[str, bytes], path: str, problems: list[Problem]) -> dict[str, Any]:
    if path not in files:
        return {}
    try:
        return tomllib.loads(files[path].decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(f"{path}: {error}", file=path, rule="toml"))
        return {}


def _parties(table: dict[str, Any], problems: list[Problem]) -> dict[str, Party]:
    found = {}
    for key, row in table.get("parties", table).items():
        if not isinstance(row, dict) or not isinstance(row.get("th"), str):
            problems.append(Problem(f"party '{key}' needs th and en", file="parties.toml", rule="party"))
            continue
        th, en = row["th"], str(row.get("en", row["th"]))
        unit, of_unit = row.get("unit_variable", row.get("unit")), row.get("of_unit")
        names = (str(of_unit.get("th", th)), str(of_unit.get("en", en))) if isinstance(of_unit, dict) else None
        found[key] = Party(key, th, en, unit, names, tuple(row.get("see", ())))
    return found


def store_parties(connection: Connection, pack: PackFiles) -> None:
    """Add or change the rows of a pack's parties; a party another pack has keeps its name."""
    known = dict(connection.execute(select(model.party.c.key, model.party.c.pack)).all())
    for party in pack.parties.values():
        row = {"th": party.th, "en": party.en, "unit_variable": party.unit, "pack": pack.key}
        if party.key not in known:
            connection.execute(insert(model.party).values(key=party.key, **row))
        elif known[party.key] == pack.key:
            connection.execute(update(model.party).where(model.party.c.key == party.key).values(**row))
