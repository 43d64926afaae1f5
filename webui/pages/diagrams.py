"""The live diagram: of a project, of what it calls, of a definition; and what one may know of an element."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for

from engine.diagrams import as_text
from engine.errors import NotFound
from webui import current, names, projecthead
from webui.languages import pick
from webui.pages import provinces
from webui.rest.answers import file_answer

if TYPE_CHECKING:
    from engine.queries import InstanceView
    from engine.views.activities import Activity

page = Blueprint("diagrams", __name__)

XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Called:
    """The instances one element called, by process."""

    name: str
    instances: tuple[InstanceView, ...]


@page.get("/projects/<root_id>/diagram")
def of_instance(root_id: str) -> str:
    """The diagram of a project, or (`?instance=`) of an instance under it; `?element=` shows what is known of an element."""
    engine, me = current.engine(), current.actor()
    head = projecthead.head(root_id, "diagram")
    instance_id = request.args.get("instance") or root_id
    instance = engine.instance(instance_id, actor=me)
    if instance.root_id != root_id:
        raise NotFound("This belongs to another project.", th="รายการนี้เป็นของโครงการอื่น")
    element = request.args.get("element")
    facts = _facts(root_id, instance_id, element) if element else None
    return render_template(
        "pages/project_diagram.html",
        head=head,
        instance=instance,
        path=_path(instance),
        called=_called(instance_id),
        facts=facts,
        state=engine.diagram_state(instance_id, actor=me),
        names=names,
        element=element,
        unit_names=provinces.places(head.root),
    )


@page.get("/instances/<instance_id>/diagram.json")
def state(instance_id: str) -> dict[str, Any]:
    """What to colour."""
    found = current.engine().diagram_state(instance_id, actor=current.actor())
    told = {element_id: pick(*both) for element_id, both in found.names.items()}
    states = {name: getattr(found, name) for name in ("done", "open", "returned", "overdue", "incidents")}
    return {**states, "names": told}


@page.get("/instances/<instance_id>/elements/<element_id>")
def element(instance_id: str, element_id: str) -> str:
    """What is known of an element, as a part of a page."""
    engine, me = current.engine(), current.actor()
    instance = engine.instance(instance_id, actor=me)
    root = instance if instance.id == instance.root_id else engine.root(instance.root_id, actor=me).instance
    facts = _facts(instance.root_id, instance_id, element_id)
    return render_template("element.html", names=names, unit_names=provinces.places(root), **facts)


@page.get("/definitions/<definition_id>/xml")
def xml(definition_id: str) -> Response:
    """The BPMN file as text, whatever its encoding, for the viewer; `?download=1` saves the file itself."""
    engine = current.engine()
    content = engine.definition_xml(definition_id, actor=current.actor())
    if "download" not in request.args:
        return Response(as_text(content), mimetype=XML)
    return file_answer(content, engine.definition(definition_id).resource.rpartition("/")[2] or "process.bpmn", XML)


def _facts(root_id: str, instance_id: str, element_id: str) -> dict[str, Any]:
    activity = current.engine().activity(instance_id, element_id, actor=current.actor())
    return {"activity": activity, "name": pick(activity.name, activity.name_en) or activity.id, "look": _look(activity),
            "url": lambda child: url_for("diagrams.of_instance", root_id=root_id, instance=child.id)}  # fmt: skip


def _look(activity: Activity) -> str:
    now = current.now()
    if any(task.ended is None and task.due is not None and task.due < now for task in activity.tasks):
        return "overdue"
    if any(entry.ended is None for entry in activity.entries):
        return "open"
    return "done" if activity.entries else "waiting"


def _path(instance: InstanceView) -> list[InstanceView]:
    """The instances above it, the root first, as far as the actor may see them."""
    path = [instance]
    while path[0].parent_id is not None:
        try:
            path.insert(0, current.engine().instance(path[0].parent_id, actor=current.actor()))
        except NotFound:
            break
    return path


def _called(instance_id: str) -> list[Called]:
    children = sorted(current.engine().children(instance_id, actor=current.actor()), key=lambda child: child.definition_key)
    found = [(key, tuple(many)) for key, many in groupby(children, key=lambda child: child.definition_key)]
    return [Called(pick(many[0].definition_name, many[0].definition_name_en), many) for _key, many in found]
