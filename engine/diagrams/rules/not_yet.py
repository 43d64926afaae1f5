"""What this release reads but does not execute yet. The executor's next release empties this table; everything else is not here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.diagrams.model import Element
from engine.diagrams.rules.subject import Subject
from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of BPMN: its name in both languages and how to recognise it."""

    key: str
    name: str
    name_th: str
    found: Callable[[Element], bool]


NOT_YET = (
    Feature(
        "parallel-event-gateway", "A parallel event-based gateway", "เกตเวย์แบบเหตุการณ์ชนิดขนาน", lambda e: e.event_gateway_type == "Parallel"
    ),
    Feature("instantiate", "A gateway or receive task that starts the process", "เกตเวย์หรืองานรับที่เริ่มกระบวนการ", lambda e: e.instantiate),
    Feature(
        "instance-events",
        "An event thrown as instances of a multi-instance activity end",
        "เหตุการณ์เมื่องานหลายรายการแต่ละรายการจบ",
        lambda e: e.loop is not None and e.loop.behavior != "All",
    ),
    Feature(
        "script-result",
        "A script task that gives its result to a variable",
        "งานสคริปต์ที่ส่งผลลัพธ์เข้าตัวแปร (resultVariable)",
        lambda e: e.work is not None and e.work.kind == "script" and e.work.result_variable is not None,
    ),
)
GLOBAL_TASKS = True  # whether calling a global task is not executed yet


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each element this release does not execute."""
    if subject.process.global_task:
        if GLOBAL_TASKS:
            yield subject.error(
                "not-executed-yet",
                subject.process,
                "A global task is not executed in this release; draw a process.",
                "รุ่นนี้ยังไม่รองรับงานส่วนกลาง (global task) โปรดวาดเป็นกระบวนการแทน",
            )
        return
    for element in subject.process.elements.values():
        for feature in NOT_YET:
            if feature.found(element):
                yield subject.error(
                    "not-executed-yet", element, f"{feature.name} is not executed in this release.", f"รุ่นนี้ยังไม่รองรับ{feature.name_th}"
                )
