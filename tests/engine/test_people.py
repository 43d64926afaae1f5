"""Users, passwords, memberships, one-time links."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from engine.dates.clock import real_now
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage

MakeStage = Callable[..., Stage]
PASSWORD = "a long enough password"


def test_a_user_logs_in_with_his_groups(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("p50", name="ผู้แทนจังหวัด", password=PASSWORD, groups=["province:TH-50"], roles=["observer"], actor=ADMINISTRATOR)
    actor = engine.check_password("p50", PASSWORD)
    assert actor.all_groups == {"province:TH-50", "province", "observer"}
    assert actor.units == {"province": {"TH-50"}}
    for name, password in (("p50", "wrong"), ("nobody", PASSWORD), ("p50", "")):
        with pytest.raises(Forbidden, match="Wrong name or password"):
            engine.check_password(name, password)
    engine.deactivate("p50", actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        engine.check_password("p50", PASSWORD)
    with pytest.raises(NotFound):
        engine.actor("p50")


def test_demo_users_are_refused_unless_asked_for(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("demo", name="สาธิต", password=PASSWORD, demo=True, actor=SYSTEM)
    with pytest.raises(Forbidden):
        engine.check_password("demo", PASSWORD)
    assert engine.check_password("demo", PASSWORD, demo=True).user_id == "demo"


def test_a_new_password_ends_other_sessions(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", password=PASSWORD, actor=SYSTEM)
    before = engine.user("ann").session
    with pytest.raises(Invalid):
        engine.set_password("ann", "short", actor=Actor("ann"))
    engine.set_password("ann", "another long password", actor=Actor("ann"))
    assert engine.user("ann").session != before
    with pytest.raises(Forbidden):
        engine.set_password("ann", PASSWORD, actor=Actor("ben"))


@pytest.mark.parametrize("user_id", ["a", "system", "with space", "x" * 65, "a\nb", "ab\n", "..", "-rf", "@ann", "new", "Import"])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ids_that_are_refused(stage: MakeStage, user_id: str) -> None:
    with pytest.raises(Invalid):
        stage().engine.add_user(user_id, name="ก", actor=SYSTEM)


@pytest.mark.parametrize("wrong", [{"email": "no-mail"}, {"name": "x" * 201}, {"name_en": "a\0b"}, {"name": " "}])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_particulars_that_are_refused(stage: MakeStage, wrong: dict[str, str]) -> None:
    engine = stage().engine
    with pytest.raises(Invalid) as added:
        engine.add_user("ann", **({"name": "ก"} | wrong), actor=SYSTEM)
    engine.add_user("ann", name="ก", actor=SYSTEM)
    with pytest.raises(Invalid) as changed:
        engine.change_user("ann", **wrong, actor=SYSTEM)
    assert [error.value.problems[0].field for error in (added, changed)] == [*wrong, *wrong]


def test_names_that_differ_in_capitals_are_one_persons(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("สมหญิง.Jai", name="ก", actor=SYSTEM)
    with pytest.raises(Conflict, match="สมหญิง.Jai"):
        engine.add_user("สมหญิง.JAI", name="ข", actor=SYSTEM)
    engine.add_user("Änne", name="ค", actor=SYSTEM)
    with pytest.raises(Conflict, match="Änne"):
        engine.add_user("änne", name="ง", actor=SYSTEM)


def test_two_who_add_the_same_name_at_once_make_one_user(stage: MakeStage) -> None:
    engine = stage().engine

    def add(user_id: str) -> bool:
        try:
            engine.add_user(user_id, name="ก", actor=SYSTEM)
        except Conflict:
            return False
        return True

    for number in range(3):
        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(add, (f"Somchai{number}", f"somchai{number}"))) == [False, True]


def test_nobody_locks_himself_out_with_a_link(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", password=PASSWORD, roles=["administrator"], actor=SYSTEM)
    with pytest.raises(Conflict):
        engine.invite("ann", actor=engine.actor("ann"))
    assert engine.check_password("ann", PASSWORD).user_id == "ann"
    assert engine.invite("ann", actor=SYSTEM), "who has the machine can"


def test_memberships_are_replaced_and_members_found(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_users(
        [{"user_id": f"p{n}", "name": f"จังหวัด {n}", "password": PASSWORD, "groups": [f"province:TH-{n}"]} for n in (50, 51)], actor=SYSTEM
    )
    assert [member[0] for member in engine.members("province")] == ["p50", "p51"]
    assert [member[0] for member in engine.members("province:TH-51")] == ["p51"]
    engine.set_memberships("p51", ["province:TH-50"], actor=ADMINISTRATOR)
    assert [member[0] for member in engine.members("province:TH-50")] == ["p50", "p51"]
    assert engine.users(actor=ADMINISTRATOR, group="province").total == 2
    assert engine.users(actor=ADMINISTRATOR, search="50").items[0].id == "p50"
    with pytest.raises(Conflict):
        engine.add_user("p50", name="ก", actor=SYSTEM)
    with pytest.raises(NotFound):
        engine.set_memberships("nobody", [], actor=ADMINISTRATOR)


def test_a_link_is_used_once_and_in_time(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ก", actor=SYSTEM)
    token = engine.create_link("password", user_id="ann", hours=1, actor=SYSTEM)
    with pytest.raises(Forbidden):
        engine.first_administrator(token, "eve", name="ข", password="correct horse battery")
    assert engine.check_link(token, "password") == "ann"
    assert engine.accept_invitation(token, "correct horse battery") == "ann"
    with pytest.raises(Forbidden):
        engine.accept_invitation(token, "another long password")
    late = engine.create_link("password", user_id="ann", hours=1, actor=SYSTEM)
    with time_machine.travel(real_now() + timedelta(hours=2)), pytest.raises(Forbidden):
        engine.accept_invitation(late, "another long password")
    assert engine.check_password("ann", "correct horse battery").user_id == "ann"


def test_who_writes_his_name_in_other_capitals_comes_in(stage: MakeStage) -> None:
    engine = stage().engine
    engine.add_user("Ann", name="อรุณ", password=PASSWORD, actor=SYSTEM)
    assert engine.log_in("aNN", PASSWORD).user_id == "Ann"
    with pytest.raises(Forbidden):
        engine.log_in("aNN", PASSWORD + "x")
