"""Each kind of change of a diagram, on the smallest diagram that has it: what is said of it in both languages."""

from __future__ import annotations

import pytest

from engine.differences import Change, Kind, Subject, compare
from engine.testing import process

PARTIES = """
[opdc]
th = "สำนักงาน ก.พ.ร."
en = "OPDC"
[province]
th = "จังหวัด"
en = "Province"
"""
LANES = (
    '<laneSet><lane id="l1" ruam:party="opdc"><flowNodeRef>{}</flowNodeRef></lane>'
    '<lane id="l2" ruam:party="province"><flowNodeRef>{}</flowNodeRef></lane></laneSet>'
)
ENDS = '<startEvent id="s"/><endEvent id="e"/>'
TASK = '<userTask id="a" name="ตรวจ" ruam:nameEn="Check" ruam:step="3"{}>{}</userTask>'
WHOLE = ("s -> a", "a -> e")
TIMER = (
    '<boundaryEvent id="t" attachedToRef="a" name="เตือน"{}>'
    "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition></boundaryEvent>"
)


def file(body: str, *flows: str, **options: str) -> dict[str, bytes]:
    return {"p.bpmn": process("p", body, *flows, **options), "parties.toml": PARTIES.encode()}


def told(old: dict[str, bytes], new: dict[str, bytes]) -> list[Change]:
    found = compare(old, new)
    assert all(change.sentence.th and change.sentence.en for change in found)
    return list(found)


def task(attributes: str = "", inside: str = "", *, more: str = "") -> dict[str, bytes]:
    return file(ENDS + TASK.format(attributes, inside) + more, *WHOLE)


FORMS = ' camunda:formKey="report"'
PARAMETER = '<extensionElements><ruam:parameter name="to">${{{}}}</ruam:parameter></extensionElements>'
DELIVERABLE = '<extensionElements><ruam:deliverable key="plan" copies="{}" instalment="1" th="แผน" en="Plan"/></extensionElements>'
MANY = '<multiInstanceLoopCharacteristics camunda:collection="{}" camunda:elementVariable="x"{}/>'
LETTERS = '<serviceTask id="a" name="ออกหนังสือ" ruam:nameEn="Letters" ruam:handler="{}">{}</serviceTask>'


@pytest.mark.parametrize(
    ("old", "new", "aspect", "english", "thai"),
    [
        (
            task(),
            file(ENDS + TASK.format("", "").replace("Check", "Examine"), *WHOLE),
            "name",
            "Step 3: renamed “Check” → “Examine”",
            "ขั้นตอนที่ 3: เปลี่ยนชื่อ (ภาษาอังกฤษ) “Check” → “Examine”",
        ),
        (
            task(),
            file(ENDS + TASK.format("", "").replace("userTask", "manualTask"), *WHOLE),
            "type",
            "Step 3 “Check”: kind task → manual task",
            "ขั้นตอนที่ 3 “ตรวจ”: ชนิด งาน → งานนอกระบบ",
        ),
        (
            task(),
            file(ENDS + TASK.format("", "").replace('"3"', '"4"'), *WHOLE),
            "step",
            "Step 4 “Check”: number step 3 → step 4",
            "ขั้นตอนที่ 4 “ตรวจ”: ลำดับขั้นตอน ขั้นตอนที่ 3 → ขั้นตอนที่ 4",
        ),
        (
            task(" camunda:dueDate=\"${windows['3'].closes}\""),
            task(' camunda:dueDate="P7D"'),
            "due",
            "Step 3 “Check”: due date the last day of step 3 in the schedule → 7 days",
            "ขั้นตอนที่ 3 “ตรวจ”: กำหนดส่ง วันสุดท้ายของขั้นตอนที่ 3 ตามกำหนดการ → 7 วัน",
        ),
        (
            task(' camunda:dueDate="2026-07-31"'),
            task(' camunda:dueDate="2026-08-07"'),
            "due",
            "Step 3 “Check”: due date 31 July 2026 → 7 August 2026",
            "ขั้นตอนที่ 3 “ตรวจ”: กำหนดส่ง 31 กรกฎาคม 2569 → 7 สิงหาคม 2569",
        ),
        (
            task(),
            task(' ruam:remind="3"'),
            "remind",
            "Step 3 “Check”: reminder before it is due added: 3 working days",
            "ขั้นตอนที่ 3 “ตรวจ”: เพิ่มการเตือนก่อนถึงกำหนด: 3 วันทำการ",
        ),
        (
            task(' camunda:candidateGroups="opdc"'),
            task(' camunda:candidateGroups="province:${x},opdc"'),
            "people",
            "Step 3 “Check”: for OPDC → Province and OPDC",
            "ขั้นตอนที่ 3 “ตรวจ”: ผู้ทำ สำนักงาน ก.พ.ร. → จังหวัด และ สำนักงาน ก.พ.ร.",
        ),
        (
            task(FORMS),
            task(),
            "form",
            "Step 3 “Check”: form taken away (was “report”)",
            "ขั้นตอนที่ 3 “ตรวจ”: ยกเลิกแบบฟอร์ม (เดิม “report”)",
        ),
        (
            task(inside=DELIVERABLE.format(10)),
            task(inside=DELIVERABLE.format(25)),
            "deliverable",
            "Step 3 “Check”: copies of plan 10 → 25",
            "ขั้นตอนที่ 3 “ตรวจ”: จำนวนเล่มของ plan 10 → 25",
        ),
        (
            task(),
            task(inside=DELIVERABLE.format(10)),
            "deliverable",
            "Step 3 “Check”: deliverable added: “Plan” (10 copies, instalment 1)",
            "ขั้นตอนที่ 3 “ตรวจ”: เพิ่มเอกสารส่งมอบ: “แผน” (10 เล่ม, งวดที่ 1)",
        ),
        (
            task(),
            task(inside=MANY.format("provinces", "")),
            "loop",
            "Step 3 “Check”: repetition added: once for each of provinces, all at once",
            "ขั้นตอนที่ 3 “ตรวจ”: เพิ่มการทำซ้ำ: ทำครั้งหนึ่งต่อแต่ละรายการใน provinces พร้อมกัน",
        ),
        (
            task(inside=MANY.format("provinces", "")),
            task(inside=MANY.format("provinces", ' isSequential="true"')),
            "loop",
            "Step 3 “Check”: how it is repeated all at once → one after the other",
            "ขั้นตอนที่ 3 “ตรวจ”: วิธีทำซ้ำ พร้อมกัน → ทีละรายการ",
        ),
        (
            task(more=TIMER.format("", "P2D")),
            task(more=TIMER.format("", "P1W")),
            "timer",
            "Timer “เตือน”: time 2 days → 1 week",
            "ตัวจับเวลา “เตือน”: เวลา 2 วัน → 1 สัปดาห์",
        ),
        (
            task(more=TIMER.format("", "P2D")),
            task(more=TIMER.format(' cancelActivity="false"', "P2D")),
            "interrupting",
            "Timer “เตือน”: interrupts what runs yes → no",
            "ตัวจับเวลา “เตือน”: หยุดงานที่ทำอยู่ ใช่ → ไม่ใช่",
        ),
        (
            file(ENDS + LETTERS.format("opdc.letters", PARAMETER.format("provinces")), *WHOLE),
            file(ENDS + LETTERS.format("opdc.letters", PARAMETER.format("applicants")), *WHOLE),
            "parameter",
            "“Letters”: parameter to provinces → applicants",
            "“ออกหนังสือ”: ค่า to provinces → applicants",
        ),
        (
            file(ENDS + LETTERS.format("opdc.letters", ""), *WHOLE),
            file(ENDS + LETTERS.format("opdc.notices", ""), *WHOLE),
            "work",
            "“Letters”: what does it opdc.letters → opdc.notices",
            "“ออกหนังสือ”: งานอัตโนมัติ opdc.letters → opdc.notices",
        ),
        (
            file(LANES.format("a</flowNodeRef><flowNodeRef>s", "e") + ENDS + TASK.format("", ""), *WHOLE),
            file(LANES.format("s", "a</flowNodeRef><flowNodeRef>e") + ENDS + TASK.format("", ""), *WHOLE),
            "lane",
            "Step 3 “Check” moved from OPDC to Province",
            "ขั้นตอนที่ 3 “ตรวจ” ย้ายจากสำนักงาน ก.พ.ร. ไปจังหวัด",
        ),
        (
            file(ENDS + TASK.format("", ""), *WHOLE, attributes='camunda:versionTag="1.0"'),
            file(ENDS + TASK.format("", ""), *WHOLE, attributes='camunda:versionTag="1.1"'),
            "version",
            "Version tag 1.0 → 1.1",
            "ป้ายฉบับ 1.0 → 1.1",
        ),
        (
            task(),
            task(' ruam:unknown="7"'),
            "property",
            "Step 3 “Check”: ruam:unknown added: 7",
            "ขั้นตอนที่ 3 “ตรวจ”: เพิ่ม ruam:unknown: 7",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_what_is_said(old: dict[str, bytes], new: dict[str, bytes], aspect: str, english: str, thai: str) -> None:
    change = next(change for change in told(old, new) if change.aspect == aspect)
    assert (change.sentence.en, change.sentence.th) == (english, thai)
    assert change.kind is Kind.CHANGED


A, B, C = (f'<userTask id="{key}" name="{key.upper()}" ruam:step="{number}"/>' for number, key in enumerate("abc", 1))


def test_a_step_between_two_others_is_one_change() -> None:
    added = '<userTask id="x" name="X" ruam:step="1a" camunda:candidateGroups="opdc"/>'
    (change,) = told(file(ENDS + A + B, "s -> a", "a -> b", "b -> e"), file(ENDS + A + B + added, "s -> a", "a -> x", "x -> b", "b -> e"))
    assert (change.kind, change.element, change.step) == (Kind.ADDED, "x", "1a")
    assert change.sentence.en == "Step 1a “X” added between step 1 and step 2, for OPDC"
    assert change.sentence.th == "เพิ่มขั้นตอนที่ 1a “X” ระหว่างขั้นตอนที่ 1 กับขั้นตอนที่ 2 ผู้ทำคือสำนักงาน ก.พ.ร."


def test_a_step_taken_out_is_one_change() -> None:
    old = file(ENDS + A + B + C, "s -> a", "a -> b", "b -> c", "c -> e")
    (change,) = told(old, file(ENDS + A + C, "s -> a", "a -> c", "c -> e"))
    assert (change.kind, change.old_element, change.element) == (Kind.REMOVED, "b", None)
    assert (change.sentence.en, change.sentence.th) == ("Step 2 “B” removed", "ตัดขั้นตอนที่ 2 “B” ออก")


def test_a_sub_process_is_told_with_what_is_in_it_and_all_of_it_is_coloured() -> None:
    inside = '<subProcess id="x" name="X"><userTask id="y" name="Y"/><userTask id="z" name="Z"/></subProcess>'
    found = compare(file(ENDS + A, *WHOLE), file(ENDS + A + inside, "s -> a", "a -> x", "x -> e"))
    (change,) = found
    assert change.sentence.en == "Group of tasks “X” added after step 1, with 2 elements in it"
    marks = found.groups[0].marks
    assert marks is not None
    assert marks.added == ("x", "y", "z")


def test_another_order_is_told_as_what_comes_after_what() -> None:
    old = file(ENDS + A + B + C, "s -> a", "a -> b", "b -> c", "c -> e")
    changes = told(old, file(ENDS + A + B + C, "s -> a", "a -> c", "c -> b", "b -> e"))
    assert {change.aspect for change in changes} == {"flow"}
    assert "After step 1 comes step 3 (was step 2)" in [change.sentence.en for change in changes]


def test_a_way_back_is_called_one() -> None:
    old = file(ENDS + A + B + '<exclusiveGateway id="g" name="OK?"/>', "s -> a", "a -> b", "b -> g", "g -> e")
    new = file(ENDS + A + B + '<exclusiveGateway id="g" name="OK?"/>', "s -> a", "a -> b", "b -> g", "g -> e", "g -> a: ${not ok}")
    (change,) = told(old, new)
    assert change.sentence.en == "After “OK?” the way can lead back to step 1"
    assert change.sentence.th == "หลัง “OK?” ย้อนกลับไปที่ ขั้นตอนที่ 1 ได้"
    assert change.flow == "flow4"


def test_conditions_and_defaults_of_flows() -> None:
    gateway = '<exclusiveGateway id="g" name="OK?"{}/>'
    flows = ("s -> g", "g -> a: ${ok}", "g -> b")
    old = file(ENDS + A + B + gateway.format(""), *flows)
    new = file(ENDS + A + B + gateway.format(' default="flow2"'), "s -> g", "g -> a: ${ok and paid}", "g -> b")
    assert {change.sentence.en for change in told(old, new)} == {
        "The way from “OK?” to step 1: condition ok → ok and paid",
        "The way from “OK?” to step 2 is now taken where no condition holds",
    }


def test_a_flow_more_or_fewer_between_the_same_two() -> None:
    one, two = file(ENDS + A, *WHOLE), file(ENDS + A, *WHOLE, "s -> a")
    assert [change.sentence.en for change in told(one, two)] == ["One more way from the start of the process to step 1"]
    assert [change.sentence.en for change in told(two, one)] == ["One way fewer from the start of the process to step 1"]


def test_another_id_is_the_same_element() -> None:
    (change,) = told(file(ENDS + A, *WHOLE), file(ENDS + A.replace('"a"', '"Activity_1"'), "s -> Activity_1", "Activity_1 -> e"))
    assert (change.aspect, change.old_element, change.element) == ("id", "a", "Activity_1")


def test_names_that_compute_something_are_read_without_it() -> None:
    named = '<userTask id="a" name="แจ้ง ${count(provinces)} จังหวัด"/>'
    (change,) = told(file(ENDS + named, *WHOLE), file(ENDS + named.replace("/>", ' camunda:priority="70"/>'), *WHOLE))
    assert change.sentence.th.startswith("“แจ้ง … จังหวัด”")


DRAWN = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
    '<bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="{}" y="0" width="100" height="80"/>'
    "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
)


def drawn(body: str, x: int) -> dict[str, bytes]:
    files = file(body, *WHOLE)
    return files | {"p.bpmn": files["p.bpmn"].replace(b"</definitions>", DRAWN.format(x).encode())}


def test_what_only_stands_elsewhere_is_one_line() -> None:
    found = compare(drawn(ENDS + A, 0), drawn(ENDS + A, 50))
    (change,) = found
    assert (change.kind, change.sentence.en) == (Kind.DRAWN, "Only the drawing is another: 1 element stands elsewhere")
    marks = found.groups[0].marks
    assert marks is not None
    assert (marks.drawn, marks.changed) == (("a",), ())


def test_what_is_written_otherwise_or_says_nothing_is_told_as_that() -> None:
    old = file(ENDS + A, *WHOLE)
    (spaced,) = told(old, old | {"p.bpmn": old["p.bpmn"].replace(b"><", b">\n  <")})
    assert (spaced.kind, spaced.sentence.en) == (Kind.DRAWN, "The same content, only written otherwise")
    (noted,) = told(old, old | {"p.bpmn": old["p.bpmn"].replace(b'targetNamespace="t"', b'targetNamespace="u"')})
    assert (noted.kind, noted.sentence.en) == (Kind.DRAWN, "Only details are other that change nothing in what runs")


def test_processes_that_are_new_or_gone() -> None:
    files = file(ENDS + A, *WHOLE)
    more = files | {"q.bpmn": process("q", ENDS, "s -> e")}
    assert [(change.kind, change.sentence.en) for change in told(files, more)] == [(Kind.ADDED, "Process “q” added (2 elements)")]
    assert [(change.kind, change.sentence.en) for change in told(more, files)] == [(Kind.REMOVED, "Process “q” removed")]
    (group,) = compare(files, files | {"p.bpmn": files["p.bpmn"].replace(b'id="p"', b'id="r"')}).groups
    assert (group.subject, group.key, group.changes[0].sentence.en) == (Subject.PROCESS, "r", "Key of the process p → r")


def test_a_diagram_that_cannot_be_read_is_compared_as_text() -> None:
    files = file(ENDS + A, *WHOLE)
    (change,) = told(files, files | {"p.bpmn": files["p.bpmn"].replace(b"</process>", b"")})
    assert change.sentence.en == "Text changed: 1 line added, 1 taken away"
