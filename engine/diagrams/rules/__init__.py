"""What is wrong with diagrams: all findings at once, each with a stable rule name, in English and Thai (`ruam check`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.diagrams.model import Diagram, Process
from engine.diagrams.rules import events, expressions, flows, gateways, references, refused, structure, timers
from engine.diagrams.rules.context import Context, Signature
from engine.diagrams.rules.subject import examine
from engine.errors import Problem

__all__ = ["Context", "Signature", "check"]

_RULES = (
    structure.check,
    flows.check,
    gateways.check,
    events.check,
    expressions.check,
    timers.check,
    references.check,
    refused.check,
)


def check(diagrams: Sequence[Diagram], context: Context | None = None) -> list[Problem]:
    """Everything wrong or doubtful with diagrams that are deployed together, in the order of files and lines.

    Processes that are not executable are not looked at, but one of a deployment must be.
    """
    context = context or Context()
    executable = [(diagram, process) for diagram in diagrams for process in diagram.processes if process.executable]
    if context.called is not None:
        context = replace(context, called={*context.called, *(process.id for _, process in executable)})
    problems = [problem for diagram in diagrams for problem in diagram.problems]
    problems += _whole(diagrams, executable)
    for diagram, process in executable:
        subject = examine(diagram, process, context)
        for rule in _RULES:
            problems.extend(rule(subject))
    files = {diagram.file: n for n, diagram in enumerate(diagrams)}
    return sorted(problems, key=lambda problem: (files.get(problem.file or "", 0), problem.line or 0))


def _whole(diagrams: Sequence[Diagram], executable: list[tuple[Diagram, Process]]) -> list[Problem]:
    """What is wrong with the files as such and among each other."""
    problems = []
    for diagram in diagrams:
        if not any(process.executable for process in diagram.processes):
            problems.append(
                Problem(
                    "No process of this file is executable (isExecutable).",
                    "ไฟล์นี้ไม่มีกระบวนการที่ดำเนินการได้ (isExecutable)",
                    rule="nothing-executable",
                    file=diagram.file,
                    line=1,
                )
            )
        known = {process.id for process in diagram.processes}
        for pool, process_id in diagram.targets.items():
            if process_id not in known:
                problems.append(
                    Problem(
                        f"The pool {pool!r} shows the process {process_id!r}, which is not in the file.",
                        f"พูล {pool!r} อ้างถึงกระบวนการ {process_id!r} ซึ่งไม่มีในไฟล์",
                        rule="dangling-reference",
                        severity="warning",
                        file=diagram.file,
                        element_id=pool,
                    )
                )
    seen: dict[str, Diagram] = {}
    for diagram, process in executable:
        if process.id in seen and seen[process.id] is not diagram:
            problems.append(
                Problem(
                    f"The process {process.id!r} is in {seen[process.id].file} too.",
                    f"กระบวนการ {process.id!r} ซ้ำกับในไฟล์ {seen[process.id].file}",
                    rule="duplicate-process",
                    file=diagram.file,
                    line=process.line,
                    element_id=process.id,
                )
            )
        seen.setdefault(process.id, diagram)
    return problems
