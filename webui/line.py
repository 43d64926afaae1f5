"""The line of steps: engine.projects.progress as the stations, months and instalments that `macros/line.html` draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from engine.projects.progress import Step, StepState
from webui import names
from webui.languages import pick
from webui.rendering import day, month_of

if TYPE_CHECKING:
    from engine.projects.progress import Progress

LOOKS = {
    StepState.NOT_STARTED: "waiting", StepState.OPEN: "open", StepState.OVERDUE: "overdue", StepState.RETURNED: "returned",
    StepState.DONE: "done", StepState.SKIPPED: "skipped", StepState.STOPPED: "stopped", None: "waiting",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Station:
    """One step on the line."""

    n: str
    name: str
    state: str  # done open waiting overdue returned skipped stopped
    party: str | None
    meta: str = ""  # who and when
    month: str = ""  # on the first step of each month
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A month or an instalment over so many stations."""

    words: str
    span: int
    state: str = ""


def stations(progress: Progress, url: Callable[[Step], str] | None = None) -> tuple[Station, ...]:
    """The steps as stations."""
    found, before = [], None
    for step in progress:
        month = step.month
        found.append(
            Station(
                step.n,
                pick(step.name, step.name_en),
                LOOKS[step.state],
                step.party,
                meta(step),
                month_of(month) if month is not None and month != before else "",
                url(step) if url else None,
            )
        )
        before = month
    return tuple(found)


def meta(step: Step) -> str:
    """Who does it, and when it was done or is due."""
    when = day(step.completed) if step.state == StepState.DONE else day(step.due or step.closes)
    return " · ".join(text for text in (names.group(step.party), when.replace(" ", "\N{NO-BREAK SPACE}")) if text)


def months(progress: Iterable[Step]) -> tuple[Span, ...]:
    """The months over the line."""
    runs = ((month, len(list(steps))) for month, steps in groupby(progress, key=lambda step: step.month))
    return tuple(Span(month_of(month) if month else "", count) for month, count in runs)
