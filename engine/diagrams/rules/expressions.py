"""Every text of a diagram that is an expression, a template or a script, read by our language before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.diagrams.model import DataMapping, Element, Loop
from engine.diagrams.rules.refused import is_ours
from engine.diagrams.rules.subject import Place, Subject
from engine.errors import Problem
from engine.language.thai import in_thai

Text = tuple[str, str | None, str]  # where it stands, the text, its kind
_KEEP = 80  # characters of a text shown in a message


def check(subject: Subject) -> Iterator[Problem]:
    """Yield the texts our language cannot read."""
    for flow in subject.process.flows.values():
        if is_ours(flow.language):  # what is refused for its language need not be read
            yield from _read(subject, flow, [("condition", flow.condition, "expression")])
    for element in subject.process.elements.values():
        yield from _read(subject, element, _texts(element))


def is_expression(text: str) -> bool:
    """Whether a template has anything to evaluate."""
    return "${" in text or "#{" in text or text.lstrip().startswith("=")


def _read(subject: Subject, place: Place, texts: list[Text]) -> Iterator[Problem]:
    for what, text, kind in texts:
        if not text or (kind == "template" and not is_expression(text)):
            continue
        fault = subject.context.check_expression(text, kind)
        if fault:
            shown = text if len(text) <= _KEEP else f"{text[:_KEEP]}…"
            thai = f"อ่านนิพจน์ไม่ได้: {in_thai(fault)}: {shown}"
            yield subject.error("expression-syntax", place, f"The {what} cannot be read: {fault}: {shown}", thai)


def _texts(element: Element) -> list[Text]:
    texts: list[Text] = [
        ("condition of completion", element.completion_condition, "expression"),
        ("elements to start", element.active_elements, "expression"),
        ("result of an activity", element.ad_hoc_results[1] if element.ad_hoc_results else None, "expression"),
        ("condition of activation", element.activation_condition, "expression"),
        ("script before", element.pre_script, "script"),
        ("script after", element.post_script, "script"),
    ]
    texts += _loop(element.loop) + _human(element) + _work(element) + _call(element)
    foreign = {source for name, source in element.properties.get("scripts", ()) if not is_ours(name)}  # as above
    mapped = _mapped("input", element.inputs) + _mapped("output", element.outputs)
    texts += [one for one in mapped if one[1] not in foreign]
    for event in element.events:
        timed = event.kind == "timer"
        texts.append(("timer" if timed else "condition", event.expression, "template" if timed else "expression"))
        texts.append(("correlation", event.correlation, "expression"))
        texts.append(("payload", event.payload, "expression"))
        texts.append((f"name of the {event.kind}", event.name, "template"))
        texts.append((f"code of the {event.kind}", event.code, "template"))
        texts.append((f"message of the {event.kind}", event.message, "template"))
        if event.parcel is not None:
            texts += [("business key", event.parcel.business_key, "template"), *_mapped("variable", event.parcel.ins)]
    return texts


def _loop(loop: Loop | None) -> list[Text]:
    if loop is None:
        return []
    return [
        ("cardinality", loop.cardinality, "expression"),
        ("collection", loop.collection, "expression"),
        ("condition of completion", loop.completion_condition, "expression"),
        ("condition of the loop", loop.loop_condition, "expression"),
        ("maximum of the loop", loop.maximum, "expression"),
        ("result of an instance", loop.result_expression, "template"),
        *(("condition of an event", condition, "expression") for condition, _ in loop.complex_events),
    ]


def _human(element: Element) -> list[Text]:
    human = element.human
    if human is None:
        return []
    texts: list[Text] = [
        ("assignee", human.assignee, "template"),
        ("owner", human.owner, "template"),
        ("due date", human.due, "template"),
        ("follow-up date", human.follow_up, "template"),
        ("priority", human.priority, "template"),
        ("form key", human.form_key, "template"),
        ("instructions", human.instructions, "template"),
        ("reminder", human.remind, "template"),
        ("escalation", human.escalate, "template"),
        ("escalation's group", human.escalate_to, "template"),
        ("category", human.category, "template"),
        ("unit", human.unit, "template"),
    ]
    texts += [("candidate user", user, "template") for user in human.candidate_users]
    texts += [("barred group", group, "template") for group in human.barred]
    return texts + [("candidate group", group, "template") for group in human.candidate_groups]


def _work(element: Element) -> list[Text]:
    work = element.work
    if work is None:
        return []
    script = work.script if is_ours(work.script_format) else None
    java = "expression (Java is not executed; write a Python handler, or let a worker outside do it)"
    texts: list[Text] = [
        ("script" if element.type == "scriptTask" else java, script, "script"),
        ("name of the work", work.name, "template"),
        ("priority", work.priority, "template"),
        ("retries", work.retries, "template"),
    ]
    for name, value in work.parameters.items():
        texts += [(f"parameter {name!r}", text, "template") for text in _leaves(value)]
    return texts


def _call(element: Element) -> list[Text]:
    call = element.call
    if call is None:
        return []
    texts: list[Text] = [
        ("called process", call.called, "template"),
        ("version", call.version, "template"),
        ("business key", call.business_key, "template"),
        ("category", call.category, "template"),
        ("unit", call.unit, "template"),
    ]
    return texts + _mapped("variable passed in", call.ins) + _mapped("variable passed out", call.outs)


def _mapped(what: str, mappings: tuple[DataMapping, ...]) -> list[Text]:
    return [(f"{what} {mapping.target!r}", text, "template") for mapping in mappings for text in _leaves(mapping.source)]


def _leaves(value: Any) -> Iterator[str]:
    """The texts in a structure of lists and dicts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value  # a key may be computed
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
