"""What other engines run and this one never will: Java, listeners, foreign script languages. Refused with a reason and a way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.diagrams.rules.subject import Place, Subject
from engine.errors import Problem

VENDORS = ("camunda", "flowable", "activiti")
OUR_LANGUAGES = frozenset(("", "ruam", "feel", "juel", "python"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An extension that changes what happens and is not executed: attribute or child names, why, and what to do instead."""

    rule: str
    names: tuple[str, ...]
    message: str
    message_th: str


_HANDLER = (
    "write a Python handler and name it with ruam:handler, or let a program outside do it "
    '(camunda:type="external" with camunda:topic, docs/workers.md)'
)
_HANDLER_TH = (
    'โปรดเขียน handler ภาษา Python แล้วระบุด้วย ruam:handler หรือให้โปรแกรมภายนอกทำ (camunda:type="external" กับ camunda:topic, docs/workers.md)'
)

REFUSED = (
    Refusal(
        "java-class",
        ("class", "variableMappingClass", "formHandlerClass", "triggerable"),
        f"Java classes are not executed; {_HANDLER}.",
        f"ไม่รองรับคลาส Java {_HANDLER_TH}",
    ),
    Refusal(
        "delegate-expression",
        ("delegateExpression", "variableMappingDelegateExpression"),
        f"Delegate expressions name Java beans and are not executed; {_HANDLER}.",
        f"ไม่รองรับ delegateExpression ซึ่งอ้างถึง Java {_HANDLER_TH}",
    ),
    Refusal(
        "expression-as-work",
        ("expression",),
        f"An expression that is work is written ${{…}}, on a service, send or business rule task; else {_HANDLER}.",
        f"expression ต้องเขียนเป็น ${{…}} บนงานบริการ งานส่ง หรืองานกฎธุรกิจ หรือ{_HANDLER_TH}",
    ),
    Refusal(
        "listener",
        ("executionListener", "taskListener", "eventListener", "executionListeners", "taskListeners", "variableListener"),
        "Listeners are not executed; draw what they do as a script or service task, or an event.",
        "ไม่รองรับ listener โปรดวาดสิ่งที่ต้องทำเป็นงานสคริปต์ งานบริการ หรือเหตุการณ์",
    ),
    Refusal("connector", ("connector",), f"Connectors are not executed; {_HANDLER}.", f"ไม่รองรับ connector {_HANDLER_TH}"),
    Refusal(
        "task-type",
        ("type",),
        f'Of task types only camunda:type="external", Flowable\'s external-worker and dmn are known; {_HANDLER}.',
        f"ไม่รู้จักชนิดของงานนี้ {_HANDLER_TH}",
    ),
    Refusal(
        "skip-expression",
        ("skipExpression",),
        "Skip expressions are not executed; draw an exclusive gateway before the activity.",
        "ไม่รองรับ skipExpression โปรดวาดเกตเวย์ก่อนงานนี้",
    ),
    Refusal(
        "business-calendar",
        ("businessCalendarName",),
        "Calendars of Java are not known; write the date, e.g. ${working_days_after(today(), 3)}.",
        "ไม่รู้จักปฏิทินของ Java โปรดเขียนวันที่ เช่น ${working_days_after(today(), 3)}",
    ),
    Refusal(
        "script-resource",
        ("resource",),
        "Scripts and conditions outside the diagram are not executed; write them in the diagram.",
        "ไม่รองรับสคริปต์นอกแผนภาพ โปรดเขียนไว้ในแผนภาพ",
    ),
    Refusal(
        "event-registry",
        ("eventType", "variableListenerEventDefinition"),
        "Flowable's event registry is not known; draw a message, signal or conditional event.",
        "ไม่รู้จัก event registry ของ Flowable โปรดวาดเหตุการณ์ข้อความ สัญญาณ หรือเงื่อนไข",
    ),
    Refusal(
        "terminate-instances",
        ("terminateMultiInstance",),
        "Terminate ends the instance it stands in; to end the others too, write a completionCondition.",
        "เหตุการณ์จบงานใช้กับรอบของตนเท่านั้น หากต้องการจบรอบอื่นด้วย โปรดใช้ completionCondition",
    ),
    Refusal("case-call", ("caseRef", "caseBinding"), "CMMN cases are not executed; call a process.", "ไม่รองรับ CMMN โปรดเรียกกระบวนการแทน"),
    Refusal(
        "exception-mapping",
        ("mapException", "errorEventDefinition"),
        "Errors are not mapped from exceptions here; let the handler raise a BpmnError with the code.",
        "ไม่รองรับการแปลงข้อผิดพลาด โปรดให้ handler แจ้ง BpmnError พร้อมรหัส",
    ),
    Refusal(
        "form-handler",
        ("customProperties", "formFieldValidationConstraint"),
        "Form handlers are not executed; use a form of the pack.",
        "ไม่รองรับ form handler โปรดใช้แบบฟอร์มของชุดกระบวนการ",
    ),
)
_BY_NAME = {f"{vendor}:{name}": refusal for refusal in REFUSED for name in refusal.names for vendor in (*VENDORS, "zeebe")}


def check(subject: Subject) -> Iterator[Problem]:
    """Yield the extensions and script languages that are not executed."""
    yield from _extensions(subject, subject.process, subject.process.properties)
    for flow in subject.process.flows.values():
        yield from _extensions(subject, flow, flow.properties)
        if not is_ours(flow.language):
            yield _foreign(subject, flow, flow.language, "write the condition", "เงื่อนไข", "the language")
    for element in subject.process.elements.values():
        yield from _extensions(subject, element, element.properties)
        if element.work is not None and not _elsewhere(element.properties):
            yield from _language(subject, element, element.work.script_format)
        for name in dict.fromkeys(name for name, _source in element.properties.get("scripts", ())):
            yield from _language(subject, element, name)


def is_refused(properties: Mapping[str, Any]) -> bool:
    """Whether an element carries an extension refused here."""
    return any(name in _BY_NAME for name in properties)


def _elsewhere(properties: Mapping[str, Any]) -> bool:
    """Whether a script stands in a file of its own, which is refused whatever its language."""
    return any(name in _BY_NAME and _BY_NAME[name].rule == "script-resource" for name in properties)


def language_of(name: str | None) -> str:
    """The short name of a script or expression language: `feel` for FEEL's URI, `groovy` for `application/x-groovy`."""
    text = (name or "").strip().lower()
    if "feel" in text:
        return "feel"
    return text.rpartition("/")[2].removeprefix("x-").removeprefix("text-")


def is_ours(language: str | None) -> bool:
    """Whether a script or expression of that language is read by ours."""
    return language_of(language) in OUR_LANGUAGES


def _extensions(subject: Subject, place: Place, properties: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in properties.items():
        refusal = _BY_NAME.get(name)
        if refusal is not None:
            shown = f" ({name}={value!r})" if isinstance(value, str) and value else f" ({name})"
            yield subject.error(refusal.rule, place, refusal.message[:-1] + shown + ".", refusal.message_th + shown)


def _language(subject: Subject, place: Place, name: str | None) -> Iterator[Problem]:
    if not is_ours(name):
        yield _foreign(subject, place, name, "write the script", "สคริปต์", "the format")


def _foreign(subject: Subject, place: Place, name: str | None, write: str, what_th: str, left_out: str) -> Problem:
    return subject.error(
        "script-language",
        place,
        f"{name!r} is not executed; {write} in our language (docs/language.md) and leave {left_out} out.",
        f"ไม่รองรับภาษา {name!r} โปรดเขียน{what_th}ด้วยภาษาของระบบ (docs/language.md)",
    )
