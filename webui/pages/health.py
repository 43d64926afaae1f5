"""`/health`: whether the database answers, for whoever watches the machine."""

from __future__ import annotations

from flask import Blueprint

from webui import current

page = Blueprint("health", __name__)


@page.get("/health")
def show() -> dict[str, str]:
    """`ok`, or the error page of a database that is away (503)."""
    current.engine().clock_now()
    return {"status": "ok"}
