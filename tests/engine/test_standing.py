"""Where an instance stands: every token inside what it is in, and for others than administrators no more than their tasks."""

from __future__ import annotations

from collections.abc import Callable

from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage, linear, process

LOOP = '<multiInstanceLoopCharacteristics camunda:collection="${xs}" camunda:elementVariable="x"/>'
BODY = (
    '<startEvent id="s"/><parallelGateway id="f"/>'
    f'<subProcess id="sub">{LOOP}<startEvent id="i"/><userTask id="t" name="งาน ${{n}}"/><endEvent id="o"/>'
    '<sequenceFlow id="i1" sourceRef="i" targetRef="t"/><sequenceFlow id="i2" sourceRef="t" targetRef="o"/></subProcess>'
    f'<userTask id="v" camunda:candidateGroups="voters">{LOOP}</userTask>'
    '<serviceTask id="later" camunda:asyncBefore="true" camunda:type="external" camunda:topic="x"/>'
    '<userTask id="w"/><parallelGateway id="j"/><endEvent id="e"/>'
)
FLOWS = ("s -> f", "f -> sub", "f -> v", "f -> later", "f -> w", "f -> j", "w -> j", "sub -> e", "v -> e", "later -> e", "j -> e")


def test_every_token_is_told_inside_what_it_is_in(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("p", BODY, *FLOWS)})
    instance = here.start("p", xs=["p", "q"], n=7)
    standing = here.engine.standing(instance.id, actor=ADMINISTRATOR)
    assert standing.revision >= 0
    by_id = {place.id: place for place in standing.places}

    def path(place_id: str | None) -> str:
        if place_id is None:
            return ""
        place = by_id[place_id]
        mark = "*" if place.body else "" if place.number is None else f"[{place.number}]"
        return f"{path(place.within)}/{place.element_id}{mark}"

    assert sorted(path(place.id) for place in standing.places) == [
        "/j", "/later", "/sub*", "/sub*/sub[0]", "/sub*/sub[0]/t", "/sub*/sub[1]", "/sub*/sub[1]/t",
        "/v*", "/v*/v[0]", "/v*/v[1]", "/w",
    ]  # fmt: skip
    named = {place.element_id: place for place in standing.places}
    assert named["j"].waits_to_join
    assert named["t"].name == "งาน 7"
    assert {task.id for task in here.open("t")} == {place.token_id for place in standing.places if place.element_id == "t"}


def test_one_of_many_is_known_by_what_it_is_for(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("p", BODY, *FLOWS)})
    instance = here.start("p", xs=[{"th": "แพร่", "en": "Phrae"}, {"th": "น่าน"}, {"th": 5}], n=7)
    places = here.engine.standing(instance.id, actor=ADMINISTRATOR).places
    told = {None, ("น่าน", "น่าน"), ("แพร่", "Phrae")}
    for element in ("sub", "v", "t"):
        assert {place.about for place in places if place.element_id == element} == told


def test_others_are_told_of_their_tasks_alone(stage: Callable[..., Stage]) -> None:
    parties = '[voters]\nth = "ผู้ลงคะแนน"\nen = "Voters"\nsee = ["project"]\n'
    here = stage({"p.bpmn": process("p", BODY, *FLOWS, attributes='ruam:category="project"'), "parties.toml": parties.encode()})
    instance = here.start("p", xs=["p", "q"], n=7)
    voter = here.engine.standing(instance.id, actor=Actor("one", frozenset({"voters"})))
    assert sorted(place.element_id for place in voter.places) == ["t", "t", "v", "v", "w"]  # no join, no work of machines, not how many


def test_what_has_ended_stands_nowhere(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": linear("p", "a")})
    instance = here.start("p")
    here.complete("a")
    assert here.engine.standing(instance.id, actor=SYSTEM).places == ()
