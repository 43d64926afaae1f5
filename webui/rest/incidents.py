"""Incidents that are open: what went wrong and waits for somebody. For administrators."""

from __future__ import annotations

from typing import Self

from engine.queries import IncidentView
from engine.states import IncidentType
from engine.views.searching import Operator, Order
from engine.views.subjects.operations import OPEN_INCIDENTS
from webui import current
from webui.rest import dates, filters, listing
from webui.rest.authentication import actor
from webui.rest.filters import like, moment, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.variables_of import REASON

resource = Resource("incident", "What went wrong and waits for somebody. For administrators.")


class Incident(Dto):
    """An incident."""

    id: str
    process_definition_id: str | None
    process_instance_id: str | None
    execution_id: str | None
    incident_timestamp: dates.Instant
    incident_type: str
    activity_id: str | None
    failed_activity_id: str | None
    cause_incident_id: str | None
    root_cause_incident_id: str | None
    configuration: str | None
    tenant_id: str | None
    incident_message: str | None
    job_definition_id: str | None
    annotation: str | None
    incident_message_th: str | None

    @classmethod
    def of(cls, view: IncidentView) -> Self:
        """An incident of the engine's."""
        return cls(
            id=view.id, process_definition_id=view.definition_id, process_instance_id=view.instance_id, execution_id=view.instance_id,
            incident_timestamp=dates.text(view.created), incident_type=view.type, activity_id=view.element_id,
            failed_activity_id=view.element_id, cause_incident_id=view.id, root_cause_incident_id=view.id,
            configuration=view.job_id or view.task_id, tenant_id=None, incident_message=view.message, job_definition_id=None,
            annotation=view.annotation, incident_message_th=view.message_th,
        )  # fmt: skip


FILTERS_OF_ALL = (  # also of those that are resolved
    text("incidentId", "id"), text("incidentType", "type"), text("incidentMessage", "message"), like("incidentMessageLike", "message"),
    text("processDefinitionId", "definition_id"), several("processDefinitionKeyIn", "definition_keys"),
    text("processInstanceId", "instance_id"), text("executionId", "instance_id"), text("activityId", "element_id"),
    text("failedActivityId", "element_id"), text("causeIncidentId", "id"), text("rootCauseIncidentId", "id"),
    text("configuration", "cause"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS_OF_ALL = {
    "incidentId": "id", "incidentType": "type", "processInstanceId": "instance_id", "executionId": "instance_id",
    "activityId": "element_id", "processDefinitionId": "definition_id", "incidentMessage": "message", "causeIncidentId": "id",
    "rootCauseIncidentId": "id", "configuration": "job_id", "tenantId": "id",
}  # fmt: skip
FILTERS = (
    *FILTERS_OF_ALL,
    moment("incidentTimestampBefore", "created", Operator.BEFORE),
    moment("incidentTimestampAfter", "created", Operator.AFTER),
)
SORTS = SORTS_OF_ALL | {"incidentTimestamp": "created"}
INCIDENTS = Listing("Incident", OPEN_INCIDENTS, FILTERS, SORTS, Incident, (Order("created", True),))
listing.register(resource, "/incident", INCIDENTS, post=False)


@resource.delete("/incident/{id}")
def resolve(id: str) -> None:
    """Resolve an incident: a failed job is queued again; that of a failed step is closed, its task can be completed again."""
    engine, incident = current.engine(), one(OPEN_INCIDENTS, id)
    if incident.type == IncidentType.FAILED_STEP:
        engine.dismiss_incidents([id], reason=REASON, actor=actor())
    else:
        engine.retry_incident(id, actor=actor())


class Annotation(Dto):
    """A note about an incident."""

    annotation: str | None = None


@resource.put("/incident/{id}/annotation")
def annotate(id: str, body: Annotation) -> None:
    """Note something about an incident."""
    current.engine().annotate_incident(one(OPEN_INCIDENTS, id).id, body.annotation, actor=actor())


@resource.delete("/incident/{id}/annotation")
def clear_annotation(id: str) -> None:
    """Take the note away."""
    current.engine().annotate_incident(one(OPEN_INCIDENTS, id).id, None, actor=actor())
