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
from handlers.shared import board
from webui import current, line
from webui.languages import pick

if TYPE_CHECKING:
    from engine.projects.instalments import Instalment
    from engine.projects.progress import Progress, Step
    from engine.projects.roots import Root
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
        _tabs(root, tab, bool(instalments), bool(len(progress))),
    )


def title(root: InstanceView) -> str:
    """`โครงการ… 2552`."""
    return " ".join(text for text in (pick(root.definition_name, root.definition_name_en), root.business_key) if text)


def newest(search: Callable[[InstanceView], bool] = lambda _root: True) -> InstanceView:
    """The project that a page without one in its address is about: a running one before an ended one. Raises NotFound."""
    found = [root.instance for root in current.engine().roots(actor=current.actor(), limit=50).items if search(root.instance)]
    if not found:
        raise NotFound("There is no project yet.", th="ยังไม่มีโครงการ")
    return min(found, key=lambda root: root.state != InstanceState.ACTIVE)


def _station_url(root_id: str) -> Callable[[Step], str]:
    return lambda step: url_for("project.show", root_id=root_id, _anchor=f"step-{step.n}")


def _spans(progress: Progress, instalments: tuple[Instalment, ...]) -> tuple[line.Span, ...]:
    """The instalments under the line; steps that belong to none are left blank."""
    accepted = {instalment.n for instalment in instalments if instalment.accepted is not None}
    runs = ((number, len(list(steps))) for number, steps in groupby(progress, key=lambda step: step.instalment))
    spans = tuple(line.Span(_("Instalment %(n)s", n=n) if n else "", count, "done" if n in accepted else "") for n, count in runs)
    return spans if any(span.words for span in spans) else ()


def _tabs(root: Root, here: str, has_instalments: bool, has_steps: bool) -> tuple[dict[str, object], ...]:
    provinces = root.instance.definition_key == board.PROCESS
    tabs = (
        ("steps", "project.show", _("Steps") if has_steps else _("Tasks"), True),
        ("schedule", "schedule.of_project", _("Schedule"), has_steps),
        ("diagram", "diagrams.of_instance", _("Diagram"), root.whole),
        ("instalments", "instalments.show", _("Instalments"), has_instalments),
        ("papers", "papers.of_project", _("Papers and letters"), True),
        ("provinces", "provinces.of_project", _("Provinces"), root.whole and provinces),
        ("history", "project.history", _("History"), True),
        ("people", "project.people", _("Parties"), root.whole),
    )
    found: list[dict[str, object]] = [
        {"url": url_for(endpoint, root_id=root.instance.id), "words": words, "here": name == here}
        for name, endpoint, words, shown in tabs
        if shown
    ]
    return (*found, *(_own_provinces(root, here) if provinces and not root.whole else ()))


def _own_provinces(root: Root, here: str) -> list[dict[str, object]]:
    """For who only takes part: the story of his own province."""
    return [
        {
            "url": url_for("provinces.story", root_id=root.instance.id, code=code),
            "words": _("My province"),
            "here": here == f"province-{code}",
        }
        for code in sorted(current.actor().units.get(board.PARTY, ()))
    ]
