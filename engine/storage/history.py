"""What happened: rows that are only ever added, each instance's a chain of hashes (sha256 of the hash before and the row).

A chain cannot notice that its end was cut off: the heads can be exported (`heads`) and kept elsewhere, and `verify` compares with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from engine.queries import AuditFault, AuditReport, Head
from engine.storage.model import chain as system_chain
from engine.storage.model import draft, draft_event, history, instance, system_event, to_text

STRIDE = 2_000  # rows read at once, and between two signs of progress
CHANGED = ("this row, or the one before it, was changed", "รายการนี้หรือรายการก่อนหน้าถูกแก้ไข")  # what is wrong: English, Thai
CUT_OFF = (
    "the history does not lead to this head: rows were cut off or changed",
    "ประวัติไม่ต่อถึงค่าสุดท้ายที่เก็บไว้ มีรายการถูกตัดท้ายหรือแก้ไข",
)
ADDED = ("rows were added past the head of the instance", "มีรายการเพิ่มต่อจากค่าสุดท้ายของกระบวนการ")
_json = msgspec.json.Encoder(order="sorted", enc_hook=str)


def to_json(value: Any) -> str:
    """JSON with sorted keys; what JSON has no word for (a date) as text."""
    return _json.encode(value).decode()


def chained(before: str, row: tuple[Any, ...]) -> str:
    """The hash of a row (instance, seq, root, time, event, actor, element, token, step, data) after the hash before it."""
    return hashlib.sha256(before.encode() + _json.encode(row)).hexdigest()


def heads(connection: Connection) -> list[Head]:
    """The end of every chain: an instance's, a draft's, the journal's."""
    tables = (instance, draft, system_chain)
    queries = (select(table.c.id, table.c.history_seq, table.c.history_head).order_by(table.c.id) for table in tables)
    return [Head(*row) for query in queries for row in connection.execute(query)]


def count(connection: Connection) -> int:
    """How many events all chains have together."""
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in (history, draft_event, system_event))


def verify(connection: Connection, kept: Iterable[Head] | None = None, progress: Callable[[int], None] = lambda done: None) -> AuditReport:
    """Recompute every chain and compare with its head, and with heads kept elsewhere; `progress` is told how many events are done."""
    expected: dict[str, list[Head]] = {head.instance_id: [head] for head in heads(connection)}
    instances = connection.scalar(select(func.count()).select_from(instance)) or 0
    for head in kept or ():
        expected.setdefault(head.instance_id, []).append(head)
    faults: list[AuditFault] = []
    ends: dict[str, tuple[int, str]] = {}
    seen: dict[tuple[str, int], str] = {}
    wanted = {(head.instance_id, head.seq) for many in expected.values() for head in many}
    events = 0
    for row in chain(_rows(connection), _draft_rows(connection), _system_rows(connection)):
        events += 1
        if events % STRIDE == 0:
            progress(events)
        instance_id, seq = row[0], row[1]
        before_seq, before_hash = ends.get(instance_id, (0, ""))
        if seq != before_seq + 1:
            faults.append(AuditFault(instance_id, seq, f"row {before_seq + 1} is missing", f"ไม่มีรายการที่ {before_seq + 1}"))
        if chained(before_hash, row[:-1]) != row[-1]:
            faults.append(AuditFault(instance_id, seq, *CHANGED))
        ends[instance_id] = (seq, row[-1])
        if (instance_id, seq) in wanted:
            seen[instance_id, seq] = row[-1]
    for head in (head for many in expected.values() for head in many):
        if head.seq and seen.get((head.instance_id, head.seq)) != head.hash:
            faults.append(AuditFault(head.instance_id, head.seq, *CUT_OFF))
    for instance_id, (seq, _hash) in ends.items():
        if seq > max((head.seq for head in expected.get(instance_id, [])), default=0):
            faults.append(AuditFault(instance_id, seq, *ADDED))
    return AuditReport(instances, events, tuple(faults))


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    columns = history.c
    query = (
        select(
            columns.instance_id,
            columns.seq,
            columns.root_id,
            columns.time,
            columns.event,
            columns.actor,
            columns.element_id,
            columns.token_id,
            columns.step,
            columns.data,
            columns.hash,
        )
        .order_by(columns.instance_id, columns.seq)
        .execution_options(yield_per=STRIDE)
    )
    for row in connection.execute(query):
        values = list(row)
        values[3] = to_text(values[3])
        yield tuple(values)


def _draft_rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """The events of drafts in the form of an instance's."""
    table = draft_event
    for row in connection.execute(select(table).order_by(table.c.draft_id, table.c.seq).execution_options(yield_per=STRIDE)):
        yield (row.draft_id, row.seq, row.draft_id, to_text(row.time), row.event, row.actor, None, None, None, row.data, row.hash)


def _system_rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """The journal in the form of an instance's."""
    table = system_event
    for row in connection.execute(select(table).order_by(table.c.seq).execution_options(yield_per=STRIDE)):
        yield ("system", row.seq, "system", to_text(row.time), row.event, row.actor, row.subject, None, None, row.data, row.hash)


def data_of(facts: Mapping[str, Any]) -> str:
    """The data column of an event."""
    return to_json(facts) if facts else "{}"
