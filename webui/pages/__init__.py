"""The pages: one module each, all registered here."""

from __future__ import annotations

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

from webui.pages import (
    account,
    administration,
    audit,
    comments,
    designer,
    diagrams,
    differences,
    documents,
    health,
    inbox,
    instalments,
    language,
    login,
    notices,
    oidc,
    papers,
    people,
    project,
    projects,
    provinces,
    schedule,
    start,
    task,
)
from webui.pages.designer import api as designer_api

PAGES = (
    account,
    administration,
    audit,
    comments,
    designer,
    designer_api,
    diagrams,
    differences,
    documents,
    health,
    inbox,
    instalments,
    language,
    login,
    notices,
    oidc,
    papers,
    people,
    project,
    projects,
    provinces,
    schedule,
    start,
    task,
)


def register(app: Flask) -> None:
    """Register every page's blueprint."""
    for module in PAGES:
        app.register_blueprint(module.page)
    app.add_url_rule("/", "home", _home)


def _home() -> Response:
    return redirect(url_for("inbox.show"))
