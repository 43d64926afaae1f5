"""Where what a join keeps back may continue: there is always something to choose, and once it is chosen the instance moves."""

from __future__ import annotations

from engine.migration.plan import Instruction, Plan, Way
from engine.migration.views import Choice
from engine.queries import InstanceView
from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, deploy, moved, onto, plan, refused

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
GATES = '<parallelGateway id="f"/><parallelGateway id="j"/>'
TWO = "s > f > a > j > z > e; f > b > j"


def forked(stage: Staging) -> tuple[Stage, InstanceView]:
    """Two branches, one of which has arrived at the join."""
    here = stage({"p.bpmn": draw(ENDS + GATES + users("a", "b", "z"), TWO)})
    instance = here.start("p")
    here.complete("a")
    return here, instance


def choices(stage: Stage, planned: Plan) -> dict[str, Choice]:
    """What is asked, by its id."""
    trial = stage.engine.try_migration(planned, actor=ADMINISTRATOR)
    assert trial.refused
    return {one.source.id: one for one in stage.engine.migration_choices(planned, trial, actor=ADMINISTRATOR)}


def as_suggested(asked: dict[str, Choice]) -> list[Instruction]:
    return [Instruction(id, None if one.way == Way.DROP else one.suggested, one.way) for id, one in asked.items()]


def test_a_branch_more_all_begin_again_before_the_fork(stage: Staging) -> None:
    here, instance = forked(stage)
    target = deploy(here, ENDS + GATES + users("a", "b", "c", "z"), f"{TWO}; f > c > j")
    assert refused(here, instance, target) == [("waits-for-ever", "j")]
    asked = choices(here, plan(here, instance, target))
    assert {id: (one.suggested, one.way) for id, one in asked.items()} == {"b": ("f", Way.BEFORE), "j": ("f", Way.DROP)}
    moved(here, instance, target, *as_suggested(asked))
    assert sorted(here.names()) == ["a", "b", "c"]
    for name in ("a", "b", "c", "z"):
        here.complete(name)
    assert here.state(instance) == "COMPLETED"


def test_nothing_is_on_its_way_any_more_it_goes_on_behind_the_join(stage: Staging) -> None:
    here, instance = forked(stage)
    body = ENDS + GATES.replace('<parallelGateway id="f"/>', "") + users("a", "x", "z")
    target = deploy(here, body, "s > a > j; s > x > j; j > z > e")
    drop = Instruction("b", way=Way.DROP)
    assert ("waits-for-ever", "j") in refused(here, instance, target, drop)
    asked = choices(here, plan(here, instance, target, drop))
    assert asked["j"].suggested == "j"
    assert asked["j"].way == Way.AFTER
    moved(here, instance, target, drop, *as_suggested(asked))
    assert here.names() == ["z"]


def test_which_branch_is_which_is_asked_and_said(stage: Staging) -> None:
    here, instance = forked(stage)
    target = deploy(here, ENDS + GATES + users("m", "n", "b", "z"), "s > f > m > j > z > e; f > n > j; f > b > j")
    drop = Instruction("b", way=Way.DROP)
    reasons = refused(here, instance, target)
    assert ("join", "j") in reasons
    asked = choices(here, plan(here, instance, target))
    (flow,) = [one for one in asked.values() if one.branch]
    assert flow.source.name == "a"
    assert {one.spot.name for one in flow.targets} == {"m", "n"}
    assert "j" in asked, "or the join itself continues elsewhere"
    said = onto(flow.source.id, flow.targets[0].spot.id)
    assert [reason for reason, _element in refused(here, instance, target, said)] == ["waits-for-ever"]
    (again,) = [one for one in here.engine.migration_choices(
        plan(here, instance, target, said),
        here.engine.try_migration(plan(here, instance, target, said), actor=ADMINISTRATOR),
        [flow.source.id], actor=ADMINISTRATOR,
    ) if one.branch]  # fmt: skip
    assert again.suggested == flow.targets[0].spot.id
    moved(here, instance, target, drop, Instruction("j", "j", Way.AFTER))
    assert here.names() == ["z"]
