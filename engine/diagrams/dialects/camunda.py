"""Camunda 7, and as much of Flowable and Activiti as is the same under their namespaces."""

from __future__ import annotations

from typing import Any

from engine.diagrams.dialects.draft import Draft, as_template, comma_list, put, structure, throws_or_works
from engine.diagrams.model import DataMapping
from engine.diagrams.namespaces import Node, flag, nodes, prefixed, split, text_of

_WORKING = ("serviceTask", "sendTask", "businessRuleTask")
_MAX_NESTING = 20


def read(draft: Draft, namespace: str) -> None:
    """Take what Camunda's namespace (or a relative's) says of an element."""
    if draft.type == "userTask":
        _read_human(draft, namespace)
    if draft.type == "startEvent":
        put(draft.fields, initiator=draft.take(namespace, "initiator"))
        put(draft.fields, start_form=draft.take(namespace, "formKey") or draft.take(namespace, "formRef"))
    _read_forms(draft, namespace)
    if throws_or_works(draft):
        _read_work(draft, namespace)
    if draft.type == "scriptTask":
        put(draft.work, result_variable=draft.take(namespace, "resultVariable"))
    if draft.type == "callActivity":
        _read_call(draft, namespace)
    if flag(draft.take(namespace, "asyncBefore") or draft.take(namespace, "async"), default=False):
        put(draft.fields, async_before=True)
    if flag(draft.take(namespace, "asyncAfter") or draft.take(namespace, "asyncLeave"), default=False):
        put(draft.fields, async_after=True)
    draft.take(namespace, "exclusive")  # whether two jobs of an instance may run at once: here they never do
    _read_parameters(draft, namespace)
    _read_properties(draft, namespace)
    cycle = draft.take_child(namespace, "failedJobRetryTimeCycle")
    retries = text_of(cycle) or draft.take(namespace, "failedJobRetryTimeCycle")
    if retries:
        put(draft.work, retries=retries)


def _read_human(draft: Draft, namespace: str) -> None:
    put(
        draft.human,
        assignee=draft.take(namespace, "assignee"),
        candidate_users=comma_list(draft.take(namespace, "candidateUsers")),
        candidate_groups=comma_list(draft.take(namespace, "candidateGroups")),
        due=draft.take(namespace, "dueDate"),
        follow_up=draft.take(namespace, "followUpDate"),
        priority=draft.take(namespace, "priority"),
        form_key=draft.take(namespace, "formKey"),
    )
    put(draft.human, form_key=draft.take(namespace, "formRef"))


def _read_forms(draft: Draft, namespace: str) -> None:
    """Fields drawn in the diagram: camunda:formData, flowable:formProperty. Kept as plain values; `elements` makes the form."""
    drawn = draft.take_children(namespace, "formData")
    fields = [structure(item) for data in drawn for item in nodes(data)]
    key = next((data.get("businessKey") for data in drawn if data.get("businessKey")), None)
    if key and draft.type == "startEvent":
        draft.properties.setdefault("camunda:businessKey", f"${{{key}}}")
    fields += [structure(item) for item in draft.take_children(namespace, "formProperty")]
    fields = [item for item in fields if isinstance(item, dict)]  # one without attributes says nothing
    if fields:
        draft.properties.setdefault("camunda:formData", fields)


def _read_work(draft: Draft, namespace: str) -> None:
    """A decision, an external task or an expression; class, delegateExpression and other types stay properties, for the rules to refuse."""
    decision = draft.take(namespace, "decisionRef")
    if decision and draft.type == "businessRuleTask" and not draft.has_work:
        draft.work.update(kind="decision", name=decision)
        put(draft.work, result_variable=draft.take(namespace, "resultVariable"), map_result=draft.take(namespace, "mapDecisionResult"))
        put(draft.work, binding=draft.take(namespace, "decisionRefBinding"))
        put(draft.work, version=draft.take(namespace, "decisionRefVersion") or draft.take(namespace, "decisionRefVersionTag"))
    elif draft.attributes.get(f"{{{namespace}}}type") == "external" and not draft.has_work:
        draft.take(namespace, "type")
        draft.work.update(kind="external", name=draft.take(namespace, "topic"))
        put(draft.work, priority=draft.take(namespace, "taskPriority"))
    elif _is_work(draft.attributes.get(f"{{{namespace}}}expression")) and draft.type in _WORKING and not draft.has_work:
        draft.work.update(kind="script", script=draft.take(namespace, "expression"))
        put(draft.work, result_variable=draft.take(namespace, "resultVariable") or draft.take(namespace, "resultVariableName"))


def _is_work(expression: str | None) -> bool:
    """Whether it is something to evaluate: what calls Java is not read by our language, a bare text is a mistake."""
    return expression is not None and expression.strip().startswith(("${", "#{"))


def _read_call(draft: Draft, namespace: str) -> None:
    binding = draft.take(namespace, "calledElementBinding")
    version = draft.take(namespace, "calledElementVersion") or draft.take(namespace, "calledElementVersionTag")
    put(draft.call, binding=binding, version=version, business_key=draft.take(namespace, "businessKey"))
    if flag(draft.take(namespace, "inheritBusinessKey"), default=False):
        put(draft.call, business_key="${execution.processBusinessKey}")
    if flag(draft.take(namespace, "inheritVariables"), default=False):
        put(draft.call, all_in=True)
    for node in draft.take_children(namespace, "in"):
        if node.get("businessKey"):
            put(draft.call, business_key=node.get("businessKey"))
        elif node.get("variables") == "all":
            put(draft.call, **{"all_in_local" if _local(node) else "all_in": True})
        else:
            draft.call.setdefault("ins", []).extend(_variable(node))
    for node in draft.take_children(namespace, "out"):
        if node.get("variables") == "all":
            put(draft.call, **{"all_out_local" if _local(node) else "all_out": True})
        else:
            draft.call.setdefault("outs", []).extend(_variable(node))


def _variable(node: Node) -> list[DataMapping]:
    """`<in source|sourceExpression target>`; a source is a variable (null where there is none), an expression a text with its ${…}."""
    name, target = node.get("source"), node.get("target")
    source = as_template(name) if name else node.get("sourceExpression")
    return [DataMapping(target, source, local=_local(node), or_null=bool(name))] if source and target else []


def _local(node: Node) -> bool:
    return flag(node.get("local"), default=False)


def _read_parameters(draft: Draft, namespace: str) -> None:
    for container in draft.take_children(namespace, "inputOutput"):
        for node in nodes(container):
            local, name = split(node.tag)[1], node.get("name")
            if name and local in ("inputParameter", "outputParameter"):
                (draft.inputs if local == "inputParameter" else draft.outputs).append(DataMapping(name, _value(node, draft)))


def _value(node: Node, draft: Draft, depth: int = 0) -> Any:
    """The value of a parameter, entry or list item: a template, or a list or dict of them."""
    inner = next(nodes(node), None)
    if inner is None or depth > _MAX_NESTING:
        return text_of(node)  # nothing is null
    kind = split(inner.tag)[1]
    if kind == "list":
        return [_value_of_item(item, draft, depth + 1) for item in nodes(inner)]
    if kind == "map":
        return {entry.get("key", ""): _value(entry, draft, depth + 1) for entry in nodes(inner)}
    return _value_of_item(inner, draft, depth)


def _value_of_item(node: Node, draft: Draft, depth: int) -> Any:
    kind = split(node.tag)[1]
    if kind == "script":
        source = as_template(text_of(node) or "None")
        draft.properties.setdefault("scripts", []).append((node.get("scriptFormat", ""), source))
        return source
    return text_of(node) if kind == "value" else _value(node, draft, depth)


def _read_properties(draft: Draft, namespace: str) -> None:
    for container in draft.take_children(namespace, "properties"):
        values = {item.get("name") or item.get("id"): item.get("value", "") for item in nodes(container)}
        draft.properties.setdefault(prefixed(container, container.tag), values)
