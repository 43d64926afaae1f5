"""One's own account: name, groups, a new password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine.errors import Forbidden, Invalid
from webui import auth, current, demo, fields, names, passwords

page = Blueprint("account", __name__)


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
        engine.check_password(me.user_id, request.form.get("old", ""), demo=demo.here())
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


def _page(problems: dict[str, str]) -> str:
    old = ("old", _("Present password"), {"widget": "password", "autocomplete": "current-password"})
    asked = fields.simple((old, *passwords.new_password_fields()), {}, problems)
    groups = [names.group(group) for group in current_user.view.groups]
    return render_template("pages/account.html", fields=asked, problems=fields.wrongs(asked), groups=groups)
