"""What people call parties, groups and users: `province:TH-50`, `opdc1`."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from flask import current_app
from flask_babel import lazy_gettext

from engine.dates import thai
from engine.errors import NotFound
from engine.language import left_open
from engine.people import SYSTEM
from handlers.shared import board, provinces
from webui import current
from webui.languages import ENGLISH, language, pick
from webui.rendering import look

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.queries import InstanceView

CATEGORIES = {
    "deliverable": lazy_gettext("Deliverables"),
    "letter": lazy_gettext("Letters"),
    "report": lazy_gettext("Reports"),
    "project": lazy_gettext("Project papers"),
    "application": lazy_gettext("Applications"),
    "criteria": lazy_gettext("Criteria and handouts"),
    "cluster": lazy_gettext("Cluster papers"),
    "visit": lazy_gettext("Visits"),
    "lesson": lazy_gettext("Lessons"),
    "round1": lazy_gettext("Assessment, phase 1"),
    "round2": lazy_gettext("Assessment, phase 2"),
    "score1": lazy_gettext("Scores of phase 1"),
    "score2": lazy_gettext("Scores of phase 2"),
    "variables": lazy_gettext("Entered values"),
}
UNIT_FILES = ("provinces.csv", "regions.toml")
PAPER_FILES = ("deliverables.toml", "reports.toml")  # their keys are the units of papers
FRESH = 60.0  # seconds names are kept: they change with a deployment, or when a user is renamed


class Drawn(Protocol):
    """What stands at an element of a version of a process."""

    @property
    def definition_id(self) -> str | None: ...
    @property
    def element_id(self) -> str | None: ...
    @property
    def element_name(self) -> str: ...


class Names:
    """The Thai and English names one application has read, read again now and then."""

    def __init__(self) -> None:
        self.parties: dict[str, tuple[str, str]] = {}
        self.units: dict[str, tuple[str, str]] = {}
        self.papers: dict[str, tuple[str, str]] = {}
        self.users: dict[str, tuple[str, str]] = {}
        self.elements: dict[str, dict[str, tuple[str, str]]] = {}  # by version of a process
        self.until = 0.0

    def fresh(self) -> Names:
        """Forget what is old."""
        if time.monotonic() >= self.until:
            self.parties, self.units, self.papers, self.users = current.engine().parties(), unit_names(current.engine()), _papers(), {}
            self.elements = {}
            self.until = time.monotonic() + FRESH
        return self


def _names() -> Names:
    names: Names = current_app.extensions.setdefault("ruam.names", Names())
    return names.fresh()


def unit_names(engine: Engine) -> dict[str, tuple[str, str]]:
    """The units the newest deployment of the process with provinces names, by group; none where it is not deployed."""
    try:
        newest = engine.definitions(key=board.PROCESS, latest=True).items
        return provinces.unit_names(*(engine.resource(newest[0].deployment_id, name) for name in UNIT_FILES)) if newest else {}
    except NotFound:
        return {}  # another process of the same key


def by_party(groups: Iterable[str]) -> dict[str, list[str]]:
    """Groups under the parties they are units of."""
    found: dict[str, list[str]] = {}
    for key in groups:
        found.setdefault(key.partition(":")[0], []).append(key)
    return found


def _papers() -> dict[str, tuple[str, str]]:
    """What the newest deployment of the process with provinces calls its papers."""
    engine = current.engine()
    found: dict[str, tuple[str, str]] = {}
    newest = engine.definitions(key=board.PROCESS, latest=True).items
    for file in PAPER_FILES if newest else ():
        try:
            table = tomllib.loads(engine.resource(newest[0].deployment_id, file).decode("utf-8"))
        except NotFound:
            continue  # another process of the same key
        found |= {key: (paper["th"], paper["en"]) for key, paper in table.items()}
    return found


def group(key: str | None) -> str:
    """`คณะกรรมการในพื้นที่ · จังหวัดเชียงใหม่`, of a province only its name; the key itself where nobody named it."""
    if not key:
        return ""
    party, _, code = key.partition(":")
    names = _names()
    of_unit, found = names.units.get(key), names.parties.get(party)
    return _of_group(party, pick(*found) if found else party, pick(*of_unit) if of_unit else code, named=of_unit is not None)


def _of_group(party: str, words: str, unit: str, *, named: bool = True) -> str:
    if named and party == board.PARTY:
        return unit
    return f"{words} · {unit}" if unit else words


def called(engine: Engine) -> dict[str, str]:
    """The groups by what they are called, in Thai and in English: what people write instead of a key."""
    parties, units = engine.parties(), unit_names(engine)
    found: dict[str, str] = {}
    for place in (0, 1):
        for key in (*parties, *units):
            party = key.partition(":")[0]
            words = parties[party][place] if party in parties else party
            found.setdefault(_of_group(party, words, units[key][place]) if key in units else words, key)
    return found


def business_key(key: str | None) -> str:
    """`2552 · จังหวัดเชียงใหม่` for 2552/TH-50: what a called instance is known by."""
    first, *rest = (key or "").split("/")
    return " · ".join([first, *map(unit, rest)])


def reference(one: InstanceView) -> str:
    """Its business key, and its unit where the key does not name that: a project calls several under its own key."""
    apart = one.unit is not None and one.unit not in (one.business_key or "").split("/")
    return " · ".join(filter(None, [business_key(one.business_key), unit(one.unit) if apart else ""]))


def unit(code: str | None) -> str:
    """`จังหวัดเชียงใหม่` for TH-50, a paper's name for its key, a party's or cluster's; the code itself where nobody named it."""
    names, key = _names(), code or ""
    places = (names.units.get(f"{board.PARTY}:{key}"), names.papers.get(key), names.parties.get(key))
    found = next((place for place in (*places, names.units.get(f"{provinces.BY_CLUSTER}:{key}")) if place), None)
    return pick(*found) if found else key


def category(key: str) -> str:
    """`ผลงานที่ส่งมอบ`, `ผลงานที่ส่งมอบ (รับแล้ว)` for deliverable.accepted; the key itself where nobody named it."""
    kind, _dot, state = key.partition(".")
    words = str(CATEGORIES.get(kind, kind))
    return f"{words} ({look(state.upper()).word})" if state else words


def element(one: Drawn) -> str:
    """What the diagram calls the element that a job, an incident or work outside stands at; its id where it has no name, or nothing.
    What a name computes is left open: nothing is known here of its instance's variables."""
    return left_open(_element(one))


def _element(one: Drawn) -> str:
    drawn = one.element_name or one.element_id or ""
    if language() != ENGLISH or not one.definition_id or not one.element_id:
        return drawn
    known = _names().elements
    if one.definition_id not in known:
        known[one.definition_id] = current.engine().element_names(one.definition_id)
    return known[one.definition_id].get(one.element_id, ("", ""))[1] or drawn


def groups() -> dict[str, list[tuple[str, str]]]:
    """By party, the groups one may be a member of, each with its name: the party itself, then its units by name."""
    known = _names()
    found = {party: [(party, group(party))] for party in known.parties}
    for key in sorted(known.units, key=lambda key: thai.sort_key(known.units[key][0])):
        found.setdefault(key.partition(":")[0], []).append((key, group(key)))
    return found


def units() -> dict[str, list[str]]:
    """By party, the groups of the units that have names."""
    return by_party(_names().units)


def has_provinces() -> bool:
    """Whether a process with provinces is deployed: other agencies' projects have none to list."""
    return bool(_names().units)


def person(user_id: str | None) -> str:
    """A user's name; the id where there is no such user."""
    return pick(*both_names(user_id)) if user_id else ""


def both_names(user_id: str) -> tuple[str, str]:
    """A user's Thai and English name; the id where there is no such user."""
    if user_id == SYSTEM.user_id:
        return "ระบบ", "the system"
    names = _names()
    if user_id not in names.users:
        try:
            user = current.engine().user(user_id)
            names.users[user_id] = (user.name, user.name_en)
        except NotFound:
            names.users[user_id] = (user_id, user_id)
    return names.users[user_id]
