"""Tasks, also after their end."""

from __future__ import annotations

from typing import Self

from engine.queries import TaskItem
from engine.states import TaskState
from engine.views.searching import Operator, Order
from engine.views.subjects import tasks as subjects
from webui.rest import dates, filters, listing
from webui.rest.filters import flag, like, moment, several, text, whole
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("history-task", "Tasks, also after their end.")
ENDS = {TaskState.COMPLETED: "completed", TaskState.TERMINATED: "deleted"}


class HistoricTaskInstance(Dto):
    """A task, also after its end."""

    id: str
    process_definition_key: str
    process_definition_id: str
    process_instance_id: str
    execution_id: str | None
    case_definition_key: str | None
    case_definition_id: str | None
    case_instance_id: str | None
    case_execution_id: str | None
    activity_instance_id: str | None
    name: str | None
    description: str | None
    delete_reason: str | None
    owner: str | None
    assignee: str | None
    start_time: dates.Instant
    end_time: dates.Instant | None
    duration: int | None
    task_definition_key: str
    priority: int
    due: dates.Instant | None
    parent_task_id: str | None
    follow_up: dates.Instant | None
    tenant_id: str | None
    removal_time: dates.Instant | None
    root_process_instance_id: str
    task_state: str

    @classmethod
    def of(cls, item: TaskItem) -> Self:
        """A task of the engine's."""
        return cls(
            id=item.id, process_definition_key=item.definition_key, process_definition_id=item.definition_id,
            process_instance_id=item.instance_id, execution_id=item.instance_id, case_definition_key=None, case_definition_id=None,
            case_instance_id=None, case_execution_id=None, activity_instance_id=f"{item.element_id}:{item.id}", name=item.name or None,
            description=None, delete_reason=ENDS.get(TaskState(item.state)), owner=item.owner, assignee=item.ended_by or item.assignee,
            start_time=dates.text(item.created), end_time=dates.text_or_none(item.ended),
            duration=dates.milliseconds(item.created, item.ended), task_definition_key=item.element_id, priority=item.priority,
            due=dates.text_or_none(item.due), parent_task_id=None, follow_up=dates.text_or_none(item.follow_up), tenant_id=None,
            removal_time=None, root_process_instance_id=item.root_id, task_state=item.state,
        )  # fmt: skip


FILTERS = (
    text("taskId", "id"), text("processInstanceId", "instance_id"), text("rootProcessInstanceId", "root_id"),
    text("processInstanceBusinessKey", "business_key"), several("processInstanceBusinessKeyIn", "business_key"),
    like("processInstanceBusinessKeyLike", "business_key"), text("executionId", "instance_id"),
    several("activityInstanceIdIn", "activity_instances"),
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    text("processDefinitionName", "definition_name"), text("taskName", "name"), like("taskNameLike", "name"),
    text("taskDefinitionKey", "element_id"), several("taskDefinitionKeyIn", "element_id"), text("taskAssignee", "assignee"),
    like("taskAssigneeLike", "assignee"), text("taskOwner", "owner"), like("taskOwnerLike", "owner"), whole("taskPriority", "priority"),
    flag("assigned", "assignee", True, Operator.GIVEN), flag("unassigned", "assignee", False, Operator.GIVEN),
    flag("finished", "ended", True, Operator.GIVEN), flag("unfinished", "ended", False, Operator.GIVEN),
    text("taskHadCandidateUser", "had_candidate_user"), text("taskHadCandidateGroup", "had_candidate_group"),
    text("taskInvolvedUser", "was_involved"), text("taskInvolvedGroup", "had_candidate_group"),
    flag("withCandidateGroups", "had_candidate_groups", True), flag("withoutCandidateGroups", "had_candidate_groups", False),
    filters.translated("taskDeleteReason", "state", lambda name: [state for state, reason in ENDS.items() if reason == name]),
    filters.having_variables("processVariables"),
    flag("processFinished", "instance_over", True), flag("processUnfinished", "instance_over", False),
    moment("taskDueDate", "due", Operator.IS), moment("taskDueDateBefore", "due", Operator.BEFORE),
    moment("taskDueDateAfter", "due", Operator.AFTER), flag("withoutTaskDueDate", "due", False, Operator.GIVEN),
    moment("taskFollowUpDate", "follow_up", Operator.IS), moment("taskFollowUpDateBefore", "follow_up", Operator.BEFORE),
    moment("taskFollowUpDateAfter", "follow_up", Operator.AFTER), moment("startedBefore", "created", Operator.BEFORE),
    moment("startedAfter", "created", Operator.AFTER), moment("finishedBefore", "ended", Operator.BEFORE),
    moment("finishedAfter", "ended", Operator.AFTER), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "taskId": "id", "processInstanceId": "instance_id", "executionId": "instance_id", "processDefinitionId": "definition_id",
    "taskName": "name", "assignee": "assignee", "owner": "owner", "dueDate": "due", "followUpDate": "follow_up", "startTime": "created",
    "endTime": "ended", "duration": "ended", "taskDefinitionKey": "element_id", "priority": "priority", "deleteReason": "state",
    "activityInstanceID": "id", "tenantId": "id",
}  # fmt: skip
TASKS = Listing("HistoricTaskInstance", subjects.ALL, FILTERS, SORTS, HistoricTaskInstance, (Order("created"),))
listing.register(resource, "/history/task", TASKS, by_id=False)
