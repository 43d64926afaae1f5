"""Link events: a throw and its catch are one sequence flow drawn in two pieces (BPMN 2.0.2, 10.5.1 and 13.5.2)."""

from __future__ import annotations

from dataclasses import replace

from engine.diagrams.model import Element, EventDefinition, Flow, Process


def joined(process: Process) -> Process:
    """The process with a sequence flow from each link thrown to the catch of its name in the same scope.

    What is left are events without definitions, which tokens pass; joins upstream and downstream need to know of no links.
    """
    catches = {(element.parent, name): element.id for element in process.elements.values() for name in _names(element, "Catch")}
    flows = {
        (element.id, name): Flow(f"link:{element.id}:{name}", element.id, catches[element.parent, name])
        for element in process.elements.values()
        for name in _names(element, "Throw")
    }
    if not flows:
        return process
    elements = dict(process.elements)
    for flow in flows.values():
        source, target = elements[flow.source], elements[flow.target]
        elements[flow.source] = replace(source, outgoing=(*source.outgoing, flow.id), events=_without_links(source))
        elements[flow.target] = replace(target, incoming=(*target.incoming, flow.id), events=_without_links(target))
    return replace(process, elements=elements, flows={**process.flows, **{flow.id: flow for flow in flows.values()}})


def _names(element: Element, direction: str) -> list[str]:
    if element.type != f"intermediate{direction}Event":
        return []
    return [event.name for event in element.events if event.kind == "link" and event.name is not None]


def _without_links(element: Element) -> tuple[EventDefinition, ...]:
    return tuple(event for event in element.events if event.kind != "link")
