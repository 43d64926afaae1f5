"""What should not have been sent is refused by name, in both languages, and changes nothing; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click.testing
import pytest

from engine.dates import thai
from engine.errors import Conflict, Forbidden, Invalid, NotFound, RuamError
from engine.forms import Form
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage, linear, process
from tests import hostile
from webui.cli import main

ANN = Actor("ann", frozenset({"workers"}))
BEN = Actor("ben", frozenset({"others"}))
REPORT = {
    "type": "object", "title": "รายงาน", "x-en": {"title": "Report"}, "required": ["summary", "day"],
    "properties": {
        "summary": {"type": "string", "title": "สรุป", "x-en": {"title": "Summary"}},
        "day": {"type": "string", "format": "date", "title": "วันที่", "x-en": {"title": "Date"}},
        "pages": {"type": "integer", "minimum": 1, "title": "จำนวนหน้า", "x-en": {"title": "Pages"}},
        "price": {"type": "number", "title": "ราคา", "x-en": {"title": "Price"}},
        "final": {"type": "boolean", "title": "ฉบับสมบูรณ์", "x-en": {"title": "Final"}},
        "places": {"type": "array", "title": "สถานที่", "x-en": {"title": "Places"}, "items": {
            "type": "object", "properties": {"name": {"type": "string", "title": "ชื่อ", "x-en": {"title": "Name"}}}}},
    },
}  # fmt: skip
GOOD = {"summary": "ครบถ้วน", "day": "2009-07-31"}
FILES = {
    "asked.bpmn": process(
        "asked", '<startEvent id="s"/><userTask id="write" camunda:formKey="report" camunda:candidateGroups="workers"/><endEvent id="e"/>',
        "s -> write", "write -> e",
    ),
    "forms/report.json": json.dumps(REPORT).encode(),
    "two.bpmn": linear("two", "first", "second"),
}  # fmt: skip


@pytest.fixture
def here(engine_url: str, tmp_path: Path) -> Iterator[Stage]:
    """An engine with a process that asks for a form, and one of two steps."""
    stage = Stage(FILES, url=engine_url, home=tmp_path / "home")
    yield stage
    stage.close()


def whole(stage: Stage) -> tuple[Any, ...]:
    """All that a refused request must leave as it was."""
    engine = stage.engine
    found = engine.tasks(actor=SYSTEM, open_only=False, limit=1000).items
    tasks = sorted((task.id, task.state, task.assignee or "") for task in found)
    return (*tasks, engine.audit_heads(), engine.incidents(actor=SYSTEM).total, engine.definitions().total)


def refused(act: Callable[[], object], kind: type[RuamError] = Invalid) -> Any:
    """The error of an act that must be refused; none of it shows the inside."""
    with pytest.raises(kind) as caught:
        act()
    error = caught.value
    said = [error.message, error.message_th]
    said += [text for problem in getattr(error, "problems", ()) for text in (problem.message, problem.message_th)]
    assert not hostile.internal(" ".join(said)), said
    return error


# ---- diagrams


def test_check_and_deploy_name_what_is_wrong_with_a_hostile_diagram_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUAM_HOME", str(tmp_path / "home"))
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, (content, _rule) in hostile.DIAGRAMS.items():
        (folder / name).write_bytes(content)
    (folder / "good.bpmn").write_bytes(hostile.GOOD)
    run = click.testing.CliRunner().invoke
    checked = run(main, ["check", str(folder)])
    assert checked.exit_code == 1
    for name, (_content, rule) in hostile.DIAGRAMS.items():
        (line,) = [line for line in checked.stdout.splitlines() if line.startswith(f"{name}:")]
        assert line.endswith(f"[{rule}]"), line
        assert rule == "xml-too-large" or line.split(":")[1].isdecimal(), line
    assert not any(line.startswith("good.bpmn") for line in checked.stdout.splitlines())
    deployed = run(main, ["deploy", str(folder)])
    assert deployed.exit_code == 1
    assert all(name in deployed.stderr for name in hostile.DIAGRAMS), "everything wrong is said at once"
    assert not hostile.internal(checked.output + deployed.output)
    assert run(main, ["start", "good"]).exit_code == 1, "nothing of the pack was deployed"
    problems = json.loads(run(main, ["check", "--json", str(folder)]).stdout)
    assert all(problem["message_th"] for problem in problems if problem["file"] in hostile.DIAGRAMS)


def test_of_a_pack_with_one_bad_file_nothing_is_deployed(here: Stage) -> None:
    before = whole(here)
    for name, (content, rule) in hostile.DIAGRAMS.items():
        files = {"good.bpmn": hostile.GOOD, name: content}
        error = refused(lambda files=files: here.engine.deploy(files, name="bad", actor=SYSTEM))  # type: ignore[misc]
        assert [problem.rule for problem in error.problems if problem.file == name] == [rule]
    for path in ("../up.bpmn", "/etc/x.bpmn", "a\\b.bpmn", "a\x00.bpmn", "x" * 300 + ".bpmn"):
        refused(lambda path=path: here.engine.deploy({path: hostile.GOOD}, name="bad", actor=SYSTEM))  # type: ignore[misc]
    for form in (b"[]", b"{", b'{"type": "object", "type": "array"}', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000):
        files = FILES | {"forms/report.json": form}
        error = refused(lambda files=files: here.engine.deploy(files, name="bad", actor=SYSTEM))  # type: ignore[misc]
        assert {problem.file for problem in error.problems} == {"forms/report.json"}
    assert whole(here) == before


# ---- forms


BAD_VALUES: dict[str, tuple[dict[str, Any], str]] = {  # what it is → values, the field that is named
    "missing": ({"summary": "x"}, "/day"),
    "empty": ({"summary": "", "day": "2009-07-31"}, "/summary"),
    "extra": (GOOD | {"salary": 1}, "salary"),
    "reserved": (GOOD | {"typename": "x"}, "typename"),
    "class": (GOOD | {"__class__": "x"}, "__class__"),
    "nested": (GOOD | {"places": [{"name": "x", "__class__": {"__init__": 1}}]}, "places/0/__class__"),
    "text for number": (GOOD | {"pages": "หลาย"}, "/pages"),
    "list for text": (GOOD | {"summary": ["x"]}, "/summary"),
    "object for list": (GOOD | {"places": {"name": "x"}}, "/places"),
    "text for yes": (GOOD | {"final": "maybe"}, "/final"),
    "nan": (GOOD | {"price": float("nan")}, "price"),
    "infinite": (GOOD | {"price": float("-inf")}, "price"),
    "huge": (GOOD | {"pages": 10**30}, "pages"),
    "nul": (GOOD | {"summary": "a\x00b"}, "summary"),
    "escape": (GOOD | {"summary": "a\x1b[2Jb"}, "/summary"),
    "surrogate": (GOOD | {"summary": "a\ud800b"}, "summary"),
    "surrogate name": (GOOD | {"a\udfff": 1}, "a\udfff"),
    "2 MB": (GOOD | {"summary": "ก" * 2_000_000}, ""),
    "long": (GOOD | {"summary": "ก" * 30_000}, "/summary"),
    "deep": (GOOD | {"places": json.loads('{"a":' * 60 + "1" + "}" * 60)}, "places"),
    "bytes": (GOOD | {"summary": b"x"}, "summary"),
    "no such day": (GOOD | {"day": "2009-06-31"}, "/day"),
    "other era": (GOOD | {"day": "2552-06-01"}, "/day"),
}


def test_a_form_with_anything_wrong_is_refused_at_the_field(here: Stage) -> None:
    here.start("asked")
    task = here.open("write")[0]
    before = whole(here)
    for what, (values, field) in BAD_VALUES.items():
        error = refused(lambda values=values: here.engine.complete_task(task.id, values, actor=ANN))  # type: ignore[misc]
        named = [problem for problem in error.problems if (problem.field or "").lstrip("/").startswith(field.lstrip("/"))]
        assert named, f"{what}: {error.problems}"
        assert all(problem.message and problem.message_th for problem in error.problems), what
        assert whole(here) == before, what
    here.engine.complete_task(task.id, GOOD, actor=ANN)


def test_a_draft_may_be_unfinished_but_not_harmful(here: Stage) -> None:
    here.start("asked")
    task = here.open("write")[0]
    for what in ("reserved", "class", "nested", "extra", "nan", "nul", "surrogate", "2 MB", "bytes"):
        refused(lambda what=what: here.engine.save_draft(task.id, BAD_VALUES[what][0], actor=ANN))  # type: ignore[misc]
    assert here.engine.task(task.id, actor=ANN).draft is None
    here.engine.save_draft(task.id, BAD_VALUES["missing"][0], actor=ANN)


def test_text_the_databases_cannot_keep_is_refused_wherever_it_is_typed(here: Stage) -> None:
    instance = here.start("two")
    task = here.open("first")[0]
    here.engine.add_user("carl", name="ค", actor=SYSTEM)
    engine, before = here.engine, whole(here)
    for text in ("a\x00b", "a\ud800b"):
        acts: list[Callable[[], object]] = [
            lambda text=text: engine.comment(instance.id, text, actor=SYSTEM),
            lambda text=text: engine.suspend(instance.id, reason=text, actor=ADMINISTRATOR),
            lambda text=text: engine.cancel(instance.id, reason=text, actor=ADMINISTRATOR),
            lambda text=text: engine.set_variables(instance.id, {"a": text}, reason="r", actor=ADMINISTRATOR),
            lambda text=text: engine.start("two", variables={"a": text}, actor=SYSTEM),
            lambda text=text: engine.start("two", business_key=text, actor=SYSTEM),
            lambda text=text: engine.add_user("dora", name=text, actor=SYSTEM),
            lambda text=text: engine.change_user("carl", name=text, actor=SYSTEM),
            lambda text=text: engine.set_memberships("carl", [text], actor=SYSTEM),
            lambda text=text: engine.complete_task(task.id, {}, actor=ANN, key=text),
            lambda text=text: engine.inbox(ANN, search=text),
            lambda text=text: engine.instances(actor=SYSTEM, search=text),
            lambda text=text: engine.users(actor=SYSTEM, search=text),
        ]
        for number, act in enumerate(acts):
            refused(act)
            assert whole(here) == before, number
        for unknown in (engine.task, engine.instance, engine.variables, engine.open_document):
            refused(lambda unknown=unknown, text=text: unknown(text, actor=SYSTEM), RuamError)  # type: ignore[misc]


def test_what_is_too_long_or_too_large_is_refused_or_finds_nothing(here: Stage) -> None:
    here.start("two")
    task = here.open("first")[0]
    before = whole(here)
    long = "ก" * 5_000
    refused(lambda: here.engine.start("two", business_key=long, actor=SYSTEM))
    refused(lambda: here.engine.complete_task(task.id, {}, actor=ANN, key=long))
    refused(lambda: here.engine.set_memberships("nobody", [long], actor=SYSTEM), RuamError)
    refused(lambda: here.engine.task(long, actor=ANN), NotFound)
    refused(lambda: here.engine.start(long, actor=SYSTEM), NotFound)
    with suppress(Invalid):  # SQLite has a limit, PostgreSQL none
        assert here.engine.inbox(ANN, search=long * 20).total == 0
    for search in (long, "%" * 3_000, "_", "'; DROP TABLE task; --", "\\"):
        assert here.engine.inbox(ANN, search=search).total == 0
    refused(lambda: here.engine.inbox(ANN, first=10**30))
    assert whole(here) == before


# ---- tasks that are not one's own, or not open


def test_a_task_that_is_not_there_to_be_done_is_refused_and_says_why(here: Stage) -> None:
    instance = here.start("two")
    task = here.open("first")[0]
    verbs: tuple[Callable[[str, Actor], object], ...] = (
        lambda id, actor: here.engine.complete_task(id, {"stolen": True}, actor=actor),
        lambda id, actor: here.engine.save_draft(id, {"stolen": True}, actor=actor),
        lambda id, actor: here.engine.claim(id, actor=actor),
    )
    before = whole(here)
    for verb in verbs:
        assert refused(lambda verb=verb: verb(task.id, BEN), NotFound).message_th == "ไม่พบงานนี้"  # type: ignore[misc]
        for unknown in ("0" * 32, "", "../" + task.id, task.id.upper() + "x", "%", task.id[:-1]):
            refused(lambda verb=verb, unknown=unknown: verb(unknown, ANN), NotFound)  # type: ignore[misc]
    for read in (here.engine.task, here.engine.asked):
        if read is here.engine.task:
            refused(lambda read=read: read(task.id, actor=BEN), NotFound)  # type: ignore[misc]
    refused(lambda: here.engine.assign(task.id, "ben", actor=ANN), Forbidden)
    refused(lambda: here.engine.release(task.id, actor=BEN), RuamError)
    assert whole(here) == before
    here.engine.suspend(instance.id, reason="พัก", actor=ADMINISTRATOR)
    for verb in verbs:
        assert "พักไว้" in refused(lambda verb=verb: verb(task.id, ANN), Conflict).message_th  # type: ignore[misc]
    here.engine.resume(instance.id, reason="ต่อ", actor=ADMINISTRATOR)
    here.engine.complete_task(task.id, actor=ANN)
    before = whole(here)
    for verb in verbs:
        assert "เสร็จแล้ว" in refused(lambda verb=verb: verb(task.id, ANN), Conflict).message_th  # type: ignore[misc]
    assert whole(here) == before
    second = here.open("second")[0]
    here.engine.cancel(instance.id, reason="เลิก", actor=ADMINISTRATOR)
    for verb in verbs:
        assert "ถอนออก" in refused(lambda verb=verb: verb(second.id, ANN), Conflict).message_th  # type: ignore[misc]


def test_a_key_is_good_for_one_completion_of_one_task_by_one_person(here: Stage) -> None:
    here.start("two")
    here.start("two")
    first, other = here.open("first")
    done = here.engine.complete_task(first.id, {"a": 1}, actor=ANN, key="once")
    assert here.engine.complete_task(first.id, {"a": 1}, actor=ANN, key="once") == done
    before = whole(here)
    for attempt in (
        lambda: here.engine.complete_task(other.id, {"a": 2}, actor=ANN, key="once"),
        lambda: here.engine.complete_task(first.id, {"a": 1}, actor=Actor("eve", frozenset({"workers"})), key="once"),
    ):
        assert refused(attempt, Conflict).message_th
    assert whole(here) == before


# ---- dates


@pytest.mark.parametrize(
    ("typed", "english", "said"),
    [
        ("31/6/2552", "There is no 31 June 2009: that month has 30 days.", "ไม่มีวันที่ 31 มิถุนายน 2552"),
        ("2009-06-31", "There is no 31 June 2009", "ไม่มีวันที่ 31 มิถุนายน 2552"),
        ("29 ก.พ. 2552", "There is no 29 February 2009", "ไม่มีวันที่ 29 กุมภาพันธ์ 2552"),
        ("1/13/2552", "There is no month 13", "ไม่มีเดือนที่ 13"),
        ("1 มิ.ย. ค.ศ. 2552", "2552 is a year of the Buddhist Era; in the Common Era it is 2009.", "2552 เป็นปี พ.ศ. หากเป็น ค.ศ. คือ 2009"),
        ("1 มิ.ย. พ.ศ. 2009", "2009 is a year of the Common Era; in the Buddhist Era it is 2552.", "2009 เป็นปี ค.ศ. หากเป็น พ.ศ. คือ 2552"),
        ("1/6/52", "Write the year in full", "โปรดพิมพ์ปีให้ครบสี่หลัก"),
        ("1/6/9999", "cannot be right", "ไม่ถูกต้อง"),
        ("พรุ่งนี้", "is not a date. Write it as 31/7/2552", "ไม่ใช่วันที่ โปรดพิมพ์เช่น 31/7/2552"),
        ("1" * 5_000, "is not a date", "ไม่ใช่วันที่"),
    ],
)
def test_a_date_that_cannot_be_is_explained_in_both_languages(typed: str, english: str, said: str) -> None:
    error = refused(lambda: thai.parse_date(typed))
    (problem,) = error.problems
    assert english in problem.message
    assert said in problem.message_th
    form = Form(REPORT)
    (problem,) = form.validate(GOOD | form.from_strings({"day": typed}))
    assert problem.field == "/day"
    assert english in problem.message
    assert said in problem.message_th


def test_a_year_of_the_buddhist_era_sent_as_one_of_the_common_era_is_named(here: Stage) -> None:
    (problem,) = Form(REPORT).validate(GOOD | {"day": "2552-06-01"})
    assert "2009-06-01" in problem.message
    assert "2009-06-01" in problem.message_th
    here.start("asked")
    with pytest.raises(Invalid, match="reason"):
        here.engine.set_task_due(here.open("write")[0].id, datetime(2009, 7, 1, tzinfo=UTC), reason="", actor=ADMINISTRATOR)
