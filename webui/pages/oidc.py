"""Logging in with the agency's own login: to its provider, and back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session
from werkzeug.wrappers import Response

from engine.errors import Forbidden, NotFound
from webui import auth, current, oidc
from webui.languages import pick
from webui.pages import login

page = Blueprint("oidc", __name__, url_prefix="/login/agency")


@page.before_request
def only_where_set() -> None:
    """Where no provider is set there is no such page."""
    if current.settings().provider is None:
        raise NotFound("There is no such page.", th="ไม่พบหน้านี้")


@page.get("")
def begin() -> tuple[str, int] | Response:
    """To the provider."""
    try:
        return oidc.begin(auth.safe_next(request.args.get("next")))
    except Forbidden as error:
        return login.form(error=pick(error.message_th, error.message)), 502


@page.get("/back")
@auth.limiter.limit(auth.LOGIN_LIMITS_ADDRESS, deduct_when=lambda answer: answer.status_code != 302)
def end() -> tuple[str, int] | Response:
    """Back from there: the session begins, or the login says why not."""
    try:
        user_id, going = oidc.end()
    except Forbidden as error:
        return login.form(error=pick(error.message_th, error.message)), 401
    auth.sign_in(user_id)
    session[oidc.MARK] = True
    return redirect(auth.safe_next(going) or "/")
