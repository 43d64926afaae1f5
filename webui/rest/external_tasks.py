"""External tasks as Camunda 7 tells them: what workers fetch, lock and report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

import msgspec
from flask import Response

from engine.errors import Conflict
from engine.queries import ExternalTaskView
from engine.running.fetching import LockedTask, Looked, Turn, Wanted
from engine.states import ExternalTaskState
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.external_tasks import EXTERNAL_TASKS
from webui import current
from webui.rest import dates, filters, listing, variables, waiting
from webui.rest.authentication import actor
from webui.rest.filters import WHOLE, flag, moment, several, text, whole
from webui.rest.listing import Direction, Listing
from webui.rest.operations import Dto, Resource
from webui.rest.reading import refused
from webui.rest.variables import GivenValues, TypedValues

resource = Resource("external-task", "Work for workers outside, by topic. A worker's account is in the group `topic:NAME`, or `topic:*`.")
Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Number = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
PLAIN = "text/plain"


class ExternalTask(Dto):
    """An external task."""

    id: str
    topic_name: str
    worker_id: str | None
    lock_expiration_time: dates.Instant | None
    create_time: dates.Instant
    retries: int | None
    priority: int
    suspended: bool
    error_message: str | None
    activity_id: str
    activity_instance_id: str
    execution_id: str
    process_instance_id: str
    process_definition_id: str
    process_definition_key: str
    process_definition_version_tag: str | None
    business_key: str | None
    tenant_id: str | None

    @classmethod
    def of(cls, task: ExternalTaskView) -> Self:
        """An external task of the engine's."""
        return cls(**_told(task))


def _told(task: ExternalTaskView) -> dict[str, Any]:
    return {
        "id": task.id, "topic_name": task.topic, "worker_id": task.worker_id,
        "lock_expiration_time": dates.text_or_none(task.lock_until), "create_time": dates.text(task.created),
        "retries": task.retries, "priority": task.priority, "suspended": task.state == ExternalTaskState.SUSPENDED,
        "error_message": task.error, "activity_id": task.element_id, "activity_instance_id": task.id, "execution_id": task.instance_id,
        "process_instance_id": task.instance_id, "process_definition_id": task.definition_id,
        "process_definition_key": task.definition_key, "process_definition_version_tag": task.version_tag,
        "business_key": task.business_key, "tenant_id": None,
    }  # fmt: skip


FILTERS = (
    text("externalTaskId", "id"), several("externalTaskIdIn", "id"), text("topicName", "topic"), text("workerId", "worker_id"),
    flag("locked", "locked", True), flag("notLocked", "locked", False), flag("withRetriesLeft", "retries_left", True),
    flag("noRetriesLeft", "retries_left", False), moment("lockExpirationAfter", "lock_until", Operator.AFTER),
    moment("lockExpirationBefore", "lock_until", Operator.BEFORE), text("activityId", "element_id"),
    several("activityIdIn", "element_id"), text("executionId", "instance_id"), text("processInstanceId", "instance_id"),
    several("processInstanceIdIn", "instance_id"), text("processDefinitionId", "definition_id"),
    flag("active", "suspended", False), flag("suspended", "suspended", True),
    whole("priorityHigherThanOrEquals", "priority", Operator.AT_LEAST), whole("priorityLowerThanOrEquals", "priority", Operator.AT_MOST),
    *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "id": "id", "lockExpirationTime": "lock_until", "processInstanceId": "instance_id", "processDefinitionId": "definition_id",
    "processDefinitionKey": "definition_key", "taskPriority": "priority", "createTime": "created",
}  # fmt: skip
TASKS = Listing("ExternalTask", EXTERNAL_TASKS, FILTERS, SORTS, ExternalTask, (Order("created"),))
listing.register(resource, "/external-task", TASKS, by_id=False)


# ---- fetching


class LockedExternalTask(ExternalTask):
    """An external task for the worker who fetched it."""

    error_details: str | None
    variables: TypedValues
    extension_properties: dict[str, str] | None


class FetchTopic(Dto):
    """A topic, and which of its tasks a worker takes. `deserializeValues` makes no difference: JSON is told as text."""

    topic_name: str
    lock_duration: Milliseconds
    variables: list[str] | None = None
    local_variables: bool | None = None
    business_key: str | None = None
    process_definition_id: str | None = None
    process_definition_id_in: list[str] | None = None
    process_definition_key: str | None = None
    process_definition_key_in: list[str] | None = None
    process_definition_version_tag: str | None = None
    process_variables: dict[str, Any] | None = None
    without_tenant_id: bool | None = None
    tenant_id_in: list[str] | None = None  # there are none
    deserialize_values: bool | None = None
    include_extension_properties: bool | None = None

    def wanted(self) -> Wanted:
        """The same for the engine."""
        return Wanted(
            self.topic_name,
            timedelta(milliseconds=self.lock_duration),
            None if self.variables is None else tuple(self.variables),
            bool(self.local_variables),
            self.business_key,
            _several(self.process_definition_id, self.process_definition_id_in),
            _several(self.process_definition_key, self.process_definition_key_in),
            self.process_definition_version_tag,
            self.process_variables or {},
        )


def _several(one: str | None, many: list[str] | None) -> tuple[str, ...]:
    return tuple(many or ()) + ((one,) if one is not None else ())


class FetchSorting(Dto):
    """The oldest first, or the newest; that alone, without `usePriority`."""

    sort_by: Literal["createTime"] = "createTime"
    sort_order: Direction | None = None


class FetchExternalTasks(Dto):
    """What a worker asks for. `asyncResponseTimeout`: how long it waits for a task to come; it may be answered sooner."""

    worker_id: str
    max_tasks: Number
    topics: list[FetchTopic] = []
    use_priority: bool | None = None
    async_response_timeout: Annotated[int, msgspec.Meta(ge=0, le=1_800_000)] | None = None
    sorting: list[FetchSorting] | None = None


@resource.post("/external-task/fetchAndLock")
def fetch_and_lock(body: FetchExternalTasks) -> list[LockedExternalTask]:
    """Lock free tasks of some topics for a worker, the most urgent first, then the oldest; or as `sorting` says."""
    engine, who, wanted = current.engine(), actor(), [topic.wanted() for topic in body.topics if not topic.tenant_id_in]
    newest = any(one.sort_order == "desc" for one in body.sorting or ())
    turn = Turn(by_priority=bool(body.use_priority) or not body.sorting, newest=newest)

    looked = Looked()

    def fetch() -> tuple[LockedTask, ...]:
        return engine.fetch_external_tasks(body.worker_id, wanted, limit=body.max_tasks, turn=turn, looked=looked, actor=who)

    found = fetch()
    if not found and body.async_response_timeout:
        found = waiting.room.until(fetch, body.async_response_timeout / 1000) or ()
    properties = {topic.topic_name for topic in body.topics if topic.include_extension_properties}
    return [_locked(one, one.task.topic in properties) for one in found]


def _locked(one: LockedTask, properties: bool) -> LockedExternalTask:
    return LockedExternalTask(
        **_told(one.task),
        error_details=one.task.error_details,
        variables=variables.typed_all(one.variables),
        extension_properties=dict(one.properties) if properties else None,
    )


# ---- reporting


class Worker(Dto):
    """Who reports."""

    worker_id: str


class CompleteExternalTask(Worker):
    """The variables a task ends with; local ones only its output parameters see."""

    variables: GivenValues | None = None
    local_variables: GivenValues | None = None


class ExternalTaskFailure(Worker):
    """Why an attempt failed, how many are left and when the next is."""

    error_message: str | None = None
    error_details: str | None = None
    retries: Number | None = None
    retry_timeout: Milliseconds | None = None
    variables: GivenValues | None = None
    local_variables: GivenValues | None = None


class ExternalTaskBpmnError(Worker):
    """A BPMN error, for a boundary event or an event sub-process to catch."""

    error_code: str
    error_message: str | None = None
    variables: GivenValues | None = None


class LockExternalTask(Worker):
    """For how long, in milliseconds."""

    lock_duration: Milliseconds


class ExtendLock(Worker):
    """For how long from now, in milliseconds."""

    new_duration: Milliseconds


@contextmanager
def _reporting() -> Iterator[None]:
    """Who has not locked a task made a bad request, as Camunda sees it, not an unlucky one."""
    try:
        yield
    except Conflict as error:
        if "worker_id" in error.facts:
            raise refused(error.message, "workerId", error.message_th) from error
        raise


@resource.post("/external-task/{id}/complete")
def complete(id: str, body: CompleteExternalTask) -> None:
    """The work is done."""
    given, local = variables.read(body.variables), variables.read(body.local_variables)
    with _reporting():
        current.engine().complete_external_task(id, body.worker_id, given, local=local, actor=actor())


@resource.post("/external-task/{id}/failure")
def failure(id: str, body: ExternalTaskFailure) -> None:
    """An attempt failed; with no retries left it is an incident."""
    with _reporting():
        current.engine().fail_external_task(
            id,
            body.worker_id,
            message=body.error_message or "",
            details=body.error_details or "",
            retries=body.retries or 0,
            wait=timedelta(milliseconds=body.retry_timeout or 0),
            variables=variables.read(body.variables),
            local=variables.read(body.local_variables),
            actor=actor(),
        )


@resource.post("/external-task/{id}/bpmnError")
def bpmn_error(id: str, body: ExternalTaskBpmnError) -> None:
    """The work ended with a BPMN error."""
    given = variables.read(body.variables)
    with _reporting():
        current.engine().throw_external_error(id, body.worker_id, body.error_code, body.error_message or "", given, actor=actor())


@resource.post("/external-task/{id}/lock")
def lock(id: str, body: LockExternalTask) -> None:
    """Take this very task."""
    with _reporting():
        current.engine().lock_external_task(id, body.worker_id, timedelta(milliseconds=body.lock_duration), actor=actor())


@resource.post("/external-task/{id}/extendLock")
def extend_lock(id: str, body: ExtendLock) -> None:
    """Keep a task longer."""
    with _reporting():
        current.engine().extend_external_lock(id, body.worker_id, timedelta(milliseconds=body.new_duration), actor=actor())


@resource.post("/external-task/{id}/unlock")
def unlock(id: str) -> None:
    """Let anybody fetch it."""
    current.engine().unlock_external_task(id, actor=actor())


# ---- looking and mending


class TopicNames(Dto):
    """Of which tasks the topics are to be."""

    with_locked_tasks: bool | None = None
    with_unlocked_tasks: bool | None = None
    with_retries_left: bool | None = None


@resource.get("/external-task/topic-names")
def topic_names(query: TopicNames) -> list[str]:
    """The topics something waits for."""
    found = current.engine().topics(actor=actor())
    return sorted(
        topic.topic
        for topic in found
        if (topic.locked or not query.with_locked_tasks)
        and (topic.free or topic.failed or not query.with_unlocked_tasks)
        and (topic.free or topic.locked or not query.with_retries_left)
    )


@resource.get("/external-task/{id}")
def get(id: str) -> ExternalTask:
    """One external task."""
    return ExternalTask.of(current.engine().external_task(id, actor=actor()))


@resource.get("/external-task/{id}/errorDetails", media=PLAIN)
def error_details(id: str) -> Response:
    """What its worker told of the last failure: a stack trace, say."""
    return Response(current.engine().external_task(id, actor=actor()).error_details or "", mimetype=PLAIN)


class Retries(Dto):
    """How many attempts are left."""

    retries: Number


class RetriesOfSeveral(Retries):
    """Of which tasks: by id, or all of some instances."""

    external_task_ids: list[str] | None = None
    process_instance_ids: list[str] | None = None


class Priority(Dto):
    """How urgent it is."""

    priority: WHOLE


@resource.put("/external-task/{id}/retries")
def set_retries(id: str, body: Retries) -> None:
    """Give a task attempts, so that it is fetched again."""
    current.engine().set_external_retries([id], body.retries, actor=actor())


@resource.put("/external-task/retries")
def set_retries_of_several(body: RetriesOfSeveral) -> None:
    """Give tasks attempts."""
    engine, ids = current.engine(), list(body.external_task_ids or ())
    if body.process_instance_ids:
        of_instances = Condition("instance_id", Operator.ONE_OF, body.process_instance_ids)
        ids += [task.id for task in engine.search(EXTERNAL_TASKS, [of_instances], actor=actor())]
    engine.set_external_retries(ids, body.retries, actor=actor())


@resource.put("/external-task/{id}/priority")
def set_priority(id: str, body: Priority) -> None:
    """Change which of a topic's tasks is fetched first."""
    current.engine().set_external_priority(id, body.priority, actor=actor())
