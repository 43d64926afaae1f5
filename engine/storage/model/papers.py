"""Papers: documents, sealed values, remarks, and what is to be sent."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

VERSIONED = "deliverable IS NOT NULL AND state <> 'DRAFT'"  # documents whose version counts

document = Table(
    "document",
    metadata,
    own_id(),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("task_id", Id),  # uploaded with this task
    Column("name", Text, nullable=False),
    Column("title", Text),  # what the form asked for with it; a file's name seldom says
    Column("title_en", Text),
    Column("media_type", Key, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("store_key", Key, nullable=False),  # where the file store keeps the bytes
    Column("category", Key, nullable=False),
    Column("unit", Key),
    Column("deliverable", Key),
    Column("version", Integer, nullable=False, default=1),  # of that deliverable (and unit) within the root
    Column("number", Key),  # of a letter
    Column("step", Key),
    Column("state", String(16), nullable=False),
    Column("reason", Text),  # of a return
    Column("created", Instant, nullable=False),
    Column("created_by", Key),
    Index(None, "root_id", "category", "unit"),
    Index(None, "root_id", "deliverable"),
    Index(  # two at once of one deliverable: the second tries again and is the next version
        "uq_document_version", "root_id", "deliverable", text("coalesce(unit, '')"), "version", unique=True,
        sqlite_where=text(VERSIONED), postgresql_where=text(VERSIONED),
    ),
    Index(None, "task_id"),
)

sealed = Table(
    "sealed",
    metadata,
    own_id(),  # values of x-sealed form fields: never in variables, history or exports
    Column("root_id", Id, nullable=False),
    Column("instance_id", Id, nullable=False),
    Column("task_id", Id, nullable=False),
    Column("category", Key, nullable=False),
    Column("unit", Key),
    Column("field", Key, nullable=False),
    Column("value", Text, nullable=False),  # JSON
    Column("created", Instant, nullable=False),
    Column("created_by", Key, nullable=False),
    Index(None, "root_id", "category", "unit"),
    Index(None, "task_id"),
)

comment = Table(
    "comment",
    metadata,
    own_id(),
    Column("instance_id", Id, nullable=False),
    Column("task_id", Id),
    Column("user_id", Key, nullable=False),
    Column("text", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Index(None, "instance_id"),
)

outbox = Table(
    "outbox",
    metadata,
    own_id(),
    Column("kind", String(16), nullable=False),  # notice (inbox), mail
    Column("recipient", Key, nullable=False),  # group or user
    Column("subject", Text, nullable=False),
    Column("subject_en", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("task_id", Id),
    Column("draft_id", Id),  # where it is about a draft
    Column("created", Instant, nullable=False),
    Column("sent", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Index(None, "recipient", "created"),
    Index(None, "sent"),
)
