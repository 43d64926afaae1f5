"""Taking away access: what becomes of the open work, told before it is done; and giving access back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid, NotFound
from engine.running.reassignment import Reassignment
from webui import current, fields, names, offered
from webui.languages import pick
from webui.pages.people import one
from webui.pages.people.blueprint import page

Page = tuple[str, int] | Response
LEAVE, BACK, PERSON = "leave", "back", "person"
TASK = "task:"  # and its id: who gets a single task


@page.get("/people/<user_id>/closing")
def closing(user_id: str) -> str | Response:
    """What is open, and to whom it may go; of who has no access any more, only where there is something."""
    work = one.open_work(user_id)
    if not current.engine().user(user_id).active and not (work.handed or work.stays):
        return redirect(url_for("people.edit", user_id=user_id))
    return _shown(user_id, {})


@page.post("/people/<user_id>/closing")
def close(user_id: str) -> Page:
    """End access, sessions and tokens at once, and hand the open work over, all in one."""
    form, engine, me = request.form, current.engine(), current.actor()
    way, to, reason = form.get("way", LEAVE), form.get("to", "").strip() or None, form.get("reason", "").strip()
    problems: dict[str, str] = {}
    if not reason:
        problems["reason"] = _("Please give a reason: it stays in the history.")
    if user_id == me.user_id:
        problems["reason"] = _("You cannot take away your own access. Ask another administrator.")
    if way == PERSON and to is None:
        problems["to"] = _("Name the person who gets the work.")
    had_access = engine.user(user_id).active
    asked = {} if problems or form.get("outside") == _receivers() else _foreign(one.open_work(user_id), way, to)
    if not problems and not asked:
        try:
            done = engine.close_account(
                user_id, to=to, hand_over=way != LEAVE, back_first=way == BACK, single=_single(), reason=reason, actor=me
            )
        except (Invalid, Conflict, NotFound) as error:
            problems = fields.problems_of(error, "to")
    if problems or asked:
        return _shown(user_id, problems or asked, outside=_receivers() if asked else ""), 422
    moved, stay = len(done.handed), len(done.stays)
    if had_access:
        flash(_("%(name)s may not log in any more.", name=user_id), "done")
    if moved:
        flash(ngettext("%(num)d task was handed over.", "%(num)d tasks were handed over.", moved), "done")
    if stay:
        flash(ngettext("%(num)d task waits for somebody to be chosen.", "%(num)d tasks wait for somebody to be chosen.", stay), "returned")
    return redirect(url_for("people.edit", user_id=user_id))


def _single() -> dict[str, str]:
    """Who was named for single tasks, by their ids."""
    named = {name.removeprefix(TASK): value.strip() for name, value in request.form.items() if name.startswith(TASK)}
    return {task_id: to for task_id, to in named.items() if to}


def _receivers() -> str:
    """All who were named, as one text: what is asked about is asked once for the same people."""
    return ", ".join(value.strip() for name, value in sorted(request.form.items()) if name == "to" or name.startswith(TASK))


def _foreign(work: Reassignment, way: str, to: str | None) -> dict[str, str]:
    """What is asked where work is to go to people it is not offered to: by field."""
    engine, single, me = current.engine(), _single(), current.actor()
    general = {PERSON: work.handed + work.stays, BACK: work.stays}.get(way, ()) if to is not None else ()
    tasks = {task.task_id: engine.task(task.task_id, actor=me).task for task in work.handed + work.stays}
    wanted = [("to", to or "", [tasks[task.task_id] for task in general if task.task_id not in single])]
    wanted += [(task_id, receiver, [tasks[task_id]]) for task_id, receiver in single.items() if task_id in tasks]
    found: dict[str, str] = {}
    for field, receiver, given in wanted:
        try:
            user = engine.user(receiver) if given else None
        except NotFound:  # the engine says so, with its field
            continue
        if user is not None and (strange := offered.foreign(engine, given, receiver)):
            who, groups = pick(user.name, user.name_en), ", ".join(map(names.group, strange))
            found[field] = _("%(who)s does not work for %(groups)s. To hand over all the same, press once more.", who=who, groups=groups)
    return found


@page.post("/people/<user_id>/active")
def give_back(user_id: str) -> Response:
    """Give access back; a password as before, tokens anew."""
    current.engine().deactivate(user_id, active=True, actor=current.actor())
    flash(_("%(name)s may log in again.", name=user_id), "done")
    return redirect(url_for("people.edit", user_id=user_id))


def _shown(user_id: str, problems: dict[str, str], outside: str = "") -> str:
    engine, me = current.engine(), current.actor()
    user, work = engine.user(user_id), one.open_work(user_id)
    colleagues = {
        member[0]: member[1:] for group in user.groups for member in engine.members(group.partition(":")[0]) if member[0] != user_id
    }
    way = request.form.get("way") or (BACK if work.handed else LEAVE)
    form = {"way": way, "to": request.form.get("to", ""), "reason": request.form.get("reason", "")}
    wrongs = [fields.Wrong(words, "f-" + name) for name, words in problems.items()]
    return render_template(
        "pages/person_closing.html", person=user, work=work, colleagues=colleagues, form=form, wrong=problems, problems=wrongs,
        names=names, me=me.user_id, single=_single(), outside=outside,
    )  # fmt: skip
