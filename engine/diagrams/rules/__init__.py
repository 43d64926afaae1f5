"""What is wrong with diagrams: all findings at once, each with a stable rule name, in English and Thai (`ruam check`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from engine.diagrams.catalog import MOST_FINDINGS
from engine.diagrams.model import Diagram
from engine.diagrams.rules import (
    activities,
    compensation,
    doubts,
    events,
    expressions,
    files,
    flows,
    gateways,
    lengths,
    references,
    refused,
    starts,
    structure,
    timers,
)
from engine.diagrams.rules.context import Context, Signature
from engine.diagrams.rules.subject import Subject, examine
from engine.errors import Problem

__all__ = ["Context", "Signature", "check"]

_RULES = (
    structure.check,
    flows.check,
    gateways.check,
    activities.check,
    events.check,
    starts.check,
    compensation.check,
    expressions.check,
    timers.check,
    references.check,
    refused.check,
    lengths.check,
    doubts.check,
)


def check(diagrams: Sequence[Diagram], context: Context | None = None) -> list[Problem]:
    """Everything wrong or doubtful with diagrams that are deployed together, in the order of files and lines; a thousand errors are enough.

    Processes that are not executable are not looked at, but one of a deployment must be.
    """
    context = context or Context()
    executable = [(diagram, process) for diagram in diagrams for process in diagram.processes if process.executable]
    if context.called is not None:
        context = replace(context, called={*context.called, *(process.id for _, process in executable)})
    found = chain(
        (problem for diagram in diagrams for problem in diagram.problems),
        files.check(diagrams, executable),
        (problem for diagram, process in executable for problem in _of_process(examine(diagram, process, context))),
    )
    return _listed(found, {diagram.file: n for n, diagram in enumerate(diagrams)})


def _of_process(subject: Subject) -> Iterator[Problem]:
    for rule in _RULES:
        yield from rule(subject)


def _listed(found: Iterable[Problem], order: Mapping[str, int]) -> list[Problem]:
    """As many findings of a severity as anybody reads, in order; the last says that there were more."""
    listed, counts = [], Counter[str]()
    for problem in found:
        counts[problem.severity] += 1
        if counts[problem.severity] <= MOST_FINDINGS:
            listed.append(problem)
        elif problem.severity == "error":
            break
    listed.sort(key=lambda problem: (order.get(problem.file or "", 0), problem.line or 0))
    for severity in ("error", "warning"):
        if counts[severity] > MOST_FINDINGS:
            more, more_th = f"There are more than {MOST_FINDINGS:,} of these findings.", f"มีข้อสังเกตเช่นนี้มากกว่า {MOST_FINDINGS:,} รายการ"
            listed.append(Problem(more, more_th, rule="too-many-findings", severity=severity))
            break
    return listed
