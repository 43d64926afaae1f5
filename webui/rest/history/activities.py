"""Each time a token was at an element."""

from __future__ import annotations

from typing import Self

from engine.views.searching import Operator, Order
from engine.views.subjects.activities import ACTIVITIES, ActivityInstance
from webui.rest import dates, filters, listing
from webui.rest.filters import flag, moment, several, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource(
    "history-activity-instance",
    "Each time a token was at an element: of tasks one may know of, and all to who may read what is in an instance.",
)


class HistoricActivityInstance(Dto):
    """A time at an element."""

    id: str
    parent_activity_instance_id: str | None
    activity_id: str
    activity_name: str | None
    activity_type: str
    process_definition_key: str
    process_definition_id: str
    process_instance_id: str
    execution_id: str | None
    task_id: str | None
    assignee: str | None
    called_process_instance_id: str | None
    called_case_instance_id: str | None
    start_time: dates.Instant
    end_time: dates.Instant | None
    duration_in_millis: int | None
    canceled: bool
    complete_scope: bool
    tenant_id: str | None
    removal_time: dates.Instant | None
    root_process_instance_id: str

    @classmethod
    def of(cls, found: ActivityInstance) -> Self:
        """An activity instance of the engine's."""
        return cls(
            id=found.id, parent_activity_instance_id=found.instance_id, activity_id=found.element_id, activity_name=found.name or None,
            activity_type=found.type, process_definition_key=found.definition_key, process_definition_id=found.definition_id,
            process_instance_id=found.instance_id, execution_id=found.instance_id, task_id=found.task_id, assignee=found.assignee,
            called_process_instance_id=found.called_id, called_case_instance_id=None, start_time=dates.text(found.started),
            end_time=dates.text_or_none(found.ended), duration_in_millis=dates.milliseconds(found.started, found.ended), canceled=found.cut,
            complete_scope=False, tenant_id=None, removal_time=None, root_process_instance_id=found.root_id,
        )  # fmt: skip


ACTIVITY_FILTERS = (
    text("activityInstanceId", "id"), several("activityInstanceIdIn", "ids"), text("processInstanceId", "instance_id"),
    several("processInstanceIdIn", "instance_id"), text("executionId", "instance_id"), text("processDefinitionId", "definition_id"),
    text("activityId", "element_id"), several("activityIdIn", "element_id"), text("activityName", "name"), text("activityType", "type"),
    text("taskAssignee", "assignee"), flag("finished", "finished", True), flag("unfinished", "finished", False),
    flag("canceled", "cut", True),
    moment("startedBefore", "started", Operator.BEFORE), moment("startedAfter", "started", Operator.AFTER),
    moment("finishedBefore", "ended", Operator.BEFORE), moment("finishedAfter", "ended", Operator.AFTER),
    filters.no_difference("withoutTenantId", "seq"),
)  # fmt: skip
ACTIVITY_SORTS = {
    "activityInstanceId": "token_id", "instanceId": "instance_id", "executionId": "instance_id", "activityId": "element_id",
    "startTime": "started", "endTime": "ended", "duration": "ended", "definitionId": "definition_id", "occurrence": "seq",
    "tenantId": "seq",
}  # fmt: skip
listing.register(
    resource,
    "/history/activity-instance",
    Listing("HistoricActivityInstance", ACTIVITIES, ACTIVITY_FILTERS, ACTIVITY_SORTS, HistoricActivityInstance, (Order("started"),)),
)
