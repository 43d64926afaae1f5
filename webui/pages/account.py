"""One's own account: name, groups, a new password, tokens for programs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine.errors import Forbidden, Invalid
from webui import auth, current, fields, names, passwords

page = Blueprint("account", __name__)

DAYS = ("30", "90", "365")  # how long a token may be good
UNLIMITED = "none"


@page.get("/account")
def show() -> str:
    """Who I am here, and the form for a new password."""
    return _page({})


@page.post("/account/password")
@auth.limiter.limit("10 per minute; 60 per hour", key_func=lambda: "password " + current.actor().user_id)
def set_password() -> tuple[str, int] | Response:
    """Change one's password; sessions elsewhere end, this one goes on."""
    engine, me = current.engine(), current.actor()
    problems = passwords.repeated(request.form)
    try:
        engine.check_password(me.user_id, request.form.get("old", ""), demo=current.demonstrates())
    except Forbidden:
        problems["old"] = _("This is not your present password.")
    if not problems:
        try:
            engine.set_password(me.user_id, request.form.get("password", ""), actor=me)
        except Invalid as error:
            problems = fields.problems_of(error, "password")
    if problems:
        return _page(problems), 422
    auth.sign_in(me.user_id)
    flash(_("Your password is changed. Sessions on other devices have ended."), "done")
    return redirect(url_for("account.show"))


@page.post("/account/tokens")
@auth.limiter.limit("20 per hour", key_func=lambda: "token " + current.actor().user_id)
def add_token() -> tuple[str, int] | str:
    """Make a token for a program; it is shown this once."""
    me = current.actor()
    try:
        _token, secret = current.engine().add_api_token(me.user_id, request.form.get("name", ""), days=_days(), actor=me)
    except Invalid as error:
        return _page(fields.problems_of(error, "name")), 422
    return _page({}, secret)


@page.post("/account/tokens/<token>/revoke")
def revoke_token(token: str) -> Response:
    """Take a token back: the program that has it is let in no more."""
    current.engine().revoke_api_token(token, actor=current.actor())
    flash(_("The token is taken back. No program comes in with it any more."), "done")
    return redirect(url_for("account.show"))


def _days() -> int | None:
    """How long the token is to be good; the longest there is where nothing of the list was sent."""
    chosen = request.form.get("days", "")
    return None if chosen == UNLIMITED else int(chosen) if chosen in DAYS else int(DAYS[-1])


def _page(problems: dict[str, str], secret: str | None = None) -> str:
    old = ("old", _("Present password"), {"widget": "password", "autocomplete": "current-password"})
    asked = fields.simple((old, *passwords.new_password_fields()), {}, problems)
    groups = [names.group(group) for group in current_user.view.groups]
    lasts = [*((days, _("%(days)s days", days=days)) for days in DAYS), (UNLIMITED, _("Until it is taken back"))]
    chosen = request.form.get("days") or DAYS[1]
    new_token = fields.simple(
        (
            ("name", _("What it is for"), {"hint": _("A name you will know it by: the program, or the machine.")}),
            (
                "days",
                _("Good for"),
                {"widget": "radio", "choices": tuple(fields.Choice(key, words, key == chosen) for key, words in lasts)},
            ),
        ),
        {},
        problems,
    )
    me = current.actor()
    return render_template(
        "pages/account.html", fields=asked, problems=fields.wrongs([*asked, *new_token]), groups=groups, new_token=new_token, secret=secret,
        tokens=current.engine().api_tokens(me.user_id, actor=me),
    )  # fmt: skip
