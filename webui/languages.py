"""Thai first, English beside it: which language a request speaks, and the switch between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, session
from flask_babel import Babel, force_locale
from flask_login import current_user

THAI, ENGLISH = "th", "en"
LANGUAGES = (THAI, ENGLISH)
SESSION_KEY = "language"


def register(app: Flask) -> None:
    """Set up the translations. Messages are English in the code and templates; Thai is the default."""
    app.config.update(BABEL_DEFAULT_LOCALE=THAI, BABEL_DEFAULT_TIMEZONE="Asia/Bangkok")
    Babel(app, locale_selector=language)
    app.jinja_env.globals.update(language=language, pick=pick)


def language() -> str:
    """`th` or `en`: as chosen in this session, else as the user's account says, else Thai."""
    if "language" not in g:
        chosen = session.get(SESSION_KEY)
        if chosen not in LANGUAGES:
            chosen = getattr(current_user, "locale", None)
        g.language = chosen if chosen in LANGUAGES else THAI
    return str(g.language)


def choose(name: str) -> None:
    """Speak this language for the rest of the session."""
    session[SESSION_KEY] = name
    g.language = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak this language inside, and what was spoken before after it; no other than ours."""
    before, name = language(), name if name in LANGUAGES else language()
    g.language = name
    try:
        with force_locale(name):
            yield
    finally:
        g.language = before


def pick(th: str | None, en: str | None) -> str:
    """The text in the request's language; the other one where it is missing."""
    first, second = (en, th) if language() == ENGLISH else (th, en)
    return first or second or ""
