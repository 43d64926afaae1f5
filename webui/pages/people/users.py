"""The users, found by name, party, role and state; a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from engine.people.directory import STATES
from engine.people.links import HOURS
from engine.people.sheets import MAX_ROWS
from webui import current, fields, names, spreadsheet
from webui.pages.people import one
from webui.pages.people.blueprint import ROLES, about, page, tabs

LIMIT = 50


@page.get("/people")
def show() -> str:
    """The users, by name."""
    asked, search, first = _asked(), request.args.get("q", "").strip() or None, current.first()
    found = current.engine().users(actor=current.actor(), search=search, **asked, first=first, limit=LIMIT)
    groups = {group: names.group(group) for user in found.items for group in user.groups}
    states = {"active": _("May log in"), "locked": _("No password yet"), "inactive": _("No access")}
    parties = list(current.engine().parties())
    of_unit = [asked["group"]] if asked["group"] and asked["group"] not in parties else []  # come from the page of parties
    chosen = {
        "group": [(group, names.group(group), group == asked["group"]) for group in (*of_unit, *parties)],
        "role": [(role, words, role == asked["role"]) for role, words in ROLES.items()],
        "state": [(state, states[state], state == asked["state"]) for state in STATES],
    }
    return render_template(
        "pages/people.html", tabs=tabs("show"), users=found.items, total=found.total, first=first, limit=LIMIT, search=search,
        names=groups, roles=ROLES, chosen=chosen, filtered=bool(search or any(asked.values())),
        asked=asked, hours=int(HOURS), most=MAX_ROWS,
        further=lambda start: url_for("people.show", q=search, **asked, first=start or None),
    )  # fmt: skip


def _asked() -> dict[str, Any]:
    return {name: request.values.get(name, "").strip() or None for name in ("group", "role", "state")}


@page.post("/people/links")
def links() -> Response:
    """A one-time link for each of those found who have no password yet, in a file, this once."""
    engine, me, search = current.engine(), current.actor(), request.form.get("q", "").strip() or None
    found = engine.users(actor=me, search=search, **{**_asked(), "state": "locked"}, limit=MAX_ROWS).items
    tokens = engine.invite_many([user.id for user in found if user.id != me.user_id], actor=me)
    rows = ((user.id, user.name, user.email or "", one.address_of(tokens[user.id])) for user in found if user.id in tokens)
    content = b"".join(spreadsheet.lines((_("User name"), _("Name"), _("E-mail"), _("One-time link")), rows))
    headers = {"Content-Disposition": 'attachment; filename="links.csv"', "Cache-Control": "no-store"}
    return Response(content, mimetype="text/csv", headers=headers)


@page.get("/people/new")
def new() -> str:
    """The form for a new user."""
    return _form({}, {})


@page.post("/people/new")
def add() -> tuple[str, int] | str:
    """Add a user with groups and roles; the one-time link with which he begins is shown to hand over."""
    form, engine, me = request.form, current.engine(), current.actor()
    name = form.get("user_id", "").strip()
    groups, unheard = _groups(form.get("groups", ""), form.get("unheard", ""))
    if unheard:
        return _form(form, {"groups": one.unheard_of(unheard)}, unheard), 422
    try:
        engine.add_user(
            name, name=form.get("name", ""), name_en=form.get("name_en", ""), email=form.get("email") or None,
            roles=form.getlist("roles"), groups=groups, actor=me,
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        return _form(form, fields.problems_of(error, "user_id")), 422
    return one.shown(name, link=one.link_for(name), fresh=True)


def _groups(text: str, unheard: str) -> tuple[list[str], list[str]]:
    """The groups of a text, by their keys or names; and those nobody has heard of."""
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    found = one.groups_typed(lines, unheard)
    return [group for group in found.values() if group is not None], [line for line, group in found.items() if group is None]


def _form(values: Mapping[str, Any], problems: Mapping[str, str], unheard: Iterable[str] = ()) -> str:
    hint = _("One a line, by name or key; a unit as party:unit.")
    user_id = ("user_id", _("User name"), {"hint": _("Letters, digits and . @ + - _"), "autocomplete": "off"})
    groups = ("groups", _("Groups"), {"widget": "textarea", "required": False, "hint": hint})
    entries = fields.simple([user_id, *about(values), groups], values, problems)
    parties = [(party, names.group(party)) for party in current.engine().parties()]
    return render_template("pages/person_new.html", fields=entries, problems=fields.wrongs(entries), unheard=unheard, parties=parties)
