"""One user: who he is, what he is a member of and when, what he may do, what waits for him, his one-time link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.dates import thai
from engine.dates.zone import BANGKOK
from engine.errors import Conflict, Invalid
from engine.people.authorization import WORKERS
from engine.people.links import HOURS
from engine.people.memberships import Membership, gone
from engine.running.reassignment import Reassignment
from webui import current, fields, names, tasknames
from webui.pages.people.blueprint import ROLES, about, page
from webui.rendering import plain_day

Page = tuple[str, int] | Response


@page.get("/people/<user_id>")
def edit(user_id: str) -> str:
    """One user."""
    return shown(user_id)


@page.post("/people/<user_id>")
def change(user_id: str) -> Page:
    """Change names, address and roles."""
    form, engine = request.form, current.engine()
    changes: dict[str, Any] = {name: form.get(name, "").strip() for name in ("name", "name_en")}
    try:
        engine.change_user(user_id, **changes, email=form.get("email") or None, roles=form.getlist("roles"), actor=current.actor())
    except (Invalid, Conflict) as error:
        return shown(user_id, form, fields.problems_of(error, "roles")), 422
    flash(_("The changes to %(name)s are saved.", name=user_id), "done")
    return redirect(url_for("people.edit", user_id=user_id))


@page.post("/people/<user_id>/membership")
def put_membership(user_id: str) -> Page:
    """Make a user a member of a group, from a day and to a day if that is said; or change the days of a period."""
    form = request.form
    problems: dict[str, str] = {}
    typed = form.get("group", "").strip()
    group = groups_typed([typed], form.get("unheard", ""))[typed]
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = thai.parse_date(form[name]) if form.get(name, "").strip() else None
        except Invalid as error:
            problems |= fields.problems_of(error, name)
    if group is None:
        problems["group"] = unheard_of([typed]) if typed else _("Choose a group.")
    if group is not None and not problems:
        try:
            wanted, changed = Membership.of_days(group, days["since"], days["until"]), _period(user_id)
            if changed is None and form.get("period"):
                raise gone()
            before = _held(user_id)
            current.engine().put_membership(user_id, wanted, instead=changed, actor=current.actor())
        except (Invalid, Conflict) as error:
            problems = fields.problems_of(error, "group")
    if problems:
        return shown(user_id, problems=problems, wanted=form), 422
    flash(_("The membership in %(group)s is saved.", group=names.group(group)), "done")
    if replaced := ", ".join(_days(one) for one in before if one != changed and one not in _held(user_id)):
        flash(_("It takes the place of what was there for these days: %(days)s.", days=replaced), "returned")
    return redirect(url_for("people.edit", user_id=user_id) + "#memberships")


@page.post("/people/<user_id>/membership/end")
def end_membership(user_id: str) -> Response:
    """End a membership with this moment, or forget one that has not begun or is over."""
    engine, me, now = current.engine(), current.actor(), current.now()
    held = _period(user_id)
    if held is not None and held.state(now) == "now":
        engine.put_membership(user_id, replace(held, until=now), instead=held, actor=me)
        flash(_("The membership in %(group)s has ended.", group=names.group(held.group)), "done")
    elif held is not None:
        engine.forget_membership(user_id, held, actor=me)
        flash(_("The membership in %(group)s is removed.", group=names.group(held.group)), "done")
    return redirect(url_for("people.edit", user_id=user_id) + "#memberships")


def groups_typed(typed: Collection[str], unheard: str) -> dict[str, str | None]:
    """The groups typed, by their keys or by their names; none where nobody has heard of one, so that a slip of the pen makes no group.

    `unheard`: those the page asked about before (one a line); typed once more, one of them is meant: a diagram may compute its groups.
    """
    known = {key: words for many in names.groups().values() for key, words in many}
    by_name = {words: key for key, words in known.items()}
    asked, parties = set(unheard.splitlines()), current.engine().party_members(actor=current.actor())
    known |= {party.key: party.key for party in parties}
    free = {WORKERS, *(party.key for party in parties if party.has_units)} - names.units().keys()  # any unit is one
    meant = {text for text in typed if text in known or text in asked or (":" in text and text.partition(":")[0] in free)}
    return {text: by_name.get(text) or (text if text in meant else None) for text in typed}


def unheard_of(groups: Iterable[str]) -> str:
    """What is said of groups nobody has heard of."""
    return _("There is no group %(names)s yet. Correct it, or save once more to make it.", names=", ".join(f"“{one}”" for one in groups))


def _period(user_id: str) -> Membership | None:
    """The membership the request is about: `period` is its key on the page."""
    asked = request.values.get("period")
    return next((one for one in _held(user_id) if _key(one) == asked), None) if asked else None


def _held(user_id: str) -> tuple[Membership, ...]:
    return current.engine().person(user_id, actor=current.actor()).memberships


def _days(one: Membership) -> str:
    """A period as people read it: `1 ต.ค. 2570 – 30 ก.ย. 2571`."""
    return " – ".join(plain_day(day) or "…" for day in (one.first_day, one.last_day))


def _key(one: Membership) -> str:
    """What tells a period from the others of a user."""
    return f"{one.group} {one.since.isoformat() if one.since else ''}"


def _typed(one: Membership | None) -> dict[str, str]:
    """A period as one types it."""
    if one is None:
        return {}
    days = {"since": one.first_day, "until": one.last_day}
    return {"group": one.group, **{name: f"{day.day}/{day.month}/{day.year + thai.BE_OFFSET}" for name, day in days.items() if day}}


@page.post("/people/<user_id>/link")
def make_link(user_id: str) -> Page:
    """A one-time link to set a password, shown this once."""
    try:
        return _secret(shown(user_id, link=link_for(user_id)))
    except Conflict as error:
        return shown(user_id, problems=fields.problems_of(error, "link")), 422


def _secret(text: str) -> Response:
    """A page that no cache keeps: it holds a secret."""
    return Response(text, mimetype="text/html", headers={"Cache-Control": "no-store"})


def link_for(user_id: str) -> str:
    """A new one-time link's address. Raises Conflict, NotFound."""
    return address_of(current.engine().invite(user_id, actor=current.actor()))


def address_of(token: str) -> str:
    """The address of a one-time link, as one hands it over."""
    public = current.settings().public_url.rstrip("/")
    path = url_for("login.invitation", token=token)
    return public + path if public else url_for("login.invitation", token=token, _external=True)


def shown(
    user_id: str,
    values: Mapping[str, Any] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    wanted: Mapping[str, str] | None = None,
    link: str | None = None,
    fresh: bool = False,
) -> str:
    """The page of a user, with what was typed and is wrong, or with a link just made."""
    engine, me, problems = current.engine(), current.actor(), problems or {}
    person = engine.person(user_id, actor=me)
    user, changed = person.user, _period(user_id)
    wanted = wanted if wanted is not None else _typed(changed)
    given = values or {"name": user.name, "name_en": user.name_en, "email": user.email or "", "roles": list(user.roles)}
    entries = fields.simple(about(given), given, problems)
    begin = _("Empty: without a first day. 1/10/2569") if changed else _("Empty: from now on. 1/10/2569")
    dates = fields.simple(
        (
            ("since", _("From"), {"widget": "short", "required": False, "hint": begin}),
            ("until", _("To"), {"widget": "short", "required": False, "hint": _("The last day. Empty: without end")}),
        ),
        wanted,
        problems,
    )
    return render_template(
        "pages/person.html", person=person, user_shown=user, fields=entries, dates=dates, wrong=problems,
        problems=[*fields.wrongs([*entries, *dates]), *_at_group(problems)], me=me.user_id, now=current.now(),
        groups=names.groups(), wanted=wanted.get("group", ""), changed=changed, key=_key,
        names=names, roles=ROLES, link=link, fresh=fresh, hours=int(HOURS),
        work=open_work(user_id), where=tasknames.where, yesterday=current.now().astimezone(BANGKOK).date() - timedelta(days=1),
    )  # fmt: skip


def _at_group(problems: Mapping[str, str]) -> list[fields.Wrong]:
    return [fields.Wrong(problems[name], "f-" + name) for name in ("group", "link") if name in problems]


def open_work(user_id: str) -> Reassignment:
    """What is in somebody's hands, or offered to him alone."""
    return current.engine().open_work(user_id, actor=current.actor())
