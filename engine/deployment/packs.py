"""A process pack: a folder of diagrams, forms, tables and texts that is deployed as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, TypeVar

import msgspec
from sqlalchemy import Connection, insert, select, update

from engine.dates.calendar import MOST_DAYS
from engine.errors import Invalid, Problem
from engine.storage import model

T = TypeVar("T")
Days = Annotated[int, msgspec.Meta(ge=0, le=MOST_DAYS)]
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


class _Names(msgspec.Struct):
    th: str | None = None
    en: str | None = None


class _Pack(msgspec.Struct):
    """pack.toml: the pack's name is `th = …`, or `name = {th = …}`."""

    key: str | None = None
    th: str | None = None
    en: str | None = None
    name: str | _Names | None = None

    def named(self, language: str) -> str:
        inside = getattr(self.name, language) if isinstance(self.name, _Names) else self.name
        return getattr(self, language) or inside or ""


class _Party(msgspec.Struct):
    """A row of parties.toml."""

    th: str
    en: str | None = None
    unit_variable: str | None = None
    unit: str | None = None
    of_unit: _Names | None = None
    see: list[str] = []

    def party(self, key: str) -> Party:
        en, of = self.en if self.en is not None else self.th, self.of_unit
        of_unit = None if of is None else (of.th if of.th is not None else self.th, of.en if of.en is not None else en)
        unit = self.unit_variable if self.unit_variable is not None else self.unit
        return Party(key, self.th, en, unit, of_unit, tuple(self.see))


class _Reminders(msgspec.Struct):
    """Of schedule.toml."""

    before: Days | None = None
    after: Days | None = None
    escalate_to: str | None = None


def read(files: Mapping[str, bytes]) -> PackFiles:
    """What pack.toml, parties.toml and schedule.toml say. Raises Invalid with a problem a fault."""
    found, problems = _read(files)
    if problems:
        raise Invalid("The pack's tables cannot be read.", problems, th="อ่านตารางของชุดกระบวนการไม่ได้")
    return found


def kept(files: Mapping[str, bytes]) -> PackFiles:
    """The same of what is deployed; what was let pass then and is no longer read is as if it were not there."""
    return _read(files)[0]


def _read(files: Mapping[str, bytes]) -> tuple[PackFiles, list[Problem]]:
    problems: list[Problem] = []
    pack = _as(_Pack, _toml(files, "pack.toml", problems), "pack.toml", "", problems) or _Pack()
    table = _toml(files, "parties.toml", problems)
    rows = _as(dict[str, Any], table.get("parties", table), "parties.toml", "parties", problems) or {}
    parties = {key: row.party(key) for key, given in rows.items() if (row := _as(_Party, given, "parties.toml", key, problems))}
    said = _toml(files, "schedule.toml", problems).get("reminders", {})
    rule = _as(_Reminders, said, "schedule.toml", "reminders", problems) or _Reminders()
    reminders = Reminders(rule.before, rule.after, rule.escalate_to)
    return PackFiles(pack.key, pack.named("th"), pack.named("en"), parties, reminders), problems


def _as(shape: type[T], given: Any, path: str, place: str, problems: list[Problem]) -> T | None:
    """What a table says, in its shape; none, and a problem, where it cannot be that."""
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        at = f"[{place}] " if place else ""
        problems.append(Problem(f"{path}: {at}{error}", f"{path}: {at}ค่าไม่ถูกต้อง ({error})", file=path, rule="table"))
        return None


def _toml(files: Mapping[str, bytes], path: str, problems: list[Problem]) -> dict[str, Any]:
    if path not in files:
        return {}
    try:
        return tomllib.loads(files[path].decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(f"{path}: {error}", f"อ่าน {path} ไม่ได้ ({error})", file=path, rule="toml"))
        return {}


def store_parties(connection: Connection, pack: PackFiles) -> None:
    """Add or change the rows of a pack's parties; a party another pack has keeps its name."""
    known = dict(connection.execute(select(model.party.c.key, model.party.c.pack)).all())
    for party in pack.parties.values():
        row = {"th": party.th, "en": party.en, "unit_variable": party.unit, "pack": pack.key}
        if party.key not in known:
            connection.execute(insert(model.party).values(key=party.key, **row))
        elif known[party.key] == pack.key:
            connection.execute(update(model.party).where(model.party.c.key == party.key).values(**row))
