"""What a playing of a process shows: where it stalled, how much each party had to do in which week, when the instalments fell due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.dates.zone import BANGKOK, in_bangkok
from engine.errors import NotFound
from engine.people import SYSTEM
from engine.states import InstanceState

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.projects.instalments import Instalment
    from engine.queries import TaskItem

PAGE = 1_000
MOST_SHOWN = 20
OVERLOADED = 10  # tasks a person and week: two a day


def findings(engine: Engine, root_id: str, members: Mapping[str, int], reason: Mapping[str, str] | None) -> dict[str, Any]:
    """JSON of what happened in a database in which one root instance was played. `members`: how many people each party has in truth."""
    state = engine.instance(root_id, actor=SYSTEM).state if root_id else ""
    tasks = list(_tasks(engine, root_id)) if root_id else []
    now = engine.clock_now()
    ended = state == InstanceState.COMPLETED
    return {
        "ended": ended,
        "begins": min((task.created for task in tasks), default=now).isoformat(),
        "ends": now.isoformat(),
        "tasks": sum(task.ended is not None for task in tasks),
        "late": sum(_late(task, now) for task in tasks),
        "reason": dict(reason) if reason is not None and not ended else None,
        "stalls": [] if ended else [*_incidents(engine, root_id), *_waiting(tasks)][:MOST_SHOWN],
        "parties": _parties(engine, tasks, members, now),
        "instalments": [_instalment(one) for one in _instalments(engine, root_id)],
    }


def _tasks(engine: Engine, root_id: str) -> Iterable[TaskItem]:
    first = 0
    while True:
        page = engine.tasks(actor=SYSTEM, root_id=root_id, open_only=False, first=first, limit=PAGE)
        yield from page.items
        first += len(page.items)
        if first >= page.total or not page.items:
            return


def _late(task: TaskItem, now: datetime) -> bool:
    return task.due is not None and (task.ended or now) > task.due


def _incidents(engine: Engine, root_id: str) -> Iterable[dict[str, Any]]:
    if not root_id:
        return
    for one in engine.incidents(actor=SYSTEM, root_id=root_id, limit=MOST_SHOWN).items:
        yield {"element": one.element_id, "name": one.element_name, "reason": one.message, "process": None, "party": None, "since": None}


def _waiting(tasks: Iterable[TaskItem]) -> Iterable[dict[str, Any]]:
    for task in tasks:
        if task.ended is None:
            where = {"element": task.element_id, "name": task.name, "name_en": task.name_en, "process": task.definition_id.split(":")[0]}
            yield {**where, "reason": None, "party": task.party, "since": task.created.isoformat()}


def _parties(engine: Engine, tasks: Iterable[TaskItem], members: Mapping[str, int], now: datetime) -> list[dict[str, Any]]:
    """Each party's weeks, the busiest a head first."""
    of: dict[str, list[TaskItem]] = {}
    for task in tasks:
        of.setdefault((task.party or "").partition(":")[0], []).append(task)
    names = engine.parties()
    found = [_party(key, many, names.get(key, (key, key)), members.get(key, 0), now) for key, many in of.items()]
    return sorted(found, key=lambda one: (-one["a_head"], -one["tasks"], one["key"]))


def _party(key: str, tasks: list[TaskItem], name: tuple[str, str], people: int, now: datetime) -> dict[str, Any]:
    came = Counter(_monday(task.created) for task in tasks)
    late = Counter(_monday(task.due) for task in tasks if task.due is not None and _late(task, now))
    weeks = [
        {"week": week.isoformat(), "tasks": came[week], "open": _open_at(tasks, week), "late": late[week]}
        for week in _mondays(min(came), max([*came, *late]))
    ]
    most = max(came.values())
    return {
        "key": key,
        "th": name[0],
        "en": name[1],
        "people": people,
        "tasks": len(tasks),
        "late": sum(late.values()),
        "most": most,
        "a_head": round(most / max(people, 1), 1),
        "overloaded": most / max(people, 1) > OVERLOADED,
        "weeks": weeks,
    }


def _open_at(tasks: Iterable[TaskItem], week: date) -> int:
    """How many were open when the week ended."""
    end = datetime.combine(week + timedelta(days=7), datetime.min.time(), BANGKOK)
    return sum(task.created < end and (task.ended is None or task.ended >= end) for task in tasks)


def _monday(moment: datetime) -> date:
    day = in_bangkok(moment).date()
    return day - timedelta(days=day.weekday())


def _mondays(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=7 * number) for number in range((last - first).days // 7 + 1))


def _instalments(engine: Engine, root_id: str) -> tuple[Instalment, ...]:
    try:
        return engine.instalments(root_id, actor=SYSTEM) if root_id else ()
    except NotFound:
        return ()


def _instalment(one: Instalment) -> dict[str, Any]:
    papers = [
        {"key": paper.key, "th": paper.th, "en": paper.en, "due": _text(paper.due), "delivered": _text(paper.delivered), "late": paper.late}
        for paper in one.deliverables
    ]
    due = max((paper.due for paper in one.deliverables if paper.due is not None), default=None)
    return {"n": one.n, "due": _text(due), "accepted": _text(one.accepted), "papers": papers}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
