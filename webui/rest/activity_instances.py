"""Where an instance stands: its tokens, each inside what it is in. Their ids are what modifications take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.queries import IncidentView, InstanceView
from engine.views.searching import Condition, Operator
from engine.views.standing import Place
from engine.views.subjects.operations import OPEN_INCIDENTS
from webui import current
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import running

resource = Resource("activity-instance", "Where an instance stands, as far as one may know of it.")
BODY = "#multiInstanceBody"


class IncidentOfActivity(Dto):
    """An open incident at an element."""

    id: str
    activity_id: str | None


class TransitionInstanceDto(Dto):
    """A token that is to go on in a transaction of its own (asynchronous continuation)."""

    id: str
    parent_activity_instance_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    process_instance_id: str
    process_definition_id: str
    execution_id: str
    target_activity_id: str
    incident_ids: list[str]
    incidents: list[IncidentOfActivity]


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
    child_transition_instances: list[TransitionInstanceDto]
    execution_ids: list[str]
    incident_ids: list[str]
    incidents: list[IncidentOfActivity]
    name: str | None


@resource.get("/process-instance/{id}/activity-instances")
def activity_instances(id: str) -> ActivityInstanceDto:
    """Where an instance stands; what a multi-instance activity counts its instances in is `ID#multiInstanceBody`, as in Camunda."""
    view, engine, me = running(id), current.engine(), actor()
    places = engine.standing(id, actor=me).places
    incidents: Sequence[IncidentView] = ()
    if me.administrator:
        incidents = engine.search(OPEN_INCIDENTS, [Condition("instance_id", Operator.IS, id)], actor=me)
    return _tree(view, places, incidents)


def _tree(view: InstanceView, places: Sequence[Place], incidents: Sequence[IncidentView]) -> ActivityInstanceDto:
    troubles: dict[str | None, list[IncidentOfActivity]] = {}
    for incident in incidents:
        troubles.setdefault(incident.element_id, []).append(IncidentOfActivity(id=incident.id, activity_id=incident.element_id))
    common: dict[str, Any] = {"process_instance_id": view.id, "process_definition_id": view.definition_id}
    root = _node(view.id, None, view.definition_key, view.definition_name, "processDefinition", [], common)
    nodes = {view.id: root}
    for place in places:
        around = nodes.get(place.within or view.id, root)
        wrong = troubles.get(place.element_id, [])
        if place.pending:
            around.child_transition_instances.append(_transition(place, around.id, wrong, common))
            continue
        element_id = place.element_id + BODY if place.body else place.element_id
        node = nodes[place.id] = _node(place.id, around.id, element_id, place.name, place.type, [] if place.body else wrong, common)
        around.child_activity_instances.append(node)
    return root


def _node(
    id: str, parent: str | None, element_id: str, name: str, kind: str, wrong: list[IncidentOfActivity], common: dict[str, Any]
) -> ActivityInstanceDto:
    return ActivityInstanceDto(
        id=id, parent_activity_instance_id=parent, activity_id=element_id, activity_name=name or None, activity_type=kind,
        child_activity_instances=[], child_transition_instances=[], execution_ids=[common["process_instance_id"]],
        incident_ids=[one.id for one in wrong], incidents=wrong, name=name or None, **common,
    )  # fmt: skip


def _transition(place: Place, parent: str, wrong: list[IncidentOfActivity], common: dict[str, Any]) -> TransitionInstanceDto:
    return TransitionInstanceDto(
        id=place.id, parent_activity_instance_id=parent, activity_id=place.element_id, activity_name=place.name or None,
        activity_type=place.type, execution_id=common["process_instance_id"], target_activity_id=place.element_id,
        incident_ids=[one.id for one in wrong], incidents=wrong, **common,
    )  # fmt: skip
