"""Message flows between the pools of a file: they name the messages that their ends leave unnamed (BPMN 2.0.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.diagrams.model import Element, EventDefinition, MessageFlow, Process

_SENDING = ("sendTask", "intermediateThrowEvent", "endEvent")
_RECEIVING = ("receiveTask", "startEvent", "intermediateCatchEvent", "boundaryEvent")


def with_messages(processes: Sequence[Process], flows: Sequence[MessageFlow], targets: Mapping[str, str]) -> list[Process]:
    """The processes with a message name at both ends of each flow between two that are executable.

    A message that one end names is the message of the other; else the flow's message, its name or its id names it. `targets` is the
    process of each pool: a flow to a pool is for the one message start event of its process. Messages then go by name.
    """
    executable = [process for process in processes if process.executable]
    elements = {key: element for process in executable for key, element in process.elements.items()}
    pools = {process.id: _only_start(process) for process in executable}
    named: dict[str, Element] = {}
    for flow in flows:
        source = elements.get(flow.source)
        target = elements.get(flow.target) or pools.get(targets.get(flow.target, ""))
        if source is None or target is None or not _able(source, _SENDING) or not _able(target, _RECEIVING):
            continue
        source, target = named.get(source.id, source), named.get(target.id, target)
        name = _name(target) or _name(source) or flow.message or flow.name or flow.id
        named[source.id], named[target.id] = _with(source, name), _with(target, name)
    if not named:
        return list(processes)
    return [replace(process, elements={key: named.get(key, one) for key, one in process.elements.items()}) for process in processes]


def _only_start(process: Process) -> Element | None:
    starts = [element for element in process.children(None) if element.type == "startEvent" and any(_messages(element))]
    return starts[0] if len(starts) == 1 else None


def _able(element: Element, kinds: tuple[str, ...]) -> bool:
    """Whether an end can have a message: work of its own sends it otherwise."""
    works = element.work is not None and element.work.kind != "none"
    return element.type in kinds and not works and (element.type.endswith("Task") or any(_messages(element)))


def _messages(element: Element) -> Iterator[EventDefinition]:
    return (event for event in element.events if event.kind == "message")


def _name(element: Element) -> str | None:
    return next((event.name for event in _messages(element) if event.name), None)


def _with(element: Element, name: str) -> Element:
    """An element whose messages without a name have this one."""
    events = element.events if any(_messages(element)) else (EventDefinition("message"),)
    return replace(
        element, events=tuple(replace(event, name=name) if event.kind == "message" and not event.name else event for event in events)
    )
