"""Users and their groups: a plain page for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Forbidden, Invalid
from engine.states import Role
from webui import current, fields, names, passwords
from webui.fields import Choice

page = Blueprint("people", __name__)

LIMIT = 50


@page.before_request
def administrators_only() -> None:
    """Only administrators see who there is."""
    if not current.actor().administrator:
        raise Forbidden("Only an administrator manages the users.", th="เฉพาะผู้ดูแลระบบเท่านั้นที่จัดการผู้ใช้ได้")


@page.get("/people")
def show() -> str:
    """The users, by name."""
    search, first = request.args.get("q", "").strip(), current.first()
    found = current.engine().users(actor=current.actor(), search=search or None, first=first, limit=LIMIT)
    groups = {group: names.group(group) for user in found.items for group in user.groups}
    return render_template(
        "pages/people.html", users=found.items, total=found.total, first=first, limit=LIMIT, search=search, names=groups, roles=_roles(),
        further=lambda start: url_for("people.show", q=search or None, first=start or None),
    )  # fmt: skip


@page.get("/people/new")
def new() -> str:
    """The form for a new user."""
    return _form(None, {}, {})


@page.post("/people/new")
def add() -> tuple[str, int] | Response:
    """Add a user with groups, roles and a first password."""
    form, problems = request.form, passwords.repeated(request.form)
    name = form.get("user_id", "").strip()
    if not problems:
        try:
            current.engine().add_user(
                name, name=form.get("name", ""), name_en=form.get("name_en", ""), email=form.get("email") or None,
                password=form.get("password", ""), roles=form.getlist("roles"), groups=_groups(form.get("groups", "")),
                actor=current.actor(),
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            problems = fields.problems_of(error, "user_id")
    if problems:
        return _form(None, form, problems), 422
    flash(_("%(name)s is added.", name=name), "done")
    return redirect(url_for("people.show"))


@page.get("/people/<user_id>")
def edit(user_id: str) -> str:
    """One user's name, roles and groups."""
    user = current.engine().user(user_id)
    values = {
        "name": user.name,
        "name_en": user.name_en,
        "email": user.email or "",
        "groups": "\n".join(user.groups),
        "roles": list(user.roles),
    }
    return _form(user_id, values, {})


@page.post("/people/<user_id>")
def change(user_id: str) -> tuple[str, int] | Response:
    """Change name, roles and groups; a password only where a new one is typed."""
    engine, me, form = current.engine(), current.actor(), request.form
    problems = passwords.repeated(form)
    if not problems:
        try:
            if form.get("password"):
                engine.set_password(user_id, form["password"], actor=me)
            engine.change_user(
                user_id,
                name=form.get("name", ""),
                name_en=form.get("name_en", ""),
                email=form.get("email") or None,
                roles=form.getlist("roles"),
                actor=me,
            )
            engine.set_memberships(user_id, _groups(form.get("groups", "")), actor=me)
        except (Invalid, Conflict) as error:
            problems = fields.problems_of(error, "name")
    if problems:
        return _form(user_id, form, problems), 422
    flash(_("The changes to %(name)s are saved.", name=user_id), "done")
    return redirect(url_for("people.show"))


@page.post("/people/<user_id>/active")
def set_active(user_id: str) -> Response:
    """Take away or give back a user's access."""
    active = request.form.get("active") == "yes"
    if user_id == current.actor().user_id:
        flash(_("You cannot take away your own access. Ask another administrator."), "returned")
    else:
        current.engine().deactivate(user_id, active=active, actor=current.actor())
        flash(_("%(name)s may log in again.", name=user_id) if active else _("%(name)s may not log in any more.", name=user_id), "done")
    return redirect(url_for("people.show"))


def _roles() -> dict[str, str]:
    return {
        Role.ADMINISTRATOR: _("Administrator"),
        Role.DESIGNER: _("Designer"),
        Role.APPROVER: _("Approver"),
        Role.OBSERVER: _("Observer"),
    }


def _groups(text: str) -> list[str]:
    return [group for group in text.replace(",", "\n").split() if group]


def _form(user_id: str | None, values: Mapping[str, Any], problems: Mapping[str, str]) -> str:
    roles = values.getlist("roles") if hasattr(values, "getlist") else values.get("roles", [])
    words = {
        Role.ADMINISTRATOR: _("Administrator: people, processes, repairs"),
        Role.DESIGNER: _("Designer: drafts changes of processes"),
        Role.APPROVER: _("Approver: approves what others have drafted"),
        Role.OBSERVER: _("Observer: sees, does nothing"),
    }
    known = ", ".join(current.engine().parties())
    asked: list[tuple[str, str, Mapping[str, Any]]] = [
        ("name", _("Name"), {}),
        ("name_en", _("Name in English"), {"required": False}),
        ("email", _("E-mail"), {"widget": "email", "required": False}),
        (
            "groups",
            _("Groups"),
            {"widget": "textarea", "required": False, "hint": _("One a line: a party, or party:unit. Parties: %(names)s", names=known)},
        ),
        (
            "roles",
            _("Roles"),
            {
                "widget": "checkboxes",
                "required": False,
                "choices": tuple(Choice(role, text, role in roles) for role, text in words.items()),
            },
        ),
    ]
    secret = passwords.new_password_fields()
    if user_id is None:
        asked.insert(0, ("user_id", _("User name"), {"hint": _("Letters, digits and . @ + - _")}))
    else:
        secret = tuple((name, label, {**more, "required": False}) for name, label, more in secret)
    entries = fields.simple([*asked, *secret], values, problems)
    user = current.engine().user(user_id) if user_id else None
    return render_template("pages/person.html", fields=entries, problems=fields.wrongs(entries), person=user, me=current.actor().user_id)
