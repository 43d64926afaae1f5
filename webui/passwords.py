"""Asking for a new password, wherever one is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.people import SHORTEST_PASSWORD
from webui import current, demo


def new_password_fields() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """The new password, twice, for `fields.simple`."""
    hint = _("At least %(count)s characters. A sentence only you know is better than a word with signs.", count=SHORTEST_PASSWORD)
    return (
        ("password", _("New password"), {"widget": "password", "autocomplete": "new-password", "hint": hint}),
        ("again", _("The same password again"), {"widget": "password", "autocomplete": "new-password"}),
    )


def repeated(values: Mapping[str, str]) -> dict[str, str]:
    """The problem, by field, of two passwords that differ, or of the one that everybody knows."""
    if values.get("password") == demo.PASSWORD and not current.demonstrates():
        return {"password": _("Everybody knows this password: it is that of the demonstration. Choose another.")}
    if values.get("password") != values.get("again"):
        return {"again": _("The two passwords differ. Type the same one twice.")}
    return {}
