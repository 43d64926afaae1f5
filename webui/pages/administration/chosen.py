"""What is chosen on the pages that move what runs: of each plan where what cannot go on as it is continues, and what goes for all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict

from engine.migration.plan import Due, Instruction, Plan, Way
from engine.migration.views import Choice, Drawn, Stand, Target
from webui.languages import pick

NOWHERE = "-"  # in the place of an element: its path ends
WAYS = {
    Way.BEFORE: lazy_gettext("begins there anew"),
    Way.MAP: lazy_gettext("goes on there as it is, with who has it, draft and papers"),
    Way.AFTER: lazy_gettext("goes on behind it, as if it had been done"),
}
DUES = {
    Due.KEEP: (lazy_gettext("Keep them all"), lazy_gettext("Due dates and timers stay as they are.")),
    Due.TIMERS: (lazy_gettext("Timers as the new version says"), lazy_gettext("Due dates stay; timers count from when their wait began.")),
    Due.RECALCULATE: (
        lazy_gettext("All as the new version says"),
        lazy_gettext("Due dates and timers, counted from when each wait began."),
    ),
}


@dataclass(frozen=True, slots=True)
class Continuations:
    """Of one plan: where elements continue. `prefix` sets its fields apart from those of other plans on the page."""

    prefix: str = ""
    confirmed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # by old element: place, way
    typed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # the same of what is not confirmed yet
    more: tuple[str, ...] = ()  # elements that are asked about because somebody wanted to

    @classmethod
    def read(cls, form: MultiDict[str, str], prefix: str = "") -> Continuations:
        """From the form. `use` confirms one, `drop` takes one back, `more` asks about one more."""

        def own(name: str) -> list[str]:
            return [value.removeprefix(prefix) for value in form.getlist(name) if value.startswith(prefix)]

        start = f"place:{prefix}"
        typed = {
            name.removeprefix(start): (value, form.get(f"way:{name.removeprefix('place:')}", Way.BEFORE))
            for name, value in form.items()
            if name.startswith(start)
        }
        dropped = set(own("drop"))
        confirmed = [id for id in dict.fromkeys([*own("chosen"), *own("use")]) if id not in dropped]
        more = tuple(id for id in dict.fromkeys(own("more")) if id and id not in dropped)
        return cls(prefix, {id: typed[id] for id in confirmed if typed.get(id, ("", ""))[0]}, typed, more)

    @classmethod
    def of(cls, plan: Plan, prefix: str = "") -> Continuations:
        """As they were chosen for a plan."""
        chosen = {one.source: (one.target or NOWHERE, str(one.way)) for one in plan.instructions.values() if one.way != Way.MAP}
        return cls(prefix, chosen, chosen)

    @property
    def instructions(self) -> Iterator[Instruction]:
        """What the plan is to say besides what is recognised."""
        for source, (place, way) in self.confirmed.items():
            if place == NOWHERE:
                yield Instruction(source, way=Way.DROP)
            else:
                yield Instruction(source, place, Way(way) if way in WAYS else Way.BEFORE)

    @property
    def asked(self) -> list[str]:
        """The elements to ask about, whatever a trial says."""
        return list(dict.fromkeys([*self.confirmed, *self.more]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes for all of it."""

    due: Due = Due.KEEP
    some: bool = False  # only those chosen
    instances: tuple[str, ...] = ()

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Wanted:
        """From the form."""
        due = Due(form["due"]) if form.get("due") in set(Due) else Due.KEEP
        return cls(due, form.get("which") == "some", tuple(form.getlist("instance")))

    @property
    def ids(self) -> list[str] | None:
        """Those chosen; None: all."""
        return list(self.instances) if self.some else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice as the page shows it."""

    choice: Choice
    name: str  # of its fields
    number: int  # on the page
    confirmed: bool
    more: bool
    place: str
    way: str
    groups: list[tuple[str, list[Target]]]  # by the sub-process they are in
    suggested: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The mapping of a plan as both drawings show it; `name`: what the names of its fields begin with."""

    source_id: str
    target_id: str
    name: str
    stands: tuple[Stand, ...]  # what may wait
    near: dict[str, list[str]]  # what each drawing begins with: what was asked, and where that may continue
    facts: dict[str, Any]  # for the script


def mapped(chosen: Continuations, plan: Plan, drawn: Drawn, questions: Sequence[Asked]) -> Mapped:
    """What is suggested, chosen and waits for a choice."""
    facts = {
        "name": chosen.prefix,
        "targets": drawn.targets,
        "inside": dict(zip(("old", "new"), drawn.inside, strict=True)),
        "asked": [one.choice.source.id for one in questions if not one.confirmed],
        "chosen": list(chosen.confirmed),
        "stands": {one.spot.id: {"to": one.target, "way": one.way, "fitting": one.fitting} for one in drawn.stands},
    }
    elsewhere = [one for one in questions if not one.choice.branch]
    near = {"old": [one.choice.source.id for one in elsewhere], "new": [one.place for one in elsewhere if one.place]}
    return Mapped(plan.source, plan.target, chosen.prefix, drawn.stands, near, facts)


def asked(chosen: Continuations, choices: Sequence[Choice], first: int = 1) -> list[Asked]:
    """What is asked of one plan; `first`: the number of the first of it on the page."""
    found = []
    for number, choice in enumerate(choices, first):
        id = choice.source.id
        suggested = NOWHERE if choice.way == Way.DROP else choice.suggested or ""
        place, way = chosen.typed.get(id, (suggested, str(choice.way)))
        groups: dict[str, list[Target]] = {}
        for target in choice.targets:
            inside = target.spot.inside
            groups.setdefault(pick(*inside) if inside else "", []).append(target)
        ordered = sorted(groups.items(), key=lambda group: group[0] != "")
        confirmed = id in chosen.confirmed
        found.append(Asked(choice, chosen.prefix + id, number, confirmed, id in chosen.more, place, way, ordered, suggested))
    return found
