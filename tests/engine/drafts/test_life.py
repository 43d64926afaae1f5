"""From draft to running: who may do what when, the second person, the clock, somebody else's newer version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.deployment.deploying import deploy
from engine.drafts import life
from engine.drafts.bases import StaleBase
from engine.drafts.states import DraftState
from engine.errors import Conflict, Forbidden, Invalid
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.storage import model
from engine.testing import Stage, linear

DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
HELPER = Actor("colleague", roles=frozenset({Role.DESIGNER, Role.APPROVER}))
APPROVER = Actor("approver", roles=frozenset({Role.APPROVER}))
ADMINISTRATOR = Actor("administrator", roles=frozenset({Role.ADMINISTRATOR}))
FILES = {"p.bpmn": linear("p", "a", "b"), "notes.txt": b"kept"}
Make = Callable[..., Stage]


@pytest.fixture
def drafted(stage: Make) -> tuple[Stage, str]:
    """A draft of a deployed process with one change saved."""
    one = stage(FILES)
    draft = one.engine.draft_deployed("p", title="One step more", actor=DESIGNER)
    change(one, draft, linear("p", "a", "b", "c"))
    return one, draft


def change(one: Stage, draft: str, content: bytes, actor: Actor = DESIGNER, path: str = "p.bpmn") -> None:
    read = one.engine.draft_file(draft, path, actor=actor)
    one.engine.save_draft_file(draft, path, content, revision=read.revision, actor=actor)


def revision(one: Stage, draft: str) -> int:
    return one.engine.draft(draft, actor=APPROVER).draft.revision


def state(one: Stage, draft: str) -> str:
    return one.engine.draft(draft, actor=APPROVER).draft.state


def approved(one: Stage, draft: str, actor: Actor = APPROVER) -> None:
    one.engine.submit_draft(draft, actor=DESIGNER)
    one.engine.approve_draft(draft, revision=revision(one, draft), reason="read", actor=actor)


def newest(one: Stage, key: str = "p") -> int:
    return one.engine.definitions(key=key, latest=True).items[0].version


def test_a_draft_becomes_one_deployment_of_all_its_files(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    approved(one, draft)
    made = one.engine.activate_draft(draft, actor=DESIGNER)
    assert (newest(one), state(one, draft)) == (2, DraftState.ACTIVE)
    assert one.engine.resource(made.id, "notes.txt") == b"kept"
    assert {resource.path for resource in one.engine.resources(made.id, actor=SYSTEM)} == {"p.bpmn", "notes.txt"}
    told = [happened.event for happened in one.engine.draft_history(draft, actor=APPROVER).items]
    assert told == ["draft.activated", "draft.approved", "draft.submitted", "file.saved", "draft.created"]
    assert one.engine.audit_verify().ok


def test_neither_the_author_nor_an_editor_approves_administrators_neither(stage: Make) -> None:
    one = stage(FILES)
    draft = one.engine.draft_deployed("p", title="Mine", actor=ADMINISTRATOR)
    change(one, draft, linear("p", "a"), actor=HELPER)
    one.engine.submit_draft(draft, actor=ADMINISTRATOR)
    for actor in (ADMINISTRATOR, HELPER):
        with pytest.raises(Forbidden):
            one.engine.approve_draft(draft, revision=revision(one, draft), actor=actor)
        with pytest.raises(Forbidden):
            one.engine.return_draft(draft, revision=revision(one, draft), reason="no", actor=actor)
        assert not {"approve", "return"} & one.engine.draft(draft, actor=actor).draft.may
    assert {"approve", "return"} <= one.engine.draft(draft, actor=APPROVER).draft.may
    one.engine.approve_draft(draft, revision=revision(one, draft), actor=APPROVER)


def test_who_edited_before_the_last_approval_may_approve_what_another_changed_since(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    change(one, draft, linear("p", "x"), actor=HELPER)
    approved(one, draft)
    one.engine.reopen_draft(draft, "a word", actor=DESIGNER)
    change(one, draft, linear("p", "x", "y"))
    approved(one, draft, actor=HELPER)
    assert state(one, draft) == DraftState.APPROVED


@pytest.mark.parametrize("actor", [Actor("nobody"), Actor("observer", roles=frozenset({Role.OBSERVER}))])
def test_drafts_are_for_who_drafts_or_approves(drafted: tuple[Stage, str], actor: Actor) -> None:
    one, draft = drafted
    for ask in (
        lambda: one.engine.drafts(actor=actor),
        lambda: one.engine.draft(draft, actor=actor),
        lambda: one.engine.draft_file(draft, "p.bpmn", actor=actor),
        lambda: one.engine.draft_contents(draft, actor=actor),
        lambda: one.engine.check_draft(draft, actor=actor),
        lambda: one.engine.draft_deployed("p", title="t", actor=actor),
        lambda: one.engine.pack_files("p", actor=actor),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_an_approver_reads_and_does_not_draft(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    with pytest.raises(Forbidden):
        change(one, draft, b"<x/>", actor=APPROVER)
    with pytest.raises(Forbidden):
        one.engine.submit_draft(draft, actor=APPROVER)
    with pytest.raises(Forbidden):
        one.engine.approve_draft(draft, revision=1, actor=DESIGNER)


def test_what_was_changed_since_one_looked_is_not_approved(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.submit_draft(draft, actor=DESIGNER)
    looked = revision(one, draft)
    one.engine.withdraw_draft(draft, "not yet", actor=DESIGNER)
    change(one, draft, linear("p", "z"))
    one.engine.submit_draft(draft, actor=DESIGNER)
    with pytest.raises(Conflict):
        one.engine.approve_draft(draft, revision=looked, actor=APPROVER)
    assert state(one, draft) == DraftState.SUBMITTED


def test_what_is_submitted_or_approved_stands_still(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.submit_draft(draft, actor=DESIGNER)
    with pytest.raises(Conflict):
        change(one, draft, linear("p", "q"))
    one.engine.approve_draft(draft, revision=revision(one, draft), actor=APPROVER)
    with pytest.raises(Conflict):
        one.engine.add_draft_files(draft, {"more.txt": b""}, actor=DESIGNER)


def test_a_return_has_a_reason_and_the_author_is_told(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.submit_draft(draft, actor=DESIGNER)
    with pytest.raises(Invalid):
        one.engine.return_draft(draft, revision=revision(one, draft), reason=" ", actor=APPROVER)
    one.engine.return_draft(draft, revision=revision(one, draft), reason="the lane is wrong", actor=APPROVER)
    view = one.engine.draft(draft, actor=DESIGNER).draft
    assert (view.state, view.reason) == (DraftState.RETURNED, "the lane is wrong")
    assert [notice.body for notice in one.engine.notices(DESIGNER).items] == ["the lane is wrong"]
    approved(one, draft)


def test_a_draft_with_faults_is_not_submitted_and_says_where_they_are(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    change(one, draft, linear("p", "a").replace(b'targetRef="end"', b'targetRef="nowhere"'))
    with pytest.raises(Invalid) as refused:
        one.engine.submit_draft(draft, actor=DESIGNER)
    assert refused.value.problems[0].file == "p.bpmn"
    assert state(one, draft) == DraftState.DRAFT


def test_what_changes_nothing_is_not_submitted(stage: Make) -> None:
    one = stage(FILES)
    draft = one.engine.draft_deployed("p", title="Nothing", actor=DESIGNER)
    with pytest.raises(Conflict):
        one.engine.submit_draft(draft, actor=DESIGNER)


def test_a_newer_version_of_somebody_elses_holds_approval_and_activation_up(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    approved(one, draft)
    one.engine.deploy({**FILES, "p.bpmn": linear("p", "other")}, name="stage", actor=SYSTEM)
    with pytest.raises(StaleBase) as held:
        one.engine.activate_draft(draft, actor=DESIGNER)
    assert [(stale.key, stale.began, stale.newest) for stale in held.value.facts["stale"]] == [("p", 1, 2)]
    with pytest.raises(StaleBase):
        one.engine.schedule_draft(draft, one.engine.clock_now() + timedelta(days=1), actor=DESIGNER)
    one.engine.reopen_draft(draft, "stale", actor=DESIGNER)
    one.engine.submit_draft(draft, actor=DESIGNER)
    with pytest.raises(StaleBase):
        one.engine.approve_draft(draft, revision=revision(one, draft), actor=APPROVER)
    with pytest.raises(Invalid):  # knowingly is with a reason
        one.engine.approve_draft(draft, revision=revision(one, draft), replace=True, actor=APPROVER)
    one.engine.approve_draft(draft, revision=revision(one, draft), replace=True, reason="theirs was a mistake", actor=APPROVER)
    one.engine.activate_draft(draft, actor=APPROVER)
    assert newest(one) == 3
    confirmed = [one for one in one.engine.draft_history(draft, actor=APPROVER).items if one.event == "draft.base_confirmed"]
    assert [happened.facts["replaced"] for happened in confirmed] == [{"p": 2}]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)  # on SQLite writers wait for each other
def test_a_version_that_comes_while_a_draft_is_activated_is_not_replaced(
    drafted: tuple[Stage, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, draft = drafted
    approved(one, draft)
    theirs = {**FILES, "p.bpmn": linear("p", "other")}

    def overtaken(*given: Any, **more: Any) -> Any:
        monkeypatch.undo()
        one.engine.deploy(theirs, name="stage", actor=SYSTEM)
        return deploy(*given, **more)

    monkeypatch.setattr(life, "deploy", overtaken)
    with pytest.raises(StaleBase):
        one.engine.activate_draft(draft, actor=DESIGNER)
    assert (newest(one), state(one, draft)) == (2, DraftState.APPROVED)


def test_rebasing_takes_in_what_only_they_changed_and_asks_where_both_did(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    theirs = {"p.bpmn": linear("p", "theirs"), "notes.txt": b"newer", "added.txt": b"new"}
    one.engine.deploy(theirs, name="stage", actor=SYSTEM)
    plan = one.engine.plan_rebase(draft, actor=APPROVER)
    assert (plan.theirs, plan.ours, plan.both) == (("added.txt", "notes.txt"), (), ("p.bpmn",))
    with pytest.raises(Conflict):
        one.engine.rebase_draft(draft, {}, actor=DESIGNER)
    one.engine.rebase_draft(draft, {"p.bpmn": "ours"}, actor=DESIGNER)
    assert one.engine.draft_contents(draft, actor=DESIGNER) == {**theirs, "p.bpmn": linear("p", "a", "b", "c")}
    assert one.engine.draft(draft, actor=DESIGNER).stale == ()
    approved(one, draft)
    one.engine.activate_draft(draft, actor=DESIGNER)
    assert newest(one) == 3


def test_rebasing_on_theirs_everywhere(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.deploy({"p.bpmn": linear("p", "theirs")}, name="stage", actor=SYSTEM)
    one.engine.rebase_draft(draft, {"p.bpmn": "theirs"}, actor=DESIGNER)
    assert one.engine.draft_contents(draft, actor=DESIGNER) == {"p.bpmn": linear("p", "theirs")}


def test_a_draft_that_brings_a_process_that_is_there_already_is_stale(stage: Make) -> None:
    one = stage(FILES)
    draft = one.engine.draft_empty("q", title="New", actor=DESIGNER)
    change(one, draft, linear("p", "a"), path="q.bpmn")
    assert [stale.key for stale in one.engine.draft(draft, actor=DESIGNER).stale] == ["p"]


def test_the_clock_activates_what_is_scheduled(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    approved(one, draft)
    at = one.engine.clock_now() + timedelta(days=2)
    with pytest.raises(Invalid):
        one.engine.schedule_draft(draft, one.engine.clock_now(), actor=DESIGNER)
    one.engine.schedule_draft(draft, at, actor=DESIGNER)
    one.advance(timedelta(days=1))
    assert (newest(one), one.engine.draft(draft, actor=DESIGNER).draft.activate_at) == (1, at)
    one.advance(timedelta(days=1))
    assert (newest(one), state(one, draft)) == (2, DraftState.ACTIVE)


def test_the_clock_does_not_replace_a_newer_version_and_says_so(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    approved(one, draft)
    one.engine.schedule_draft(draft, one.engine.clock_now() + timedelta(days=1), actor=DESIGNER)
    one.engine.deploy({**FILES, "p.bpmn": linear("p", "other")}, name="stage", actor=SYSTEM)
    one.advance(timedelta(days=2))
    view = one.engine.draft(draft, actor=DESIGNER).draft
    assert (newest(one), view.state, bool(view.reason)) == (2, DraftState.APPROVED, True)
    assert one.engine.draft_history(draft, actor=DESIGNER).items[0].event == "draft.activation_refused"
    assert any("activated" in notice.subject_en for notice in one.engine.notices(DESIGNER).items)
    assert one.engine.incidents(actor=SYSTEM).total == 0


@pytest.mark.parametrize("end", ["unschedule", "reopen", "discard", "activate"])
def test_no_clock_waits_for_a_draft_that_is_not_scheduled_any_more(drafted: tuple[Stage, str], end: str) -> None:
    one, draft = drafted
    approved(one, draft)
    one.engine.schedule_draft(draft, one.engine.clock_now() + timedelta(days=1), actor=DESIGNER)
    one.engine.schedule_draft(draft, one.engine.clock_now() + timedelta(days=3), actor=DESIGNER)
    assert one.engine.jobs(actor=SYSTEM, kind="activation").total == 1
    if end == "activate":
        one.engine.activate_draft(draft, actor=DESIGNER)
    else:
        getattr(one.engine, f"{end}_draft")(draft, "because", actor=DESIGNER)
    assert one.engine.jobs(actor=SYSTEM, kind="activation").total == 0
    version = newest(one)
    one.advance(timedelta(days=5))
    assert newest(one) == version


def test_approvers_are_told_that_a_draft_waits(stage: Make) -> None:
    one = stage(FILES)
    for user, role in (("designer", Role.DESIGNER), ("approver", Role.APPROVER), ("administrator", Role.ADMINISTRATOR), ("plain", None)):
        one.engine.add_user(user, name=user, roles=[role] if role else [], actor=SYSTEM)
    draft = one.engine.draft_deployed("p", title="Told", actor=ADMINISTRATOR)
    change(one, draft, linear("p", "c"))
    one.engine.submit_draft(draft, actor=DESIGNER)
    told = {user: one.engine.notices(one.engine.actor(user)).total for user in ("designer", "approver", "administrator", "plain")}
    assert told == {"designer": 0, "approver": 1, "administrator": 0, "plain": 0}


def test_what_is_active_or_discarded_is_over(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.discard_draft(draft, "no use", actor=DESIGNER)
    with pytest.raises(Conflict):
        change(one, draft, linear("p", "q"))
    assert one.engine.drafts(actor=DESIGNER).total == 0
    assert [view.id for view in one.engine.drafts(over=True, actor=DESIGNER).items] == [draft]
    assert one.engine.draft(draft, actor=DESIGNER).draft.may == frozenset()
    assert one.engine.draft_file(draft, "p.bpmn", actor=DESIGNER).content == linear("p", "a", "b", "c")


def test_the_audit_notices_a_changed_event_of_a_draft(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    forge = model.draft_event.update().where(model.draft_event.c.seq == 1).values(actor="x")
    one.engine._shared.database.write(lambda connection: connection.execute(forge))
    report = one.engine.audit_verify()
    assert not report.ok
    assert {fault.instance_id for fault in report.faults} == {draft}


def test_what_others_deployed_in_parts_is_taken_in_whole_and_takes_nothing_away(stage: Make) -> None:
    together = {"p.bpmn": linear("p", "a"), "q.bpmn": linear("q", "m"), "r.bpmn": linear("r", "v"), "notes.txt": b"kept"}
    one = stage(together)
    draft = one.engine.draft_deployed("p", title="More", actor=DESIGNER)
    change(one, draft, linear("p", "a", "mine"))
    theirs = {key: linear(key, "theirs") for key in ("q", "r")}
    for key, content in theirs.items():  # as a modeler deploys: one diagram each, under its own name
        one.engine.deploy({f"{key}.bpmn": content}, name=key, actor=ADMINISTRATOR)
    planned = one.engine.plan_rebase(draft, actor=DESIGNER)
    assert (planned.theirs, planned.ours, planned.both) == (("q.bpmn", "r.bpmn"), ("p.bpmn",), ())
    one.engine.rebase_draft(draft, {}, actor=DESIGNER)
    assert one.engine.draft_contents(draft, actor=DESIGNER) == {
        **together, "p.bpmn": linear("p", "a", "mine"), "q.bpmn": theirs["q"], "r.bpmn": theirs["r"],
    }  # fmt: skip
    assert not one.engine.draft(draft, actor=DESIGNER).stale
    assert set(one.engine.draft(draft, actor=DESIGNER).changes) == {"p.bpmn", "q.bpmn", "r.bpmn"}
    again = linear("q", "theirs", "again")
    one.engine.deploy({"q.bpmn": again}, name="q", actor=ADMINISTRATOR)
    assert one.engine.plan_rebase(draft, actor=DESIGNER).theirs + one.engine.plan_rebase(draft, actor=DESIGNER).both == ("q.bpmn",)
    one.engine.rebase_draft(draft, {"q.bpmn": "theirs"}, actor=DESIGNER)
    approved(one, draft)
    one.engine.activate_draft(draft, actor=DESIGNER)
    assert one.engine.pack_files("q", actor=ADMINISTRATOR)["q.bpmn"] == again
