"""What people call the attributes of elements and processes. `*` stands for one part of a path, which `{}` names in the label."""

from __future__ import annotations

from collections.abc import Mapping

from engine.differences.words import Said

# path: (aspect, Thai, English)
_LABELS: Mapping[str, tuple[str, str, str]] = {
    "documentation": ("documentation", "คำอธิบาย", "description"),
    "interrupting": ("interrupting", "หยุดงานที่ทำอยู่", "interrupts what runs"),
    "parallel_multiple": ("event", "รอให้ครบทุกเหตุการณ์", "waits for all its events"),
    "human.assignee": ("assignee", "ผู้ทำ", "who does it"),
    "human.owner": ("assignee", "เจ้าของงาน", "owner"),
    "human.candidate_users": ("people", "ผู้ทำได้ (ผู้ใช้)", "users who may do it"),
    "human.candidate_groups": ("people", "ผู้ทำ", "for"),
    "human.due": ("due", "กำหนดส่ง", "due date"),
    "human.follow_up": ("due", "วันที่ให้เริ่มติดตาม", "follow-up date"),
    "human.priority": ("priority", "ความสำคัญ", "priority"),
    "human.form_key": ("form", "แบบฟอร์ม", "form"),
    "human.form_ui": ("form", "การแสดงแบบฟอร์ม", "form layout"),
    "human.instructions": ("instructions", "คำแนะนำ", "instructions"),
    "human.remind": ("remind", "การเตือนก่อนถึงกำหนด", "reminder before it is due"),
    "human.escalate": ("escalate", "การแจ้งเมื่อเลยกำหนด", "escalation after it was due"),
    "human.escalate_to": ("escalate_to", "ผู้รับแจ้งเมื่อเลยกำหนด", "who is told when it is overdue"),
    "human.category": ("category", "ประเภทการมองเห็น", "who may see it (category)"),
    "human.unit": ("category", "หน่วยที่มองเห็นได้", "who may see it (unit)"),
    "human.barred": ("barred", "ผู้ที่ห้ามทำ", "who may not do it"),
    "start_form": ("form", "แบบฟอร์มเริ่มต้น", "start form"),
    "work.kind": ("work", "ชนิดของงานอัตโนมัติ", "kind of work"),
    "work.name": ("work", "งานอัตโนมัติ", "what does it"),
    "work.parameters.*": ("parameter", "ค่า {}", "parameter {}"),
    "work.deferred": ("deferred", "ทำเบื้องหลัง", "done in the background"),
    "work.retries": ("retries", "การลองใหม่เมื่อผิดพลาด", "retries"),
    "work.script": ("script", "การคำนวณ", "calculation"),
    "work.result_variable": ("variable", "ตัวแปรที่เก็บผล", "variable of its result"),
    "work.priority": ("priority", "ความสำคัญ", "priority"),
    "work.binding": ("decision", "ฉบับของตารางตัดสินใจ", "version of the decision"),
    "work.version": ("version", "ฉบับของตารางตัดสินใจ", "version of the decision"),
    "call.called": ("called", "กระบวนการที่เรียก", "called process"),
    "call.binding": ("version", "ฉบับของกระบวนการที่เรียก", "version of the called process"),
    "call.version": ("version", "ฉบับของกระบวนการที่เรียก", "version of the called process"),
    "call.business_key": ("business_key", "รหัสอ้างอิงของกระบวนการที่เรียก", "business key of the called process"),
    "call.category": ("category", "ประเภทการมองเห็น", "who may see it (category)"),
    "call.unit": ("category", "หน่วยที่มองเห็นได้", "who may see it (unit)"),
    "call.ins.*": ("parameter", "ค่า {} ที่ส่งเข้าไป", "{} passed in"),
    "call.outs.*": ("parameter", "ค่า {} ที่รับกลับ", "{} taken back"),
    "inputs.*": ("parameter", "ค่าเข้า {}", "input {}"),
    "outputs.*": ("parameter", "ค่าออก {}", "output {}"),
    "loop.kind": ("loop", "วิธีทำซ้ำ", "how it is repeated"),
    "loop.collection": ("loop", "ทำซ้ำสำหรับแต่ละรายการใน", "repeated for each of"),
    "loop.cardinality": ("loop", "จำนวนครั้งที่ทำซ้ำ", "number of repetitions"),
    "loop.maximum": ("loop", "จำนวนครั้งสูงสุด", "most repetitions"),
    "loop.completion_condition": ("loop", "ครบเมื่อ", "complete when"),
    "loop.loop_condition": ("loop", "ทำซ้ำขณะที่", "repeated while"),
    "loop.result_collection": ("loop", "ตัวแปรที่รวมผล", "variable of all results"),
    "loop.result_expression": ("loop", "ผลของแต่ละครั้ง", "result of each"),
    "loop.element_variable": ("loop", "ชื่อของแต่ละรายการ", "name of each"),
    "events.*.kind": ("event", "ชนิดเหตุการณ์", "kind of event"),
    "events.*.name": ("event", "ชื่อเหตุการณ์", "name of the event"),
    "events.*.code": ("event", "รหัส", "code"),
    "events.*.timer": ("timer", "เวลา", "time"),
    "events.*.expression": ("condition", "เงื่อนไข", "condition"),
    "events.*.correlation": ("event", "สิ่งที่จับคู่ข้อความ", "what the message is matched by"),
    "deliverables.*.copies": ("deliverable", "จำนวนเล่มของ {}", "copies of {}"),
    "deliverables.*.cds": ("deliverable", "จำนวนแผ่นซีดีของ {}", "CDs of {}"),
    "deliverables.*.instalment": ("deliverable", "งวดของ {}", "instalment of {}"),
    "deliverables.*.th": ("deliverable", "ชื่อไทยของ {}", "Thai name of {}"),
    "deliverables.*.en": ("deliverable", "ชื่ออังกฤษของ {}", "English name of {}"),
    "accepts.*.deliverables": ("accepts", "เอกสารที่ตรวจรับในงวดที่ {}", "papers accepted in instalment {}"),
    "completion_condition": ("condition", "เสร็จเมื่อ", "complete when"),
    "activation_condition": ("condition", "ไปต่อเมื่อ", "goes on when"),
    "pre_script": ("script", "การคำนวณก่อนเริ่ม", "calculation before it"),
    "post_script": ("script", "การคำนวณหลังเสร็จ", "calculation after it"),
    "async_before": ("transaction", "แยกบันทึกก่อนเริ่ม", "saved before it begins"),
    "async_after": ("transaction", "แยกบันทึกหลังเสร็จ", "saved after it ends"),
    "for_compensation": ("compensation", "ใช้เพื่อย้อนงาน", "undoes other work"),
    "triggered_by_event": ("event", "เริ่มด้วยเหตุการณ์", "begins with an event"),
    "properties.*": ("property", "{}", "{}"),
    "version_tag": ("version", "ป้ายฉบับ", "version tag"),
    "executable": ("executable", "ใช้งานจริง", "runs"),
    "startable": ("starters", "เริ่มได้จากหน้าเว็บ", "may be started by people"),
    "category": ("category", "ประเภทการมองเห็น", "who may see it (category)"),
    "candidate_starter_groups": ("starters", "ผู้เริ่มได้", "who may start it"),
    "candidate_starter_users": ("starters", "ผู้ใช้ที่เริ่มได้", "users who may start it"),
    "values.*": ("variable", "ค่าเริ่มต้นของ {}", "initial value of {}"),
    "data_objects.*": ("variable", "ข้อมูล {}", "data {}"),
}  # fmt: skip

# what stands in a diagram as a word of BPMN
CALLED: Mapping[str, Said] = {
    "parallel": Said("พร้อมกัน", "all at once"),
    "sequential": Said("ทีละรายการ", "one after the other"),
    "handler": Said("งานของระบบ", "a handler"),
    "external": Said("โปรแกรมภายนอก", "an external worker"),
    "script": Said("การคำนวณ", "a calculation"),
    "decision": Said("ตารางตัดสินใจ", "a decision table"),
    "timer": Said("ตัวจับเวลา", "a timer"),
    "message": Said("ข้อความ", "a message"),
    "signal": Said("สัญญาณ", "a signal"),
    "error": Said("ข้อผิดพลาด", "an error"),
    "escalation": Said("การส่งต่อเรื่อง", "an escalation"),
    "conditional": Said("เงื่อนไข", "a condition"),
    "deployment": Said("ฉบับที่ติดตั้งพร้อมกัน", "the one deployed with it"),
    "latest": Said("ฉบับล่าสุด", "the newest"),
}


def labelled(path: tuple[str, ...]) -> tuple[Said, str]:
    """What an attribute is called, and its aspect; one nobody has named is called by its path."""
    found = _LABELS.get(".".join(path))
    if found is not None:
        return Said(found[1], found[2]), found[0]
    for length in range(len(path), 1, -1):
        for place in range(1, length):
            found = _LABELS.get(".".join(("*" if n == place else part) for n, part in enumerate(path[:length])))
            if found is not None:
                named = ".".join((path[place], *path[length:]))
                return Said(found[1].format(named), found[2].format(named)), found[0]
    last = path[-1].replace("_", " ")
    return Said(last, last), path[0]
