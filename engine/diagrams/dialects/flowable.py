"""What Flowable and Activiti have beside what they share with Camunda 7."""

from __future__ import annotations

from engine.diagrams.dialects.draft import Draft, put
from engine.diagrams.namespaces import FLOWABLE, Node, flag, nodes, text_of

_CALENDARS = ("dueDate", "duration", "cycle")  # Flowable's own: what the texts say as they are written


def read(draft: Draft, namespace: str) -> None:
    """Take the owner, the calendar, a DMN task, an external worker's task and the called process by key; the category stays a property."""
    draft.take(namespace, "terminateAll")  # read with the event
    if not flag(draft.attributes.get(f"{{{namespace}}}terminateMultiInstance"), default=False):
        draft.take(namespace, "terminateMultiInstance")
    if draft.type == "userTask":
        put(draft.human, owner=draft.take(namespace, "owner"))
    calendar = draft.take(namespace, "businessCalendarName")
    if calendar and calendar not in _CALENDARS:
        draft.properties["flowable:businessCalendarName"] = calendar  # for the rules to refuse
    if draft.type in ("serviceTask", "businessRuleTask") and draft.attributes.get(f"{{{namespace}}}type") == "dmn" and not draft.has_work:
        draft.take(namespace, "type")
        fields = {node.get("name"): _text(node) for node in draft.take_children(namespace, "field")}
        table, decision = (fields.pop(f"decision{kind}ReferenceKey", None) for kind in ("Table", "Service"))
        draft.work.update(kind="decision", name=table or decision)
        # Flowable sets each output of the decision as a variable of its own
        put(draft.work, map_result="singleResult")
        for name, value in fields.items():
            draft.properties[f"flowable:{name}"] = value
    if draft.type == "serviceTask" and draft.attributes.get(f"{{{namespace}}}type") == "external-worker" and not draft.has_work:
        draft.take(namespace, "type")
        draft.work.update(kind="external", name=draft.take(namespace, "topic"))
    if namespace == FLOWABLE and draft.type == "callActivity":
        draft.take(namespace, "calledElementType")  # key is the only kind we know


def _text(node: Node) -> str | None:
    value = node.get("stringValue") or node.get("expression")
    return value or next((text_of(child) for child in nodes(node)), None)
