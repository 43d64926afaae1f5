"""Everything that has a name has a Thai one: files, processes, elements, variables, fields, decisions, messages, signals, errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.testing import Stage, process

DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="แฟ้ม" name="แฟ้ม" namespace="n">'
    '<inputData id="ข้อมูลเข้า" name="จำนวน เงิน"/><decision id="ระดับคำขอ" name="ระดับคำขอ"><variable name="ระดับ"/>'
    '<informationRequirement><requiredInput href="#ข้อมูลเข้า"/></informationRequirement>'
    '<decisionTable hitPolicy="FIRST"><input label="จำนวน">'
    '<inputExpression typeRef="number"><text>คำขอ.จำนวน</text></inputExpression></input>'
    '<output name="ระดับ"/><rule><inputEntry><text>&gt; 1000</text></inputEntry><outputEntry><text>"สูง"</text></outputEntry></rule>'
    '<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"ต่ำ"</text></outputEntry></rule></decisionTable></decision></definitions>'
)
FORM = '{"type": "object", "title": "พิจารณาคำขอ", "required": ["ผลพิจารณา"], "properties": {"ผลพิจารณา": {"type": "string", "title": "ผล"}, \
"เหตุผล": {"type": "string", "title": "เหตุผล", "x-visible": "${ผลพิจารณา == \'ไม่อนุมัติ\'}"}}}'
OUTSIDE = (
    '<message id="หนังสือตอบ" name="หนังสือตอบ"/><signal id="ประกาศ" name="ประกาศผล"/><error id="ข้อผิดพลาด" name="ผิด" errorCode="ไม่สำเร็จ"/>'
)
BODY = """
<startEvent id="เริ่ม"/>
<businessRuleTask id="จัดระดับ" camunda:decisionRef="ระดับคำขอ" camunda:resultVariable="ระดับ" camunda:mapDecisionResult="singleEntry"/>
<exclusiveGateway id="ทาง" default="ทางปกติ"/>
<sequenceFlow id="ทางปกติ" sourceRef="ทาง" targetRef="บันทึก"/>
<userTask id="พิจารณา" name="พิจารณาคำขอของ ${คำขอ.ผู้ขอ}" camunda:formKey="พิจารณา" camunda:candidateGroups="ฝ่ายอำนวยการ"/>
<serviceTask id="ดำเนินการ" ruam:handler="ดำเนินการ">
  <extensionElements><ruam:parameter name="กำหนด">${คำขอ.จำนวน}</ruam:parameter></extensionElements>
</serviceTask>
<boundaryEvent id="เมื่อผิด" attachedToRef="ดำเนินการ"><errorEventDefinition errorRef="ข้อผิดพลาด"/></boundaryEvent>
<scriptTask id="บันทึก"><script>ยอดรวม = sum([ข้อ.บาท for ข้อ in คำขอ.รายการ])
สรุป = f'{ระดับ}/{ยอดรวม}'</script></scriptTask>
<receiveTask id="รอหนังสือ" messageRef="หนังสือตอบ" ruam:correlation="${คำขอ.เลขที่}"/>
<intermediateCatchEvent id="รอประกาศ"><signalEventDefinition signalRef="ประกาศ"/></intermediateCatchEvent>
<subProcess id="แต่ละรายการ"><multiInstanceLoopCharacteristics camunda:collection="${คำขอ.รายการ}" camunda:elementVariable="ข้อ"
  ruam:resultCollection="ผลรายข้อ" ruam:resultExpression="${ข้อ.ชื่อ}:${ลำดับที่}"/>
  <startEvent id="เริ่มข้อ"/><scriptTask id="นับ"><script>ลำดับที่ = loopCounter + 1</script></scriptTask>
  <sequenceFlow id="ในข้อ" sourceRef="เริ่มข้อ" targetRef="นับ"/></subProcess>
<endEvent id="จบ"/>
"""
FLOWS = (
    "เริ่ม -> จัดระดับ", "จัดระดับ -> ทาง", "ทาง -> พิจารณา: ${ระดับ == 'สูง'}", "พิจารณา -> ดำเนินการ", "ดำเนินการ -> บันทึก", "เมื่อผิด -> บันทึก",
    "บันทึก -> รอหนังสือ", "รอหนังสือ -> รอประกาศ", "รอประกาศ -> แต่ละรายการ", "แต่ละรายการ -> จบ",
)  # fmt: skip
REQUEST = {
    "คำขอ": {"ผู้ขอ": "น้ำทิพย์", "เลขที่": "ก-๑", "จำนวน": 1500, "รายการ": [{"ชื่อ": "น้ำ", "บาท": 500}, {"ชื่อ": "ลำโพง", "บาท": 1000}]},
}


def pack() -> Pack:
    made = Pack("ชุดคำขอ")

    @made.handler("ดำเนินการ", parameters={"กำหนด": int})
    def carry_out(context: Any, กำหนด: int) -> dict[str, Any]:  # Python reads its own names folded (NFKC)
        return {"จำนวนที่ใช้": กำหนด * 2}

    return made


@pytest.fixture
def one(engine_url: str, tmp_path: Path) -> Iterator[Stage]:
    files = {
        "คำขอ.bpmn": process("คำขอเงิน", BODY, *FLOWS, outside=OUTSIDE),
        "ระดับ.dmn": DECISION.encode(),
        "forms/พิจารณา.json": FORM.encode(),
        "parties.toml": '["ฝ่ายอำนวยการ"]\nth = "ฝ่ายอำนวยการ"\nen = "Direction"\n'.encode(),
    }
    stage = Stage(files, url=engine_url, home=tmp_path / "home", packs=[pack()], pack="ชุดคำขอ")
    yield stage
    stage.close()


def test_a_process_in_thai_runs_from_start_to_end(one: Stage) -> None:
    instance = one.engine.start("คำขอเงิน", variables=REQUEST, business_key="ปี ๒๕๕๒", actor=SYSTEM)
    director = Actor("ผู้อำนวยการ", groups=frozenset({"ฝ่ายอำนวยการ"}))
    task = one.engine.inbox(director).items[0]
    assert (task.name, task.element_id, task.business_key) == ("พิจารณาคำขอของ น้ำทิพย์", "พิจารณา", "ปี ๒๕๕๒")
    one.engine.complete_task(task.id, {"ผลพิจารณา": "อนุมัติ"}, actor=director)
    found = one.variables(instance)
    assert (found["จำนวนที่ใช้"], found["ยอดรวม"], found["สรุป"]) == (3000, 1500, "สูง/1500")
    one.engine.correlate("หนังสือตอบ", correlation="ก-๑", variables={"ตอบว่า": "รับทราบ"}, actor=SYSTEM)
    one.engine.signal("ประกาศผล", actor=SYSTEM)
    assert one.state(instance) == "COMPLETED"
    assert one.variables(instance)["ผลรายข้อ"] == ["น้ำ:1", "ลำโพง:2"]
    assert one.variables(instance)["ตอบว่า"] == "รับทราบ"
    assert ("activity.completed", "แต่ละรายการ") in one.events(instance)


def test_its_file_comes_back_as_it_was(one: Stage) -> None:
    definition = one.engine.definitions(key="คำขอเงิน").items[0]
    assert one.engine.definition_xml(definition.id, actor=SYSTEM) == process("คำขอเงิน", BODY, *FLOWS, outside=OUTSIDE)


def test_a_name_typed_in_two_ways_is_one(one: Stage) -> None:
    """ำ can be typed as one character or as two; a request from elsewhere may hold either."""
    written = {"ค\u0e33ขอ": REQUEST["คำขอ"], "ไม่เกี่ยว": 1}
    apart = {name.replace("\u0e33", "\u0e4d\u0e32"): value for name, value in written.items()}
    instance = one.engine.start("คำขอเงิน", variables=apart, actor=SYSTEM)
    assert one.names(instance.id) == ["พิจารณา"]
