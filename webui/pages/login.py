"""Logging in and out, and the first administrator's one-time link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.wrappers import Response

from engine.errors import Conflict, Forbidden, Invalid
from engine.people import SYSTEM
from engine.people.links import HOURS, PASSWORD
from webui import auth, current, fields, oidc, passwords
from webui.languages import pick
from webui.pages.people.blueprint import ROLES

page = Blueprint("login", __name__)

FEW = 6  # demo users of a party that are listed at once


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """The demo users of one party, for the list beside the login form."""

    words: str
    users: tuple[tuple[str, str], ...]  # user id, name


@page.get("/login")
def show() -> str | Response:
    """The form, and on a demo database who there is to be."""
    if current_user.is_authenticated:
        return redirect(_next() or "/")
    return form(name=request.args.get("name", ""))


def _typed_name() -> str:
    return "login " + request.form.get("name", "").strip().casefold()


def _failed(answer: Response) -> bool:
    return answer.status_code != 302


@page.post("/login")
@auth.limiter.limit(auth.LOGIN_LIMITS, key_func=_typed_name, deduct_when=_failed)
@auth.limiter.limit(auth.LOGIN_LIMITS_ADDRESS, key_func=get_remote_address, deduct_when=_failed)
def log_in() -> tuple[str, int] | Response:
    """Check name and password; the same answer for a wrong name as for a wrong password."""
    name = request.form.get("name", "").strip()
    try:
        found = current.engine().log_in(name, request.form.get("password", ""), demo=current.demonstrates())
    except Forbidden:
        return form(name=name, error=_("The name or the password is wrong. Check both and try again.")), 401
    auth.sign_in(found.user_id)
    return redirect(_next() or "/")


@page.post("/logout")
def log_out() -> Response:
    """End this session."""
    if current_user.is_authenticated:
        current.engine().logged_out(current.actor())
    elsewhere = oidc.session_to_end()
    auth.sign_out()
    if elsewhere:
        return redirect(elsewhere)
    flash(_("You are logged out."), "done")
    return redirect(url_for("login.show"))


@page.errorhandler(Forbidden)
def link_is_over(_error: Forbidden) -> tuple[str, int]:
    """Say to who is not logged in that a one-time link is used, withdrawn or too old, and what to do."""
    return render_template("pages/link_over.html", hours=int(HOURS)), 403


@page.get("/welcome/<token>")
def welcome(token: str) -> str:
    """The form of the first administrator. Raises Forbidden where the link is used, too old or of no use any more."""
    current.engine().check_welcome(token)
    return _welcome({}, {})


@page.post("/welcome/<token>")
@auth.limiter.limit("20 per hour")
def first_administrator(token: str) -> tuple[str, int] | Response:
    """Add the first administrator, which uses the link up."""
    engine, values = current.engine(), request.form
    engine.check_welcome(token)
    problems = passwords.repeated(values)
    name = values.get("user_id", "").strip()
    if not problems:
        try:
            engine.first_administrator(token, name, name=values.get("name", ""), password=values.get("password", ""))
        except (Invalid, Conflict) as error:
            problems = fields.problems_of(error, "user_id")
    if problems:
        return _welcome(values, problems), 422
    auth.sign_in(name)
    flash(_("Welcome. Now add the people who will work here."), "done")
    return redirect(url_for("people.show"))


@page.get("/password/<token>")
def invitation(token: str) -> str:
    """The form of who was given a one-time link. Raises Forbidden where it is used, withdrawn or too old."""
    return _invitation(token, {})


@page.post("/password/<token>")
@auth.limiter.limit("20 per hour")
def accept(token: str) -> tuple[str, int] | Response:
    """Set the password, use the link up, log in."""
    problems = passwords.repeated(request.form)
    if not problems:
        try:
            user_id = current.engine().accept_invitation(token, request.form.get("password", ""))
        except Invalid as error:
            problems = fields.problems_of(error, "password")
    if problems:
        return _invitation(token, problems), 422
    current.engine().logged_in(user_id, "link")
    auth.sign_in(user_id)
    flash(_("Your password is set."), "done")
    return redirect("/")


def _invitation(token: str, problems: Mapping[str, str]) -> str:
    user_id = current.engine().check_link(token, PASSWORD)
    asked = fields.simple(passwords.new_password_fields(), {}, problems)
    return render_template("pages/invitation.html", fields=asked, problems=fields.wrongs(asked), user_id=user_id)


def _welcome(values: Mapping[str, str], problems: Mapping[str, str]) -> str:
    asked = fields.simple(
        (
            ("user_id", _("User name"), {"autocomplete": "username", "hint": _("Letters, digits and . @ + - _")}),
            ("name", _("Your name"), {"autocomplete": "name"}),
            *passwords.new_password_fields(),
        ),
        values,
        problems,
    )
    return render_template("pages/welcome.html", fields=asked, problems=fields.wrongs(asked))


def _next() -> str | None:
    return auth.safe_next(request.values.get("next"))


def form(name: str = "", error: str | None = None) -> str:
    """The login, with what went wrong."""
    return render_template(
        "pages/login.html",
        name=name,
        error=error,
        next=_next() or "",
        groups=_demo_groups(),
        demo_password=current.demo_password(),
        few=FEW,
        provider=current.settings().provider,
    )


def _demo_groups() -> list[DemoGroup]:
    if not current.demonstrates():
        return []
    users = current.engine().users(actor=SYSTEM, limit=1000).items
    parties = current.engine().parties()
    groups: dict[str, list[tuple[str, str]]] = {}
    for user in users:
        if user.demo and user.active:
            first = user.groups[0].partition(":")[0] if user.groups else (user.roles[0] if user.roles else "")
            name = pick(user.name, user.name_en)
            groups.setdefault(first, []).append((user.id, name.partition(": ")[2] or name))  # all begin with "demo user: "
    order = sorted([*parties, *(key for key in groups if key not in parties)], key=lambda key: len(groups.get(key, ())) > FEW)
    roles = {str(role): str(words) for role, words in ROLES.items()}
    return [DemoGroup(pick(*parties[key]) if key in parties else roles.get(key, key), tuple(groups[key])) for key in order if key in groups]
