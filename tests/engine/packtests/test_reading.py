"""Tests of packs as files: read, and refused with all that is wrong with them at once, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.packtests import ProcessTest, is_test, read
from engine.packtests.model import Deed
from engine.packtests.places import Places

WHOLE = """\
th = "ทดสอบ"
process = "p"
at = 2026-06-01

[people]
one = "workers"
two = ["workers", "province:TH-50"]

[start]
variables = { day = 2026-06-15, list = [2026-06-15T10:00:00] }

[[step]]
at = 2026-06-02T10:30:00
complete = "a"
fill = ["paper"]
expect.tasks = ["b", "b"]

[[step]]
after = "next timer"

[step.expect]
that = "x == 1"
tasks = { b = 2 }
"""


def one(text: str) -> ProcessTest:
    (test,), problems = read({"tests/t.toml": text.encode()})
    assert not problems
    return test


def wrong(text: str) -> list[tuple[int | None, str]]:
    tests, problems = read({"tests/t.toml": text.encode()})
    assert not tests
    assert all(problem.message_th and problem.file == "tests/t.toml" and problem.rule == "process-test" for problem in problems)
    return [(problem.line, problem.message) for problem in problems]


def test_a_whole_one() -> None:
    test = one(WHOLE)
    assert (test.name, test.process, test.at) == ("t", "p", datetime(2026, 6, 1, 2, tzinfo=UTC))  # when offices open
    assert test.people == {"one": ("workers",), "two": ("workers", "province:TH-50")}
    start, first, second = test.steps
    assert start.values == {"day": "2026-06-15", "list": ["2026-06-15T10:00:00"]}
    assert (first.deed, first.of, first.fill, first.line) == (Deed.COMPLETE, "a", ("paper",), 12)
    assert first.at == datetime(2026, 6, 2, 3, 30, tzinfo=UTC)
    assert first.expected.tasks == second.expected.tasks == {"b": 2}
    assert second.expected.that == ("x == 1",)


def test_what_expects_nothing_is_refused_by_name() -> None:
    assert wrong('process = "p"\n[[step]]\ncomplete = "a"\n') == [
        (1, "The test 't' expects nothing, so it can never fail: add expect to a step.")
    ]


def test_all_mistakes_at_once_each_with_its_line() -> None:
    text = """\
at = "tomorrow"
[people]
x = "workers"
[start]
variable = {}
[[step]]
complete = "a"
message = "m"
[[step]]
after = "soon"
expect.state = "DONE"
[[step]]
complete = "a"
number = 0
where = "a =="
[[step]]
[[step]]
at = 2026-06-02
after = "P1D"
expect.that = ["b ++"]
"""
    found = wrong(text)
    assert [line for line, _message in found] == sorted(line or 0 for line, _message in found)
    said = {(line, message.split(".")[0].split(":")[0]) for line, message in found}
    assert {
        (1, "'at' is a date"),
        (1, 'It does not say which process it tests'),
        (3, "'x' cannot be a user's name"),
        (5, "There is no 'variable' here; there may be"),
        (6, "A step does one thing, not complete and message"),
        (10, "'soon' is neither a duration such as \"P2D\" nor \"next timer\""),
        (11, "'DONE' is none of ACTIVE, SUSPENDED, COMPLETED, EXTERNALLY_TERMINATED, INTERNALLY_TERMINATED"),
        (14, "Tasks are counted from 1"),
        (15, "This is no expression"),
        (16, "This step does nothing and expects nothing"),
        (17, "A step moves the clock with at or with after, not both"),
        (20, "This is no expression"),
    } <= said  # fmt: skip


@pytest.mark.parametrize("text", ["a = 1\nb = [\n", 'a = "x\ny"\n'])
def test_what_is_no_toml(text: str) -> None:
    ((line, message),) = wrong(text)
    assert line in (1, 2, 3)
    assert message.startswith("This is no TOML")


def test_other_files_are_no_tests() -> None:
    assert not any(map(is_test, ("pack.toml", "tests/readme.md", "forms/tests/a.toml")))
    assert read({"tests/a.md": b"", "pack.toml": b"?"}) == ((), ())


def test_places_of_tables_keys_and_what_stands_below() -> None:
    places = Places.of("a = 1\n[[step]]\nb = 2\n[step.expect]\nstate = 'x'\n[[step]]\nexpect.state = 'y'\n")
    assert [places.line(*where) for where in [("", "a"), ("step/1", "b"), ("step/1", "expect"), ("step/2", "expect"), ("no", "no")]] == [
        1, 3, 4, 7, 1,
    ]  # fmt: skip
