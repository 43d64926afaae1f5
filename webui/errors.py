"""Every error that can reach a page, with its code and what it tells the user: the one map from engine errors to HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, LanguageError, NotFound, Outage, RuamError, Unavailable
from engine.storage.outages import FULL_DISK, file_outage
from webui import addresses, auth
from webui.languages import ENGLISH, THAI, pick, speaking

log = logging.getLogger(__name__)

LOGIN_NEEDED, STALE = "login_needed", "stale"  # codes of JSON: nobody is logged in; the page has the token of a session that has ended

STATUS: dict[type[RuamError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
    ExecutionFailed: 500,
    LanguageError: 500,
    RuamError: 400,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says: what happened, and what to do."""

    title: str
    text: str


PAGES: dict[int, Words] = {
    400: Words(
        lazy_gettext("The request could not be read"),
        lazy_gettext("The page may have been open too long. Go back, load it again and repeat what you did."),
    ),
    401: Words(lazy_gettext("Please log in"), lazy_gettext("Your session has ended. Log in again; what you typed stays in this browser.")),
    403: Words(
        lazy_gettext("You may not do this"),
        lazy_gettext(
            "It belongs to another party, or to an administrator. If you think it is yours, ask the administrator to look at your groups."
        ),
    ),
    404: Words(
        lazy_gettext("There is no such page, or it is not open to you"),
        lazy_gettext("It may have ended, or belong to another party. What waits for you is in the inbox."),
    ),
    405: Words(lazy_gettext("This page cannot be used that way"), lazy_gettext("Go back to the inbox and start from there.")),
    409: Words(
        lazy_gettext("This has been done already, or changed"),
        lazy_gettext("It changed while you had it open, perhaps in another tab. Nothing was overwritten. Load it again."),
    ),
    413: Words(
        lazy_gettext("What you sent is too large"),
        lazy_gettext("Send smaller files, or one at a time. The limit stands beside each field."),
    ),
    422: Words(lazy_gettext("Something is not right yet"), lazy_gettext("Go back and correct what is named below.")),
    429: Words(lazy_gettext("Too many attempts"), lazy_gettext("Wait a minute, then try again.")),
    500: Words(
        lazy_gettext("The process could not go on"),
        lazy_gettext("Nothing was lost: everything is as it was before. The administrator sees what went wrong and can repeat it."),
    ),
    503: Words(
        lazy_gettext("The records cannot be reached at the moment"),
        lazy_gettext("Nothing was changed. Try again in a minute; your draft is kept."),
    ),
}
OUTAGES: dict[Outage, Words] = {  # instead of PAGES[503], where more is known
    Outage.BUSY: Words(
        lazy_gettext("The records are in use at the moment"),
        lazy_gettext("Somebody else's change is taking long. Nothing of yours was changed. Try again in a minute."),
    ),
    Outage.FULL: Words(
        lazy_gettext("There is no room left to keep this"),
        lazy_gettext("Nothing was changed and nothing is lost. Tell the administrator that the disk is full; then try again."),
    ),
    Outage.DAMAGED: Words(
        lazy_gettext("The records cannot be read"),
        lazy_gettext("Nothing was changed. Tell the administrator that the database has to be looked at, or restored from its backup."),
    ),
    Outage.UNCERTAIN: Words(
        lazy_gettext("It is not sure whether this was kept"),
        lazy_gettext("The records went away at that moment. Look in the inbox in a minute: if the task is still there, do it again."),
    ),
}


def register(app: Flask) -> None:
    """Answer errors of the engine and of HTTP with a page, or with JSON where that was asked for."""
    app.register_error_handler(RuamError, _engine_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def status_of(error: RuamError) -> int:
    """The HTTP code of an engine error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _engine_error(error: RuamError) -> tuple[str | Response, int]:
    status = status_of(error)
    if isinstance(error, Unavailable):  # nothing to find in our own lines, and it comes with every request
        log.error("%s %s: %s %s", request.method, request.path, error.message, error.facts.get("detail", ""))
    elif status >= 500:
        log.error("%s %s: %s", request.method, request.path, error.message, exc_info=error)
    return _answer(status, error.code, error.message, error)


def _http_error(error: HTTPException) -> tuple[str | Response, int] | HTTPException | Response:
    status = error.code or 500
    asks_login = request.endpoint not in auth.PUBLIC - {"login.log_in"}  # other public pages have nothing to log in for
    if isinstance(error, CSRFError) and not current_user.is_authenticated and asks_login:
        return _answer(401, LOGIN_NEEDED, error.name) if wants_json() else _log_in_again()
    if status < 400:
        return error  # a redirect
    if not wants_json() and (page := addresses.meant(status)):
        return redirect(page)
    code = STALE if isinstance(error, CSRFError) else LOGIN_NEEDED if status == 401 else "http"
    return _answer(status, code, error.description or error.name)


def _log_in_again() -> Response:
    """The session ended while a page stood open: to the login, and back to that page."""
    flash(_("You had been logged out, so nothing was sent. Log in to go on: what you typed stands in the form again."), "returned")
    return redirect(url_for("login.show", next=auth.safe_next(urlsplit(request.referrer or "").path)))


def _crash(error: Exception) -> tuple[str | Response, int]:
    if isinstance(error, OSError) and error.errno in FULL_DISK:  # an upload that found no room to wait in
        return _engine_error(file_outage(error))
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return _answer(500, "error", "Internal error.")


def _answer(status: int, code: str, message: str, error: RuamError | None = None) -> tuple[str | Response, int]:
    if isinstance(error, Unavailable):
        auth.be_nobody()  # who asks stands in the database
    words = _words(status, error)
    if wants_json():
        return {"code": code, **_told(status, words, error)}, status  # type: ignore[return-value]
    problems = [one for one in error.problems if one.message != message] if isinstance(error, Invalid) else []
    said = pick(error.message_th, error.message) if error is not None and error.message_th and _may_read(status) else ""
    try:
        page = render_template("pages/error.html", words=words, said=said, status=status, problems=problems, element=_element(error))
    except Unavailable as away:  # it was a page for somebody
        return _engine_error(away)
    return page, status


def _told(status: int, words: Words, error: RuamError | None) -> dict[str, str]:
    """What a script may show, in both languages. What failed inside is for the log."""
    if error is not None and status < 500:
        return {"message": error.message, "message_th": error.message_th or error.message}
    told = {}
    for name, locale, stop in (("message", ENGLISH, "."), ("message_th", THAI, "")):
        with speaking(locale):
            told[name] = f"{words.title}{stop} {words.text}"
    return told


def _words(status: int, error: RuamError | None) -> Words:
    if isinstance(error, Unavailable):
        return OUTAGES.get(error.outage, PAGES[503])
    return PAGES.get(status) or PAGES[500 if status >= 500 else 400]


def _element(error: RuamError | None) -> str | None:
    if not isinstance(error, ExecutionFailed):
        return None
    return pick(error.facts.get("element_name"), error.facts.get("element_name_en")) or None


def _may_read(status: int) -> bool:
    """What a refusal says is for who is refused; why the process itself failed, for who repairs it."""
    return status < 500 or (current_user.is_authenticated and current_user.actor.administrator)


def wants_json() -> bool:
    """Whether a script asks, not a person."""
    return request.accept_mimetypes.best == "application/json"
