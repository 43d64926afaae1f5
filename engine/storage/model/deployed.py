"""What is deployed: files, and the versions of processes in them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.storage.model.columns import Instant, Key, metadata, own_id

deployment = Table(
    "deployment",
    metadata,
    own_id(),
    Column("name", Key, nullable=False),
    Column("pack", Key),  # key of the pack its handlers come from
    Column("source", Key),  # what a client says it comes from: "Camunda Modeler"
    Column("created", Instant, nullable=False),
    Column("created_by", Key),
)

resource = Table(
    "resource",
    metadata,
    own_id(),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    Column("path", Key, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("deployment_id", "path"),
)

definition = Table(
    "definition",
    metadata,
    own_id(),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    Column("resource_id", ForeignKey("resource.id"), nullable=False),
    Column("key", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", Key),
    Column("name", Text, nullable=False, default=""),
    Column("name_en", Text, nullable=False, default=""),
    Column("suspended", Boolean, nullable=False, default=False),
    Column("startable", Boolean, nullable=False, default=True),
    Column("created", Instant, nullable=False),
    Column("held", Text),  # JSON list of the elements that are suspended in every instance of it; NULL for none
    UniqueConstraint("key", "version"),
    Index(None, "deployment_id", "key"),
)
