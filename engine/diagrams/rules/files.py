"""Files as such and among each other: what is to run, and that no two things that are deployed together are taken for one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.diagrams.model import Diagram, Process
from engine.diagrams.rules.expressions import is_expression
from engine.errors import Problem

Executable = Sequence[tuple[Diagram, Process]]


def check(diagrams: Sequence[Diagram], executable: Executable) -> Iterator[Problem]:
    """Yield what is wrong with the files as such."""
    for diagram in diagrams:
        if not any(process.executable for process in diagram.processes):
            yield _nothing_runs(diagram, alone=not executable)
        yield from _pools(diagram)
    yield from _same_processes(executable)
    yield from _same_messages(executable)


def _nothing_runs(diagram: Diagram, alone: bool) -> Problem:
    """A drawing without anything to run may stand beside others; alone it is no deployment."""
    if diagram.processes:
        message = "No process of this file is to run: isExecutable is false. Set it to true, or deploy the file beside one that runs."
        message_th = "ไฟล์นี้ไม่มีกระบวนการที่ดำเนินการได้ (isExecutable เป็น false) โปรดเปลี่ยนเป็น true หรือนำขึ้นพร้อมไฟล์ที่ดำเนินการได้"
    else:
        message = "There is no process in this file: it shows a collaboration or choreography only, which is not executed."
        message_th = "ไฟล์นี้ไม่มีกระบวนการ มีเพียงแผนภาพความร่วมมือหรือ choreography ซึ่งไม่ถูกดำเนินการ"
    severity = "error" if alone else "warning"
    return Problem(message, message_th, rule="nothing-executable", severity=severity, file=diagram.file, line=1)


def _pools(diagram: Diagram) -> Iterator[Problem]:
    known = {process.id for process in diagram.processes}
    for pool, process_id in diagram.targets.items():
        if process_id not in known:
            yield Problem(
                f"The pool {pool!r} shows the process {process_id!r}, which is not in the file.",
                f"พูล {pool!r} อ้างถึงกระบวนการ {process_id!r} ซึ่งไม่มีในไฟล์",
                rule="dangling-reference",
                severity="warning",
                file=diagram.file,
                element_id=pool,
            )


def _same_processes(executable: Executable) -> Iterator[Problem]:
    seen: dict[str, Diagram] = {}
    for diagram, process in executable:
        if process.id in seen and seen[process.id] is not diagram:
            yield Problem(
                f"The process {process.id!r} is in {seen[process.id].file} too.",
                f"กระบวนการ {process.id!r} ซ้ำกับในไฟล์ {seen[process.id].file}",
                rule="duplicate-process",
                file=diagram.file,
                line=process.line,
                element_id=process.id,
            )
        seen.setdefault(process.id, diagram)


def _same_messages(executable: Executable) -> Iterator[Problem]:
    """A message starts one instance: two start events cannot both wait for it (10.5.2)."""
    seen: dict[str, str] = {}
    for diagram, process in executable:
        for element in process.elements.values():
            if element.type != "startEvent" or element.parent is not None:
                continue
            for name in {event.name for event in element.events if event.kind == "message" and event.name}:
                if name in seen and not is_expression(name):
                    yield Problem(
                        f"The message {name!r} starts {seen[name]} too; which of them is meant, nobody can say.",
                        f"ข้อความ {name!r} เริ่ม {seen[name]} อยู่แล้ว จึงไม่ทราบว่าหมายถึงกระบวนการใด",
                        rule="message-starts-two",
                        file=diagram.file,
                        line=element.line,
                        element_id=element.id,
                        element_name=element.name or None,
                        element_name_en=element.name_en or None,
                    )
                seen.setdefault(name, f"{process.name or process.id} ({element.name or element.id})")
