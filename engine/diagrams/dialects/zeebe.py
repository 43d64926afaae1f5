"""Camunda 8: extension elements of the zeebe namespace. An expression there starts with `=`, all else is plain text."""

from __future__ import annotations

import json

from engine.diagrams.dialects.draft import Draft, comma_list, put, throws_or_works
from engine.diagrams.model import DataMapping
from engine.diagrams.namespaces import ZEEBE, Node, flag, nodes, split
from engine.errors import Invalid
from engine.forms import formjs
from engine.forms.schema import read as read_json

_EMBEDDED = "camunda-forms:bpmn:"


def read(draft: Draft) -> None:
    """Take what Camunda 8 says of an element."""
    draft.take_children(ZEEBE, "userTask")  # a marker: all our user tasks are the engine's own
    if draft.type == "userTask":
        _read_human(draft)
    form = draft.take_child(ZEEBE, "formDefinition")
    if form is not None:
        _read_form(draft, form)
    _read_work(draft)
    ad_hoc = draft.take_child(ZEEBE, "adHoc") if draft.type == "adHocSubProcess" else None
    if ad_hoc is not None:
        put(draft.fields, active_elements=ad_hoc.get("activeElementsCollection"))
        if ad_hoc.get("outputCollection") and ad_hoc.get("outputElement"):
            put(draft.fields, ad_hoc_results=(ad_hoc.get("outputCollection"), ad_hoc.get("outputElement")))
    if draft.type == "callActivity":
        _read_call(draft)
    _read_mapping(draft)
    for container in draft.take_children(ZEEBE, "properties"):
        draft.properties.setdefault("zeebe:properties", {node.get("name"): node.get("value", "") for node in nodes(container)})
    draft.take_children(ZEEBE, "taskHeaders") if draft.type == "userTask" else None


def _read_form(draft: Draft, form: Node) -> None:
    """A form by its id or key, or one that stands in the diagram itself (`camunda-forms:bpmn:id`)."""
    key = form.get("formId") or form.get("formKey") or form.get("externalReference")
    holder, name = (draft.human, "form") if draft.type == "userTask" else (draft.fields, "start_form")
    embedded = draft.catalog.forms.get((key or "").removeprefix(_EMBEDDED)) if (key or "").startswith(_EMBEDDED) else None
    if embedded is None:
        put(holder, **{"form_key" if name == "form" else name: key})
        return
    try:
        schema, problems = formjs.translated(read_json((embedded.text or "").encode(), draft.catalog.file))
    except Invalid as error:
        schema, problems = {}, list(error.problems)
    for problem in problems:
        draft.catalog.note(problem.rule or "form-syntax", problem.message, problem.message_th, embedded, problem.severity)
    put(holder, **{f"{name}_schema": schema})


def _read_human(draft: Draft) -> None:
    for node in draft.take_children(ZEEBE, "assignmentDefinition"):
        put(
            draft.human,
            assignee=node.get("assignee"),
            candidate_users=comma_list(node.get("candidateUsers")),
            candidate_groups=comma_list(node.get("candidateGroups")),
        )
    for node in draft.take_children(ZEEBE, "taskSchedule"):
        put(draft.human, due=node.get("dueDate"), follow_up=node.get("followUpDate"))
    for node in draft.take_children(ZEEBE, "priorityDefinition"):
        put(draft.human, priority=node.get("priority"))


def _read_work(draft: Draft) -> None:
    task = draft.take_child(ZEEBE, "taskDefinition")
    if task is not None and not draft.has_work and (throws_or_works(draft) or draft.type == "scriptTask"):
        draft.work.update(kind="external", name=task.get("type"))
        put(draft.work, retries=f"R{task.get('retries')}" if (task.get("retries") or "").isdigit() else None)
    decision = draft.take_child(ZEEBE, "calledDecision")
    if decision is not None and not draft.has_work:
        draft.work.update(kind="decision", name=decision.get("decisionId"), map_result="value")
        put(draft.work, result_variable=decision.get("resultVariable"))
        put(draft.work, binding=decision.get("bindingType"), version=decision.get("versionTag"))
    script = draft.take_child(ZEEBE, "script")
    if script is not None and not draft.has_work:
        draft.work.update(kind="script", script=script.get("expression"), script_format="feel")
        put(draft.work, result_variable=script.get("resultVariable"))


def _read_call(draft: Draft) -> None:
    for node in draft.take_children(ZEEBE, "calledElement"):
        put(draft.call, called=node.get("processId"), binding=node.get("bindingType"), version=node.get("versionTag"))
        put(draft.call, all_in=flag(node.get("propagateAllParentVariables"), default=True) or None)
        put(draft.call, all_out=flag(node.get("propagateAllChildVariables"), default=True) or None)


def _read_mapping(draft: Draft) -> None:
    """Inputs are local variables; with outputs, what the work gives goes on through them alone."""
    for container in draft.take_children(ZEEBE, "ioMapping"):
        for node in nodes(container):
            source, target = node.get("source"), node.get("target")
            if target and source is not None:
                mappings = draft.inputs if split(node.tag)[1] == "input" else draft.outputs
                _add_mapping(mappings, target, source)
                if mappings is draft.outputs:
                    put(draft.fields, results_local=draft.type not in ("subProcess", "adHocSubProcess", "transaction") or None)
    if draft.fields.get("results_local") and draft.type == "callActivity":
        draft.call["all_out"] = True  # the mappings choose


def _add_mapping(mappings: list[DataMapping], target: str, source: str) -> None:
    """A target `a.b` puts a key into the object `a`, which keeps its others; several of them are one mapping."""
    name, dot, path = target.partition(".")
    if not dot:
        mappings.append(DataMapping(target, source))
        return
    former = next((mapping for mapping in mappings if mapping.target == name and str(mapping.source).startswith("=")), None)
    before = f"get or else({name}, {{}})" if former is None else former.source[1:]
    keys = ", ".join(json.dumps(key, ensure_ascii=False) for key in path.split("."))
    value = source[1:] if source.startswith("=") else json.dumps(source, ensure_ascii=False)
    made = DataMapping(name, f"= context put({before}, [{keys}], {value})")
    mappings[:] = [mapping for mapping in mappings if mapping is not former] + [made]
