"""The history: append-only, a chain of hashes an instance, its heads kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.people import SYSTEM
from engine.queries import Head
from engine.storage import history, journal, model
from engine.testing import Stage, linear

MakeStage = Callable[..., Stage]


@pytest.fixture
def here(stage: MakeStage) -> Stage:
    made = stage({"p.bpmn": linear("p", "a", "b")})
    made.start("p")
    made.complete("a", x=1)
    return made


def change(here: Stage, text: str, *values: object) -> None:
    here.engine._write(SYSTEM, lambda session: session.rows.run(text, values))


def test_it_says_who_when_what_before_and_after(here: Stage) -> None:
    here.complete("b", x=2)
    instance = here.engine.instances(actor=SYSTEM).items[0]
    events = here.engine.history(instance.id, actor=SYSTEM).items
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    changed = [event.data for event in events if event.event == "variables.changed"]
    assert changed == [{"after": {"x": 1}}, {"after": {"x": 2}, "before": {"x": 1}}]
    completed = [event for event in events if event.event == "task.completed"]
    assert [(event.actor, event.element_id, event.data) for event in completed] == [
        ("system", "a", {"values": {"x": 1}}),
        ("system", "b", {"values": {"x": 2}}),
    ]
    assert here.engine.audit_verify().ok


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE history SET actor = 'somebody' WHERE seq = 3",
        "UPDATE history SET data = '{}' WHERE event = 'task.completed'",
        "UPDATE history SET time = '2001-01-01T00:00:00.000000+00:00' WHERE seq = 1",
        "DELETE FROM history WHERE seq = 2",
        "DELETE FROM history WHERE seq > 4",
    ],
)
def test_a_change_is_noticed(here: Stage, text: str) -> None:
    change(here, text)
    assert not here.engine.audit_verify().ok


def test_a_whole_rewritten_past_is_noticed_by_heads_kept_elsewhere(here: Stage) -> None:
    kept = here.engine.audit_heads()
    (head,) = (one for one in kept if one.instance_id != journal.CHAIN)
    with here.engine._shared.database.read() as connection:
        table = model.history
        seq, hash = connection.execute(table.select().with_only_columns(table.c.seq, table.c.hash).where(table.c.seq == 4)).one()
    change(here, "DELETE FROM history WHERE seq > ?", 4)
    change(here, "UPDATE instance SET history_seq = ?, history_head = ?", seq, hash)
    assert here.engine.audit_verify().ok
    assert not here.engine.audit_verify(kept).ok
    assert not here.engine.audit_verify([Head(head.instance_id, 2, "0" * 64)]).ok


def test_heads_of_an_instance_that_vanished(here: Stage) -> None:
    assert here.engine.audit_verify([Head("f" * 32, 3, "0" * 64)]).faults


def test_later_events_keep_older_heads_true(here: Stage) -> None:
    kept = here.engine.audit_heads()
    here.complete("b")
    assert here.engine.audit_verify(kept).ok


def test_it_can_be_verified_while_people_work(here: Stage) -> None:
    with here.engine._shared.database.read() as connection:
        before = history.heads(connection)
        here.complete("b", x=2)
        assert history.heads(connection) == before
        assert history.verify(connection).ok
    assert here.engine.audit_heads() != before
