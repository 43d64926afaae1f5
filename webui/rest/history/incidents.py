"""Incidents, also those that are resolved. For administrators."""

from __future__ import annotations

from typing import Self

from engine.queries import IncidentView
from engine.views.searching import Operator, Order
from engine.views.subjects.operations import ALL_INCIDENTS
from webui.rest import dates, listing
from webui.rest.filters import flag, moment
from webui.rest.incidents import FILTERS_OF_ALL, SORTS_OF_ALL
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("history-incident", "Incidents, also those that are resolved. For administrators.")


class HistoricIncident(Dto):
    """An incident, also one that is resolved."""

    id: str
    process_definition_key: str | None
    process_definition_id: str | None
    process_instance_id: str | None
    execution_id: str | None
    root_process_instance_id: str | None
    create_time: dates.Instant
    end_time: dates.Instant | None
    removal_time: dates.Instant | None
    incident_type: str
    activity_id: str | None
    failed_activity_id: str | None
    cause_incident_id: str | None
    root_cause_incident_id: str | None
    configuration: str | None
    history_configuration: str | None
    incident_message: str | None
    tenant_id: str | None
    job_definition_id: str | None
    open: bool
    deleted: bool
    resolved: bool
    annotation: str | None
    incident_message_th: str | None

    @classmethod
    def of(cls, view: IncidentView) -> Self:
        """An incident of the engine's."""
        return cls(
            id=view.id, process_definition_key=view.definition_key,
            process_definition_id=view.definition_id, process_instance_id=view.instance_id, execution_id=view.instance_id,
            root_process_instance_id=view.root_id, create_time=dates.text(view.created), end_time=dates.text_or_none(view.resolved),
            removal_time=None, incident_type=view.type, activity_id=view.element_id, failed_activity_id=view.element_id,
            cause_incident_id=view.id, root_cause_incident_id=view.id, configuration=view.job_id or view.task_id,
            history_configuration=None, incident_message=view.message, tenant_id=None, job_definition_id=None, open=view.resolved is None,
            deleted=False, resolved=view.resolved is not None, annotation=view.annotation,
            incident_message_th=view.message_th,
        )  # fmt: skip


FILTERS = (
    *FILTERS_OF_ALL,
    moment("createTimeBefore", "created", Operator.BEFORE), moment("createTimeAfter", "created", Operator.AFTER),
    moment("endTimeBefore", "resolved", Operator.BEFORE), moment("endTimeAfter", "resolved", Operator.AFTER),
    flag("open", "resolved", False, Operator.GIVEN), flag("resolved", "resolved", True, Operator.GIVEN),
)  # fmt: skip
SORTS = SORTS_OF_ALL | {"createTime": "created", "endTime": "resolved", "incidentState": "resolved"}
INCIDENTS = Listing("HistoricIncident", ALL_INCIDENTS, FILTERS, SORTS, HistoricIncident, (Order("created", True),))
listing.register(resource, "/history/incident", INCIDENTS, post=False, by_id=False)
