"""The tables. SQLAlchemy Core: the hot path writes rows, not objects. Migrations: engine/storage/schema."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as ISO 8601 text of fixed width, so that both databases sort and compare it alike."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def to_text(instant: datetime) -> str:
    """`2009-06-01T01:30:00.000000+00:00`: the form an instant has in rows."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


VERSIONED = "deliverable IS NOT NULL AND state <> 'DRAFT'"  # documents whose version counts
NOT_ENDED = "ended IS NULL"  # tasks: what asks for open ones says so, else no index answers it
HELD = f"assignee IS NOT NULL AND {NOT_ENDED}"
DONE = "ended_by IS NOT NULL"
Id = String(64)
Key = String(255)


def _id() -> Column[str]:
    return Column("id", Id, primary_key=True)


deployment = Table(
    "deployment",
    metadata,
    _id(),
    Column("name", Key, nullable=False),
    Column("pack", Key),  # key of the pack its handlers come from
    Column("source", Key),  # what a client says it comes from: "Camunda Modeler"
    Column("created", Instant, nullable=False),
    Column("created_by", Key),
)

resource = Table(
    "resource",
    metadata,
    _id(),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    Column("path", Key, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("deployment_id", "path"),
)

definition = Table(
    "definition",
    metadata,
    _id(),
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

instance = Table(
    "instance",
    metadata,
    _id(),
    Column("definition_id", ForeignKey("definition.id"), nullable=False),
    Column("definition_key", Key, nullable=False),
    Column("business_key", Key),
    Column("root_id", Id, nullable=False),  # itself, for a root
    Column("parent_id", Id),
    Column("parent_scope_id", Id),
    Column("parent_token_id", Id),  # the call activity's token in the parent
    Column("state", String(32), nullable=False),
    Column("category", Key),  # who may see it: engine/people/grants.py
    Column("unit", Key),
    Column("step", Key),  # number inherited from the calling element
    Column("party", Key),  # of the calling element's lane
    Column("started", Instant, nullable=False),
    Column("started_by", Key),
    Column("ended", Instant),
    Column("end_reason", Text),
    Column("revision", Integer, nullable=False, default=0),  # the fence: every transaction that steps it adds one
    Column("history_seq", Integer, nullable=False, default=0),
    Column("history_head", String(64), nullable=False, default=""),
    Column("held", Text),  # JSON list of the elements that are suspended in it; NULL for none
    Index(None, "business_key"),
    Index(None, "root_id", "state"),
    Index(None, "parent_id"),
    Index(None, "parent_token_id"),
    Index(None, "definition_id", "state"),
)

scope = Table(
    "scope",
    metadata,
    _id(),  # the root scope has the instance's id
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("parent_scope_id", Id),
    Column("parent_token_id", Id),
    Column("element_id", Key, nullable=False),  # process, sub-process, repeated activity; (token), (page): engine/spiff/codec.py
    Column("blob", LargeBinary, nullable=False),
    Index(None, "instance_id"),
    Index(None, "parent_scope_id"),
)

task = Table(
    "task",
    metadata,
    _id(),  # = the token's id
    Column("instance_id", ForeignKey("instance.id"), nullable=False),
    Column("root_id", Id, nullable=False),
    Column("scope_id", Id, nullable=False),
    Column("definition_id", Id, nullable=False),
    Column("element_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("assignee", Key),
    Column("owner", Key),
    Column("delegation", String(8)),  # PENDING while somebody does it for its owner, RESOLVED when it came back
    Column("priority", Integer, nullable=False, default=50),
    Column("due", Instant),
    Column("follow_up", Instant),
    Column("form_key", Key),
    Column("business_key", Key),
    Column("step", Key),
    Column("party", Key),  # the group that is to do it first of all, for display: "province:TH-50"
    Column("candidate_groups", Text),  # JSON lists of names, NULL for none: whom it is, or was, offered to
    Column("candidate_users", Text),
    Column("barred_groups", Text),  # whose members may not do it
    Column("category", Key),
    Column("unit", Key),
    Column("context", Text),  # JSON: local facts worth showing (the element variable of a multi-instance)
    Column("draft", Text),  # JSON of the unfinished form
    Column("created", Instant, nullable=False),
    Column("claimed", Instant),
    Column("ended", Instant),
    Column("ended_by", Key),
    Column("revision", Integer, nullable=False, default=0),
    Index(None, "instance_id"),
    Index("ix_task_open", "root_id", "instance_id", sqlite_where=text(NOT_ENDED), postgresql_where=text(NOT_ENDED)),
    Index("ix_task_held", "assignee", sqlite_where=text(HELD), postgresql_where=text(HELD)),
    Index("ix_task_done", "ended_by", "ended", sqlite_where=text(DONE), postgresql_where=text(DONE)),
)

candidate = Table(
    "candidate",
    metadata,  # the open tasks of a group or user: what a task says of itself, turned round for the inbox; deleted when the task ends
    Column("kind", String(8), primary_key=True),  # group, user, barred
    Column("name", Key, primary_key=True),
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    sqlite_with_rowid=False,
)

job = Table(
    "job",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", Instant, nullable=False),
    Column("retries", Integer, nullable=False, default=3),
    Column("retry_wait", Integer, nullable=False, default=60),  # seconds before the first retry, doubled each time
    Column("cycle", Text),  # JSON of a repeating timer: remaining rounds and interval
    Column("locked_by", Key),
    Column("lock_until", Instant),  # real time
    Column("definition_id", Id),
    Column("instance_id", Id),
    Column("root_id", Id),
    Column("scope_id", Id),
    Column("token_id", Id),
    Column("element_id", Key),
    Column("element_name", Text, nullable=False, default=""),
    Column("step", Key),
    Column("payload", Text),  # JSON
    Column("error", Text),
    Column("created", Instant, nullable=False),
    Index(None, "state", "due"),
    Index(None, "instance_id"),
    Index(None, "token_id"),
)

external_task = Table(
    "external_task",
    metadata,  # work that waits for a worker outside; deleted when it is done
    _id(),  # = the token's id
    Column("topic", Key, nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Column("retries", Integer),  # none: no attempt has failed yet
    Column("worker_id", Key),  # who has it, or had it last
    Column("lock_until", Instant),  # real time: until then nobody else is given it
    Column("error", Text),
    Column("error_details", Text),
    Column("instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("scope_id", Id, nullable=False),
    Column("definition_id", Id, nullable=False),
    Column("definition_key", Key, nullable=False),
    Column("element_id", Key, nullable=False),
    Column("element_name", Text, nullable=False, default=""),
    Column("business_key", Key),
    Column("step", Key),
    Column("category", Key),
    Column("unit", Key),
    Column("created", Instant, nullable=False),
    Index(  # those of a topic to be fetched, the most urgent first: however many are in hands
        "ix_external_task_free", "topic", text("(-priority)"), "id",
        sqlite_where=text("state = 'FREE'"), postgresql_where=text("state = 'FREE'"),
    ),
    Index("ix_external_task_locked", "lock_until", sqlite_where=text("state = 'LOCKED'"), postgresql_where=text("state = 'LOCKED'")),
    Index(None, "instance_id"),
)

subscription = Table(
    "subscription",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("name", Key, nullable=False),
    Column("correlation", Text),  # JSON of the correlation value
    Column("definition_id", Id),  # a start event of this definition
    Column("instance_id", Id),
    Column("scope_id", Id),
    Column("token_id", Id),
    Column("element_id", Key, nullable=False),
    Column("created", Instant, nullable=False),
    Index(None, "kind", "name"),
    Index(None, "token_id"),
    Index(None, "instance_id"),
)

incident = Table(
    "incident",
    metadata,
    _id(),
    Column("type", String(32), nullable=False),
    Column("instance_id", Id),
    Column("root_id", Id),
    Column("definition_id", Id),
    Column("job_id", Id),
    Column("task_id", Id),
    Column("element_id", Key),
    Column("element_name", Text, nullable=False, default=""),
    Column("message", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("resolved", Instant),
    Column("resolved_by", Key),
    Column("annotation", Text),  # what somebody noted about it; why it was closed
    Index(None, "resolved"),
    Index(None, "instance_id"),
    Index(None, "job_id"),
)

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

completion = Table(
    "completion",
    metadata,
    Column("key", Key, primary_key=True),  # the client's idempotency key
    Column("task_id", Id, nullable=False),
    Column("user_id", Key, nullable=False),
    Column("result", Text, nullable=False),  # JSON answered the first time
    Column("created", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),  # notice (inbox), mail
    Column("recipient", Key, nullable=False),  # group or user
    Column("subject", Text, nullable=False),
    Column("subject_en", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("root_id", Id),
    Column("instance_id", Id),
    Column("task_id", Id),
    Column("created", Instant, nullable=False),
    Column("sent", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Index(None, "recipient", "created"),
    Index(None, "sent"),
)

document = Table(
    "document",
    metadata,
    _id(),
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
    _id(),  # values of x-sealed form fields: never in variables, history or exports
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
    _id(),
    Column("instance_id", Id, nullable=False),
    Column("task_id", Id),
    Column("user_id", Key, nullable=False),
    Column("text", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Index(None, "instance_id"),
)

grant = Table(
    "grant_",
    metadata,  # GRANT is a reserved word
    Column("root_id", Id, primary_key=True),
    Column("group_", Key, primary_key=True),
    Column("category", Key, primary_key=True),
    Column("unit", Key, primary_key=True, default="*"),
    Index(None, "group_", "root_id"),
)

party = Table(
    "party",
    metadata,
    Column("key", Key, primary_key=True),  # "opdc", "province"; its units are in memberships
    Column("pack", Key),
    Column("th", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("unit_variable", Key),  # the variable that names the unit in an instance, for parties with units
)

user = Table(
    "user_",
    metadata,
    _id(),  # the login name
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, default=""),
    Column("email", Text),
    Column("password", Text),  # argon2; none: cannot log in with one
    Column("roles", Text, nullable=False, default="[]"),  # JSON list of Role
    Column("demo", Boolean, nullable=False, default=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("locale", String(8)),
    Column("session", String(32), nullable=False, default=""),  # changes with the password: ends other sessions
    Column("created", Instant, nullable=False),
    Column("last_login", Instant),
    Column("subject", Key),  # who it is for the agency's own login (issuer and sub), once he came in with it: engine/people/identities.py
    Index("uq_user_subject", "subject", unique=True),
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", ForeignKey("user_.id"), primary_key=True),
    Column("group_", Key, primary_key=True),  # "opdc", "province:TH-50"
    Column("since", Instant),
    Column("until", Instant),
    Index(None, "group_"),
)

holiday = Table(
    "holiday",
    metadata,
    Column("day", String(10), primary_key=True),  # ISO date
    Column("calendar", Key, primary_key=True, default="TH"),
    Column("th", Text, nullable=False),
    Column("en", Text, nullable=False, default=""),
    Column("added_by", Key),
)

setting = Table(
    "setting",
    metadata,  # the simulated clock, sequences of numbers, marks of the demo
    Column("key", Key, primary_key=True),
    Column("value", Text, nullable=False),
)

link = Table(
    "link",
    metadata,  # one-time links: first administrator, setting a password
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("user_id", Key),
    Column("expires", Instant, nullable=False),  # real time
    Column("used", Instant),
    Index(None, "user_id", "purpose"),
)

api_token = Table(
    "api_token",
    metadata,  # personal tokens for programs that act for a user: engine/people/api_tokens.py
    _id(),
    Column("user_id", ForeignKey("user_.id"), nullable=False),
    Column("name", Key, nullable=False),  # what it is for, in its owner's words
    Column("digest", String(64), nullable=False),  # sha256 of the token, which is shown once
    Column("created", Instant, nullable=False),  # real time, as is its end
    Column("expires", Instant),
    UniqueConstraint("digest"),
    Index(None, "user_id"),
)

attempt = Table(
    "attempt",
    metadata,  # failed logins and the like, by all processes: engine/people/attempts.py
    Column("digest", String(64), primary_key=True),  # sha256 of what is counted
    Column("number", Integer, nullable=False),
    Column("until", Instant, nullable=False),  # real time: when the window ends
    Index(None, "until"),
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
    _id(),
    Column("history_seq", Integer, nullable=False, default=0),
    Column("history_head", String(64), nullable=False, default=""),
)

verification = Table(
    "verification",
    metadata,  # the chains recomputed because somebody asked: how far it is, what was found; real time
    _id(),
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

draft = Table(
    "draft",
    metadata,  # a working copy of the files of a deployment: engine/drafts
    _id(),
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
    _id(),
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

migration = Table(
    "migration",
    metadata,  # instances to be moved to another version of their definition: engine/migration
    _id(),
    Column("definition_key", Key, nullable=False),
    Column("source_id", Id, nullable=False),
    Column("target_id", Id, nullable=False),
    Column("plan", Text, nullable=False),  # JSON
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", Key, nullable=False),
    Column("ended", Instant),
    Index(None, "state"),
    Index(None, "definition_key", "created"),
)

migration_item = Table(
    "migration_item",
    metadata,  # one instance of it
    Column("migration_id", ForeignKey("migration.id"), primary_key=True),
    Column("instance_id", Id, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("problems", Text),  # JSON: why it was refused, or why it cannot be undone
    Column("seq", Integer),  # of the history, when it had moved
    Column("before", LargeBinary),  # its rows as they were, for undoing: engine/migration/before.py
    Column("final", Boolean, nullable=False, default=False),  # something ended that undoing cannot bring back
    Index(None, "migration_id", "state"),
    Index(None, "instance_id"),
)
