"""Forms that choose from people and tables of the pack; forms drawn in a diagram; what a check says about forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import Invalid
from engine.people import SYSTEM, Actor
from engine.testing import Stage, process

MakeStage = Callable[..., Stage]
CSV = "code,th,en,since\nA,เอ,Ay,\nB,บี,Bee,2554\n".encode()
CHOOSE: dict[str, Any] = {
    "type": "object", "title": "เลือก",
    "properties": {
        "year": {"type": "integer", "title": "ปี"},
        "members": {
            "type": "array", "items": {"type": "string"}, "title": "กรรมการ", "x-widget": "checkboxes",
            "x-options": "${people('judges', without=['guests', 'town:A'])}", "x-default": "${[p.value for p in people('judges')]}",
        },
        "places": {
            "type": "array", "title": "พื้นที่", "x-widget": "table",
            "items": {"type": "object", "properties": {"place": {
                "type": "string", "title": "ที่",
                "x-options": "${[{'value': r.code, 'th': r.th} for r in table('places.csv') if r.since <= string(year)]}",
            }}},
        },
    },
}  # fmt: skip
BODY = '<startEvent id="s" ruam:startForm="choose"/><userTask id="t" camunda:assignee="ann" camunda:formKey="choose"/><endEvent id="e"/>'
FILES = {"p.bpmn": process("p", BODY, "s -> t", "t -> e"), "forms/choose.json": json.dumps(CHOOSE).encode(), "places.csv": CSV}
ANN = Actor("ann", frozenset({"judges"}))


def peopled(here: Stage) -> Stage:
    for user_id, groups in (("ann", ["judges"]), ("ben", ["judges", "guests"]), ("cat", ["judges", "town:A"]), ("dan", ["judges"])):
        here.engine.add_user(user_id, name=f"ผู้ใช้ {user_id}", name_en=user_id.title(), groups=groups, actor=SYSTEM)
    return here


def test_people_and_rows_of_a_table_are_choices(stage: MakeStage) -> None:
    here = peopled(stage(FILES))
    instance = here.start("p", year=2552, members=["ann", "dan"], places=[{"place": "A"}], actor=ANN)
    assert here.variables(instance)["members"] == ["ann", "dan"]
    here.complete("t", actor=ANN, members=["dan"])
    for wrong in ({"members": ["ben"]}, {"members": ["cat"]}, {"members": ["nobody"]}, {"year": 2552, "places": [{"place": "B"}]}):
        with pytest.raises(Invalid) as refused:
            here.start("p", actor=ANN, **wrong)
        assert refused.value.problems[0].rule == "options"
    here.start("p", year=2554, places=[{"place": "B"}], actor=ANN)


def test_a_form_without_its_table_says_so(stage: MakeStage) -> None:
    here = peopled(stage({name: content for name, content in FILES.items() if name != "places.csv"}))
    with pytest.raises(Invalid, match="mistakes"):
        here.start("p", year=2552, places=[{"place": "A"}], actor=ANN)


FIELDS = (
    '<extensionElements><camunda:formData><camunda:formField id="days" label="จำนวนวัน" type="long">'
    '<camunda:validation><camunda:constraint name="required"/><camunda:constraint name="min" config="1"/></camunda:validation>'
    '</camunda:formField><camunda:formField id="kind" label="ชนิด" type="enum" defaultValue="a">'
    '<camunda:value id="a" name="ก"/><camunda:value id="b" name="ข"/></camunda:formField></camunda:formData></extensionElements>'
)


def test_fields_drawn_on_a_start_event_are_its_form(stage: MakeStage) -> None:
    body = f'<startEvent id="s" name="ขอลา">{FIELDS}</startEvent><userTask id="t" camunda:assignee="ann"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", body, "s -> t", "t -> e")})
    form = here.engine.start_form("p", actor=SYSTEM)
    assert [(field.name, field.title, field.required) for field in form.fields()] == [("days", "จำนวนวัน", True), ("kind", "ชนิด", False)]
    with pytest.raises(Invalid):
        here.start("p", kind="a")
    with pytest.raises(Invalid):
        here.start("p", days=0)
    assert here.variables(here.start("p", days=3, kind="b")) == {"days": 3, "kind": "b"}


def test_a_check_tells_of_a_form_s_warnings_and_of_drawn_ones(stage: MakeStage) -> None:
    drawn = FIELDS.replace('id="days"', 'id="typename"')
    body = f'<startEvent id="s"/><userTask id="t" name="งาน" camunda:assignee="a">{drawn}</userTask><endEvent id="e"/>'
    files = {
        "p.bpmn": process("p", body, "s -> t", "t -> e"),
        "forms/plain.json": b'{"type": "object", "properties": {"a": {"type": "string", "title": "A"}}}',
        "broken.csv": b"\xff\xfe",
    }
    found = {(problem.file, problem.rule, problem.severity, problem.element_id) for problem in stage().engine.check(files)}
    assert ("forms/plain.json", "form-title", "warning", None) in found
    assert ("p.bpmn", "form-field", "error", "t") in found
    assert ("broken.csv", "table", "error", None) in found


def test_the_diagram_s_instructions_are_filled_in(stage: MakeStage) -> None:
    body = (
        '<startEvent id="s"/><userTask id="t" camunda:assignee="ann"><extensionElements><x:instructionsForEndUser '
        'xmlns:x="http://spiffworkflow.org/bpmn/schema/1.0/core">Call {{ who }}.</x:instructionsForEndUser></extensionElements></userTask>'
        '<endEvent id="e"/>'
    )
    here = stage({"p.bpmn": process("p", body, "s -> t", "t -> e")})
    here.start("p", who="Ben")
    assert here.engine.task(here.open("t")[0].id, actor=ANN).documentation == "Call Ben."
