"""What reads answer: frozen views of rows and what belongs to them. Nothing here decides who may see; the modules that ask do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import msgspec

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.papers import DocumentView
    from engine.views.happenings import Happening

T = TypeVar("T")
Row = Mapping[Any, Any]
_json = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and how long the whole list is."""

    items: tuple[T, ...]
    total: int


class FromRow:
    """A view whose fields are columns of the same name."""

    __slots__ = ()

    @classmethod
    def of(cls, row: Row, **more: Any) -> Self:
        names = {entry.name for entry in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: row[name] for name in names if name in row and name not in more}, **more)


@dataclass(frozen=True, slots=True)
class Deployment(FromRow):
    """A deployment and the definitions in it; `new` is False where the same files had been deployed before."""

    id: str
    name: str
    pack: str | None
    created: datetime
    created_by: str | None
    source: str | None = None  # what the client said it comes from
    definitions: tuple[DefinitionView, ...] = ()
    new: bool = True


@dataclass(frozen=True, slots=True)
class Resource(FromRow):
    """A file of a deployment."""

    id: str
    deployment_id: str
    path: str


@dataclass(frozen=True, slots=True)
class DefinitionView(FromRow):
    """One version of a process."""

    id: str
    key: str
    version: int
    version_tag: str | None
    name: str
    name_en: str
    deployment_id: str
    suspended: bool
    startable: bool
    created: datetime
    pack: str | None = None
    resource: str = ""  # the file's path in its deployment
    active_instances: int = 0
    held: str | None = None  # JSON list of the elements that are suspended in all of it

    @property
    def held_elements(self) -> list[str]:
        """The ids of the elements that are suspended in all of its instances."""
        return loads(self.held) if self.held else []


@dataclass(frozen=True, slots=True)
class InstanceView(FromRow):
    """A process instance."""

    id: str
    definition_id: str
    definition_key: str
    business_key: str | None
    root_id: str
    parent_id: str | None
    state: str
    category: str | None
    unit: str | None
    step: str | None
    party: str | None
    started: datetime
    started_by: str | None
    ended: datetime | None
    end_reason: str | None
    definition_name: str = ""
    definition_name_en: str = ""
    definition_version: int = 0
    open_tasks: int = 0  # of it alone; in a page of instances of all it called, too
    open_incidents: int = 0
    held: str | None = None  # JSON list of the elements that are suspended
    start_element_id: str | None = None  # where it began; in lists of all that ever were

    @property
    def held_elements(self) -> list[str]:
        """The ids of the elements that are suspended in it."""
        return loads(self.held) if self.held else []


@dataclass(frozen=True, slots=True)
class TaskItem(FromRow):
    """A task as a line of a list."""

    id: str
    instance_id: str
    root_id: str
    definition_id: str
    element_id: str
    name: str
    name_en: str
    state: str
    assignee: str | None
    owner: str | None
    priority: int
    due: datetime | None
    follow_up: datetime | None
    form_key: str | None
    business_key: str | None
    step: str | None
    party: str | None
    category: str | None
    unit: str | None
    created: datetime
    claimed: datetime | None
    ended: datetime | None
    ended_by: str | None
    revision: int
    context: Mapping[str, Any] = field(default_factory=dict)
    has_draft: bool = False
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    delegation: str | None = None  # PENDING while done for its owner, RESOLVED when it came back
    root_name: str = ""  # of the root instance's definition
    root_name_en: str = ""
    definition_key: str = ""  # of its own

    @classmethod
    def of(cls, row: Row, **more: Any) -> Self:
        offered = {name: tuple(loads(row[name]) or ()) for name in ("candidate_groups", "candidate_users")}
        return super(TaskItem, cls).of(row, context=loads(row["context"]) or {}, has_draft=row["draft"] is not None, **offered, **more)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with all that its page needs."""

    task: TaskItem
    form: Form | None
    values: Mapping[str, Any]  # what the form starts with: defaults, variables of the same name, the draft
    draft: Mapping[str, Any] | None
    variables: Mapping[str, Any]  # what the task sees
    documents: tuple[DocumentView, ...]  # uploaded with this task
    instance: InstanceView
    documentation: str
    may_work: bool
    may_claim: bool
    may_release: bool
    may_assign: bool
    barred: tuple[str, str] | None = None  # the group (Thai, English) whose members may not do it, where the actor is one of them
    deed: Happening | None = None  # by which somebody took it away or holds it


@dataclass(frozen=True, slots=True)
class Asked:
    """The form of a task and its name: enough to read what was posted."""

    form: Form | None
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing a task led to; `next_task_id` is an open task of the same root that the actor may do now."""

    task_id: str
    instance_id: str
    next_task_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How much waits for an actor."""

    open: int
    overdue: int
    coming: int  # due within seven days
    mine: int  # claimed by the actor
    notices: int  # of the last seven days


@dataclass(frozen=True, slots=True)
class JobView(FromRow):
    """A timer, a deferred handler or a reminder that waits for its time."""

    id: str
    kind: str
    state: str
    due: datetime
    retries: int
    definition_id: str | None
    instance_id: str | None
    root_id: str | None
    token_id: str | None
    element_id: str | None
    element_name: str
    step: str | None
    error: str | None
    created: datetime
    error_th: str | None = None
    definition_key: str | None = None


@dataclass(frozen=True, slots=True)
class ExternalTaskView(FromRow):
    """Work that waits for a worker outside, or is in his hands. `lock_until` is real time, and may be over."""

    id: str
    topic: str
    state: str
    priority: int
    retries: int | None
    worker_id: str | None
    lock_until: datetime | None
    error: str | None
    error_details: str | None
    instance_id: str
    root_id: str
    definition_id: str
    definition_key: str
    element_id: str
    element_name: str
    business_key: str | None
    step: str | None
    created: datetime
    version_tag: str | None = None  # of its process


@dataclass(frozen=True, slots=True)
class IncidentView(FromRow):
    """Something that went wrong and waits for somebody."""

    id: str
    type: str
    instance_id: str | None
    root_id: str | None
    definition_id: str | None
    job_id: str | None
    task_id: str | None
    element_id: str | None
    element_name: str
    message: str
    created: datetime
    resolved: datetime | None
    resolved_by: str | None
    message_th: str | None = None
    annotation: str | None = None
    business_key: str | None = None
    definition_key: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryEvent(FromRow):
    """One thing that happened. `data` says what, before and after."""

    instance_id: str
    seq: int
    root_id: str
    time: datetime
    event: str
    actor: str | None
    element_id: str | None
    token_id: str | None
    step: str | None
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class NoticeView(FromRow):
    """A notice for a person or a group."""

    id: str
    recipient: str
    subject: str
    subject_en: str
    body: str
    root_id: str | None
    instance_id: str | None
    task_id: str | None
    created: datetime
    draft_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommentView(FromRow):
    """A remark about an instance or a task."""

    id: str
    instance_id: str
    task_id: str | None
    user_id: str
    text: str
    created: datetime


@dataclass(frozen=True, slots=True)
class UserView(FromRow):
    """A user with roles and the groups he has now; never the password."""

    id: str
    name: str
    name_en: str
    email: str | None
    demo: bool
    active: bool
    locale: str | None
    session: str
    created: datetime
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    last_login: datetime | None = None
    locked: bool = False  # until he sets a password, or comes in with the agency's own login

    @classmethod
    def of(cls, row: Row, groups: Sequence[str] = (), **more: Any) -> Self:
        locked = row["password"] is None and row["subject"] is None
        return super(UserView, cls).of(row, roles=tuple(loads(row["roles"])), groups=tuple(groups), locked=locked, **more)


@dataclass(frozen=True, slots=True)
class DiagramState:
    """What to colour in a diagram."""

    done: tuple[str, ...]
    open: tuple[str, ...]
    overdue: tuple[str, ...]
    incidents: tuple[str, ...]
    returned: tuple[str, ...] = ()  # open again, for something was sent back
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # (Thai, English) of elements whose drawn names hold ${…}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an instance's hash chain."""

    instance_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFault:
    """A place where the history is not what it was."""

    instance_id: str
    seq: int
    message: str
    message_th: str = ""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What checking the hash chains found."""

    instances: int
    events: int
    faults: tuple[AuditFault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def loads(text: str | None) -> Any:
    """Stored JSON, or None."""
    return None if text is None else _json.decode(text)
