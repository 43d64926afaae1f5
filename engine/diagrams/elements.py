"""One flow node of the file as an Element."""

from __future__ import annotations

from typing import Any

from engine.diagrams.catalog import Catalog
from engine.diagrams.data import associations, initial_values
from engine.diagrams.dialects import read_extensions
from engine.diagrams.dialects.draft import Draft
from engine.diagrams.events import read_events
from engine.diagrams.loops import java_of, read_loop
from engine.diagrams.model import Call, Element, HumanTask, Work
from engine.diagrams.namespaces import Node, bpmn_child, bpmn_children, bpmn_name, bpmn_text, flag, number
from engine.forms.drawn import from_form_data

TASKS = frozenset(("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"))
SUB_PROCESSES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
EVENTS = frozenset(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"))
GATEWAYS = frozenset(("exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"))
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_WORKING = frozenset(("serviceTask", "sendTask", "scriptTask", "businessRuleTask"))


def read_element(
    node: Node, catalog: Catalog, *, key: str, parent: Element | None, lane: str | None, data: dict[str, str], kind: str | None = None
) -> Element:
    """Read a flow node without its flows; the step and the lane are those of the sub-process around it where it has none itself."""
    local = kind or bpmn_name(node) or ""
    draft = read_extensions(node, local, catalog)
    fields = draft.fields
    fields.setdefault("step", parent.step if parent else None)
    if local == "startEvent":
        fields["start_form_schema"] = _drawn_form(draft, node)
    return Element(
        id=key,
        type="subProcess" if local in SUB_PROCESSES else local,
        name=" ".join((node.get("name") or "").split()),
        documentation="\n".join(filter(None, ((d.text or "").strip() for d in bpmn_children(node, "documentation")))),
        line=node.sourceline,
        parent=parent.id if parent else None,
        lane=lane or (parent.lane if parent else None),
        default=node.get("default") or None,
        events=read_events(node, catalog),
        attached_to=node.get("attachedToRef") or None,
        loop=read_loop(node, data, catalog) if local in ACTIVITIES else None,
        data_inputs=tuple(associations(node, "dataInputAssociation", catalog.data)) if local in ACTIVITIES else (),
        data_outputs=tuple(associations(node, "dataOutputAssociation", catalog.data)) if local in ACTIVITIES else (),
        values=initial_values(node) if local in SUB_PROCESSES else {},
        inputs=tuple(draft.inputs),
        outputs=tuple(draft.outputs),
        human=_human(draft, local, node),
        work=_work(draft, local),
        call=_call(draft) if local == "callActivity" else None,
        properties=draft.properties | java_of(node) if local in ACTIVITIES else draft.properties,
        **_details(node, local),
        **fields,
    )


def _details(node: Node, local: str) -> dict[str, Any]:
    """The attributes only some kinds of element have."""
    quantities = {
        key: number(node.get(name)) for key, name in (("start_quantity", "startQuantity"), ("completion_quantity", "completionQuantity"))
    }
    details: dict[str, Any] = {key: value for key, value in quantities.items() if value is not None}
    details["for_compensation"] = flag(node.get("isForCompensation"), default=False)
    if local in EVENTS:
        details["parallel_multiple"] = flag(node.get("parallelMultiple"), default=False)
        interrupting = "cancelActivity" if local == "boundaryEvent" else "isInterrupting"
        details["interrupting"] = flag(node.get(interrupting), default=True)
    elif local in SUB_PROCESSES:
        details["triggered_by_event"] = flag(node.get("triggeredByEvent"), default=False)
        details["transaction"] = local == "transaction"
        details["ad_hoc"] = local == "adHocSubProcess"
        if local == "adHocSubProcess":
            details["ordering"] = node.get("ordering", "Parallel")
            details["cancel_remaining"] = flag(node.get("cancelRemainingInstances"), default=True)
            details["completion_condition"] = bpmn_text(node, "completionCondition")
    elif local == "complexGateway":
        details["activation_condition"] = bpmn_text(node, "activationCondition")
    elif local in ("receiveTask", "eventBasedGateway"):
        details["instantiate"] = flag(node.get("instantiate"), default=False)
        if local == "eventBasedGateway":
            details["event_gateway_type"] = node.get("eventGatewayType", "Exclusive")
    return details


def _human(draft: Draft, local: str, node: Node) -> HumanTask | None:
    """A human task; the fields drawn with it are its form where it names none that there is."""
    if local not in ("userTask", "manualTask"):
        return None
    form = _drawn_form(draft, node)
    if form is not None:
        draft.human["form_schema"] = form
    return HumanTask(**draft.human)


def _drawn_form(draft: Draft, node: Node) -> dict[str, Any] | None:
    """The form made of the fields drawn with an element."""
    fields = draft.properties.get("camunda:formData")
    return from_form_data(fields, " ".join((node.get("name") or "").split())) if fields else None


def _work(draft: Draft, local: str) -> Work | None:
    if draft.has_work:
        return Work(**draft.work)
    if local not in _WORKING:
        return None
    # an empty <script/> is a script that does nothing; a service task that says nothing is for the rules to judge
    kind = "script" if local == "scriptTask" and bpmn_child(draft.node, "script") is not None else "none"
    return Work(**{**draft.work, "kind": kind})


def _call(draft: Draft) -> Call:
    fields = dict(draft.call)
    fields["called"] = (fields.get("called") or "").strip()
    prefix, colon, local = fields["called"].partition(":")
    if colon and prefix in draft.node.nsmap:
        fields["called"] = local  # a QName
    for side in ("ins", "outs"):
        fields[side] = tuple(fields.get(side, ()))
    return Call(**fields)
