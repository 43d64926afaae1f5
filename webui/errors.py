"""Every error that can reach a page, with its code and what it tells the user: the one map from engine errors to HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, render_template, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, LanguageError, NotFound, RuamError, Unavailable

log = logging.getLogger(__name__)

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
    401: Words(lazy_gettext("Please log in"), lazy_gettext("Your session has ended. Log in again; drafts have been kept.")),
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
        lazy_gettext("Somebody was faster"),
        lazy_gettext(
            "This was changed while you had it open, and nothing of yours was overwritten. Load it again to see how it stands now."
        ),
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
    if status >= 500:
        log.error("%s %s: %s", request.method, request.path, error.message, exc_info=error)
    return _answer(status, error.code, error.message, error)


def _http_error(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error  # a redirect
    return _answer(status, "http", error.description or error.name)


def _crash(error: Exception) -> tuple[str | Response, int]:
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return _answer(500, "error", "Internal error.")


def _answer(status: int, code: str, message: str, error: RuamError | None = None) -> tuple[str | Response, int]:
    if wants_json():
        return {"code": code, "message": message}, status  # type: ignore[return-value]
    words = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    problems = error.problems if isinstance(error, Invalid) else ()
    return render_template("pages/error.html", words=words, status=status, problems=problems, element=_element(error)), status


def _element(error: RuamError | None) -> str | None:
    return error.facts.get("element_name") if isinstance(error, ExecutionFailed) else None


def wants_json() -> bool:
    """Whether a script asks, not a person."""
    return request.accept_mimetypes.best == "application/json"
