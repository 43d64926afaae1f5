"""What the request in hand is about: the engine, the actor, now, what waits. Each is asked once a request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, g, request
from flask_login import current_user

from engine.forms import choices
from webui import demo

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.people import Actor
    from engine.queries import InboxCounts
    from webui.settings import Settings

FURTHEST = 1_000_000  # rows into a list
FRESH = 60.0  # seconds the days off are kept: they change once a year


def engine() -> Engine:
    """The engine this application stands on."""
    return cast("Engine", current_app.extensions["ruam.engine"])


def settings() -> Settings:
    """What the machine's administrator set."""
    return cast("Settings", current_app.extensions["ruam.settings"])


def actor() -> Actor:
    """Who asks. Only on pages that need a login."""
    return cast("Actor", current_user.actor)


def first() -> int:
    """How many rows of a list the page asked for leaves out: as its address says, within what a database can count."""
    return min(max(request.args.get("first", 0, type=int), 0), FURTHEST)


def now() -> datetime:
    """The engine's now: aware, UTC."""
    if "now" not in g:
        g.now = engine().clock_now()
    return cast("datetime", g.now)


def counts() -> InboxCounts:
    """How much waits for the actor."""
    if "counts" not in g:
        g.counts = engine().inbox_counts(actor())
    return cast("InboxCounts", g.counts)


def demo_password() -> str | None:
    """The password of all demo users where this database is a demo, else None."""
    if "demo_password" not in g:
        g.demo_password = engine().setting(demo.SETTING)
    return g.demo_password or None


def demonstrates() -> bool:
    """Whether this database is a demo."""
    return demo_password() is not None


def holidays() -> frozenset[date]:
    """The days offices are closed beside weekends."""
    kept: tuple[float, frozenset[date]] = current_app.extensions.get("ruam.holidays", (0.0, frozenset()))
    if time.monotonic() >= kept[0]:
        kept = current_app.extensions["ruam.holidays"] = (time.monotonic() + FRESH, engine().holidays())
    return kept[1]


def functions() -> Mapping[str, Callable[..., Any]]:
    """What expressions of forms may call besides the language's own: the moment, the calendar, the people of a group."""
    if "functions" not in g:
        g.functions = choices.functions(now(), holidays(), cache(engine().members))
    return cast("Mapping[str, Callable[..., Any]]", g.functions)
