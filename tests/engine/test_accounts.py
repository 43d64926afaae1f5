"""Accounts: roles, dated memberships, one-time links, closing; the journal of all that."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher

from engine.dates.clock import real_now
from engine.engine import Engine
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.people.memberships import Membership
from engine.states import Role
from engine.storage import model
from engine.testing import ADMINISTRATOR, BEGINNING, Stage, linear
from engine.views.audit import Asked

MakeStage = Callable[..., Stage]
PASSWORD, OTHER = "a long enough password", "another long password"


def journal(engine: Engine) -> list[tuple[str, str, str | None]]:
    """(event, actor, subject) of all that the journal tells."""
    table = model.system_event
    query = table.select().order_by(table.c.seq)
    return [(row.event, row.actor, row.subject) for row in engine._read(SYSTEM, lambda session: session.connection.execute(query).all())]


def test_a_membership_begins_and_ends_by_the_clock(stage: MakeStage) -> None:
    here = stage({"p.bpmn": linear("p", "a", group="opdc")})
    engine = here.engine
    engine.add_user("ann", name="ก", password=PASSWORD, actor=SYSTEM)
    engine.put_membership("ann", Membership.of_days("opdc", date(2009, 6, 10), date(2009, 6, 12)), actor=ADMINISTRATOR)
    here.start("p")
    told = [Membership("opdc", datetime(2009, 6, 9, 17, tzinfo=UTC), datetime(2009, 6, 12, 17, tzinfo=UTC))]
    for days, member in ((0, False), (9, True), (11, True), (12, False)):
        engine.advance_clock(BEGINNING + timedelta(days=days), actor=SYSTEM)
        assert bool(engine.actor("ann").groups) is member
        assert bool(engine.signed_in("ann")[1].groups) is member, "of a session that goes on"
        assert engine.inbox_counts(engine.actor("ann")).open == member
        assert bool(engine.members("opdc")) is member
        assert engine.users(actor=SYSTEM, group="opdc").total == member
        assert bool(engine.user("ann").groups) is member
        assert list(engine.person("ann", actor=SYSTEM).memberships) == told
    assert [one.last_day for one in told] == [date(2009, 6, 12)]
    with pytest.raises(Invalid, match="ends before"):
        engine.put_membership("ann", Membership.of_days("opdc", date(2009, 6, 10), date(2009, 6, 9)), actor=ADMINISTRATOR)


def test_who_left_a_group_and_came_back_has_two_periods(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", actor=SYSTEM)
    left = Membership.of_days("opdc", date(2008, 1, 1), date(2008, 12, 31))
    engine.put_membership("ann", left, actor=ADMINISTRATOR)
    engine.change_membership("ann", "opdc", True, actor=ADMINISTRATOR)
    first, back = engine.person("ann", actor=SYSTEM).memberships
    assert (first, back.until, engine.user("ann").groups) == (left, None, ("opdc",))
    assert back.since is not None, "from now on: not as if he had never left"
    assert engine.signed_in("ann")[0].groups == ("opdc",)
    engine.put_membership("ann", Membership.of_days("opdc", None, date(2010, 12, 31)), actor=ADMINISTRATOR)
    first, shorter = engine.person("ann", actor=SYSTEM).memberships
    assert (first, shorter.since, shorter.last_day) == (left, back.since, date(2010, 12, 31)), "one that meets it is changed"
    with pytest.raises(Invalid, match="in the way"):
        engine.put_membership("ann", Membership("opdc"), instead=shorter, actor=ADMINISTRATOR)
    engine.set_memberships("ann", ["writers"], actor=ADMINISTRATOR)
    assert engine.user("ann").groups == ("writers",)
    assert left in engine.person("ann", actor=SYSTEM).memberships, "what is over stays on record"
    engine.forget_membership("ann", left, actor=ADMINISTRATOR)
    assert [one.group for one in engine.person("ann", actor=SYSTEM).memberships] == ["writers"]
    with pytest.raises(Conflict, match="in the meantime"):
        engine.put_membership("ann", Membership("opdc"), instead=left, actor=ADMINISTRATOR)


def test_nobody_takes_the_last_administrator_away(stage: MakeStage) -> None:
    engine = stage().engine
    for name in ("one", "two"):
        engine.add_user(name, name=name, password=PASSWORD, roles=[Role.ADMINISTRATOR], actor=SYSTEM)
    engine.change_user("one", roles=[Role.DESIGNER], actor=SYSTEM)
    with pytest.raises(Conflict, match="last administrator"):
        engine.change_user("two", roles=[], actor=SYSTEM)
    with pytest.raises(Conflict, match="last administrator"):
        engine.deactivate("two", actor=SYSTEM)
    assert engine.user("two").active
    engine.add_user("three", name="three", roles=[Role.ADMINISTRATOR], actor=SYSTEM)
    with pytest.raises(Conflict, match="last administrator"):  # who has no password yet cannot let anybody in
        engine.deactivate("two", actor=SYSTEM)
    engine.change_user("two", name="Two", roles=[Role.ADMINISTRATOR, Role.AUDITOR], actor=SYSTEM)


def test_of_two_who_take_each_others_role_away_one_is_refused(stage: MakeStage) -> None:
    engine = stage().engine
    for name in ("one", "two"):
        engine.add_user(name, name=name, password=PASSWORD, roles=[Role.ADMINISTRATOR], actor=SYSTEM)

    def demote(name: str) -> bool:
        try:
            engine.change_user(name, roles=[], actor=SYSTEM)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(demote, ("one", "two"))) == [False, True]
    assert engine.users(actor=SYSTEM, role=Role.ADMINISTRATOR).total == 1


def test_a_link_locks_the_account_until_a_password_is_set(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", password=PASSWORD, actor=SYSTEM)
    before = engine.user("ann").session
    first = engine.invite("ann", actor=ADMINISTRATOR)
    assert engine.user("ann").locked
    assert engine.user("ann").session != before, "sessions have ended"
    assert engine.users(actor=SYSTEM, state="locked").total == 1
    with pytest.raises(Forbidden):
        engine.check_password("ann", PASSWORD)
    second = engine.invite("ann", actor=ADMINISTRATOR)
    with pytest.raises(Forbidden, match="not valid"):
        engine.accept_invitation(first, OTHER)
    with pytest.raises(Invalid):
        engine.accept_invitation(second, "short")
    with time_machine.travel(real_now() + timedelta(hours=73)), pytest.raises(Forbidden):
        engine.check_link(second, "password")
    assert engine.accept_invitation(second, OTHER) == "ann"
    with pytest.raises(Forbidden):
        engine.accept_invitation(second, PASSWORD)
    assert engine.log_in("ann", OTHER).user_id == "ann"
    assert engine.user("ann").last_login is not None
    engine.deactivate("ann", actor=SYSTEM)
    with pytest.raises(Conflict):
        engine.invite("ann", actor=ADMINISTRATOR)


def test_who_is_shut_out_loses_sessions_tokens_and_links(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", password=PASSWORD, actor=SYSTEM)
    _token, secret = engine.add_api_token("ann", "x", actor=SYSTEM)
    link = engine.invite("ann", actor=ADMINISTRATOR)
    assert engine.bearer(secret)[0].user_id == "ann"
    engine.deactivate("ann", reason="ย้ายไปที่อื่น", actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        engine.signed_in("ann")
    engine.deactivate("ann", active=True, actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        engine.bearer(secret)
    with pytest.raises(Forbidden):
        engine.accept_invitation(link, OTHER)


def test_an_auditor_sees_histories_and_changes_nothing(stage: MakeStage) -> None:
    here = stage({"p.bpmn": linear("p", "a")})
    engine, auditor = here.engine, Actor("auditor", roles=frozenset({Role.AUDITOR}))
    here.start("p")
    here.complete("a", secret=1)
    instance = engine.instances(actor=auditor).items[0]
    events = engine.history(instance.id, actor=auditor).items
    assert events
    assert not any("values" in event.data for event in events), "not what was entered"
    with pytest.raises(Forbidden):
        engine.variables(instance.id, actor=auditor)
    for change in (
        lambda: engine.users(actor=auditor),
        lambda: engine.deploy({}, name="x", actor=auditor),
        lambda: engine.suspend(instance.id, reason="x", actor=auditor),
        lambda: engine.change_user("x", name="y", actor=auditor),
        lambda: engine.drafts(actor=auditor),
    ):
        with pytest.raises(Forbidden):
            change()
    with pytest.raises(NotFound):
        engine.comment(instance.id, "x", actor=auditor)


def test_the_journal_says_who_did_what_to_whom_and_is_a_chain(stage: MakeStage) -> None:
    engine = stage({"p.bpmn": linear("p", "a")}).engine
    engine.add_user("ann", name="ก", password=PASSWORD, groups=["opdc"], actor=ADMINISTRATOR)
    engine.change_user("ann", email="a@example.org", roles=[Role.AUDITOR], actor=ADMINISTRATOR)
    engine.change_user("ann", email="a@example.org", actor=ADMINISTRATOR)
    for name in ("ann", "my secret password"):
        with pytest.raises(Forbidden):
            engine.log_in(name, "wrong")
    engine.log_in("ann", PASSWORD)
    engine.deactivate("ann", actor=ADMINISTRATOR)
    told = journal(engine)
    deployed = engine.definitions().items[0].deployment_id
    assert ("deployment.added", "system", deployed) in told
    assert told[-7:] == [
        ("user.added", "administrator", "ann"),
        ("user.memberships", "administrator", "ann"),
        ("user.changed", "administrator", "ann"),
        ("login.failed", "system", "ann"),
        ("login.failed", "system", None),
        ("login", "ann", "ann"),
        ("user.deactivated", "administrator", "ann"),
    ]
    assert engine.audit_verify().ok
    engine._write(SYSTEM, lambda session: session.rows.run("UPDATE system_event SET actor = 'x' WHERE seq = 2"))
    assert next(fault.instance_id for fault in engine.audit_verify().faults) == "system"


def test_users_are_found_by_party_role_and_state(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="อรุณ", password=PASSWORD, groups=["province:TH-50"], roles=[Role.APPROVER], actor=SYSTEM)
    engine.add_user("ben", name="บุญ", email="ben@example.org", groups=["province:TH-50", "opdc"], actor=SYSTEM)
    engine.add_user("cat", name="ชบา", password=PASSWORD, actor=SYSTEM)
    engine.deactivate("cat", actor=SYSTEM)

    def found(**asked: str) -> list[str]:
        return [user.id for user in engine.users(actor=SYSTEM, **asked).items]  # type: ignore[arg-type]

    assert found(group="province") == ["ann", "ben"]
    assert found(group="province", role="approver") == ["ann"]
    assert found(search="example.org") == ["ben"]
    assert [found(state=state) for state in ("active", "locked", "inactive")] == [["ann"], ["ben"], ["cat"]]
    assert [(one.key, one.members, one.units) for one in engine.party_members(actor=SYSTEM)] == [
        ("opdc", 1, {}),
        ("province", 2, {"TH-50": 2}),
    ]


def test_passwords_are_hashed_as_owasp_asks(hasher: PasswordHasher) -> None:
    # Argon2id, 19 MiB, 2 rounds at least: OWASP, Password Storage Cheat Sheet.
    assert hasher.hash(PASSWORD).startswith("$argon2id$")
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2


def test_the_journal_names_for_single_tasks_only_who_got_one(stage: MakeStage) -> None:
    here = stage({"p.bpmn": linear("p", "a")})
    engine = here.engine
    for user_id in ("ann", "bob", "cid"):
        engine.add_user(user_id, name="ก", groups=["workers"], actor=SYSTEM)
    his, others = (here.open(instance_id=here.start("p").id)[0].id for _ in range(2))
    engine.assign(his, "ann", actor=ADMINISTRATOR)
    engine.assign(others, "cid", actor=ADMINISTRATOR)  # meanwhile: the page was asked when it was Ann's
    engine.close_account("ann", to=None, hand_over=False, single={his: "bob", others: "cid"}, reason="ย้าย", actor=ADMINISTRATOR)
    (told,) = (one.facts for one in engine.deeds(Asked(kind="people"), actor=ADMINISTRATOR).items if one.event == "user.handed_over")
    assert (told["tasks"], told["single"]) == ([his], {his: "bob"})
