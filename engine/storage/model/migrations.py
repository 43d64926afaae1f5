"""Running instances on their way to another version: engine/migration."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

migration = Table(
    "migration",
    metadata,  # instances to be moved to another version of their definition: engine/migration
    own_id(),
    Column("definition_key", Key, nullable=False),
    Column("source_id", Id, nullable=False),
    Column("target_id", Id, nullable=False),
    Column("deployment_id", Id),  # of one that moves all that was deployed together; source and target are those of its first plan
    Column("plan", Text, nullable=False),  # JSON: a plan, or a list of them
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", Key, nullable=False),
    Column("ended", Instant),
    Column("undo_reason", Text),  # why, and by whom, it is being undone
    Column("undone_by", Key),
    Index(None, "state"),
    Index(None, "definition_key", "created"),
)

migration_item = Table(
    "migration_item",
    metadata,  # one instance of it
    Column("migration_id", ForeignKey("migration.id"), primary_key=True),
    Column("instance_id", Id, primary_key=True),
    Column("source_id", Id, nullable=False),  # the version it leaves
    Column("whole_id", Id, nullable=False),  # the first instance of those that move in one transaction: all below one root, or itself alone
    Column("state", String(16), nullable=False),
    Column("problems", Text),  # JSON: why it was refused, or why it cannot be undone
    Column("seq", Integer),  # of the history, when it had moved
    Column("before", LargeBinary),  # its rows as they were, for undoing: engine/migration/before.py
    Column("final", Boolean, nullable=False, default=False),  # something ended that undoing cannot bring back
    Index(None, "migration_id", "state"),
    Index(None, "migration_id", "whole_id"),
    Index(None, "instance_id"),
)
