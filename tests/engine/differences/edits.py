"""Realistic edits of the participation pack: what administrators change. Each gives all files of the pack anew."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from engine.deployment.packs import read_folder

PACK = read_folder(Path("bpmn/participation"))
PROJECT = "project.bpmn"
STEP = '<bpmn:userTask id="{}" name="{}" ruam:nameEn="{}" ruam:step="{}" camunda:formKey="plan"/>'


def edited(path: str, *pairs: tuple[str, str], files: Mapping[str, bytes] = PACK) -> dict[str, bytes]:
    text = files[path].decode()
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after, 1)
    return dict(files) | {path: text.encode()}


def lane(before: str, after: str, key: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Moves an element beside another in the lanes."""
    ref = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format
    return (ref(before), ""), (ref(after), ref(after) + ref(key))


def flow(key: str, source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}"/>'


def without(key: str, after: str, target: str) -> dict[str, bytes]:
    """The project without an element: what led to it leads to `target`."""
    text = re.sub(rf'<bpmn:userTask id="{key}".*?</bpmn:userTask>', "", PACK[PROJECT].decode(), flags=re.S)
    text = re.sub(rf'<bpmn:sequenceFlow id="{after}"[^>]*/>', "", text).replace(f'targetRef="{key}"', f'targetRef="{target}"')
    return dict(PACK) | {PROJECT: text.replace(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>", "").encode()}


def step_added() -> dict[str, bytes]:
    """Step 1a of OPDC between 1 and 2."""
    step = STEP.format("x", "ตรวจแผน", "Check the plan", "1a")
    return edited(
        PROJECT,
        (flow("step01_to_step02", "step01", "step02"), flow("step01_to_step02", "step01", "x") + step),
        (flow("step02_to_step03", "step02", "step03"), flow("step02_to_step03", "step02", "step03") + flow("f", "x", "step02")),
        lane("step04", "step04", "x")[1],
    )  # fmt: skip


def step_removed() -> dict[str, bytes]:
    """Step 6 is gone."""
    return without("step06", "step06_to_step07", "step07")


def step_split() -> dict[str, bytes]:
    """Of step 6 the consultant drafts, and OPDC reviews."""
    return edited(
        PROJECT,
        (flow("step06_to_step07", "step06", "step07"), flow("step06_to_step07", "step06", "x") + flow("f", "x", "step07")),
        ('<bpmn:callActivity id="step07"', STEP.format("x", "ตรวจทานแนวทาง", "Review", "6ข") + '<bpmn:callActivity id="step07"'),
        ('name="จัดทำแนวทาง หลักเกณฑ์ วิธีการในการตรวจประเมิน"', 'name="ร่างแนวทาง"'),
        lane("step04", "step04", "x")[1],
    )


def form_changed() -> dict[str, bytes]:
    """Whoever returns work gives a longer reason."""
    return edited("forms/examination.json", ('"minLength": 1', '"minLength": 20'), ('"ส่งคืนให้ปรับแก้"', '"ส่งคืน"'))


def pass_mark_changed() -> dict[str, bytes]:
    """60 → 65 in the first phase."""
    return edited("scoring.dmn", ("<text>60</text>", "<text>65</text>"))


def timer_moved() -> dict[str, bytes]:
    """Applications close on a day of another year."""
    return edited(PROJECT, ("${closing}</bpmn:timeDate>", "2027-08-07T23:59:59+07:00</bpmn:timeDate>"))


def province_added() -> dict[str, bytes]:
    """One more province."""
    return edited("provinces.csv", ("TH-39,", "TH-99,จังหวัดใหม่,New,north,1,,0,\nTH-39,"))


def everything_renamed() -> dict[str, bytes]:
    """Every name of every diagram is another."""
    return {
        path: re.sub(r'(<bpmn:\w+ id="[^"]+"[^>]*? name=")', r"\1ใหม่ ", content.decode()).encode() if path.endswith(".bpmn") else content
        for path, content in PACK.items()
    }


def year_changed(year: int = 2027) -> dict[str, bytes]:
    """Every window has a year of its own."""
    return {**PACK, "schedule.toml": re.sub(rb'(opens|closes) = "', rf'\1 = "{year}-'.encode(), PACK["schedule.toml"])}


def step_shared() -> dict[str, bytes]:
    """Step 6 is done by the consultant and, beside him, by OPDC."""
    branches = (("fork", "step06"), ("fork", "x"), ("step06", "join"), ("x", "join"))
    flows = "".join(flow(f"{source}_{target}", source, target) for source, target in branches)
    before, gateways = '<bpmn:callActivity id="step07"', '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>'
    return edited(
        PROJECT,
        (flow("step05_to_step06", "step05", "step06"), flow("step05_to_step06", "step05", "fork") + flows),
        (flow("step06_to_step07", "step06", "step07"), flow("step06_to_step07", "join", "step07")),
        (before, STEP.format("x", "จัดทำภาคผนวก", "Annexes", "6ข") + gateways + before),
        ("<bpmn:incoming>step05_to_step06</bpmn:incoming>", ""),
        ("<bpmn:outgoing>step06_to_step07</bpmn:outgoing>", ""),
        ("<bpmn:incoming>step06_to_step07</bpmn:incoming>", ""),
        lane("step04", "step04", "x")[1],
    )  # fmt: skip


def return_added() -> dict[str, bytes]:
    """After step 6 OPDC looks at the guidelines, and may send them back."""
    task = STEP.format("x", "ตรวจแนวทาง", "Look at the guidelines", "6ก").replace('formKey="plan"', 'formKey="look"')
    condition = "<bpmn:conditionExpression>${look == 'back'}</bpmn:conditionExpression>"
    back = flow("back", "good", "step06").replace("/>", f">{condition}</bpmn:sequenceFlow>")
    verdicts = [{"const": "good", "title": "ใช้ได้"}, {"const": "back", "title": "ส่งกลับ"}]
    form = {"type": "object", "required": ["look"], "properties": {"look": {"type": "string", "title": "ผล", "oneOf": verdicts}}}
    return edited(
        PROJECT,
        (flow("step06_to_step07", "step06", "step07"), flow("step06_to_x", "step06", "x") + flow("x_to_good", "x", "good")),
        ('<bpmn:callActivity id="step07"', task + '<bpmn:exclusiveGateway id="good" default="on"/><bpmn:callActivity id="step07"'),
        (flow("step07_to_step08", "step07", "step08"), flow("step07_to_step08", "step07", "step08") + flow("on", "good", "step07") + back),
        ("<bpmn:outgoing>step06_to_step07</bpmn:outgoing>", ""),
        ("<bpmn:incoming>step06_to_step07</bpmn:incoming>", ""),
        lane("step04", "step04", "x")[1],
    ) | {"forms/look.json": json.dumps(form).encode()}


def project_and_application_changed() -> dict[str, bytes]:
    """Step 1a is added to the project, and to a province's application that OPDC notes what a province answers."""
    task = STEP.format("note", "รับทราบคำตอบ", "Note the answer", "").replace(' ruam:step=""', ' camunda:candidateGroups="opdc"')
    return edited(
        "application.bpmn",
        (flow("apply_to_applies", "apply", "applies"), flow("apply_to_applies", "apply", "note") + flow("noted", "note", "applies")),
        ('<bpmn:userTask id="apply"', task.replace(' camunda:formKey="plan"', "") + '<bpmn:userTask id="apply"'),
        files=step_added(),
    )


def acceptance_changed() -> dict[str, bytes]:
    """Before the certificate is issued OPDC countersigns; the central committee may not examine."""
    task = STEP.format("countersign", "ลงนามรับทราบ", "Countersign", "").replace(' ruam:step=""', ' camunda:candidateGroups="opdc"')
    return edited(
        "acceptance.bpmn",
        ('sourceRef="all_accepted" targetRef="certify"', 'sourceRef="all_accepted" targetRef="countersign"'),
        ('<bpmn:serviceTask id="certify"', task.replace(' camunda:formKey="plan"', "") + '<bpmn:serviceTask id="certify"'),
        (
            flow("certify_to_ended", "certify", "ended"),
            flow("certify_to_ended", "certify", "ended") + flow("signed", "countersign", "certify"),
        ),
        ("<bpmn:incoming>all_accepted_to_certify</bpmn:incoming>", ""),
        ('ruam:barred="consultant"', 'ruam:barred="consultant,central_committee"'),
    )
