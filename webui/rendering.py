"""How values look: dates in พ.ศ., how long is left, states as a shape and a word, sizes, people's and parties' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from engine.dates import thai
from engine.dates.calendar import working_days_between
from engine.dates.zone import in_bangkok
from engine.states import DocumentState, InstanceState, JobState, TaskState
from webui import current, markdown
from webui.languages import ENGLISH, language

SOON = 3  # working days: from here on "left" is written in the colour of what needs attention
KILOBYTE = 1024
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?(?![\dT:-])")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown, everywhere the same: the class of its colour, an icon, a word."""

    kind: str  # done open waiting overdue returned sealed
    icon: str
    word: str


LOOKS: dict[str, Look] = {
    "done": Look("done", "done", lazy_gettext("Done")),
    "open": Look("open", "open", lazy_gettext("Open")),
    "waiting": Look("waiting", "waiting", lazy_gettext("Waiting")),
    "overdue": Look("overdue", "overdue", lazy_gettext("Overdue")),
    "returned": Look("returned", "returned", lazy_gettext("Returned")),
    "sealed": Look("sealed", "sealed", lazy_gettext("Sealed")),
    "skipped": Look("waiting", "stopped", lazy_gettext("Left out")),
    "stopped": Look("waiting", "stopped", lazy_gettext("Stopped")),
    "accepted": Look("done", "done", lazy_gettext("Accepted")),
    TaskState.CREATED: Look("open", "open", lazy_gettext("Open")),
    TaskState.CLAIMED: Look("open", "person", lazy_gettext("In hand")),
    TaskState.SUSPENDED: Look("waiting", "suspended", lazy_gettext("Suspended")),
    TaskState.COMPLETED: Look("done", "done", lazy_gettext("Done")),
    TaskState.TERMINATED: Look("waiting", "stopped", lazy_gettext("Ended without being done")),
    InstanceState.ACTIVE: Look("open", "open", lazy_gettext("Running")),
    InstanceState.EXTERNALLY_TERMINATED: Look("waiting", "stopped", lazy_gettext("Cancelled")),
    InstanceState.INTERNALLY_TERMINATED: Look("waiting", "stopped", lazy_gettext("Stopped by the process")),
    DocumentState.DRAFT: Look("waiting", "waiting", lazy_gettext("Draft")),
    DocumentState.SUBMITTED: Look("open", "open", lazy_gettext("Submitted")),
    DocumentState.ACCEPTED: Look("done", "done", lazy_gettext("Accepted")),
    DocumentState.RETURNED: Look("returned", "returned", lazy_gettext("Returned")),
    JobState.PENDING: Look("waiting", "clock", lazy_gettext("Waiting for its time")),
    JobState.RUNNING: Look("open", "open", lazy_gettext("At work")),
    JobState.FAILED: Look("overdue", "incident", lazy_gettext("Failed")),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in words. `kind`: overdue today soon later."""

    kind: str
    day: str
    left: str


def register(app: Flask) -> None:
    """Give templates the filters and `look(state)`."""
    filters = {"day": day, "long_day": long_day, "moment": moment, "due": due, "size": size, "month": month_of, "written": written}
    filters |= {"clock": clock, "short_day": short_day, "plain_day": plain_day, "markdown": markdown.html}
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(look=look, years=year_shown)


def look(state: str) -> Look:
    """How a state is shown; an unknown one as it is."""
    return LOOKS.get(state) or Look("waiting", "waiting", state)


def year_shown(year: int) -> int:
    """A year CE as it is written: พ.ศ. in Thai."""
    return year if language() == ENGLISH else year + thai.BE_OFFSET


def day(value: datetime | date | None) -> str:
    """`ศ. 31 ก.ค. 2552`, `Fri 31 Jul 2009`."""
    return "" if value is None else thai.format_date(value, "weekday", locale=language())


def plain_day(value: datetime | date | None) -> str:
    """`31 ก.ค. 2552`: where several stand in a row."""
    return "" if value is None else thai.format_date(value, "short", locale=language())


def long_day(value: datetime | date | None) -> str:
    """`31 กรกฎาคม 2552`."""
    return "" if value is None else thai.format_date(value, "long", locale=language())


def month_of(value: datetime | date) -> str:
    """`กรกฎาคม 2552`."""
    return thai.format_date(value, "month", locale=language())


def moment(value: datetime | None) -> str:
    """`31 ก.ค. 2552 10:05 น.`."""
    return "" if value is None else thai.format_datetime(value, locale=language())


def clock(value: datetime) -> str:
    """`10:05 น.`: the time of a day that is named elsewhere."""
    return f"{in_bangkok(value):%H:%M}" + ("" if language() == ENGLISH else " น.")


def short_day(value: datetime | date | None) -> str:
    """`31 ก.ค.`: where the year stands beside."""
    return plain_day(value).rpartition(" ")[0]


def due(value: datetime | None) -> Due | None:
    """What a due date means today, in working days."""
    if value is None:
        return None
    now = current.now()
    today, last = in_bangkok(now).date(), in_bangkok(value).date()
    days = abs(working_days_between(today, last, current.holidays()))
    if value < now:
        left = ngettext("%(num)d working day late", "%(num)d working days late", days) if days else _("Overdue since today")
        return Due("overdue", day(value), left)
    if last == today:
        return Due("today", day(value), _("Due today"))
    left = ngettext("%(num)d working day left", "%(num)d working days left", days)
    return Due("soon" if days <= SOON else "later", day(value), left)


def written(text: str) -> str:
    """A text of a form with the instants and dates that were put into it as people write them."""
    return _ISO.sub(_as_people_write, text)


def _as_people_write(found: re.Match[str]) -> str:
    """What is no day of the calendar stays: it may be somebody's own text."""
    try:
        return moment(datetime.fromisoformat(found[0])) if found[1] else day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def size(count: int) -> str:
    """`1.4 MB`."""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < KILOBYTE:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= KILOBYTE
    return f"{amount:.1f} GB"


def iso(value: datetime) -> str:
    """For the `datetime` attribute of `<time>`."""
    return value.astimezone(UTC).isoformat(timespec="minutes")
