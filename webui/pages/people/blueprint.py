"""People: who may log in, for which parties and with which roles. For administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.errors import Forbidden
from engine.states import Role
from webui import current
from webui.fields import Choice

page = Blueprint("people", __name__)

ROLES = {  # in the order in which they are told
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.DESIGNER: lazy_gettext("Designer"),
    Role.APPROVER: lazy_gettext("Approver"),
    Role.AUDITOR: lazy_gettext("Auditor"),
    Role.OBSERVER: lazy_gettext("Observer"),
}
FOR = {
    Role.ADMINISTRATOR: lazy_gettext("manages people, processes and repairs"),
    Role.DESIGNER: lazy_gettext("drafts changes of processes"),
    Role.APPROVER: lazy_gettext("approves what others have drafted"),
    Role.AUDITOR: lazy_gettext("reads who did what, changes nothing"),
    Role.OBSERVER: lazy_gettext("looks on, does nothing"),
}


@page.before_request
def administrators_only() -> None:
    """Only administrators see who there is."""
    if not current.actor().administrator:
        raise Forbidden("Only an administrator manages the users.", th="เฉพาะผู้ดูแลระบบเท่านั้นที่จัดการผู้ใช้ได้")


def tabs(here: str) -> list[dict[str, object]]:
    """The pages about people."""
    entries = (("show", _("Users")), ("parties", _("Parties")), ("roles", _("Roles")), ("importing", _("Import")))
    return [{"url": url_for(f"people.{name}"), "words": words, "here": name == here} for name, words in entries]


def about(values: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What is asked of every user: names, address, roles."""
    roles = values.getlist("roles") if hasattr(values, "getlist") else values.get("roles", [])
    choices = tuple(Choice(role, f"{words} · {FOR[role]}", role in roles) for role, words in ROLES.items())
    return [
        ("name", _("Name"), {"autocomplete": "off"}),
        ("name_en", _("Name in English"), {"required": False, "autocomplete": "off"}),
        ("email", _("E-mail"), {"widget": "email", "required": False, "autocomplete": "off"}),
        ("roles", _("Roles"), {"widget": "checkboxes", "required": False, "choices": choices}),
    ]
