"""Process instances that go on."""

from __future__ import annotations

from typing import Self

import msgspec

from engine.errors import NotFound
from engine.people.authorization import require
from engine.queries import InstanceView
from engine.states import InstanceState, Verb
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.instances import RUNNING_INSTANCES
from webui import current
from webui.rest import filters, listing, variables
from webui.rest.authentication import actor
from webui.rest.filters import flag, like, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Link, Resource
from webui.rest.reading import refused
from webui.rest.variables import TypedValues
from webui.rest.variables_of import REASON

resource = Resource("process-instance", "Instances that go on. Changing them is for administrators.")


class ProcessInstance(Dto):
    """An instance."""

    id: str
    definition_id: str
    business_key: str | None
    case_instance_id: str | None
    ended: bool
    suspended: bool
    tenant_id: str | None
    links: list[Link]

    @classmethod
    def of(cls, view: InstanceView) -> Self:
        """An instance of the engine's."""
        return cls(
            id=view.id, definition_id=view.definition_id, business_key=view.business_key, case_instance_id=None,
            ended=view.ended is not None, suspended=view.state == InstanceState.SUSPENDED, tenant_id=None, links=[],
        )  # fmt: skip


class ProcessInstanceWithVariables(ProcessInstance):
    """An instance just started, with its variables where they were asked for."""

    variables: TypedValues | msgspec.UnsetType = msgspec.UNSET


def started(view: InstanceView, with_variables: bool | None) -> ProcessInstanceWithVariables:
    """What starting one answers."""
    answer = ProcessInstanceWithVariables.of(view)
    if with_variables:
        answer.variables = variables.typed_all(current.engine().variables(view.id, actor=actor()))
    return answer


FILTERS = (
    several("processInstanceIds", "id"), text("businessKey", "business_key"), like("businessKeyLike", "business_key"),
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    several("processDefinitionKeyIn", "definition_key"), several("processDefinitionKeyNotIn", "definition_key", Operator.NONE_OF),
    text("deploymentId", "deployment_id"), text("superProcessInstance", "parent_id"), text("subProcessInstance", "child_id"),
    flag("active", "state", "ACTIVE"), flag("suspended", "state", "SUSPENDED"), flag("withIncident", "with_incident", True),
    text("incidentId", "incident_id"), text("incidentType", "incident_type"), several("activityIdIn", "activity_in"),
    flag("rootProcessInstances", "parent_id", False, Operator.GIVEN), flag("leafProcessInstances", "leaf", True),
    filters.having_variables("variables"),
    flag("processDefinitionWithoutTenantId", "id", True, Operator.GIVEN), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "instanceId": "id", "definitionKey": "definition_key", "definitionId": "definition_id", "businessKey": "business_key", "tenantId": "id",
}  # fmt: skip
INSTANCES = Listing("ProcessInstance", RUNNING_INSTANCES, FILTERS, SORTS, ProcessInstance, (Order("started"),))
listing.register(resource, "/process-instance", INSTANCES)


class Deletion(Dto):
    """How to end an instance. What Camunda's flags switch off there is not here."""

    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None
    skip_subprocesses: bool | None = None
    fail_if_not_exists: bool | None = None


class InstanceSuspension(Dto):
    """To suspend an instance, or to let it go on."""

    suspended: bool


def running(id: str) -> InstanceView:
    """An instance that goes on. Raises NotFound."""
    return one(RUNNING_INSTANCES, id)


@resource.delete("/process-instance/{id}")
def delete(id: str, query: Deletion) -> None:
    """End an instance and all it called where they stand; its history stays. For administrators."""
    try:
        running(id)
    except NotFound:
        if query.fail_if_not_exists is False:
            return
        raise
    current.engine().cancel(id, reason=REASON, actor=actor())


@resource.post("/process-instance/{id}/activity/{activity_id}/start")
def start_activity(id: str, activity_id: str) -> None:
    """Not in Camunda 7: begin an activity of an open ad-hoc sub-process; for whom its task is, and for administrators."""
    current.engine().start_activity(id, activity_id, actor=actor())


class StartableActivity(Dto):
    """An activity that can be begun now. `scopeId`: the sub-process it is in."""

    activity_id: str
    activity_name: str
    scope_id: str


@resource.get("/process-instance/{id}/activity/startable")
def startable_activities(id: str) -> list[StartableActivity]:
    """Not in Camunda 7: the activities of open ad-hoc sub-processes that one may begin now."""
    found = current.engine().choices(id, actor=actor())
    if not found:
        running(id)  # 404 for who may not know of it, or where there is none
    return [StartableActivity(activity_id=one.element_id, activity_name=one.name, scope_id=one.scope_id) for one in found]


class ActivitySuspension(InstanceSuspension):
    """To suspend an activity, or to let it go on. `annotation`: why."""

    annotation: str | None = None


@resource.put("/process-instance/{id}/activity/{activity_id}/suspended")
def activity_suspended(id: str, activity_id: str, body: ActivitySuspension) -> None:
    """Not in Camunda 7: hold what is open at an activity and what comes there, or let it go on; for administrators."""
    engine = current.engine()
    change = engine.suspend_activity if body.suspended else engine.resume_activity
    change(activity_id, instance_id=running(id).id, reason=body.annotation or REASON, actor=actor())


@resource.put("/process-instance/{id}/suspended")
def suspended(id: str, body: InstanceSuspension) -> None:
    """Suspend an instance, or let it go on; for administrators."""
    _suspend(running(id), body.suspended)


class InstancesSuspension(InstanceSuspension):
    """To suspend instances by their ids, or all of a version or of a process, or to let them go on."""

    process_instance_ids: list[str] | None = None
    process_definition_id: str | None = None
    process_definition_key: str | None = None


@resource.put("/process-instance/suspended")
def suspend_all(body: InstancesSuspension) -> None:
    """Suspend instances by their ids, or all of a version or of a process, or let them go on; for administrators. Each for itself."""
    named = {"id": body.process_instance_ids, "definition_id": body.process_definition_id, "definition_key": body.process_definition_key}
    wanted = {field: value for field, value in named.items() if value is not None}
    if len(wanted) != 1:
        raise refused("Give either processInstanceIds, processDefinitionId or processDefinitionKey.", "processInstanceIds")
    require(actor(), Verb.ADMINISTER)
    if body.process_instance_ids is not None:
        found = [running(id) for id in body.process_instance_ids]
    else:
        conditions = [Condition(field, Operator.IS, value) for field, value in wanted.items()]
        found = list(current.engine().search(RUNNING_INSTANCES, conditions, actor=actor()))
    for view in found:
        _suspend(view, body.suspended)


def _suspend(view: InstanceView, suspended: bool) -> None:
    engine = current.engine()
    if suspended and view.state == InstanceState.ACTIVE:
        engine.suspend(view.id, reason=REASON, actor=actor())
    elif not suspended and view.state == InstanceState.SUSPENDED:
        engine.resume(view.id, reason=REASON, actor=actor())
