"""Reading the tests of a pack: all that is wrong with them at once, each with its file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine import language
from engine.dates.zone import BANGKOK
from engine.errors import Problem
from engine.language.times import parse_duration
from engine.packtests.model import NEXT_TIMER, RULE, Deed, Expected, ProcessTest, Step
from engine.packtests.places import Places

FOLDER, SUFFIX = "tests/", ".toml"
DEEDS = (Deed.COMPLETE, Deed.MESSAGE, Deed.SIGNAL, Deed.EXTERNAL)
OPENS = time(9)
STATES = ("ACTIVE", "SUSPENDED", "COMPLETED", "EXTERNALLY_TERMINATED", "INTERNALLY_TERMINATED")
CODES = ("not_found", "forbidden", "conflict", "invalid", "execution_failed", "expression")
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_PERSON = re.compile(r"[\w.@+-]{2,64}")
_GROUP = re.compile(r"[\w.-]+(:[\w.-]+)?")

# What each table may hold, by key: the kind of its value.
TOP = {"th": str, "en": str, "process": str, "at": date, "people": dict, "start": dict, "step": list}
EXPECT = {"state": str, "tasks": (list, dict), "that": (str, list), "documents": dict, "passed": list, "incidents": list,
          "refused": str}  # fmt: skip
DONE = {"as": str, "fill": (bool, list), "expect": dict}
START = {**DONE, "business_key": str, "variables": dict}
CLOCK = {"at": date, "after": str}
STEP: dict[Deed | None, dict[str, Any]] = {
    None: {**CLOCK, "expect": dict},
    Deed.COMPLETE: {
        **CLOCK, **DONE, "complete": str, "values": dict, "process": str, "unit": str, "where": str, "number": int,
    },
    Deed.MESSAGE: {**CLOCK, "message": str, "variables": dict, "business_key": str, "correlation": object, "expect": dict},
    Deed.SIGNAL: {**CLOCK, "signal": str, "variables": dict, "expect": dict},
    Deed.EXTERNAL: {**CLOCK, "external": str, "variables": dict, "error": str, "process": str, "number": int, "expect": dict},
}  # fmt: skip
KINDS = {
    str: ("text", "ข้อความ"), date: ("a date", "วันที่"), dict: ("a table", "ตาราง"), list: ("a list", "รายการ"),
    bool: ("true or false", "true หรือ false"), int: ("a number", "จำนวนเต็ม"),
}  # fmt: skip


def is_test(path: str) -> bool:
    """Whether a file of a pack is a process test."""
    return path.startswith(FOLDER) and path.endswith(SUFFIX)


def read(files: Mapping[str, bytes]) -> tuple[tuple[ProcessTest, ...], tuple[Problem, ...]]:
    """The tests among the files of a pack, by name, and what is wrong with them; a test with a mistake is not among them."""
    tests, problems = [], list[Problem]()
    for path in sorted(path for path in files if is_test(path)):
        reading = _Reading(path)
        test = reading.test(files[path])
        problems += sorted(reading.problems, key=lambda problem: problem.line or 0)
        if not reading.problems and test is not None:
            tests.append(test)
    return tuple(tests), tuple(problems)


@dataclass
class _Reading:
    """The reading of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    places: Places = field(default_factory=lambda: Places({}))

    def test(self, content: bytes) -> ProcessTest | None:
        try:
            text = content.decode("utf-8-sig")
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            at = _LINE.search(str(error))
            said = _LINE.sub("", str(error)).strip()
            self._wrong(int(at[1]) if at else 1, f"This is no TOML: {said}.", f"ไฟล์นี้ไม่ใช่ TOML ที่อ่านได้: {said}")
            return None
        self.places = Places.of(text)
        self._known(table, TOP, "")
        if not _has(table, "process", str):
            self._wrong(1, 'It does not say which process it tests: process = "…".', 'ไม่ได้ระบุว่าทดสอบกระบวนการใด: process = "…"')
        steps = (self._start(_of(table, "start", dict, {})), *self._steps(_of(table, "step", list, [])))
        name = self.file.removeprefix(FOLDER).removesuffix(SUFFIX)
        if not any(step.expected.something for step in steps):
            self._wrong(
                1, f"The test '{name}' expects nothing, so it can never fail: add expect to a step.",
                f"การทดสอบ “{name}” ไม่ได้คาดหมายสิ่งใดเลย จึงไม่มีวันไม่ผ่าน โปรดเพิ่ม expect ในขั้นใดขั้นหนึ่ง",
            )  # fmt: skip
        return ProcessTest(
            name, self.file, _of(table, "process", str, ""), steps, _of(table, "th", str, ""), _of(table, "en", str, ""),
            _moment(_of(table, "at", date, None)), dict(self._people(_of(table, "people", dict, {}))),
        )  # fmt: skip

    def _people(self, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for user_id, given in table.items():
            groups = [given] if isinstance(given, str) else given
            if not isinstance(groups, list) or not all(isinstance(group, str) and _GROUP.fullmatch(group) for group in groups):
                said = f'{user_id} = ["party", "party:unit"]'
                self._wrong(self.places.line("people", user_id), f"A person has a list of groups: {said}.", f"แต่ละคนมีรายชื่อกลุ่ม: {said}")
            elif not _PERSON.fullmatch(user_id):
                self._wrong(self.places.line("people", user_id), f"'{user_id}' cannot be a user's name.", f"“{user_id}” ใช้เป็นชื่อผู้ใช้ไม่ได้")
            else:
                yield user_id, tuple(groups)

    # ---- steps

    def _start(self, table: Mapping[str, Any]) -> Step:
        self._known(table, START, "start")
        return Step(
            line=self.places.line("start"),
            deed=Deed.START,
            by=_of(table, "as", str, None),
            values=_plain(_of(table, "variables", dict, {})),
            fill=_fill(table),
            business_key=_of(table, "business_key", str, None),
            expected=self._expected(_of(table, "expect", dict, {}), "start"),
        )

    def _steps(self, tables: list[Any]) -> Iterator[Step]:
        for number, table in enumerate(tables, 1):
            if isinstance(table, dict):
                yield self._step(table, f"step/{number}")
            else:
                self._wrong(self.places.line("", "step"), "A step is a table: [[step]].", "แต่ละขั้นเป็นตาราง: [[step]]")

    def _step(self, table: Mapping[str, Any], place: str) -> Step:
        line = self.places.line(place)
        deeds = [deed for deed in DEEDS if deed.value in table]
        if len(deeds) > 1:
            names = " and ".join(deed.value for deed in deeds)
            self._wrong(line, f"A step does one thing, not {names}.", f"แต่ละขั้นทำได้อย่างเดียว ไม่ใช่ {names}")
        deed = deeds[0] if deeds else None
        self._known(table, STEP[deed], place)
        if deed is None and not {"at", "after", "expect"} & set(table):
            self._wrong(line, "This step does nothing and expects nothing.", "ขั้นนี้ไม่ได้ทำและไม่ได้คาดหมายสิ่งใด")
        if "at" in table and "after" in table:
            self._wrong(line, "A step moves the clock with at or with after, not both.", "เลื่อนเวลาด้วย at หรือ after อย่างใดอย่างหนึ่ง")
        return Step(
            line=line,
            at=_moment(_of(table, "at", date, None)),
            after=self._after(_of(table, "after", str, None), place),
            deed=deed,
            of="" if deed is None else _of(table, deed.value, str, ""),
            by=_of(table, "as", str, None),
            process=_of(table, "process", str, None),
            unit=_of(table, "unit", str, None),
            where=self._expression(_of(table, "where", str, None), place, "where"),
            number=self._number(table, place),
            values=_plain(_of(table, "values" if deed is Deed.COMPLETE else "variables", dict, {})),
            fill=_fill(table),
            business_key=_of(table, "business_key", str, None),
            correlation=_plain(table.get("correlation")),
            error=_of(table, "error", str, None),
            expected=self._expected(_of(table, "expect", dict, {}), place),
        )

    def _after(self, text: str | None, place: str) -> str | None:
        if text is not None and text != NEXT_TIMER:
            try:
                parse_duration(text)
            except ValueError:
                line = self.places.line(place, "after")
                self._wrong(
                    line, f"'{text}' is neither a duration such as \"P2D\" nor \"{NEXT_TIMER}\".",
                    f"“{text}” ไม่ใช่ระยะเวลา เช่น \"P2D\" และไม่ใช่ \"{NEXT_TIMER}\"",
                )  # fmt: skip
        return text

    def _number(self, table: Mapping[str, Any], place: str) -> int:
        number: int = _of(table, "number", int, 1)
        if number < 1:
            self._wrong(self.places.line(place, "number"), "Tasks are counted from 1.", "นับงานตั้งแต่ 1")
        return number

    def _expression(self, text: str | None, place: str, key: str) -> str | None:
        for message, _at in language.check(text, "expression") if text is not None else ():
            said = f"'{text}': {message}"
            self._wrong(self.places.line(place, key), f"This is no expression: {said}.", f"อ่านนิพจน์ไม่ได้: {said}")
        return text

    def _expected(self, table: Mapping[str, Any], place: str) -> Expected:
        self._known(table, EXPECT, f"{place}/expect", place)
        line = self.places.line(place, "expect")
        that = _of(table, "that", (str, list), [])
        that = [that] if isinstance(that, str) else that
        state, refused = _of(table, "state", str, None), _of(table, "refused", str, None)
        for value, known in ((state, STATES), (refused, CODES)):
            if value is not None and value not in known:
                self._wrong(line, f"'{value}' is none of {', '.join(known)}.", f"“{value}” ไม่ใช่ค่าใดใน {', '.join(known)}")
        return Expected(
            state=state,
            tasks=self._counts(_of(table, "tasks", (list, dict), None), line),
            that=tuple(text for text in map(str, that) if self._expression(text, place, "expect") is not None),
            documents=self._counts(_of(table, "documents", dict, None), line),
            passed=tuple(map(str, _of(table, "passed", list, ()))),
            incidents=None if not _has(table, "incidents", list) else tuple(map(str, table["incidents"])),
            refused=refused,
        )

    def _counts(self, given: list[Any] | Mapping[str, Any] | None, line: int) -> dict[str, int] | None:
        """How many of each: a table, or a list of ids each as often as there are."""
        if given is None:
            return None
        if isinstance(given, list):
            return {str(one): given.count(one) for one in given}
        if not all(isinstance(number, int) and number >= 0 for number in given.values()):
            self._wrong(line, "How many there are is said with numbers.", "จำนวนต้องเป็นจำนวนเต็ม")
            return None
        return dict(given)

    # ---- what is wrong

    def _known(self, table: Mapping[str, Any], keys: Mapping[str, Any], place: str, otherwise: str = "") -> None:
        """Every key is one that may stand here, and its value of the right kind."""
        for key, value in table.items():
            line = self.places.line(place, key)
            if line == 1 and otherwise:
                line = self.places.line(otherwise, "expect")
            kinds = keys.get(key)
            if kinds is None:
                may = ", ".join(keys)
                self._wrong(line, f"There is no '{key}' here; there may be: {may}.", f"ตรงนี้ไม่มี “{key}” ที่มีได้คือ {may}")
            elif not _is(value, kinds):
                said, thai = _kinds(kinds)
                self._wrong(line, f"'{key}' is {said}.", f"“{key}” ต้องเป็น{thai}")

    def _wrong(self, line: int, message: str, thai: str) -> None:
        self.problems.append(Problem(message, thai, rule=RULE, file=self.file, line=line))


def _is(value: Any, kinds: Any) -> bool:
    many = kinds if isinstance(kinds, tuple) else (kinds,)
    return isinstance(value, many) and (not isinstance(value, bool) or bool in many or object in many)


def _kinds(kinds: Any) -> tuple[str, str]:
    many = kinds if isinstance(kinds, tuple) else (kinds,)
    return " or ".join(KINDS[kind][0] for kind in many), "หรือ".join(KINDS[kind][1] for kind in many)


def _has(table: Mapping[str, Any], key: str, kinds: Any) -> bool:
    return key in table and _is(table[key], kinds)


def _of(table: Mapping[str, Any], key: str, kinds: Any, otherwise: Any) -> Any:
    return table[key] if _has(table, key, kinds) else otherwise


def _fill(table: Mapping[str, Any]) -> bool | tuple[str, ...]:
    given = _of(table, "fill", (bool, list), ())
    return given if isinstance(given, bool) else tuple(map(str, given))


def _moment(given: date | None) -> datetime | None:
    """In Bangkok, unless the file says a zone; a day is the moment offices open."""
    if given is None:
        return None
    moment = given if isinstance(given, datetime) else datetime.combine(given, OPENS)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=BANGKOK)


def _plain(value: Any) -> Any:
    """As variables have it: dates and times are ISO text."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value
