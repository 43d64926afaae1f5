"""Working copies of what is deployed: engine/drafts."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

draft = Table(
    "draft",
    metadata,  # a working copy of the files of a deployment: engine/drafts
    own_id(),
    Column("title", Text, nullable=False),
    Column("name", Key, nullable=False),  # of the deployment it becomes
    Column("pack", Key),  # whose handlers it uses where its files do not say
    Column("base_id", Id),  # the deployment it began from
    Column("base_versions", Text, nullable=False, default="{}"),  # JSON: the newest version of each process then
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False, default=0),  # counts every saved content of every file
    Column("approved", Integer),  # the revision that was approved last
    Column("approved_by", Key),
    Column("reason", Text),  # of the return, of the discarding, of an activation that was refused
    Column("activate_at", Instant),
    Column("deployment_id", Id),  # what it became
    Column("author", Key, nullable=False),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("changed_by", Key, nullable=False),
    Column("history_seq", Integer, nullable=False, default=0),
    Column("history_head", String(64), nullable=False, default=""),
    Index(None, "state", "changed"),
)

draft_revision = Table(
    "draft_revision",
    metadata,  # every content a file of a draft ever had, those of lost races too; never changed
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("path", Key, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),  # SAVED LOST REMOVED
    Column("content", LargeBinary),  # zlib; none: removed
    Column("size", Integer, nullable=False, default=0),
    Column("sha256", String(64), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("changed", Instant, nullable=False),
    Column("changed_by", Key, nullable=False),
)

draft_file = Table(
    "draft_file",
    metadata,  # which of them is the file now
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("path", Key, primary_key=True),
    Column("revision", Integer, nullable=False),
)

draft_event = Table(
    "draft_event",
    metadata,  # a chain of hashes a draft, as in `history`
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("time", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("actor", Key, nullable=False),
    Column("data", Text, nullable=False, default="{}"),
    Column("hash", String(64), nullable=False),
)

draft_presence = Table(
    "draft_presence",
    metadata,  # who has which file open; real time
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("user_id", Key, primary_key=True),
    Column("path", Key, primary_key=True),
    Column("seen", Instant, nullable=False),
)

draft_rehearsal = Table(
    "draft_rehearsal",
    metadata,  # a playing of a draft's files in a database of its own
    own_id(),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # of the draft
    Column("process", Key, nullable=False),
    Column("state", String(16), nullable=False),
    Column("done", Integer, nullable=False, default=0),  # tasks so far
    Column("doing", Text, nullable=False, default=""),
    Column("result", Text),  # JSON: engine/rehearsal/findings.py
    Column("started", Instant, nullable=False),  # real time, as are all of these
    Column("started_by", Key, nullable=False),
    Column("beat", Instant, nullable=False),  # the last sign of whoever plays it
    Column("ended", Instant),
    Index(None, "draft_id", "started"),
)
