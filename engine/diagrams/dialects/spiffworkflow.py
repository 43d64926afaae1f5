"""SpiffArena: forms by file name, Python scripts before and after, operators of service tasks."""

from __future__ import annotations

import re

from engine.diagrams.dialects.draft import Draft, as_template, put
from engine.diagrams.model import DataMapping
from engine.diagrams.namespaces import SPIFF, Node, flag, nodes, split, text_of

_INSERT = re.compile(r"\{\{\s*([^{}|%]+?)\s*\}\}")  # Jinja's {{ expression }}, without filters

_MAPPED = {"ins", "outs", "all_in", "all_in_local", "all_out", "all_out_local"}  # what says what goes into a call and comes out


def read(draft: Draft) -> None:
    """Take what SpiffArena says of an element."""
    properties = {
        node.get("name"): node.get("value", "") for container in draft.take_children(SPIFF, "properties") for node in nodes(container)
    }
    form = properties.get("formJsonSchemaFilename")
    if form and draft.type == "userTask":
        put(draft.human, form_key=form.removesuffix(".json"), form_ui=properties.get("formUiSchemaFilename"))
    elif form:
        put(draft.fields, start_form=form.removesuffix(".json"))
    if properties:
        draft.properties.setdefault("spiffworkflow:properties", properties)
    _read_instructions(draft)
    put(draft.fields, pre_script=text_of(draft.take_child(SPIFF, "preScript")), post_script=text_of(draft.take_child(SPIFF, "postScript")))
    for container in draft.take_children(SPIFF, "scriptsOnInstances"):
        put(draft.fields, scripts_on_instances=flag(text_of(container), default=True) or None)
    _read_work(draft)
    _read_call(draft)
    for name in ("messagePayload", "payloadExpression", "messageVariable", "variableName"):
        draft.take_children(SPIFF, name)  # read where events are read


def _read_instructions(draft: Draft) -> None:
    node = draft.take_child(SPIFF, "instructionsForEndUser")
    text = text_of(node)
    if not text:
        return
    draft.properties["spiffworkflow:instructionsForEndUser"] = text
    if draft.type != "userTask":
        draft.catalog.note(
            "instructions-not-shown",
            "Its instructions are shown to nobody: only a user task stops for a person; here the process passes at once. "
            "For them to be read, draw a user task.",
            "จะไม่มีผู้ใดเห็นคำแนะนำที่เขียนไว้ (instructionsForEndUser) เพราะกระบวนการจะผ่านจุดนี้ไปทันทีและไม่รอผู้ใด "
            "หากต้องการให้ผู้ใช้อ่าน โปรดวาดเป็นงานของผู้ใช้ (user task)",
            node,
            severity="warning",
        )
        return
    made = _INSERT.sub(r"${\1}", text)
    put(draft.human, instructions=made)
    if "{%" in made or "{{" in made:
        draft.catalog.note(
            "instructions-template",
            "Of Jinja only {{ expression }} is filled in; loops, conditions and filters are shown as they are written.",
            "ระบบเติมเฉพาะ {{ นิพจน์ }} ส่วนคำสั่งและตัวกรองของ Jinja จะแสดงตามที่เขียน",
            node,
            severity="warning",
        )


def _read_work(draft: Draft) -> None:
    operator = draft.take_child(SPIFF, "serviceTaskOperator")
    if operator is not None and not draft.has_work:
        draft.work.update(kind="handler", name=operator.get("id"), parameters=_parameters(operator))
        put(draft.work, result_variable=operator.get("resultVariable"))
    decision = text_of(draft.take_child(SPIFF, "calledDecisionId"))
    if decision and not draft.has_work:
        # each output of the table becomes a variable of its own
        draft.work.update(kind="decision", name=decision, map_result="singleResult")


def _parameters(operator: Node) -> dict[str, str]:
    """The operator's parameters; a value is a Python expression."""
    return {node.get("id"): as_template(node.get("value") or "None") for node in operator.iter(f"{{{SPIFF}}}parameter") if node.get("id")}


def share(draft: Draft) -> None:
    """SpiffArena's call activities share all data where nothing says what goes in and out."""
    if draft.type == "callActivity" and draft.catalog.spiff and not _MAPPED & draft.call.keys():
        draft.call.update(all_in=True, all_out=True)


def _read_call(draft: Draft) -> None:
    for container in draft.take_children(SPIFF, "variableMapping"):
        for node in nodes(container):
            source, target = node.get("source"), node.get("target")
            if source and target:
                side = "ins" if split(node.tag)[1] == "in" else "outs"
                draft.call.setdefault(side, []).append(DataMapping(target, as_template(source)))
