"""What a new process, form or decision begins as: the smallest that can be checked, drawn and played."""

from __future__ import annotations

import json
import re
from xml.sax.saxutils import quoteattr

from engine.errors import Invalid, Problem

KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$")
PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:ruam="urn:ruam:bpmn:1" id="definitions_{key}" targetNamespace="urn:ruam:{key}">
  <process id="{key}" name={title} isExecutable="true">
    <startEvent id="start" name="เริ่ม" ruam:nameEn="Start" camunda:initiator="starter">
      <outgoing>to_work</outgoing>
    </startEvent>
    <userTask id="work" name="งานแรก" ruam:nameEn="First task" camunda:assignee="${{starter}}">
      <incoming>to_work</incoming>
      <outgoing>to_end</outgoing>
    </userTask>
    <endEvent id="end" name="จบ" ruam:nameEn="End">
      <incoming>to_end</incoming>
    </endEvent>
    <sequenceFlow id="to_work" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="to_end" sourceRef="work" targetRef="end"/>
  </process>
  <bpmndi:BPMNDiagram id="diagram_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start">
        <dc:Bounds x="160" y="142" width="36" height="36"/>
        <bpmndi:BPMNLabel><dc:Bounds x="166" y="185" width="24" height="14"/></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="work_shape" bpmnElement="work"><dc:Bounds x="260" y="120" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_shape" bpmnElement="end">
        <dc:Bounds x="424" y="142" width="36" height="36"/>
        <bpmndi:BPMNLabel><dc:Bounds x="434" y="185" width="16" height="14"/></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="to_work_edge" bpmnElement="to_work">
        <di:waypoint x="196" y="160"/><di:waypoint x="260" y="160"/>
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="to_end_edge" bpmnElement="to_end">
        <di:waypoint x="360" y="160"/><di:waypoint x="424" y="160"/>
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</definitions>
"""
DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:ruam="urn:ruam:bpmn:1"
  id="definitions_{key}" name={title} namespace="urn:ruam:{key}">
  <decision id="{key}" name={title}>
    <decisionTable id="table_{key}" hitPolicy="FIRST">
      <input id="input_{key}" label="คะแนน" ruam:nameEn="Score">
        <inputExpression id="expression_{key}" typeRef="number"><text>score</text></inputExpression>
      </input>
      <output id="output_{key}" label="ผล" ruam:nameEn="Result" name="result" typeRef="string"/>
      <rule id="rule_1_{key}">
        <inputEntry id="in_1_{key}"><text>&gt;= 60</text></inputEntry>
        <outputEntry id="out_1_{key}"><text>"pass"</text></outputEntry>
      </rule>
      <rule id="rule_2_{key}">
        <inputEntry id="in_2_{key}"><text>-</text></inputEntry>
        <outputEntry id="out_2_{key}"><text>"fail"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""
KINDS = ("process", "form", "decision")


def pack(key: str, title: str) -> dict[str, bytes]:
    """The files of a draft that begins with nothing: one process. Raises Invalid."""
    return {f"{key}.bpmn": content("process", key, title)}


def content(kind: str, key: str, title: str, title_en: str = "") -> bytes:
    """A new file of a kind (`KINDS`) for a thing of that key; forms have an English title, too. Raises Invalid."""
    if not KEY.match(key):
        message = "A key begins with a letter and has letters, digits, _ . - (at most 64)."
        thai = "คีย์ต้องขึ้นต้นด้วยอักษรอังกฤษ ตามด้วยอักษรอังกฤษ ตัวเลข หรือ _ . - (ไม่เกิน 64 ตัว)"
        raise Invalid(message, [Problem(message, thai, field="key", rule="pattern")], th=thai)
    if kind == "process":
        return PROCESS.format(key=key, title=quoteattr(title or key)).encode()
    if kind == "decision":
        return DECISION.format(key=key, title=quoteattr(title or key)).encode()
    if kind == "form":
        return json.dumps(_form(title or key, title_en or title or key), ensure_ascii=False, indent=2).encode()
    message = f"There is no template {kind!r}."
    raise Invalid(message, [Problem(message, f"ไม่มีแม่แบบ {kind!r}", field="template", rule="enum")])


def _form(title: str, title_en: str) -> dict[str, object]:
    remark = {"type": "string", "title": "หมายเหตุ", "x-en": {"title": "Remark"}, "x-widget": "textarea"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": title,
        "x-en": {"title": title_en},
        "x-submit": {"th": "บันทึก", "en": "Save"},
        "properties": {"remark": remark},
        "required": [],
    }
