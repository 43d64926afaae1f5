"""The switch between Thai and English."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from webui import auth, current, languages

page = Blueprint("language", __name__)


@page.post("/language")
def choose() -> Response:
    """Speak the language chosen, and remember it with the account."""
    name = request.form.get("language", "")
    if name in languages.LANGUAGES:
        languages.choose(name)
        if current_user.is_authenticated:
            current.engine().set_locale(name, actor=current.actor())
    return redirect(auth.safe_next(request.form.get("next")) or "/")
