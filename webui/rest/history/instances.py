"""Instances, also after their end."""

from __future__ import annotations

from typing import Self

from engine.queries import InstanceView
from engine.states import InstanceState
from engine.views.searching import Operator, Order
from engine.views.subjects.instances import ALL_INSTANCES
from webui.rest import dates, filters, listing
from webui.rest.filters import flag, like, moment, several, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("history-process-instance", "Instances, also after their end.")


class HistoricProcessInstance(Dto):
    """An instance, also after its end."""

    id: str
    root_process_instance_id: str
    super_process_instance_id: str | None
    super_case_instance_id: str | None
    case_instance_id: str | None
    process_definition_name: str | None
    process_definition_key: str
    process_definition_version: int
    process_definition_id: str
    business_key: str | None
    start_time: dates.Instant
    end_time: dates.Instant | None
    removal_time: dates.Instant | None
    duration_in_millis: int | None
    start_user_id: str | None
    start_activity_id: str | None
    delete_reason: str | None
    tenant_id: str | None
    state: str

    @classmethod
    def of(cls, view: InstanceView) -> Self:
        """An instance of the engine's."""
        return cls(
            id=view.id, root_process_instance_id=view.root_id, super_process_instance_id=view.parent_id, super_case_instance_id=None,
            case_instance_id=None, process_definition_name=view.definition_name or None, process_definition_key=view.definition_key,
            process_definition_version=view.definition_version, process_definition_id=view.definition_id,
            business_key=view.business_key, start_time=dates.text(view.started), end_time=dates.text_or_none(view.ended),
            removal_time=None, duration_in_millis=dates.milliseconds(view.started, view.ended), start_user_id=view.started_by,
            start_activity_id=view.start_element_id, delete_reason=view.end_reason, tenant_id=None, state=view.state,
        )  # fmt: skip


INSTANCE_FILTERS = (
    text("processInstanceId", "id"), several("processInstanceIds", "id"), several("processInstanceIdNotIn", "id", Operator.NONE_OF),
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    several("processDefinitionKeyIn", "definition_key"), several("processDefinitionKeyNotIn", "definition_key", Operator.NONE_OF),
    text("processDefinitionName", "definition_name"), like("processDefinitionNameLike", "definition_name"),
    text("processInstanceBusinessKey", "business_key"), several("processInstanceBusinessKeyIn", "business_key"),
    like("processInstanceBusinessKeyLike", "business_key"), flag("rootProcessInstances", "parent_id", False, Operator.GIVEN),
    flag("finished", "ended", True, Operator.GIVEN), flag("unfinished", "ended", False, Operator.GIVEN),
    flag("withIncidents", "with_incident", True), text("incidentType", "incident_type"),
    moment("startedBefore", "started", Operator.BEFORE), moment("startedAfter", "started", Operator.AFTER),
    moment("finishedBefore", "ended", Operator.BEFORE), moment("finishedAfter", "ended", Operator.AFTER), text("startedBy", "started_by"),
    filters.having_variables("variables"),
    text("superProcessInstanceId", "parent_id"), text("subProcessInstanceId", "child_id"), several("activeActivityIdIn", "activity_in"),
    flag("active", "state", InstanceState.ACTIVE), flag("suspended", "state", InstanceState.SUSPENDED),
    flag("completed", "state", InstanceState.COMPLETED), flag("externallyTerminated", "state", InstanceState.EXTERNALLY_TERMINATED),
    flag("internallyTerminated", "state", InstanceState.INTERNALLY_TERMINATED), *filters.NO_TENANTS,
)  # fmt: skip
INSTANCE_SORTS = {
    "instanceId": "id", "definitionId": "definition_id", "definitionKey": "definition_key", "definitionName": "definition_name",
    "definitionVersion": "definition_version", "businessKey": "business_key", "startTime": "started", "endTime": "ended",
    "duration": "ended",
    "tenantId": "id",
}  # fmt: skip
INSTANCES = Listing(
    "HistoricProcessInstance", ALL_INSTANCES, INSTANCE_FILTERS, INSTANCE_SORTS, HistoricProcessInstance, (Order("started"),)
)
listing.register(resource, "/history/process-instance", INSTANCES)
