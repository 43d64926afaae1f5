"""What somebody else does at the same moment, in a transaction that is not yet over, is neither lost nor undone: on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from engine.engine import Engine
from engine.migration import bulk
from engine.people import SYSTEM, Actor, memberships
from engine.people.memberships import Membership
from engine.running import tasks
from engine.storage.session import Session
from engine.testing import ADMINISTRATOR, Stage, linear
from tests.drawing import draw, users
from tests.engine.migration.moves import deploy, plan

Make = Callable[..., Stage]
pytestmark = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@contextmanager
def under_way(engine: Engine, actor: Actor, *deeds: Callable[[Session], Any]) -> Iterator[Future[None]]:
    """Deeds in one transaction, which commits once what the block began in another thread waits for it, or is over."""
    done, over = threading.Event(), threading.Event()

    def run(session: Session) -> None:
        for deed in deeds:
            deed(session)
        done.set()
        for _ in range(200):
            with engine._shared.database.read() as connection:
                if over.wait(0.01) or connection.exec_driver_sql(WAITS).scalar():
                    return

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine._write, actor, run)
        assert done.wait(10)
        try:
            yield running
        finally:
            over.set()
            running.result()


def test_a_period_that_is_taken_away_does_not_come_back(stage: Make) -> None:
    engine = stage().engine
    engine.add_user("ann", name="ann", actor=SYSTEM)
    now, then = (Membership.of_days("a", date(year, 1, 1), date(year, 12, 31)) for year in (2009, 2010))
    engine.put_membership("ann", now, actor=ADMINISTRATOR)
    with under_way(engine, ADMINISTRATOR, lambda session: memberships.forget(session, "ann", now)):
        engine.put_membership("ann", then, actor=ADMINISTRATOR)
    assert engine.person("ann", actor=ADMINISTRATOR).memberships == (then,)


def test_what_has_been_given_back_is_not_handed_over(stage: Make) -> None:
    here = stage({"p.bpmn": linear("p", "a")})
    for name in ("leaver", "stayer", "other"):
        here.engine.add_user(name, name=name, groups=["workers"], actor=SYSTEM)
    here.start("p")
    (task,) = here.open("a")
    here.engine.claim(task.id, actor=here.engine.actor("leaver"))
    with under_way(here.engine, ADMINISTRATOR, lambda session: tasks.assign(session, task.id, "stayer", "in need")):
        done = here.engine.reassign("leaver", to="other", reason="left", actor=ADMINISTRATOR)
    assert (done.handed, done.stays) == ((), ())
    assert here.open("a")[0].assignee == "stayer"


def test_who_looks_at_what_somebody_has_to_do_waits_for_nobody(stage: Make) -> None:
    here = stage({"p.bpmn": linear("p", "a")})
    here.engine.add_user("leaver", name="leaver", groups=["workers"], actor=SYSTEM)
    instance = here.start("p")
    here.engine.claim(here.open("a")[0].id, actor=here.engine.actor("leaver"))
    with under_way(here.engine, ADMINISTRATOR, lambda session: session.lock(instance.id)) as other:
        work = here.engine.open_work("leaver", actor=ADMINISTRATOR)
        assert not other.done()
    assert ([one.name for one in work.handed], work.stays) == (["a"], ())


def test_a_migration_tried_again_as_it_ends_goes_on(stage: Make) -> None:
    here = stage({"p.bpmn": draw('<startEvent id="s"/><endEvent id="e"/>' + users("a"), "s > a > e")})
    instances = [here.start("p") for _ in range(2)]
    target = deploy(here, '<startEvent id="s"/><endEvent id="e"/>' + users("a", "b"), "s > a > b > e")
    begun = here.engine.begin_migration(plan(here, instances[0], target), reason="r", actor=ADMINISTRATOR)
    with here.engine._shared.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE migration_item SET state = 'REFUSED'")
    with under_way(here.engine, ADMINISTRATOR, lambda session: bulk.again(session, begun.id)):
        here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert here.engine.resume_migrations() == 2
    assert here.engine.migration(begun.id, actor=ADMINISTRATOR).moved == 2
