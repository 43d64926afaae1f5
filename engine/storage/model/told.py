"""What has happened, in chains that nobody can change unseen."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

history = Table(
    "history",
    metadata,
    Column("instance_id", Id, primary_key=True),
    Column("seq", Integer, primary_key=True),  # 1, 2, 3 … within the instance
    Column("root_id", Id, nullable=False),
    Column("time", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("actor", Key),
    Column("element_id", Key),
    Column("token_id", Id),
    Column("step", Key),
    Column("data", Text, nullable=False, default="{}"),  # JSON, keys sorted: what, before, after
    Column("hash", String(64), nullable=False),  # sha256 of the hash before and this row: history.py
    Index(None, "root_id", "time", "event"),  # one place of one index a step, and events are told apart without looking at the row
)

system_event = Table(
    "system_event",
    metadata,  # what was done that is no instance's and no draft's: a chain of hashes, as in `history`; engine/storage/journal.py
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("actor", Key, nullable=False),
    Column("subject", Key),  # whom or what it is about
    Column("data", Text, nullable=False, default="{}"),
    Column("hash", String(64), nullable=False),
    Index(None, "time"),
)

chain = Table(
    "chain",
    metadata,  # the head of the chain of system events: one row
    own_id(),
    Column("history_seq", Integer, nullable=False, default=0),
    Column("history_head", String(64), nullable=False, default=""),
)

verification = Table(
    "verification",
    metadata,  # the chains recomputed because somebody asked: how far it is, what was found; real time
    own_id(),
    Column("started", Instant, nullable=False),
    Column("started_by", Key, nullable=False),
    Column("beat", Instant, nullable=False),  # the last sign of whoever computes
    Column("done", Integer, nullable=False, default=0),  # events so far
    Column("total", Integer, nullable=False, default=0),
    Column("ended", Instant),
    Column("chains", Integer, nullable=False, default=0),
    Column("faults", Text, nullable=False, default="[]"),  # JSON: the first hundred
    Column("fault_count", Integer, nullable=False, default=0),
    Index(None, "started"),
)
