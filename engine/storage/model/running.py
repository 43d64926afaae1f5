"""What runs: instances, what they stand at and what they wait for."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

NOT_ENDED = "ended IS NULL"  # tasks: what asks for open ones says so, else no index answers it
HELD = f"assignee IS NOT NULL AND {NOT_ENDED}"
DONE = "ended_by IS NOT NULL"

instance = Table(
    "instance",
    metadata,
    own_id(),
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
    own_id(),  # the root scope has the instance's id
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
    own_id(),  # = the token's id
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

completion = Table(
    "completion",
    metadata,
    Column("key", Key, primary_key=True),  # the client's idempotency key
    Column("task_id", Id, nullable=False),
    Column("user_id", Key, nullable=False),
    Column("result", Text, nullable=False),  # JSON answered the first time
    Column("created", Instant, nullable=False),
)

job = Table(
    "job",
    metadata,
    own_id(),
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
    Column("error_th", Text),
    Column("created", Instant, nullable=False),
    Index(None, "state", "due"),
    Index(None, "instance_id"),
    Index(None, "token_id"),
)

external_task = Table(
    "external_task",
    metadata,  # work that waits for a worker outside; deleted when it is done
    own_id(),  # = the token's id
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
    own_id(),
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
    own_id(),
    Column("type", String(32), nullable=False),
    Column("instance_id", Id),
    Column("root_id", Id),
    Column("definition_id", Id),
    Column("job_id", Id),
    Column("task_id", Id),
    Column("element_id", Key),
    Column("element_name", Text, nullable=False, default=""),
    Column("message", Text, nullable=False),
    Column("message_th", Text),  # none: written before there was one
    Column("created", Instant, nullable=False),
    Column("resolved", Instant),
    Column("resolved_by", Key),
    Column("annotation", Text),  # what somebody noted about it; why it was closed
    Index(None, "resolved"),
    Index(None, "instance_id"),
    Index(None, "job_id"),
)
