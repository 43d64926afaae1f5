"""What people did: to each as far as he sees the instances and tasks it is about."""

from __future__ import annotations

from typing import Any, Self

from engine.queries import HistoryEvent
from engine.states import Event
from engine.views.searching import Operator, Order
from engine.views.subjects.operation_log import OPERATION_LOG
from webui.rest import dates, filters, listing
from webui.rest.filters import moment, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("history-user-operation", "What people did: to each as far as he sees the instances and tasks it is about.")
KINDS = {  # Camunda's operation and entity, and the property that is changed
    Event.INSTANCE_STARTED: ("Create", "ProcessInstance", None),
    Event.INSTANCE_SUSPENDED: ("Suspend", "ProcessInstance", "suspensionState"),
    Event.INSTANCE_RESUMED: ("Activate", "ProcessInstance", "suspensionState"),
    Event.INSTANCE_CANCELLED: ("Delete", "ProcessInstance", None),
    Event.INSTANCE_MIGRATED: ("Migrate", "ProcessInstance", "processDefinitionId"),
    Event.TASK_CLAIMED: ("Claim", "Task", "assignee"),
    Event.TASK_RELEASED: ("Assign", "Task", "assignee"),
    Event.TASK_ASSIGNED: ("Assign", "Task", "assignee"),
    Event.TASK_COMPLETED: ("Complete", "Task", None),
    Event.TASK_DUE_CHANGED: ("Update", "Task", "dueDate"),
    Event.JOB_RETRIED: ("SetJobRetries", "Job", "retries"),
    Event.JOB_DUE_CHANGED: ("SetDueDate", "Job", "duedate"),
    Event.INCIDENT_RESOLVED: ("Resolve", "Incident", None),
}


class UserOperation(Dto):
    """Something somebody did."""

    id: str
    user_id: str | None
    timestamp: dates.Instant
    operation_id: str
    operation_type: str
    entity_type: str
    category: str
    annotation: str | None
    property: str | None
    org_value: str | None
    new_value: str | None
    process_definition_id: str | None
    process_definition_key: str | None
    process_instance_id: str | None
    execution_id: str | None
    task_id: str | None
    job_id: str | None
    removal_time: dates.Instant | None
    root_process_instance_id: str | None

    @classmethod
    def of(cls, event: HistoryEvent) -> Self:
        """An event of the engine's history."""
        operation, entity, changed = KINDS[Event(event.event)]
        id = f"{event.instance_id}:{event.seq}"
        new = event.actor if event.event == Event.TASK_CLAIMED else event.data.get("after")
        return cls(
            id=id, user_id=event.actor, timestamp=dates.text(event.time), operation_id=id, operation_type=operation, entity_type=entity,
            category="TaskWorker" if entity == "Task" else "Operator", annotation=_text(event.data.get("reason")), property=changed,
            org_value=_text(event.data.get("before")) if changed else None, new_value=_text(new) if changed else None,
            process_definition_id=event.data.get("definition_id"), process_definition_key=event.data.get("definition_key"),
            process_instance_id=event.instance_id, execution_id=event.instance_id, task_id=event.token_id if entity == "Task" else None,
            job_id=None, removal_time=None, root_process_instance_id=event.root_id,
        )  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _of(name: str, place: int) -> list[Event]:
    """The events that Camunda calls so."""
    return [event for event, kind in KINDS.items() if kind[place] == name]


FILTERS = (
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"), text("processInstanceId", "instance_id"),
    text("executionId", "instance_id"), text("rootProcessInstanceId", "root_id"), text("taskId", "task_id"), text("userId", "actor"),
    moment("beforeTimestamp", "time", Operator.BEFORE), moment("afterTimestamp", "time", Operator.AFTER),
    filters.translated("operationType", "event", lambda name: _of(name, 0)),
    filters.translated("entityType", "event", lambda name: _of(name, 1)),
)  # fmt: skip
LOG = Listing("UserOperation", OPERATION_LOG, FILTERS, {"timestamp": "time"}, UserOperation, (Order("time"),))
listing.register(resource, "/history/user-operation", LOG, post=False, by_id=False)
