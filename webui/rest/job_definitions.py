"""Job definitions: what makes jobs, by the diagrams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from engine.states import JobState
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.job_definitions import JOB_DEFINITIONS
from engine.views.subjects.job_definitions import JobDefinition as Definition
from engine.views.subjects.operations import JOBS
from webui import current
from webui.rest import filters, listing
from webui.rest.authentication import actor
from webui.rest.filters import flag, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.reading import refused
from webui.rest.variables_of import REASON

resource = Resource(
    "job-definition",
    "The timers of each process, and where it goes on in a transaction of its own. Suspended are those of suspended definitions, and of "
    "activities held in all of a version.",
)


class JobDefinition(Dto):
    """What makes jobs at an element."""

    id: str
    process_definition_id: str
    process_definition_key: str
    job_type: str
    job_configuration: str
    activity_id: str
    suspended: bool
    overriding_job_priority: int | None
    tenant_id: str | None
    deployment_id: str

    @classmethod
    def of(cls, one: Definition) -> Self:
        """A job definition of the engine's."""
        return cls(
            id=one.id, process_definition_id=one.definition_id, process_definition_key=one.definition_key, job_type=one.type,
            job_configuration=one.configuration, activity_id=one.element_id, suspended=one.suspended, overriding_job_priority=None,
            tenant_id=None, deployment_id=one.deployment_id,
        )  # fmt: skip


FILTERS = (
    text("jobDefinitionId", "id"), several("activityIdIn", "element_id"), text("processDefinitionId", "definition_id"),
    text("processDefinitionKey", "definition_key"), text("jobType", "type"), text("jobConfiguration", "configuration"),
    flag("active", "suspended", False), flag("suspended", "suspended", True),
    filters.no_difference("includeJobDefinitionsWithoutTenantId"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "jobDefinitionId": "id", "activityId": "element_id", "processDefinitionId": "definition_id", "processDefinitionKey": "definition_key",
    "jobType": "type", "jobConfiguration": "configuration", "tenantId": "id",
}  # fmt: skip
listing.register(resource, "/job-definition", Listing("JobDefinition", JOB_DEFINITIONS, FILTERS, SORTS, JobDefinition, (Order("id"),)))


class JobDefinitionSuspension(Dto):
    """To hold what makes jobs, or to let it go on. `annotation` is not in Camunda 7: why."""

    suspended: bool
    include_jobs: bool | None = None
    execution_date: str | None = None
    annotation: str | None = None


class JobDefinitionsSuspension(JobDefinitionSuspension):
    """The same for all of a version, or of all versions of a key."""

    process_definition_id: str | None = None
    process_definition_key: str | None = None
    process_definition_tenant_id: str | None = None
    process_definition_without_tenant_id: bool | None = None


class JobDefinitionRetries(Dto):
    """How many attempts the failed jobs have left."""

    retries: filters.NUMBER


@resource.put("/job-definition/{id}/suspended")
def suspended(id: str, body: JobDefinitionSuspension) -> None:
    """Hold an activity in all instances of a version, with what is open there, or let it go on; for administrators."""
    _hold([one(JOB_DEFINITIONS, id)], body)


@resource.put("/job-definition/suspended")
def suspend_all(body: JobDefinitionsSuspension) -> None:
    """The same for all that makes jobs in a version, or in all versions of a process."""
    named = {"definition_id": body.process_definition_id, "definition_key": body.process_definition_key}
    wanted = [Condition(field, Operator.IS, value) for field, value in named.items() if value is not None]
    if len(wanted) != 1:
        raise refused("Either processDefinitionId or processDefinitionKey should be set.", "processDefinitionKey")
    if body.process_definition_tenant_id is not None:
        raise refused("There are no tenants: leave processDefinitionTenantId out.", "processDefinitionTenantId")
    _hold(current.engine().search(JOB_DEFINITIONS, wanted, actor=actor()), body)


def _hold(those: Iterable[Definition], body: JobDefinitionSuspension) -> None:
    """Of each activity once; one that is as it should be is left so, as in Camunda."""
    if body.execution_date:
        raise refused("An activity is held at once: leave executionDate out.", "executionDate")
    places = {(each.definition_id, each.element_id): each for each in those}
    if any(each.of_start for each in places.values()):
        raise refused("What starts a process at a time is held with its definition: PUT /process-definition/{id}/suspended.", "suspended")
    for definition_id, element_id in places:
        if body.suspended != (element_id in current.engine().definition(definition_id).held_elements):
            hold(definition_id, element_id, body.suspended, body.annotation)


def hold(definition_id: str, element_id: str, suspended: bool, reason: str | None) -> None:
    """Hold an activity in all instances of a version, or let it go on."""
    engine = current.engine()
    change = engine.suspend_activity if suspended else engine.resume_activity
    change(element_id, definition_id=definition_id, reason=reason or REASON, actor=actor())


@resource.put("/job-definition/{id}/retries")
def set_retries(id: str, body: JobDefinitionRetries) -> None:
    """Say how many attempts its failed jobs have left: they are queued again; for administrators."""
    definition = one(JOB_DEFINITIONS, id)
    of_it = {"definition_id": definition.definition_id, "element_id": definition.element_id, "state": JobState.FAILED}
    for job in current.engine().search(JOBS, [Condition(field, Operator.IS, value) for field, value in of_it.items()], actor=actor()):
        current.engine().set_job_retries(job.id, body.retries, actor=actor())
