"""Jobs: timers, deferred handlers, reminders. For administrators."""

from __future__ import annotations

from typing import Self

from flask import Response

from engine.queries import JobView
from engine.states import JobState
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.job_definitions import id_of
from engine.views.subjects.operations import JOBS
from webui import current
from webui.rest import dates, filters, listing
from webui.rest.authentication import actor
from webui.rest.filters import flag, like, moment, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.reading import refused
from webui.rest.variables_of import REASON

resource = Resource("job", "What waits for its time. For administrators.")


class Job(Dto):
    """A job."""

    id: str
    job_definition_id: str | None
    due_date: dates.Instant | None
    process_instance_id: str | None
    execution_id: str | None
    process_definition_id: str | None
    process_definition_key: str | None
    retries: int
    exception_message: str | None
    failed_activity_id: str | None
    suspended: bool
    priority: int
    tenant_id: str | None
    create_time: dates.Instant | None
    exception_message_th: str | None

    @classmethod
    def of(cls, view: JobView) -> Self:
        """A job of the engine's."""
        return cls(
            id=view.id, job_definition_id=id_of(view.definition_id, view.element_id, view.kind), due_date=dates.text(view.due),
            process_instance_id=view.instance_id, execution_id=view.instance_id, process_definition_id=view.definition_id,
            process_definition_key=view.definition_key, retries=view.retries,
            exception_message=view.error, failed_activity_id=view.element_id if view.error else None,
            suspended=view.state == JobState.SUSPENDED, priority=0, tenant_id=None, create_time=dates.text(view.created),
            exception_message_th=view.error_th,
        )  # fmt: skip


FILTERS = (
    text("jobId", "id"), several("jobIds", "id"), text("processInstanceId", "instance_id"), several("processInstanceIds", "instance_id"),
    text("executionId", "instance_id"), text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    text("activityId", "element_id"), flag("withRetriesLeft", "retries", 0, Operator.AFTER), flag("noRetriesLeft", "retries", 0),
    flag("executable", "executable", True), flag("timers", "timers", True), flag("messages", "messages", True),
    flag("withException", "error", True, Operator.GIVEN), text("exceptionMessage", "error"), like("exceptionMessageLike", "error"),
    text("failedActivityId", "element_id"), flag("active", "suspended", False), flag("suspended", "suspended", True),
    moment("dueDateBefore", "due", Operator.BEFORE), moment("dueDateAfter", "due", Operator.AFTER),
    filters.compared("dueDates", "due"), filters.compared("createTimes", "created"),
    flag("includeJobsWithoutTenantId", "id", True, Operator.GIVEN), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "jobId": "id", "jobDueDate": "due", "jobRetries": "retries", "executionId": "instance_id", "processInstanceId": "instance_id",
    "processDefinitionId": "definition_id", "processDefinitionKey": "definition_id", "jobPriority": "id", "tenantId": "id",
}  # fmt: skip
listing.register(resource, "/job", Listing("Job", JOBS, FILTERS, SORTS, Job, (Order("due"),)))


class JobRetries(Dto):
    """How many attempts are left."""

    retries: filters.NUMBER
    due_date: dates.Instant | None = None


class JobDueDate(Dto):
    """When it is due."""

    duedate: dates.Instant | None = None
    cascade: bool | None = None


class JobSuspension(Dto):
    """To hold a job, or to let it go on."""

    suspended: bool


class JobsSuspension(JobSuspension):
    """To hold the jobs of an instance, of a version or of a process, or to let them go on."""

    process_instance_id: str | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None


@resource.put("/job/suspended")
def suspend_all(body: JobsSuspension) -> None:
    """Hold the jobs of an instance, of a version or of a process, or let them go on; those to come go on. Each for itself."""
    named = {
        "instance_id": body.process_instance_id, "definition_id": body.process_definition_id, "definition_key": body.process_definition_key,
    }  # fmt: skip
    wanted = [Condition(field, Operator.IS, value) for field, value in named.items() if value is not None]
    if len(wanted) != 1:
        raise refused("Give either processInstanceId, processDefinitionId or processDefinitionKey.", "processInstanceId")
    state = JobState.PENDING if body.suspended else JobState.SUSPENDED
    for job in current.engine().search(JOBS, [*wanted, Condition("state", Operator.IS, state)], actor=actor()):
        current.engine().suspend_job(job.id, body.suspended, actor=actor())


@resource.get("/job/{id}/stacktrace", media="text/plain")
def stacktrace(id: str) -> Response:
    """Why the last attempt failed."""
    return Response(one(JOBS, id).error or "", mimetype="text/plain")


@resource.put("/job/{id}/retries")
def set_retries(id: str, body: JobRetries) -> None:
    """Say how many attempts a job has left; a failed one is queued again."""
    current.engine().set_job_retries(id, body.retries, actor=actor())
    if body.due_date is not None:
        current.engine().move_job(id, dates.parse(body.due_date, "dueDate"), reason=REASON, actor=actor())


@resource.put("/job/{id}/duedate")
def set_due(id: str, body: JobDueDate) -> None:
    """Change when a job is due; without a date it is due now."""
    due = current.now() if body.duedate is None else dates.parse(body.duedate, "duedate")
    if body.cascade:
        raise refused("The rounds of a cycle after the next one keep their times: leave cascade out.", "cascade")
    current.engine().move_job(id, due, reason=REASON, actor=actor())


@resource.put("/job/{id}/suspended")
def suspended(id: str, body: JobSuspension) -> None:
    """Hold a job, or let it go on."""
    current.engine().suspend_job(id, body.suspended, actor=actor())


@resource.post("/job/{id}/execute")
def execute(id: str) -> None:
    """Run a job now, whenever it is due."""
    current.engine().execute_job(id, actor=actor())
