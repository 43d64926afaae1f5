"""Job definitions: what makes jobs, by the diagrams."""

from __future__ import annotations

from typing import Self

from engine.views.searching import Order
from engine.views.subjects.job_definitions import JOB_DEFINITIONS
from engine.views.subjects.job_definitions import JobDefinition as Definition
from webui.rest import filters, listing
from webui.rest.filters import flag, several, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource(
    "job-definition",
    "The timers of each process, and where it goes on in a transaction of its own. Suspended are those of suspended definitions.",
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
