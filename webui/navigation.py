"""The rail: where a user can go. A page takes part by having its endpoint here; who may not use it does not see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from engine.people import authorization
from engine.states import Verb
from webui import current, names
from webui.languages import language

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.queries import InboxCounts


def _anyone(actor: Actor) -> bool:
    return True


def _administrators(actor: Actor) -> bool:
    return actor.administrator


def _designers(actor: Actor) -> bool:
    return authorization.allowed(actor, Verb.SEE_DRAFTS)


def _overseers(actor: Actor) -> bool:
    return actor.overseer


def _several_provinces(actor: Actor) -> bool:
    """A province sees itself alone, so it needs no list of them; where no process has provinces nobody does."""
    others = actor.all_groups - {"province"} - {group for group in actor.groups if group.startswith("province:")}
    return names.has_provinces() and (bool(others) or actor.administrator)


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the rail. `section` is the blueprint or endpoint prefix that counts as being there."""

    endpoint: str
    icon: str
    words: str
    section: str
    open_to: Callable[[Actor], bool] = _anyone
    phone: bool = True  # one of the tabs at the thumb; the others stand in the account's menu there


PLACES = (
    Place("inbox.show", "inbox", lazy_gettext("Inbox"), "inbox task"),
    Place("projects.show", "project", lazy_gettext("Projects"), "projects project instalments"),
    Place("provinces.show", "province", lazy_gettext("Provinces"), "provinces", _several_provinces, phone=False),
    Place("schedule.show", "calendar", lazy_gettext("Schedule"), "schedule", phone=False),
    Place("papers.show", "papers", lazy_gettext("Papers"), "papers"),
    Place("designer.show", "design", lazy_gettext("Process design"), "designer differences", _designers, phone=False),
    Place("audit.show", "audit", lazy_gettext("Audit"), "audit", _overseers, phone=False),
    Place("administration.show", "settings", lazy_gettext("Admin"), "administration people", _administrators, phone=False),
)


def register(app: Flask) -> None:
    """Give the layout its rail."""
    app.context_processor(lambda: {"places": partial(places, app), "counts": counts, "language": language, "user": current_user})


def places(app: Flask) -> list[dict[str, object]]:
    """The links this user has, as the layout needs them."""
    actor = current.actor()
    here = request.blueprint or ""
    return [
        {
            "url": url_for(place.endpoint),
            "icon": place.icon,
            "words": place.words,
            "here": here in place.section.split(),
            "phone": place.phone,
        }
        for place in PLACES
        if place.endpoint in app.view_functions and place.open_to(actor)
    ]


def counts() -> InboxCounts:
    """What waits for this user, asked once a request."""
    return current.counts()
