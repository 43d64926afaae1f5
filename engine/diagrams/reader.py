"""A BPMN 2.0 file in, a frozen Diagram out. What cannot be made sense of is noted in `Diagram.problems`, not raised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from engine.diagrams.catalog import Catalog, read_catalog
from engine.diagrams.collaboration import note_collaborations
from engine.diagrams.contradictions import note_contradictions
from engine.diagrams.data import initial_values, variable_of
from engine.diagrams.elements import FLOW_NODES, GLOBAL_TASKS, read_element
from engine.diagrams.events import KINDS
from engine.diagrams.flows import Arrow, read_arrow
from engine.diagrams.lanes import read_lanes
from engine.diagrams.message_flows import with_messages
from engine.diagrams.model import Diagram, Element, Flow, MessageFlow, Process
from engine.diagrams.namespaces import BPMN, Node, bpmn_children, bpmn_name, nodes, split, text_of, without_prefix
from engine.diagrams.processes import process_fields
from engine.diagrams.schema import note_against_schema
from engine.diagrams.xml import parse_xml
from engine.errors import Invalid, Problem

_DATA = ("dataObject", "dataObjectReference", "dataStoreReference", "property")
_LARGEST = (
    (10_000, "activities, events and gateways", "กิจกรรม เหตุการณ์ และเกตเวย์", FLOW_NODES | GLOBAL_TASKS.keys() | {"process"}),
    (10_000, "flows", "เส้นเชื่อม", ("sequenceFlow", "messageFlow", "association")),
    (10_000, "messages, signals, errors and escalations", "ข้อความ สัญญาณ และข้อผิดพลาด", ("message", "signal", "error", "escalation")),
    (5_000, "event definitions", "นิยามเหตุการณ์", [f"{kind}EventDefinition" for kind in (*KINDS, "compensate")]),
)
_CHOREOGRAPHY = ("choreographyTask", "subChoreography", "callChoreography", "implicitThrowEvent")


def read(content: bytes, file: str, *, thorough: bool = False) -> Diagram:
    """Read a BPMN file; `thorough`: and hold it against the schema, which what was deployed has been.

    Raises Invalid only where there is no diagram to speak of: not XML (see `parse_xml`), or not BPMN 2.0 (rule not-bpmn).
    """
    root = parse_xml(content, file)
    if root.tag != f"{{{BPMN}}}definitions":
        namespace, local = split(root.tag)
        raise Invalid(
            "This is not a BPMN 2.0 file.",
            [
                Problem(
                    f"This is not a BPMN 2.0 file: its root is {local!r} of namespace {namespace!r}.",
                    f"ไม่ใช่ไฟล์ BPMN 2.0 (องค์ประกอบแรกคือ {local!r})",
                    rule="not-bpmn",
                    file=file,
                    line=root.sourceline,
                )
            ],
            th="ไม่ใช่ไฟล์ BPMN 2.0",
        )
    _refuse_too_large(root, file)
    catalog = read_catalog(root, file)
    _note_duplicates(root, catalog)
    if thorough:
        note_against_schema(root, catalog)
        note_contradictions(root, catalog)
        note_collaborations(root, catalog)
    processes = [_read_process(node, catalog, n) for n, node in enumerate(bpmn_children(root, "process"), 1)]
    global_tasks = [_read_global_task(node, catalog) for node in bpmn_children(root, *GLOBAL_TASKS)]
    processes = [_share(process, {task.id for task in global_tasks}) for process in processes] + global_tasks
    flows, targets = _message_flows(root, catalog), _targets(root)
    return Diagram(file, tuple(with_messages(processes, flows, targets)), tuple(flows), targets, tuple(catalog.problems))


def _refuse_too_large(root: Node, file: str) -> None:
    """A file may say much; what is to run is limited, so that reading and checking it takes a second at most."""
    for most, what, what_th, names in _LARGEST:
        if sum(1 for _ in root.iter(*(f"{{{BPMN}}}{name}" for name in names))) > most:
            message, message_th = f"The diagram has more than {most:,} {what}.", f"แผนภาพมี{what_th}มากกว่า {most:,} รายการ"
            raise Invalid(message, [Problem(message, message_th, rule="diagram-too-large", file=file, line=1)])


@dataclass(slots=True)
class _Draft:
    """A process being read, its sub-processes flat."""

    elements: dict[str, Element] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)
    lanes: list[tuple[str, str]] = field(default_factory=list)
    associated: dict[str, list[str]] = field(default_factory=dict)  # by id, the ids associations join with it


def _read_process(node: Node, catalog: Catalog, position: int) -> Process:
    draft = _Draft()
    # the scopes open at this point of the file; a stack, since a hostile file nests them deeper than Python recurses
    scopes = [_Scope(node, None, draft)]
    while scopes:
        scope = scopes[-1]
        child = next(scope.rest, None)
        if child is None:
            scopes.pop()
            continue
        element = _read_child(child, scope, draft, catalog)
        if element is not None and element.type == "subProcess":
            scopes.append(_Scope(child, element, draft))
    flows = _name_flows(draft.arrows)
    _note_dangling(node, draft.elements, flows, catalog)
    fields = process_fields(node, catalog)
    start_form = fields.pop("start_form")
    return Process(
        id=node.get("id") or f"process:{position}",
        elements=_connect(draft, flows, start_form),
        flows=flows,
        lanes=tuple(draft.lanes),
        data_objects=draft.data,
        values=initial_values(node),
        **fields,
    )


class _Scope:
    """A process or sub-process whose children are being read."""

    def __init__(self, node: Node, element: Element | None, draft: _Draft) -> None:
        self.element = element
        self.rest = nodes(node)
        self.parties, lanes = read_lanes(node)
        draft.lanes.extend(lanes)
        draft.data.update(_data_objects(node))


def _read_child(node: Node, scope: _Scope, draft: _Draft, catalog: Catalog) -> Element | None:
    """Read one child of a scope; return it if it is a flow node."""
    local = bpmn_name(node)
    if local in FLOW_NODES:
        key = _key(node, f"{local}:{len(draft.elements)}", catalog)
        if key in draft.elements:
            return None  # noted as duplicate-id
        element = read_element(node, catalog, key=key, parent=scope.element, lane=scope.parties.get(key), data=draft.data)
        draft.elements[key] = element
        return element
    if local == "sequenceFlow":
        draft.arrows.append(read_arrow(node))
    elif local == "association":
        source, target = (without_prefix(node, node.get(name)) or "" for name in ("sourceRef", "targetRef"))
        draft.associated.setdefault(source, []).append(target)
        draft.associated.setdefault(target, []).append(source)
    elif local in _CHOREOGRAPHY:
        catalog.note(
            "unknown-element",
            f"A {local} cannot be executed; draw a task, an event or a call activity.",
            f"ไม่รองรับ {local} โปรดใช้งาน เหตุการณ์ หรือการเรียกกระบวนการ",
            node,
        )
    return None


def _key(node: Node, made_up: str, catalog: Catalog) -> str:
    key: str | None = node.get("id")
    if not key:
        catalog.note(
            "missing-id",
            f"This {bpmn_name(node)} has no id, so no flow can lead to it.",
            f"{bpmn_name(node)} นี้ไม่มี id จึงไม่มีเส้นใดเชื่อมมาถึงได้",
            node,
        )
    return key or made_up


def _note_dangling(process: Node, elements: dict[str, Element], flows: dict[str, Flow], catalog: Catalog) -> None:
    """Note lanes and nodes that name elements and flows which are not there; nothing depends on them, so these are warnings."""
    for name, known in (("flowNodeRef", elements), ("incoming", flows), ("outgoing", flows)):
        for node in process.iter(f"{{{BPMN}}}{name}"):
            reference = without_prefix(node, text_of(node))
            if reference and reference not in known:
                catalog.note(
                    "dangling-reference",
                    f"{name} names {reference!r}, which is not in the process.",
                    f"{name} อ้างถึง {reference!r} ซึ่งไม่มีในกระบวนการ",
                    node,
                    severity="warning",
                )


def _name_flows(arrows: list[Arrow]) -> dict[str, Flow]:
    """Flows by id; ids are optional in BPMN, so those without one get `flow:source:target:n`."""
    flows: dict[str, Flow] = {}
    taken = {arrow.id for arrow in arrows if arrow.id}
    numbers: Counter[tuple[str, str]] = Counter()
    for arrow in arrows:
        ends, key = (arrow.source, arrow.target), arrow.id
        while key is None or (arrow.id is None and key in taken):
            numbers[ends] += 1
            key = f"flow:{arrow.source}:{arrow.target}:{numbers[ends]}"
        flows.setdefault(key, Flow(key, arrow.source, arrow.target, **arrow.fields))
    return flows


def _connect(draft: _Draft, flows: dict[str, Flow], start_form: str | None) -> dict[str, Element]:
    """The elements with their flows in the order of the file, compensation handlers and the process's start form."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    connected = {}
    for key, element in draft.elements.items():
        changes: dict[str, Any] = {}
        if element.type == "boundaryEvent" and any(event.kind == "compensation" for event in element.events):
            changes["compensation_handler"] = next((end for end in draft.associated.get(key, []) if end in draft.elements), None)
        if start_form and element.type == "startEvent" and element.parent is None and not element.events and not element.start_form:
            changes |= {"start_form": start_form, "start_form_schema": None}
        connected[key] = replace(element, **changes) if changes else element
        # nobody else has seen it yet; making all of it anew only for these two costs as much as reading it
        object.__setattr__(connected[key], "incoming", tuple(incoming.get(key, ())))
        object.__setattr__(connected[key], "outgoing", tuple(outgoing.get(key, ())))
    return connected


def _data_objects(scope: Node) -> dict[str, str]:
    """The variables by id of the data objects, references to them and properties of a scope."""
    return {node.get("id"): variable_of(node) or "" for node in bpmn_children(scope, *_DATA) if node.get("id")}


def _read_global_task(node: Node, catalog: Catalog) -> Process:
    key = _key(node, f"global:{node.sourceline}", catalog)
    element = read_element(node, catalog, key=key, parent=None, lane=None, data={}, kind=GLOBAL_TASKS[bpmn_name(node) or ""])
    return Process(key, name=element.name, elements={key: element}, global_task=True, startable=False, line=node.sourceline)


def _share(process: Process, global_tasks: set[str]) -> Process:
    """Calls of the file's global tasks share the caller's variables where nothing says what goes in and out: it is but one task."""
    elements = dict(process.elements)
    for key, element in process.elements.items():
        call = element.call
        if call is not None and call.called in global_tasks and not call.mapped:
            elements[key] = replace(element, call=replace(call, all_in=True, all_out=True))
    return replace(process, elements=elements)


def _message_flows(root: Node, catalog: Catalog) -> list[MessageFlow]:
    found = []
    for collaboration in bpmn_children(root, "collaboration"):
        for node in bpmn_children(collaboration, "messageFlow"):
            source, target = (without_prefix(node, node.get(name)) for name in ("sourceRef", "targetRef"))
            if source and target:
                message = catalog.find("message", node.get("messageRef"), node)
                name = message.get("name") if message is not None else None
                key = node.get("id") or f"messageFlow:{source}:{target}"
                found.append(MessageFlow(source, target, (node.get("name") or "").strip(), key, name))
    return found


def _targets(root: Node) -> dict[str, str]:
    """Process by pool; a pool that shows no process is not in it."""
    targets = {}
    for collaboration in bpmn_children(root, "collaboration"):
        for pool in bpmn_children(collaboration, "participant"):
            process = without_prefix(pool, pool.get("processRef"))
            if pool.get("id") and process:
                targets[pool.get("id")] = process
    return targets


def _note_duplicates(root: Node, catalog: Catalog) -> None:
    """Note ids given twice within the BPMN part; those of the drawing (BPMNDI) are of no consequence."""
    seen: dict[str, int] = {}
    for node in root.iter(f"{{{BPMN}}}*"):
        key = node.get("id")
        if key is None:
            continue
        if key in seen:
            catalog.note("duplicate-id", f"The id {key!r} is used already in line {seen[key]}.", f"id {key!r} ซ้ำกับบรรทัดที่ {seen[key]}", node)
        seen.setdefault(key, node.sourceline)
