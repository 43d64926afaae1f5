"""What heads every page of a project: its name, the line of steps, and the tabs this actor has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from engine.errors import NotFound
from engine.states import InstanceState
from webui import current, line
from webui.languages import pick

if TYPE_CHECKING:
    from engine.instalments import Instalment
    from engine.progress import Progress, Step
    from engine.queries import InstanceView


@dataclass(frozen=True, slots=True)
class ProjectHead:
    """The name, the line and the tabs."""

    root: InstanceView
    name: str
    progress: Progress
    instalments: tuple[Instalment, ...]
    stations: tuple[line.Station, ...]
    months: tuple[line.Span, ...]
    spans: tuple[line.Span, ...]
    tabs: tuple[dict[str, object], ...]

    @property
    def whole(self) -> bool:
        return self.progress.whole

    @property
    def running(self) -> bool:
        return self.root.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED)


def head(root_id: str, tab: str) -> ProjectHead:
    """The head of one tab. Raises NotFound."""
    engine, me = current.engine(), current.actor()
    root = engine.root(root_id, actor=me)
    progress = engine.progress(root_id, actor=me)
    instalments = engine.instalments(root_id, actor=me) if root.whole else ()
    return ProjectHead(
        root.instance,
        title(root.instance),
        progress,
        instalments,
        line.stations(progress, _station_url(root_id)),
        line.months(progress),
        _spans(progress, instalments),
        _tabs(root_id, tab, root.whole, bool(instalments), bool(len(progress))),
    )


def title(root: InstanceView) -> str:
    """`โครงการ… 2552`."""
    return " ".join(text for text in (pick(root.definition_name, root.definition_name_en), root.business_key) if text)


def newest(search: Callable[[InstanceView], bool] = lambda _root: True) -> InstanceView:
    """The project that a page without one in its address is about: a running one before an ended one. Raises NotFound."""
    found = [root.instance for root in current.engine().roots(actor=current.actor(), limit=50).items if search(root.instance)]
    if not found:
        raise NotFound("There is no project yet.")
    return min(found, key=lambda root: root.state != InstanceState.ACTIVE)


def _station_url(root_id: str) -> Callable[[Step], str]:
    return lambda step: url_for("project.show", root_id=root_id, _anchor=f"step-{step.n}")


def _spans(progress: Progress, instalments: tuple[Instalment, ...]) -> tuple[line.Span, ...]:
    """The instalments under the line; steps that belong to none are left blank."""
    accepted = {instalment.n for instalment in instalments if instalment.accepted is not None}
    runs = ((number, len(list(steps))) for number, steps in groupby(progress, key=lambda step: step.instalment))
    spans = tuple(line.Span(_("Instalment %(n)s", n=n) if n else "", count, "done" if n in accepted else "") for n, count in runs)
    return spans if any(span.words for span in spans) else ()


def _tabs(root_id: str, here: str, whole: bool, has_instalments: bool, has_steps: bool) -> tuple[dict[str, object], ...]:
    tabs = (
        ("steps", "project.show", _("Steps") if has_steps else _("Tasks"), True),
        ("schedule", "schedule.of_project", _("Schedule"), has_steps),
        ("diagram", "diagrams.of_instance", _("Diagram"), whole),
        ("instalments", "instalments.show", _("Instalments"), whole and has_instalments),
        ("papers", "papers.of_project", _("Papers and letters"), True),
        ("provinces", "provinces.of_project", _("Provinces"), whole and has_provinces(root_id)),
        ("history", "project.history", _("History"), True),
        ("people", "project.people", _("Parties"), whole),
    )
    return tuple(
        {"url": url_for(endpoint, root_id=root_id), "words": words, "here": name == here} for name, endpoint, words, shown in tabs if shown
    )


def has_provinces(root_id: str) -> bool:
    """Whether a project is of the kind that has a board of provinces."""
    from webui.pages import provinces

    return provinces.concerns(current.engine().root(root_id, actor=current.actor()).instance)
