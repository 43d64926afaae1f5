"""What a diagram names and the pack must have: forms, parties, handlers with their parameters, decisions, called processes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element, Work
from engine.diagrams.rules.expressions import is_expression
from engine.diagrams.rules.refused import is_refused
from engine.diagrams.rules.subject import Place, Subject, describe
from engine.errors import Problem
from engine.forms.files import plain_key

_BINDINGS = ("deployment", "latest", "version", "versionTag")
_OF_CLIENTS = ("embedded:", "app:", "external:", "http:", "https:", "/")
_RESULTS = ("singleEntry", "singleResult", "collectEntries", "resultList", "value")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is named but not there."""
    for group in subject.process.candidate_starter_groups:
        yield from _group(subject, subject.process, group)
    for element in subject.process.elements.values():
        yield from _form(subject, element)
        yield from _people(subject, element)
        if element.work is not None:
            yield from _work(subject, element, element.work)
        if element.call is not None:
            yield from _call(subject, element)


def _form(subject: Subject, element: Element) -> Iterator[Problem]:
    forms = subject.context.forms
    human = element.human
    form, ui = element.start_form or (human.form_key if human else None), human.form_ui if human else None
    if not form or forms is None or is_expression(form):
        return
    if plain_key(form) not in forms:
        yield _no_form(subject, element, form, elsewhere=not forms or form.startswith(_OF_CLIENTS))
    elif ui is not None and ui not in forms:
        yield subject.error("missing-form", element, f"There is no UI schema {ui!r}.", f"ไม่พบ UI schema {ui!r}")


def _no_form(subject: Subject, element: Element, form: str, *, elsewhere: bool) -> Problem:
    """An error among forms of ours; a key of forms that only a client has, or fields drawn beside it, leave something to do."""
    name = plain_key(form)
    if element.start_form_schema or (element.human is not None and element.human.form_schema):
        text = f"There is no form {name!r} here: the fields drawn with {describe(element)} are asked instead."
        return subject.warning("missing-form", element, text, f"ไม่พบแบบฟอร์ม {name!r} จะใช้ช่องที่วาดไว้ในแผนภาพแทน")
    if elsewhere:
        text = f"There is no form {name!r} here: pages ask for nothing; a client that has it is told its key and gives the values."
        return subject.warning(
            "missing-form", element, text, f"ไม่พบแบบฟอร์ม {name!r} หน้าเว็บจะไม่มีช่องให้กรอก โปรแกรมภายนอกที่มีแบบฟอร์มนี้จะได้รับชื่อแบบฟอร์มและส่งค่ามาได้"
        )
    file = name if name.endswith((".form", ".json")) else f"forms/{name}.json"
    return subject.error("missing-form", element, f"There is no form {name!r} ({file}).", f"ไม่พบแบบฟอร์ม {name!r} ({file})")


def _people(subject: Subject, element: Element) -> Iterator[Problem]:
    human = element.human
    if human is None or element.type != "userTask":
        return
    for group in (*human.candidate_groups, *human.barred, *((human.escalate_to,) if human.escalate_to else ())):
        yield from _group(subject, element, group)
    if human.assignee or human.candidate_groups or human.candidate_users:
        return
    if element.lane is None:
        yield subject.warning(
            "nobody-to-do-it",
            element,
            f"{describe(element)} has no assignee, candidates or lane: nobody is given it, it will wait until an administrator assigns it. "
            "Name candidate groups or an assignee, or draw it in a party's lane.",
            f"ไม่มีผู้รับผิดชอบ {describe(element)} (ไม่มีผู้รับ กลุ่ม หรือเลน) งานจะค้างอยู่จนกว่าผู้ดูแลระบบจะมอบให้ผู้ใด "
            "โปรดระบุกลุ่มผู้มีสิทธิ์รับ (candidate groups) หรือผู้รับ (assignee) หรือวาดไว้ในเลนของฝ่าย",
        )
    else:
        yield from _group(subject, element, element.lane)


def _group(subject: Subject, place: Place, group: str) -> Iterator[Problem]:
    parties = subject.context.parties
    party = group.partition(":")[0]
    if parties is not None and not is_expression(party) and party not in parties:
        yield subject.error("missing-party", place, f"There is no party {party!r} in parties.toml.", f"ไม่พบฝ่าย {party!r} ใน parties.toml")


def _work(subject: Subject, element: Element, work: Work) -> Iterator[Problem]:
    if work.kind == "handler":
        yield from _handler(subject, element, work)
    elif work.kind == "decision":
        decisions = subject.context.decisions
        if not work.name:
            yield subject.error("missing-decision", element, "The task names no decision.", "งานนี้ไม่ได้ระบุตารางตัดสินใจ")
        elif decisions is not None and not is_expression(work.name) and work.name not in decisions:
            yield subject.error("missing-decision", element, f"There is no decision {work.name!r}.", f"ไม่พบตารางตัดสินใจ {work.name!r}")
        if work.binding not in (None, *_BINDINGS):
            yield subject.error(
                "wrong-choice",
                element,
                f"The binding is one of {', '.join(_BINDINGS)}, not {work.binding!r}.",
                f"การผูกเวอร์ชันต้องเป็น {', '.join(_BINDINGS)}",
            )
        elif work.binding in ("version", "versionTag") and not work.version:
            yield subject.error("missing-version", element, f"The binding {work.binding!r} needs a version.", "ต้องระบุเวอร์ชันของตารางตัดสินใจ")
        if work.map_result not in _RESULTS:
            yield subject.error(
                "wrong-choice",
                element,
                f"mapDecisionResult is one of {', '.join(_RESULTS)}, not {work.map_result!r}.",
                f"mapDecisionResult ต้องเป็น {', '.join(_RESULTS)}",
            )
    elif work.kind == "external" and not work.name:
        yield subject.error("missing-topic", element, "An external task needs a topic.", "งานภายนอกต้องระบุหัวข้อ (topic)")
    elif work.kind == "none" and not _sends(element) and not is_refused(element.properties):
        yield from _no_work(subject, element)


def _no_work(subject: Subject, element: Element) -> Iterator[Problem]:
    """What would say what it does, in the words of each dialect."""
    if element.type == "businessRuleTask":
        text = "The business rule task names no decision (camunda:decisionRef; in Camunda 8 zeebe:calledDecision)."
        thai = "งานกฎธุรกิจนี้ไม่ได้ระบุตารางตัดสินใจ (camunda:decisionRef หรือ zeebe:calledDecision)"
    else:
        text = (
            f"The {element.type} does not say what it does: give it a topic for workers outside "
            '(camunda:type="external" with camunda:topic; in Camunda 8 the job type of zeebe:taskDefinition) or a handler (ruam:handler), '
            "or draw a plain task."
        )
        thai = (
            'งานนี้ไม่ได้ระบุว่าทำอะไร โปรดระบุหัวข้อสำหรับโปรแกรมภายนอก (camunda:type="external" กับ camunda:topic '
            "หรือ job type ของ zeebe:taskDefinition) หรือ handler (ruam:handler) หรือเปลี่ยนเป็นงานธรรมดา"
        )
    yield subject.error("missing-handler", element, text, thai)


def _sends(element: Element) -> bool:
    return element.type == "sendTask" and bool(element.events)


def _handler(subject: Subject, element: Element, work: Work) -> Iterator[Problem]:
    handlers = subject.context.handlers
    if handlers is None or (work.name and is_expression(work.name)):
        return
    signature = handlers.get(work.name or "")
    if signature is None:
        yield subject.error("missing-handler", element, f"There is no handler {work.name!r}.", f"ไม่พบตัวทำงาน (handler) {work.name!r}")
        return
    for name in work.parameters:
        if name not in signature.parameters:
            yield subject.error(
                "unknown-parameter",
                element,
                f"The handler {work.name!r} has no parameter {name!r}.",
                f"handler {work.name!r} ไม่มีพารามิเตอร์ {name!r}",
            )
    for name in sorted(set(signature.required) - set(work.parameters)):
        yield subject.error(
            "missing-parameter",
            element,
            f"The handler {work.name!r} needs the parameter {name!r}.",
            f"handler {work.name!r} ต้องมีพารามิเตอร์ {name!r}",
        )


def _call(subject: Subject, element: Element) -> Iterator[Problem]:
    call, called = element.call, subject.context.called
    if call is None:
        return
    if call.binding not in _BINDINGS:
        yield subject.error(
            "wrong-choice",
            element,
            f"The binding is one of {', '.join(_BINDINGS)}, not {call.binding!r}.",
            f"การผูกเวอร์ชันต้องเป็น {', '.join(_BINDINGS)}",
        )
    elif call.binding in ("version", "versionTag") and not call.version:
        yield subject.error("missing-version", element, f"The binding {call.binding!r} needs a version.", "ต้องระบุเวอร์ชันของกระบวนการที่เรียก")
    if not call.called:
        yield subject.error("missing-called-process", element, "The call activity names no process.", "ไม่ได้ระบุกระบวนการที่เรียก")
    elif called is not None and not is_expression(call.called) and call.called not in called:
        yield subject.error(
            "missing-called-process", element, f"There is no process {call.called!r} to call.", f"ไม่พบกระบวนการ {call.called!r} ที่จะเรียก"
        )
