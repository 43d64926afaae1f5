"""The history as sentences: who did what, when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.dates.zone import in_bangkok
from engine.language.times import parse_datetime
from engine.states import DocumentState, Event, InstanceState
from webui import names
from webui.languages import pick
from webui.rendering import day, look

if TYPE_CHECKING:
    from engine.views.happenings import Happening

NOTHING = ("system", None, "")
MANY = 4  # lines alike, from which on they are folded


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of the history."""

    time: datetime
    text: str
    who: str
    icon: str
    kind: str  # of the colour
    step: str | None
    unit: str | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What happened to many at once: a line, and those like it, which are read where somebody asks."""

    first: Sentence
    more: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """The runs of one day, newest first."""

    day: datetime
    runs: tuple[Run, ...]


NOTES = {
    "variables set by hand": lazy_gettext("Variables were set by hand"),
    "started by hand": lazy_gettext("Begun by hand"),
    "offered": lazy_gettext("Offered to others as well"),
    "no longer offered": lazy_gettext("Offered to fewer"),
}
ICONS: dict[str, tuple[str, str]] = {
    Event.TASK_COMPLETED: ("done", "done"),
    Event.TASK_ASSIGNED: ("person", "open"),
    Event.TASK_TERMINATED: ("stopped", "waiting"),
    Event.DOCUMENT_ADDED: ("file", "open"),
    Event.DOCUMENT_MARKED: ("accept", "done"),
    Event.TIMER_FIRED: ("clock", "waiting"),
    Event.REMINDER_SENT: ("notice", "waiting"),
    Event.TASK_DUE_CHANGED: ("calendar", "returned"),
    Event.JOB_DUE_CHANGED: ("calendar", "returned"),
    Event.INSTANCE_STARTED: ("start", "open"),
    Event.INSTANCE_ENDED: ("done", "done"),
    Event.INSTANCE_CANCELLED: ("stopped", "overdue"),
    Event.INSTANCE_SUSPENDED: ("suspended", "returned"),
    Event.INSTANCE_RESUMED: ("open", "open"),
    Event.ACTIVITY_SUSPENDED: ("suspended", "returned"),
    Event.ACTIVITY_RESUMED: ("open", "open"),
    Event.INSTANCE_MODIFIED: ("change", "returned"),
    Event.INSTANCE_MIGRATED: ("change", "open"),
    Event.MIGRATION_UNDONE: ("change", "returned"),
    Event.INSTANCE_RESTARTED: ("retry", "open"),
    Event.MESSAGE_MISSED: ("incident", "returned"),
    Event.INCIDENT_RAISED: ("incident", "overdue"),
    Event.INCIDENT_RETRIED: ("retry", "open"),
    Event.INCIDENT_RESOLVED: ("done", "done"),
    Event.JOB_FAILED: ("incident", "overdue"),
    Event.JOB_RETRIED: ("retry", "open"),
    Event.EXTERNAL_TASK_COMPLETED: ("done", "done"),
    Event.EXTERNAL_TASK_FAILED: ("incident", "overdue"),
    Event.EXTERNAL_TASK_ERROR: ("incident", "returned"),
    Event.EXTERNAL_TASK_RETRIED: ("retry", "open"),
    Event.GRANTED: ("key", "waiting"),
    Event.REVOKED: ("key", "waiting"),
}


def by_day(happenings: Sequence[Happening]) -> list[Day]:
    """The sentences under the days they happened on; many alike that happened in one minute are one line."""
    days = [list(many) for _key, many in groupby(happenings, key=_day)]
    return [Day(same[0].time, _runs(same)) for same in days]


def _day(one: Happening) -> date:
    return in_bangkok(one.time).date()


def _runs(happenings: list[Happening]) -> tuple[Run, ...]:
    found: list[Run] = []
    for _key, same in groupby(happenings, key=_alike):
        told = [sentence(one) for one in same]
        found += [Run(told[0], tuple(told[1:]))] if len(told) >= MANY else map(Run, told)
    return tuple(found)


def _alike(one: Happening) -> tuple[object, ...]:
    """What lines have in common that differ only in whom they concern."""
    minute = one.time.replace(second=0, microsecond=0)
    return one.event, one.actor, one.process, one.element_id, one.facts.get("category"), _detail(one), minute


def sentence(one: Happening) -> Sentence:
    """One thing that happened, in words."""
    icon, kind = ICONS.get(one.event, ("info", "waiting"))
    if one.event == Event.DOCUMENT_MARKED and one.facts.get("after") == DocumentState.RETURNED:
        icon, kind = "returned", "returned"
    if one.event == Event.INSTANCE_ENDED and one.facts.get("state") != InstanceState.COMPLETED:
        icon, kind = "stopped", "waiting"
    who = _("the system") if one.actor in NOTHING else names.person(one.actor)
    return Sentence(one.time, _words(one), who, icon, kind, one.step, one.unit, _detail(one))


def _words(one: Happening) -> str:
    name, process = pick(one.name, one.name_en), pick(one.process, one.process_en)
    facts = one.facts
    written: dict[str, Callable[[], str]] = {
        Event.TASK_COMPLETED: lambda: _("Done: %(name)s", name=name),
        Event.TASK_ASSIGNED: lambda: _(
            "“%(name)s” was put into the hands of %(who)s", name=name, who=names.person(facts.get("after")) or "–"
        ),
        Event.TASK_TERMINATED: lambda: _("“%(name)s” ended without being done", name=name),
        Event.TASK_DUE_CHANGED: lambda: _("The date of “%(name)s” was moved from %(before)s to %(after)s", name=name, **_dates(facts)),
        Event.JOB_DUE_CHANGED: lambda: _("The date of “%(name)s” was moved from %(before)s to %(after)s", name=name, **_dates(facts)),
        Event.DOCUMENT_ADDED: lambda: _paper(facts),
        Event.DOCUMENT_MARKED: lambda: _marked(facts),
        Event.TIMER_FIRED: lambda: _("The date was reached: %(name)s", name=name or process),
        Event.REMINDER_SENT: lambda: (
            _("Reminded of “%(name)s”", name=name)
            if facts.get("stage") == "before"
            else _("“%(name)s” is late; those concerned were told", name=name)
        ),
        Event.INSTANCE_STARTED: lambda: _("Begun: %(name)s", name=process),
        Event.INSTANCE_ENDED: lambda: _ended(facts, process),
        Event.INSTANCE_CANCELLED: lambda: _("Cancelled: %(name)s", name=process),
        Event.INSTANCE_SUSPENDED: lambda: _("Suspended: %(name)s", name=process),
        Event.INSTANCE_RESUMED: lambda: _("Resumed: %(name)s", name=process),
        Event.ACTIVITY_SUSPENDED: lambda: _("Suspended: %(name)s", name=name or process),
        Event.ACTIVITY_RESUMED: lambda: _("Resumed: %(name)s", name=name or process),
        Event.MESSAGE_MISSED: lambda: _("A message came while it was suspended, and was not delivered: %(name)s", name=name or process),
        Event.INSTANCE_MIGRATED: lambda: _("Goes on by another version of its process: %(name)s", name=process),
        Event.MIGRATION_UNDONE: lambda: _("Back at the version before: %(name)s", name=process),
        Event.INSTANCE_MODIFIED: lambda: _("Moved by hand: %(name)s", name=process),
        Event.INSTANCE_RESTARTED: lambda: _("Started once more: %(name)s", name=process),
        Event.INCIDENT_RETRIED: lambda: _("Tried again: %(name)s", name=name or process),
        Event.INCIDENT_RAISED: lambda: _("Something went wrong at “%(name)s”", name=name or process),
        Event.INCIDENT_RESOLVED: lambda: _("Repaired: %(name)s", name=name or process),
        Event.JOB_FAILED: lambda: _("An attempt failed: %(name)s", name=name or process),
        Event.JOB_RETRIED: lambda: _("Tried again: %(name)s", name=name or process),
        Event.EXTERNAL_TASK_COMPLETED: lambda: _("Done: %(name)s", name=name),
        Event.EXTERNAL_TASK_FAILED: lambda: _("An attempt failed: %(name)s", name=name),
        Event.EXTERNAL_TASK_ERROR: lambda: _("An attempt failed: %(name)s", name=name),
        Event.EXTERNAL_TASK_RETRIED: lambda: _("Tried again: %(name)s", name=name),
        Event.GRANTED: lambda: _(
            "%(group)s may now see %(what)s", group=names.group(facts.get("group")) or _("the parties"), what=_what(facts)
        ),
        Event.REVOKED: lambda: _("%(group)s may no longer see %(what)s", group=names.group(facts.get("group")), what=_what(facts)),
        Event.NOTED: lambda: _noted(facts.get("note"), name, process),
    }
    return written.get(one.event, lambda: name or process)()


def _noted(note: Any, name: str, process: str) -> str:
    """What the engine notes of what people do by hand, in words; what handlers note goes by its element."""
    known = NOTES.get(note)
    if known is None:
        return _("Recorded: %(name)s", name=name or note or process)
    return f"{known}: {name}" if name else str(known)


def _detail(one: Happening) -> str:
    """Why, where somebody said so."""
    if one.event == Event.INSTANCE_ENDED:
        return ""  # the process itself ended it
    return str(one.facts.get("reason") or pick(one.facts.get("message_th"), one.facts.get("message")))


def _paper(facts: Any) -> str:
    name, number, version = facts.get("name") or "", facts.get("number"), facts.get("version") or 1
    if number:
        return _("Letter %(number)s issued: %(name)s", number=number, name=name)
    return (
        _("Paper handed in, version %(version)s: %(name)s", version=version, name=name)
        if version > 1
        else _("Paper handed in: %(name)s", name=name)
    )


def _marked(facts: Any) -> str:
    return f"{look(facts.get('after') or '').word}: {facts.get('name') or ''}"


def _ended(facts: Any, process: str) -> str:
    if facts.get("state") == InstanceState.COMPLETED:
        return _("Completed: %(name)s", name=process)
    return _("Ended by the process before it was completed: %(name)s", name=process)


def _dates(facts: Any) -> dict[str, str]:
    return {name: day(parse_datetime(facts[name])) if facts.get(name) else "–" for name in ("before", "after")}


def _what(facts: Any) -> str:
    unit = facts.get("unit")
    parts = (names.category(str(facts.get("category") or "")), "" if unit == "*" else names.unit(unit))
    return " · ".join(part for part in parts if part) or _("what the plan says")
