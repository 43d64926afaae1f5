"""Tasks as Camunda 7 tells them."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Self

from engine.errors import Forbidden, NotFound
from engine.forms import Form
from engine.queries import TaskItem
from engine.states import TaskState
from engine.views.searching import AnyOf, Condition, Operator, Order
from engine.views.subjects import tasks as subjects
from webui import current
from webui.rest import dates, filters, listing, variables
from webui.rest.authentication import actor
from webui.rest.filters import flag, like, moment, several, text, whole
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.reading import refused
from webui.rest.variables import GivenValues, TypedValues
from webui.rest.variables_of import REASON

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
    like("processDefinitionNameLike", "definition_name"), several("activityInstanceIdIn", "activity_instances"),
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
    filters.having_variables("processVariables"),
    filters.no_difference("includeAssignedTasks"),
    flag("active", "suspended", False), flag("suspended", "suspended", True), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "id": "id", "name": "name", "assignee": "assignee", "priority": "priority", "dueDate": "due", "followUpDate": "follow_up",
    "created": "created", "instanceId": "instance_id", "executionId": "instance_id", "nameCaseInsensitive": "name",
}  # fmt: skip


class Offered(Listing):
    """Tasks: those asked for by whom they are offered to are nobody's yet, unless the others are asked for, too."""

    def conditions(self, given: Any) -> list[Condition | AnyOf]:
        """What the parameters ask for."""
        found = super().conditions(given)
        offered = any(isinstance(one, Condition) and one.field.startswith("candidate_") for one in found)
        free = [Condition("assignee", Operator.GIVEN, False)] if offered and not given.includeAssignedTasks else []
        return [*found, *free]


TASKS = Offered("Task", subjects.OPEN, FILTERS, SORTS, Task, (Order("created"),))
listing.register(resource, "/task", TASKS)


class UserId(Dto):
    """A user; none: oneself, or nobody."""

    user_id: str | None = None


class CompleteTask(Dto):
    """The variables a task is completed with."""

    variables: GivenValues | None = None
    with_variables_in_return: bool | None = None


class IdentityLink(Dto):
    """Who has to do with a task, and as what."""

    user_id: str | None
    group_id: str | None
    type: str


class NewIdentityLink(Dto):
    """Whom a task is offered to, or is to be in the hands of."""

    type: str
    user_id: str | None = None
    group_id: str | None = None


class IdentityLinkQuery(Dto):
    """Which of them."""

    type: str | None = None


class TaskForm(Dto):
    """The key of a task's form."""

    key: str | None
    context_path: str | None = None
    camunda_form_ref: Any = None


AS_IT_IS = ("name", "description", "assignee", "owner", "delegation_state", "priority", "parent_task_id", "case_instance_id", "tenant_id")


class TaskChanges(Dto):
    """A task as it is to be: of it the due date can be changed."""

    due: dates.Instant | None = None
    name: str | None = None
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    delegation_state: str | None = None
    follow_up: str | None = None
    priority: int | None = None
    parent_task_id: str | None = None
    case_instance_id: str | None = None
    tenant_id: str | None = None


def find(id: str) -> TaskItem:
    """An open task. Raises NotFound."""
    return one(subjects.OPEN, id)


@resource.put("/task/{id}")
def change(id: str, body: TaskChanges) -> None:
    """Change a task's due date; for administrators. What else is told has to be as it is."""
    task = find(id)
    now = Task.of(task)
    for name in AS_IT_IS:
        wanted = getattr(body, name)
        if wanted is not None and wanted != getattr(now, name):
            raise refused(f"'{name}' cannot be changed so.", name)
    if body.follow_up is not None and dates.parse(body.follow_up, "followUp") != task.follow_up:
        raise refused("'followUp' cannot be changed.", "followUp")
    due = None if body.due is None else dates.parse(body.due, "due")
    if due != task.due:
        current.engine().set_task_due(id, due, reason=REASON, actor=actor())


@resource.post("/task/{id}/claim")
def claim(id: str, body: UserId) -> None:
    """Take a task that nobody has; for others only administrators do."""
    me = actor()
    current.engine().claim_for(id, body.user_id or me.user_id, actor=me)


@resource.post("/task/{id}/unclaim")
def unclaim(id: str) -> None:
    """Give a task back to its candidates."""
    task = find(id)
    if task.assignee is not None:
        current.engine().release(id, actor=actor())


@resource.post("/task/{id}/assignee")
def set_assignee(id: str, body: UserId) -> None:
    """Put a task into somebody's hands, or nobody's; for administrators, or as a claim of one's own."""
    me, engine = actor(), current.engine()
    task = find(id)
    if body.user_id is None and task.assignee == me.user_id:
        engine.release(id, actor=me)
    elif body.user_id == me.user_id and not me.administrator:
        engine.claim(id, actor=me)
    else:
        engine.assign(id, body.user_id, reason=REASON, actor=me)


@resource.post("/task/{id}/delegate")
def delegate(id: str, body: UserId) -> None:
    """Let another candidate do a task for who has it."""
    if body.user_id is None:
        raise refused("Say whom: userId.", "userId")
    current.engine().delegate(id, body.user_id, actor=actor())


@resource.post("/task/{id}/resolve")
def resolve(id: str, body: CompleteTask) -> None:
    """Give a delegated task back to its owner."""
    if body.variables:
        raise refused("The owner fills in the form: leave variables out.", "variables")
    current.engine().resolve(id, actor=actor())


@resource.post("/task/{id}/complete")
def complete(id: str, body: CompleteTask) -> TypedValues | None:
    """Complete a task: the values of its form, and others where it has none or one drawn for Camunda or Flowable. Files are uploaded."""
    return _completed(id, body)


def _completed(id: str, body: CompleteTask, *, defaults: bool = False) -> TypedValues | None:
    engine, me = current.engine(), actor()
    values = _values(id, body.variables)
    if defaults:
        values = _with_defaults(id, values)
    completion = engine.complete_task(id, values, actor=me)
    if not body.with_variables_in_return:
        return None
    try:
        return variables.typed_all(engine.variables(completion.instance_id, actor=me))
    except (Forbidden, NotFound):
        return {}


@resource.post("/task/{id}/submit-form")
def submit_form(id: str, body: CompleteTask) -> TypedValues | None:
    """Complete a task with its form filled in; fields of the diagram that are left out begin with their default."""
    return _completed(id, body, defaults=True)


def _values(id: str, given: GivenValues | None) -> dict[str, Any]:
    """The values a task is completed with; files become documents of its form's fields."""
    values = variables.read(given, lambda: _form(id))
    files = {name for name, value in values.items() if variables.type_of(value) == "File"}
    if files:
        form = _form(id)
        for name in files & set(form.documents() if form is not None else ()):
            content, file_name, _media = variables.content(values[name])
            paper = current.engine().upload(id, name, file_name, BytesIO(content), actor=actor())
            several = form is not None and form.properties[name].get("type") == "array"
            values[name] = [paper.id] if several else paper.id
    return values


def _form(id: str) -> Form | None:
    found: Form | None = current.engine().asked(id, actor=actor()).form
    return found


def _with_defaults(id: str, values: dict[str, Any]) -> dict[str, Any]:
    """As Camunda fills in what is left out of a form that is drawn in the diagram."""
    form = _form(id)
    if form is None or form.file:
        return values
    return form.with_defaults(values, current.engine().task_variables(id, actor=actor()), functions=current.functions())


class TaskError(Dto):
    """A BPMN error, for a boundary event or an event sub-process to catch."""

    error_code: str
    error_message: str | None = None
    variables: GivenValues | None = None


class TaskEscalation(Dto):
    """A BPMN escalation, for a boundary event or an event sub-process to catch."""

    escalation_code: str
    variables: GivenValues | None = None


@resource.post("/task/{id}/bpmnError")
def throw_error(id: str, body: TaskError) -> None:
    """End a task with a BPMN error; that nobody catches it is an incident."""
    given = variables.read(body.variables)
    current.engine().throw_task_error(id, body.error_code, body.error_message or "", given, actor=actor())


@resource.post("/task/{id}/bpmnEscalation")
def throw_escalation(id: str, body: TaskEscalation) -> None:
    """Throw a BPMN escalation; the task stays open unless its catcher interrupts it."""
    current.engine().throw_task_escalation(id, body.escalation_code, variables.read(body.variables), actor=actor())


@resource.get("/task/{id}/identity-links")
def identity_links(id: str, query: IdentityLinkQuery) -> list[IdentityLink]:
    """Who has a task, whose it is, and to whom it is offered."""
    task = find(id)
    links: list[tuple[str, str | None, str | None]] = [("assignee", task.assignee, None), ("owner", task.owner, None)]
    links += [("candidate", user, None) for user in task.candidate_users]
    links += [("candidate", None, group) for group in task.candidate_groups]
    return [
        IdentityLink(user_id=user, group_id=group, type=kind)
        for kind, user, group in links
        if (user or group) and query.type in (None, kind)
    ]


@resource.post("/task/{id}/identity-links")
def add_identity_link(id: str, body: NewIdentityLink) -> None:
    """Offer a task to a group or user (`candidate`), or put it into somebody's hands (`assignee`); for administrators."""
    if body.type == "assignee":
        current.engine().assign(id, body.user_id, reason=REASON, actor=actor())
    else:
        _offer(id, body, offered=True)


@resource.post("/task/{id}/identity-links/delete")
def delete_identity_link(id: str, body: NewIdentityLink) -> None:
    """Offer a task to a group or user no longer (`candidate`), or take it out of all hands (`assignee`); for administrators."""
    if body.type == "assignee":
        current.engine().assign(id, None, reason=REASON, actor=actor())
    else:
        _offer(id, body, offered=False)


def _offer(id: str, link: NewIdentityLink, *, offered: bool) -> None:
    if link.type != "candidate" or (link.user_id is None) == (link.group_id is None):
        raise refused("A link is of type assignee or candidate, with either userId or groupId.", "type")
    kind = "user" if link.user_id is not None else "group"
    current.engine().offer_task(find(id).id, kind, link.user_id or link.group_id or "", offered=offered, actor=actor())


@resource.get("/task/{id}/form")
def form(id: str) -> TaskForm:
    """The key of a task's form."""
    return TaskForm(key=find(id).form_key)


@resource.get("/task/{id}/deployed-form")
def deployed_form(id: str) -> dict[str, Any]:
    """A task's form as a JSON Schema."""
    find(id)
    asked = current.engine().asked(id, actor=actor()).form
    if asked is None:
        raise NotFound(f"The task {id} has no form", th="งานนี้ไม่มีแบบฟอร์ม")
    return dict(asked.schema)
