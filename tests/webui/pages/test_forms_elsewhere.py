"""Forms drawn for other engines, as pages: shown, refused where something is missing, sent."""

from __future__ import annotations

from typing import Any

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from engine.testing import process
from tests.engine.forms.test_elsewhere import INVOICE, KNOWN, SPIFF, VISIT, VISIT_UI
from tests.webui.pages.conftest import Browser

NAMED = "".join(
    f'<spiffworkflow:property name="{name}" value="{file}"/>'
    for name, file in (("formJsonSchemaFilename", "visit-schema.json"), ("formUiSchemaFilename", "visit-uischema.json"))
)
PROPERTIES = f"<extensionElements><spiffworkflow:properties {SPIFF}>{NAMED}</spiffworkflow:properties></extensionElements>"
FIELDS = (
    '<extensionElements><camunda:formData><camunda:formField id="เรื่อง" label="เรื่องที่ขอ" type="string"><camunda:validation>'
    '<camunda:constraint name="required"/></camunda:validation></camunda:formField><camunda:formField id="วัน" label="กี่วัน" type="long"/>'
    "</camunda:formData></extensionElements>"
)
FILES = {"invoice.form": INVOICE, "visit-schema.json": VISIT, "visit-uischema.json": VISIT_UI}


@pytest.mark.parametrize(
    ("attributes", "inside", "shown", "sent", "kept"),
    [
        (
            'camunda:formRef="ใบแจ้งหนี้"', "", ("ชื่อผู้ขาย", "ตามหนังสือรับรอง", "การอนุมัติ", "สำนักงาน ก.พ.ร.", "เพิ่มแถว"),
            {"ชื่อผู้ขาย": "ก ข", "amount": "๑,๐๐๐", "approved": "yes", "read": "on", "address[city]": "แพร่", "lines[0][item]": "น้ำ"},
            {"amount": 1000, "approved": "yes", "address": {"city": "แพร่"}, "lines": [{"item": "น้ำ"}]},
        ),
        (
            "", PROPERTIES, ("จังหวัด", "ครั้งแรก", "บันทึกผลการตรวจ", "ไม่เกินหนึ่งหน้า"),
            {"จังหวัด": "TH-54", "score": "80", "kind": "again", "why_again": "ฝนตก", "agrees": "true", "people[0][name]": "ก"},
            {"score": 80, "why_again": "ฝนตก", "agrees": True, "people": [{"name": "ก"}]},
        ),
        ("", FIELDS, ("เรื่องที่ขอ", "กี่วัน"), {"เรื่อง": "ลา", "วัน": "3"}, {"เรื่อง": "ลา", "วัน": 3}),
    ],
)  # fmt: skip
def test_page(
    office: Engine, client: Browser, attributes: str, inside: str, shown: tuple[str, ...], sent: dict[str, str], kept: dict[str, Any]
) -> None:
    task = f'<userTask id="t" name="งาน" camunda:candidateGroups="writers" {attributes}>{inside}</userTask>'
    body = f'<startEvent id="s"/>{task}<endEvent id="e"/>'
    office.deploy({"p.bpmn": process("p", body, "s -> t", "t -> e"), **FILES}, name="p", actor=SYSTEM)
    known = {**KNOWN, "provinces": [{"value": "TH-54", "label": "แพร่"}]}
    instance = office.start("p", variables=known, actor=SYSTEM)
    task_id = office.tasks(instance_id=instance.id, actor=SYSTEM).items[0].id
    client.log_in("writer")
    page = client.get(f"/tasks/{task_id}").text
    assert [text for text in shown if text not in page] == []
    assert client.send(f"/tasks/{task_id}/complete", {}).status_code == 422
    assert client.send(f"/tasks/{task_id}/complete", dict(sent)).status_code == 302
    found = office.variables(instance.id, actor=SYSTEM)
    assert {name: found[name] for name in kept} == kept
