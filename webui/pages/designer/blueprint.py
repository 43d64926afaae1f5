"""Process design: drafts of processes and their life. For designers and approvers; administrators are both."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint

from engine.people import authorization
from engine.states import Verb
from webui import current

page = Blueprint("designer", __name__, url_prefix="/designer")


@page.before_request
def designers_and_approvers_only() -> None:
    """Nobody else sees these pages."""
    authorization.require(current.actor(), Verb.SEE_DRAFTS)


@page.app_template_filter("instant")
def instant(text: str) -> datetime | date:
    """What a kept result says of a time or a day."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
