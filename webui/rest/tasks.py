"""Tasks as Camunda 7 tells them."""

from __future__ import annotations

from typing import Self

from engine.queries import TaskItem
from engine.searching import Operator, Order
from engine.states import TaskState
from engine.subjects import tasks as subjects
from webui import current
from webui.rest import dates, listing, variables
from webui.rest.authentication import actor
from webui.rest.listing import Listing, flag, like, moment, several, text, whole
from webui.rest.operations import Dto, Resource
from webui.rest.variables import GivenValues, TypedValues

resource = Resource("task", "Open tasks: what people have to do.")


class Task(Dto):
    """An open task."""

    id: str
    name: str | None
    assignee: str | None
    owner: str | None
    created: dates.Instant
    last_updated: dates.Instant | None
    due: dates.Instant | None
    follow_up: dates.Instant | None
    delegation_state: str | None
    description: str | None
    execution_id: str | None
    parent_task_id: str | None
    priority: int
    process_definition_id: str | None
    process_instance_id: str | None
    case_execution_id: str | None
    case_definition_id: str | None
    case_instance_id: str | None
    task_definition_key: str
    suspended: bool
    form_key: str | None
    camunda_form_ref: str | None
    tenant_id: str | None
    task_state: str | None

    @classmethod
    def of(cls, item: TaskItem) -> Self:
        """A task of the engine's."""
        return cls(
            id=item.id, name=item.name or None, assignee=item.assignee, owner=item.owner, created=dates.text(item.created),
            last_updated=dates.text_or_none(item.claimed), due=dates.text_or_none(item.due), follow_up=dates.text_or_none(item.follow_up),
            delegation_state=item.delegation, description=None, execution_id=item.instance_id, parent_task_id=None, priority=item.priority,
            process_definition_id=item.definition_id, process_instance_id=item.instance_id, case_execution_id=None,
            case_definition_id=None, case_instance_id=None, task_definition_key=item.element_id,
            suspended=item.state == TaskState.SUSPENDED, form_key=item.form_key, camunda_form_ref=None, tenant_id=None,
            task_state=item.state,
        )  # fmt: skip


FILTERS = (
    text("taskId", "id"), several("taskIdIn", "id"),
    text("processInstanceId", "instance_id"), several("processInstanceIdIn", "instance_id"), text("executionId", "instance_id"),
    text("processInstanceBusinessKey", "business_key"), several("processInstanceBusinessKeyIn", "business_key"),
    like("processInstanceBusinessKeyLike", "business_key"),
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    several("processDefinitionKeyIn", "definition_key"), text("processDefinitionName", "definition_name"),
    like("processDefinitionNameLike", "definition_name"), several("activityInstanceIdIn", "id"),
    text("assignee", "assignee"), like("assigneeLike", "assignee"), several("assigneeIn", "assignee"),
    several("assigneeNotIn", "assignee", Operator.NONE_OF), flag("assigned", "assignee", True, Operator.GIVEN),
    flag("unassigned", "assignee", False, Operator.GIVEN), text("owner", "owner"), text("delegationState", "delegation"),
    text("taskDefinitionKey", "element_id"), several("taskDefinitionKeyIn", "element_id"), like("taskDefinitionKeyLike", "element_id"),
    text("name", "name"), text("nameNotEqual", "name", Operator.IS_NOT), like("nameLike", "name"),
    text("nameNotLike", "name", Operator.NOT_LIKE),
    whole("priority", "priority"), whole("minPriority", "priority", Operator.AT_LEAST), whole("maxPriority", "priority", Operator.AT_MOST),
    moment("dueDate", "due", Operator.IS), moment("dueAfter", "due", Operator.AFTER), moment("dueBefore", "due", Operator.BEFORE),
    flag("withoutDueDate", "due", False, Operator.GIVEN),
    moment("followUpDate", "follow_up", Operator.IS), moment("followUpAfter", "follow_up", Operator.AFTER),
    moment("followUpBefore", "follow_up", Operator.BEFORE), moment("followUpBeforeOrNotExistent", "follow_up_before_or_none", Operator.IS),
    moment("createdOn", "created", Operator.IS), moment("createdAfter", "created", Operator.AFTER),
    moment("createdBefore", "created", Operator.BEFORE),
    text("candidateUser", "candidate_user"), text("candidateGroup", "candidate_group"), several("candidateGroups", "candidate_groups"),
    text("involvedUser", "involved_user"), flag("withCandidateGroups", "with_candidate_groups", True),
    flag("withoutCandidateGroups", "with_candidate_groups", False), flag("withCandidateUsers", "with_candidate_users", True),
    flag("withoutCandidateUsers", "with_candidate_users", False),
    flag("active", "suspended", False), flag("suspended", "suspended", True), *listing.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "id": "id", "name": "name", "assignee": "assignee", "priority": "priority", "dueDate": "due", "followUpDate": "follow_up",
    "created": "created", "instanceId": "instance_id", "executionId": "instance_id", "nameCaseInsensitive": "name",
}  # fmt: skip
TASKS = Listing("Task", subjects.OPEN, FILTERS, SORTS, Task, (Order("created"),))
listing.register(resource, "/task", TASKS)


class CompleteTask(Dto):
    """The variables a task is completed with."""

    variables: GivenValues | None = None
    with_variables_in_return: bool | None = None


@resource.get("/task/{id}")
def get(id: str) -> Task:
    """One task."""
    return Task.of(current.engine().task(id, actor=actor()).task)


@resource.post("/task/{id}/complete")
def complete(id: str, body: CompleteTask) -> TypedValues | None:
    """Complete a task: the values of its form, or any where it has none."""
    current.engine().complete_task(id, variables.read(body.variables), actor=actor())
    return {} if body.with_variables_in_return else None
