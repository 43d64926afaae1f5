"""The scheduler: due jobs are run once however many beat, late ones at the start, and a database that is away is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from engine.context import Context
from engine.dates.clock import real_now
from engine.engine import Engine
from engine.people import SYSTEM
from engine.registry import Pack
from engine.running.jobs import PAUSE
from engine.running.scheduler import Scheduler
from engine.testing import Stage, process

MakeStage = Callable[..., Stage]
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
BODY = f'<startEvent id="s"/><intermediateCatchEvent id="wait">{TIMER}</intermediateCatchEvent><endEvent id="e"/>'
WAITING = {"p.bpmn": process("waiting", BODY, "s -> wait", "wait -> e")}
PATIENCE = 20.0  # seconds


def make_due(here: Stage, number: int) -> list[str]:
    """So many instances whose timer is due, although no job has been run."""
    instances = [here.start("waiting").id for _ in range(number)]
    for job in here.engine.jobs(actor=SYSTEM).items:
        here.engine.move_job(job.id, here.engine.clock_now() - timedelta(minutes=1), reason="now", actor=SYSTEM)
    return instances


def until(wanted: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + PATIENCE
    while not (came := wanted()) and time.monotonic() < end:
        time.sleep(0.02)
    return came


def test_a_beat_runs_what_is_due_and_nothing_else(stage: MakeStage) -> None:
    here = stage(WAITING)
    scheduler = Scheduler(here.engine)
    make_due(here, 3)
    here.start("waiting")
    assert scheduler.beat() == 3
    assert scheduler.beat() == 0


def test_two_schedulers_run_each_job_once(stage: MakeStage, engine_url: str) -> None:
    here = stage(WAITING)
    instances = make_due(here, 20)
    other = Engine.open(engine_url, home=here.engine.home)
    schedulers = [Scheduler(here.engine, beat_seconds=0.05), Scheduler(other, beat_seconds=0.05)]
    for scheduler in schedulers:
        scheduler.start()
    try:
        assert until(lambda: here.engine.instances(state="ACTIVE", actor=SYSTEM).total == 0)
    finally:
        for scheduler in schedulers:
            scheduler.stop()
        other.close()
    for instance in instances:
        assert here.engine.history(instance, actor=SYSTEM, event="timer.fired").total == 1


def test_what_a_dead_worker_left_is_run_at_the_next_start(stage: MakeStage) -> None:
    from sqlalchemy import text

    here = stage(WAITING)
    (instance,) = make_due(here, 1)
    with here.engine._shared.database.writer.begin() as connection:
        connection.execute(text("UPDATE job SET state = 'RUNNING', locked_by = 'dead', lock_until = '2000-01-01T00:00:00.000000+00:00'"))
    scheduler = Scheduler(here.engine, beat_seconds=0.05)
    scheduler.start()
    try:
        assert until(lambda: here.engine.instance(instance, actor=SYSTEM).state == "COMPLETED")
    finally:
        scheduler.stop()


PAPERS = Pack("papers")


@PAPERS.handler("write", parameters={})
def write(context: Context) -> None:
    """Keeps a file."""
    context.documents.add(name="a.txt", content=b"a", media_type="text/plain", category="paper")


def test_files_that_are_away_cost_no_attempt_and_are_tried_again_soon(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><serviceTask id="write" ruam:handler="write" ruam:deferred="true"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("writing", body, "s -> write", "write -> e")}, packs=[PAPERS], pack="papers")
    instance = here.start("writing")
    (job,) = here.engine.jobs(actor=SYSTEM).items
    documents = here.engine.home / "documents"
    documents.parent.mkdir(exist_ok=True)
    documents.write_text("no folder")
    assert here.engine.run_due() == 1
    assert here.engine.jobs(actor=SYSTEM).items[0].retries == job.retries
    documents.unlink()
    assert here.engine.run_due() == 0, "a moment's pause"
    with time_machine.travel(real_now() + PAUSE + timedelta(seconds=1)):
        assert here.engine.run_due() == 1
    assert here.state(instance) == "COMPLETED"
    assert here.engine.incidents(actor=SYSTEM).total == 0


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_database_that_is_away_is_tried_again(stage: MakeStage, engine_url: str, caplog: pytest.LogCaptureFixture) -> None:
    here = stage(WAITING)
    away = Engine.open(engine_url.replace("?host=", "?host=/nowhere"), home=here.engine.home)
    with caplog.at_level(logging.WARNING):
        assert Scheduler(away).beat() == 0
        assert Scheduler(away).sweep() == 0
    assert len(caplog.records) == 2
    away.close()
