"""One project: its steps as a table, what happened in it, whose work it is."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import NotFound
from engine.projects.progress import Step
from engine.views.happenings import KINDS
from webui import current, line, names, projecthead, sentences
from webui.languages import pick
from webui.pages import provinces

page = Blueprint("project", __name__, url_prefix="/projects")

LIMIT = 60


@dataclass(frozen=True, slots=True)
class Waits:
    """Whom a step waits for, in words."""

    who: str
    tasks: int
    overdue: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A step as a row of the table."""

    step: Step
    name: str
    state: str
    party: str
    waits: tuple[Waits, ...]


@page.get("/<root_id>")
def show(root_id: str) -> str:
    """The line of steps, and the steps one by one."""
    head = projecthead.head(root_id, "steps")
    engine, me = current.engine(), current.actor()
    tasks = () if len(head.progress) else engine.tasks(actor=me, root_id=root_id, open_only=False, limit=200).items
    return render_template(
        "pages/project_steps.html", head=head, rows=[_row(step) for step in head.progress], tasks=tasks, names=names,
        remarks=engine.comments(root_id, actor=me) if head.whole else [],
    )  # fmt: skip


@page.get("/<root_id>/history")
def history(root_id: str) -> str:
    """What happened, in sentences, newest first."""
    head = projecthead.head(root_id, "history")
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    step, unit = request.args.get("step") or None, request.args.get("unit") or None
    first = current.first()
    found = current.engine().happenings(root_id, actor=current.actor(), kind=kind, step=step, unit=unit, first=first, limit=LIMIT)
    chosen: dict[str, Any] = {"kind": kind, "step": step, "unit": unit}
    return render_template(
        "pages/project_history.html",
        head=head,
        days=sentences.by_day(found.items),
        unit_names=provinces.places(head.root),
        total=found.total,
        first=first,
        limit=LIMIT,
        chosen=chosen,
        kinds=_kinds(),
        steps=[(step.n, pick(step.name, step.name_en)) for step in head.progress],
        further=lambda start: url_for("project.history", root_id=root_id, first=start or None, **chosen),
    )


@page.get("/<root_id>/people")
def people(root_id: str) -> str:
    """The parties, their people, and how much waits for each."""
    head = projecthead.head(root_id, "people")
    if not head.whole:
        raise NotFound("The parties and their people are not open to you.", th="ท่านไม่มีสิทธิ์ดูฝ่ายและผู้เกี่ยวข้อง")
    waiting: dict[str, tuple[int, int]] = {}
    for step in head.progress:
        for waits in step.waits_for:
            tasks, overdue = waiting.get(waits.party, (0, 0))
            waiting[waits.party] = (tasks + waits.tasks, overdue + waits.overdue)
    engine = current.engine()
    keys = list(dict.fromkeys([step.party for step in head.progress if step.party] + list(_parties_of_pack(head.root.definition_id))))
    parties = [(names.group(key), engine.members(key), waiting.get(key, (0, 0)), _steps_of(head, key)) for key in keys]
    return render_template("pages/project_people.html", head=head, parties=[party for party in parties if party[1] or party[3]])


def _parties_of_pack(definition_id: str) -> tuple[str, ...]:
    """The parties its pack names: those of other packs have no part in it."""
    engine = current.engine()
    try:
        text = engine.resource(engine.definition(definition_id).deployment_id, "parties.toml").decode("utf-8")
    except NotFound:
        return ()
    table = tomllib.loads(text)
    return tuple(table.get("parties", table))


def _steps_of(head: projecthead.ProjectHead, party: str) -> list[str]:
    return [step.n for step in head.progress if step.party == party]


def _row(step: Step) -> Row:
    waits = tuple(Waits(names.group(one.party), one.tasks, one.overdue, one.units) for one in step.waits_for)
    return Row(step, pick(step.name, step.name_en), line.LOOKS[step.state], names.group(step.party), waits)


def _kinds() -> list[tuple[str, str]]:
    words = [
        ("work", _("Tasks done")),
        ("papers", _("Papers and letters")),
        ("time", _("Dates and reminders")),
        ("process", _("Start, end, decisions")),
    ]
    return [*words, ("repairs", _("Repairs"))] if current.actor().administrator else words
