"""Where an instance stands: the elements its tokens are at, inside the sub-processes they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.queries import InstanceView
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.activities import ACTIVITIES, ActivityInstance
from webui import current
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import running

resource = Resource("activity-instance", "Where an instance stands, as far as one may know of it.")


class ActivityInstanceDto(Dto):
    """An element that a token is at; the root is the instance itself."""

    id: str
    parent_activity_instance_id: str | None
    activity_id: str
    activity_name: str | None
    activity_type: str
    process_instance_id: str
    process_definition_id: str
    child_activity_instances: list[ActivityInstanceDto]
    child_transition_instances: list[Any]
    execution_ids: list[str]
    incident_ids: list[str]
    incidents: list[Any]
    name: str | None


@resource.get("/process-instance/{id}/activity-instances")
def activity_instances(id: str) -> ActivityInstanceDto:
    """Where an instance stands."""
    view = running(id)
    here = [Condition("instance_id", Operator.IS, id), Condition("finished", Operator.IS, False)]
    open_ = current.engine().search(ACTIVITIES, here, [Order("seq")], actor=actor())
    return _root(view, open_)


def _root(view: InstanceView, found: Sequence[ActivityInstance]) -> ActivityInstanceDto:
    root = _node(view.id, None, view.definition_key, view.definition_name, "processDefinition", view.id, view.definition_id)
    inside: dict[str | None, ActivityInstanceDto] = {None: root}
    for one in found:  # a sub-process is entered before what is in it
        around = inside.get(one.within, root)
        node = _node(one.id, around.id, one.element_id, one.name, one.type, view.id, view.definition_id)
        around.child_activity_instances.append(node)
        inside[one.element_id] = node
    return root


def _node(id: str, parent: str | None, element_id: str, name: str, kind: str, instance_id: str, definition_id: str) -> ActivityInstanceDto:
    return ActivityInstanceDto(
        id=id, parent_activity_instance_id=parent, activity_id=element_id, activity_name=name or None, activity_type=kind,
        process_instance_id=instance_id, process_definition_id=definition_id, child_activity_instances=[], child_transition_instances=[],
        execution_ids=[instance_id], incident_ids=[], incidents=[], name=name or None,
    )  # fmt: skip
