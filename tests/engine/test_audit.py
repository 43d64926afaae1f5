"""Who did what, over everything: found by person, time, kind, instance and text; page by page; and the chains checked beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.engine import Engine
from engine.errors import Conflict, Forbidden
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import ADMINISTRATOR, BEGINNING, Stage, linear
from engine.views.audit import Asked, Deed

MakeStage = Callable[..., Stage]
AUDITOR = Actor("auditor", roles=frozenset({Role.AUDITOR}))


@pytest.fixture
def here(stage: MakeStage) -> Stage:
    """Three instances, a task done each day."""
    made = stage({"p.bpmn": linear("p", "write", "check")})
    engine = made.engine
    engine.add_user("ann", name="อรุณ", groups=["workers"], actor=ADMINISTRATOR)
    for day, key in enumerate(("k1", "k2", "k3")):
        engine.advance_clock(BEGINNING + timedelta(days=day), actor=SYSTEM)
        engine.start("p", business_key=key, actor=ADMINISTRATOR)
        task = next(task for task in engine.tasks(actor=SYSTEM).items if task.business_key == key)
        engine.complete_task(task.id, {"secret": "a value"}, actor=engine.actor("ann"))
    return made


def told(engine: Engine, /, **asked: object) -> list[tuple[str | None, str, str | None]]:
    return [(one.actor, one.event, one.business_key) for one in every(engine, Asked(**asked))]  # type: ignore[arg-type]


def every(engine: Engine, asked: Asked, limit: int = 50) -> list[Deed]:
    found: list[Deed] = []
    before = None
    while True:
        page = engine.deeds(asked, before=before, limit=limit, actor=AUDITOR)
        found += page.items
        before = page.before
        if before is None:
            return found


def test_it_is_found_by_person_kind_instance_text_and_time(here: Stage) -> None:
    engine = here.engine
    assert told(engine, person="ann", kind="work") == [("ann", "task.completed", key) for key in ("k3", "k2", "k1")]
    assert told(engine, kind="people", person="ann") == [
        ("administrator", "user.memberships", None),
        ("administrator", "user.added", None),
    ], "who did it, or whom it was done to"
    assert {key for _who, _what, key in told(engine, instance="k2")} == {"k2"}
    assert told(engine, text="WRITE", kind="work") == told(engine, kind="work")
    day = BEGINNING + timedelta(days=1)
    assert told(engine, kind="work", since=day, until=day + timedelta(hours=1)) == [("ann", "task.completed", "k2")]
    assert told(engine, text="nothing of the kind") == []
    assert len(told(engine, engine=True)) > len(told(engine))


def test_pages_of_any_size_tell_the_same_and_in_order(here: Stage) -> None:
    whole = every(here.engine, Asked(engine=True))
    for size in (1, 3, 7):
        assert every(here.engine, Asked(engine=True), size) == whole
    assert [one.time for one in whole] == sorted((one.time for one in whole), reverse=True)
    assert len({(one.chain, one.seq) for one in whole}) == len(whole)
    assert len(whole) == sum(head.seq for head in here.engine.audit_heads())


def test_an_activity_that_was_held_is_told_with_who_and_why(here: Stage) -> None:
    engine = here.engine
    (instance,) = [one for one in engine.instances(actor=SYSTEM).items if one.business_key == "k1"]
    engine.suspend_activity("check", instance_id=instance.id, reason="a wrong form", actor=ADMINISTRATOR)
    engine.resume_activity("check", instance_id=instance.id, reason="mended", actor=ADMINISTRATOR)
    found = [one for one in every(engine, Asked(kind="repairs")) if one.event.startswith("activity.")]
    assert [(one.event, one.title, one.facts["reason"]) for one in found] == [
        ("activity.resumed", "check", "mended"),
        ("activity.suspended", "check", "a wrong form"),
    ]
    events = [one.event for one in engine.happenings(instance.id, kind="process", actor=ADMINISTRATOR).items]
    assert events[:2] == ["activity.resumed", "activity.suspended"]


def test_what_was_entered_is_neither_told_nor_searched(here: Stage) -> None:
    here.engine.set_variables(here.engine.instances(actor=SYSTEM).items[0].id, {"secret": "another value"}, reason="x", actor=SYSTEM)
    assert told(here.engine, text="value") == []
    assert [what for _who, what, _key in told(here.engine, kind="repairs", engine=True)] == ["noted"]
    assert "value" not in str([one.facts for one in every(here.engine, Asked(engine=True))])


def test_it_is_for_auditors_and_administrators(here: Stage) -> None:
    for actor in (Actor("ann", frozenset({"workers"})), Actor("x", roles=frozenset({Role.OBSERVER, Role.DESIGNER}))):
        with pytest.raises(Forbidden):
            here.engine.deeds(Asked(), actor=actor)
        with pytest.raises(Forbidden):
            here.engine.begin_verification(actor=actor)
        with pytest.raises(Forbidden):
            here.engine.export_deeds(Asked(), limit=1, actor=actor)
    assert here.engine.deeds(Asked(), actor=ADMINISTRATOR).items


def test_the_export_is_all_of_it_up_to_a_limit_and_is_told_itself(here: Stage) -> None:
    engine = here.engine
    assert [one.business_key for one in engine.export_deeds(Asked(kind="work"), limit=2, actor=AUDITOR)] == ["k3", "k2"]
    assert engine.deeds(Asked(), actor=AUDITOR).items[0].event == "audit.exported"


def test_checking_the_chains_says_how_far_it_is_and_what_it_found(here: Stage) -> None:
    engine = here.engine
    begun = engine.begin_verification(actor=AUDITOR)
    with pytest.raises(Conflict):
        engine.begin_verification(actor=ADMINISTRATOR)
    assert engine.verification(begun, actor=AUDITOR).running
    assert engine.verify_begun(begun).ok
    (done,) = engine.verifications(actor=AUDITOR)
    assert (done.ok, done.running, done.started_by, done.done) == (True, False, "auditor", done.total)
    assert engine.deeds(Asked(kind="system"), actor=AUDITOR).items[0].facts == {"events": done.done, "faults": 0}
    engine._write(SYSTEM, lambda session: session.rows.run("UPDATE history SET actor = 'x' WHERE seq = 2"))
    engine.verify_begun(engine.begin_verification(actor=AUDITOR))
    broken = engine.verifications(actor=AUDITOR)[0]
    assert (broken.ok, broken.fault_count) == (False, 3)
    assert broken.faults[0]["seq"] == 2


def test_the_systems_own_deeds_are_found_though_somebody_is_called_alike(here: Stage) -> None:
    here.engine.add_user("root", name="ผู้ดูแล", name_en="System keeper", actor=ADMINISTRATOR)
    assert {who for who, _what, _key in told(here.engine, person="system", engine=True)} == {"system"}
    assert told(here.engine, person="keeper", kind="people")
