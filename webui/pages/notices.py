"""Notices: what the process told me and my party."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from webui import current
from webui.languages import pick

page = Blueprint("notices", __name__)

LIMIT = 30


def _bodies(text: str) -> tuple[str, str]:
    """The Thai and the English text of a notice: it carries both, an empty line between, as a mail would."""
    thai, _, english = text.partition("\n\n")
    return thai, english or thai


@page.get("/notices")
def show() -> str:
    """The notices, newest first."""
    first = current.first()
    found = current.engine().notices(current.actor(), first=first, limit=LIMIT)
    return render_template(
        "pages/notices.html",
        notices=[(notice, pick(*_bodies(notice.body))) for notice in found.items],
        total=found.total,
        first=first,
        limit=LIMIT,
        further=lambda start: url_for("notices.show", first=start or None),
    )
