"""The tables. SQLAlchemy Core: the hot path writes rows, not objects. Migrations: engine/storage/schema."""

from __future__ import annotations

from engine.storage.model.columns import Id, Instant, Key, metadata, to_text
from engine.storage.model.deployed import definition, deployment, resource
from engine.storage.model.drafts import draft, draft_event, draft_file, draft_presence, draft_rehearsal, draft_revision
from engine.storage.model.migrations import migration, migration_item
from engine.storage.model.papers import comment, document, outbox, sealed
from engine.storage.model.people import api_token, attempt, grant, link, membership, party, user
from engine.storage.model.running import candidate, completion, external_task, incident, instance, job, scope, subscription, task
from engine.storage.model.settings import holiday, setting
from engine.storage.model.told import chain, history, system_event, verification

__all__ = [
    "Id",
    "Instant",
    "Key",
    "api_token",
    "attempt",
    "candidate",
    "chain",
    "comment",
    "completion",
    "definition",
    "deployment",
    "document",
    "draft",
    "draft_event",
    "draft_file",
    "draft_presence",
    "draft_rehearsal",
    "draft_revision",
    "external_task",
    "grant",
    "history",
    "holiday",
    "incident",
    "instance",
    "job",
    "link",
    "membership",
    "metadata",
    "migration",
    "migration_item",
    "outbox",
    "party",
    "resource",
    "scope",
    "sealed",
    "setting",
    "subscription",
    "system_event",
    "task",
    "to_text",
    "user",
    "verification",
]
