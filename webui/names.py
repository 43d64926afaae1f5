"""What people call parties, groups and users: `province:TH-50`, `opdc1`."""

from __future__ import annotations

import time

from flask import current_app

from engine.errors import NotFound
from webui import current
from webui.languages import pick

FRESH = 60.0  # seconds names are kept: they change with a deployment, or when a user is renamed


class Names:
    """The Thai and English names one application has read, read again now and then."""

    def __init__(self) -> None:
        self.parties: dict[str, tuple[str, str]] = {}
        self.users: dict[str, tuple[str, str]] = {}
        self.until = 0.0

    def fresh(self) -> Names:
        """Forget what is old."""
        if time.monotonic() >= self.until:
            self.parties, self.users = current.engine().parties(), {}
            self.until = time.monotonic() + FRESH
        return self


def _names() -> Names:
    names: Names = current_app.extensions.setdefault("ruam.names", Names())
    return names.fresh()


def group(key: str | None) -> str:
    """`จังหวัดที่สมัครฯ · TH-50`; the key itself where nobody named it."""
    if not key:
        return ""
    party, _, unit = key.partition(":")
    found = _names().parties.get(party)
    words = pick(*found) if found else party
    return f"{words} · {unit}" if unit else words


def person(user_id: str | None) -> str:
    """A user's name; the id where there is no such user."""
    if not user_id:
        return ""
    names = _names()
    if user_id not in names.users:
        try:
            user = current.engine().user(user_id)
            names.users[user_id] = (user.name, user.name_en)
        except NotFound:
            names.users[user_id] = (user_id, user_id)
    return pick(*names.users[user_id])
