"""Our own attributes (docs/architecture.md, "Attributes in diagrams")."""

from __future__ import annotations

from engine.diagrams.dialects.draft import Draft, comma_list, put
from engine.diagrams.model import Accepts, Deliverable
from engine.diagrams.namespaces import RUAM, flag, number, text_of


def read(draft: Draft) -> None:
    """Take what `urn:ruam:bpmn:1` says of an element."""
    put(draft.fields, step=draft.take(RUAM, "step"), name_en=draft.take(RUAM, "nameEn"))
    if draft.type == "startEvent":
        put(draft.fields, start_form=draft.take(RUAM, "startForm"))
    if draft.type == "userTask":
        put(
            draft.human,
            remind=draft.take(RUAM, "remind"),
            escalate=draft.take(RUAM, "escalate"),
            escalate_to=draft.take(RUAM, "escalateTo"),
            category=draft.take(RUAM, "category"),
            unit=draft.take(RUAM, "unit"),
            barred=comma_list(draft.take(RUAM, "barred")),
        )
    if draft.type == "callActivity":
        put(draft.call, category=draft.take(RUAM, "category"), unit=draft.take(RUAM, "unit"))
    for name in ("resultCollection", "resultExpression", "correlation"):
        draft.take(RUAM, name)  # read where loops and events are read
    _read_work(draft)
    _read_papers(draft)


def _read_work(draft: Draft) -> None:
    handler = draft.take(RUAM, "handler")
    if handler is None:
        return
    parameters = {
        node.get("name"): node.get("value") or text_of(node) or "" for node in draft.take_children(RUAM, "parameter") if node.get("name")
    }
    draft.work.update(kind="handler", name=handler, parameters=parameters, deferred=flag(draft.take(RUAM, "deferred"), default=False))
    put(draft.work, result_variable=draft.take(RUAM, "resultVariable"))


def _read_papers(draft: Draft) -> None:
    deliverables = tuple(
        Deliverable(
            node.get("key", ""),
            number(node.get("copies")),
            number(node.get("cds")),
            number(node.get("instalment")),
            node.get("th", ""),
            node.get("en", ""),
        )
        for node in draft.take_children(RUAM, "deliverable")
    )
    accepts = []
    for node in draft.take_children(RUAM, "accepts"):
        instalment = number(node.get("instalment"))
        if instalment is None:
            draft.catalog.note("wrong-number", "ruam:accepts needs the number of an instalment.", "ruam:accepts ต้องระบุเลขงวด", node)
            continue
        keys = [key for text in comma_list(node.get("deliverables")) for key in text.split()]
        accepts.append(Accepts(instalment, tuple(keys)))
    put(draft.fields, deliverables=deliverables, accepts=tuple(accepts))
