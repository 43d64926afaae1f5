"""Names of parties and groups: `province:TH-50` as people call it."""

from __future__ import annotations

import time

from flask import current_app

from webui import current
from webui.languages import pick

FRESH = 60.0  # seconds the names are kept: they change with a deployment


class Names:
    """The parties' names of one application, read again now and then."""

    def __init__(self) -> None:
        self.read = -FRESH
        self.parties: dict[str, tuple[str, str]] = {}

    def get(self) -> dict[str, tuple[str, str]]:
        """Thai and English name by party."""
        if time.monotonic() - self.read >= FRESH:
            self.parties = current.engine().parties()
            self.read = time.monotonic()
        return self.parties


def group_name(group: str | None) -> str:
    """`จังหวัดที่สมัครฯ · TH-50`; the key itself where nobody named it."""
    if not group:
        return ""
    names: Names = current_app.extensions.setdefault("ruam.parties", Names())
    party, _, unit = group.partition(":")
    found = names.get().get(party)
    words = pick(*found) if found else party
    return f"{words} · {unit}" if unit else words


