"""What starts a process is known when it is deployed: its messages, signals and times are computed before there are variables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.rules.expressions import is_expression
from engine.diagrams.rules.subject import Subject
from engine.errors import Problem
from engine.language import names


def check(subject: Subject) -> Iterator[Problem]:
    """Yield the start events of a process that need a variable to be waited for."""
    for element in subject.children.get(None, []):
        if element.type != "startEvent" and not element.instantiate:
            continue
        for event in element.events:
            text = event.expression if event.kind == "timer" else event.name if event.kind in ("message", "signal") else None
            read = sorted(names(text, "template")) if text and is_expression(text) else []
            if read:
                yield subject.error(
                    "start-needs-variable",
                    element,
                    f"The {event.kind} that starts the process is named before there are variables, so {', '.join(read)} cannot be read.",
                    f"{event.kind} ที่เริ่มกระบวนการต้องทราบค่าตั้งแต่นำขึ้น จึงอ้างถึงตัวแปร {', '.join(read)} ไม่ได้",
                )
