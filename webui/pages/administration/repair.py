"""Repairing where an instance stands: choose what is to happen, read what it does, say why, do it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, NotFound
from engine.running import modification
from engine.running.modification import Do, Instruction
from engine.running.outcomes import Outcome
from engine.states import InstanceState
from engine.views.standing import Destination, Place, Standing
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

Page = str | Response | tuple[str, int]
REFUSED = (Conflict, Invalid, NotFound, ExecutionFailed)
WORDS = {
    "move": lazy_gettext("Move it"),
    "skip": lazy_gettext("Skip it"),
    "repeat": lazy_gettext("Do it again"),
    "cancel": lazy_gettext("End it here"),
    "start": lazy_gettext("Begin here, too"),
    "restart": lazy_gettext("Start once more"),
}
HINTS = {
    "move": lazy_gettext("It ends here and goes on before another element."),
    "skip": lazy_gettext("It goes on as if this had been done."),
    "repeat": lazy_gettext("It begins here anew; what was entered so far is left."),
    "cancel": lazy_gettext("It ends here, and its path with it."),
}
DONE = {
    "move": lazy_gettext("It is moved."),
    "skip": lazy_gettext("It is skipped."),
    "repeat": lazy_gettext("It has begun anew."),
    "cancel": lazy_gettext("It has ended."),
    "start": lazy_gettext("It has begun."),
    "restart": lazy_gettext("A new process stands where you chose."),
}
ICONS = {
    "ends": "stopped",
    "begins": "start",
    "passes": "arrow-right",
    "sets": "change",
    "state": "info",
    "trouble": "incident",
    "nothing": "info",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for: a verb, the token it is about, the element it leads to, variables to set first."""

    verb: str
    token: str
    to: str
    typed: str  # the variables as JSON text

    @classmethod
    def read(cls, values: Mapping[str, str], verb: str = "move") -> Choice:
        """From a form or an address."""
        asked = values.get("verb") or verb
        return cls(asked if asked in WORDS else verb, values.get("token", ""), values.get("to", ""), values.get("variables", ""))

    def instructions(self) -> Sequence[Instruction]:
        """In the engine's words. Raises Invalid."""
        variables = parts.typed_variables("variables")
        if self.verb in ("move", "start", "restart") and not self.to:
            raise Invalid(_("Choose where it goes on."))
        if self.verb == "move":
            return modification.move(self.token, self.to, variables)
        if self.verb in ("start", "restart"):
            return (Instruction(Do.START_BEFORE, self.to, variables=variables),)
        if self.verb == "cancel":
            return modification.cancel(self.token)
        return (modification.skip if self.verb == "skip" else modification.repeat)(self.token, variables)


@page.get("/instances/<instance_id>/elements/<element_id>")
def place(instance_id: str, element_id: str) -> str:
    """What stands at an element, and what can be done about it: a part of the instance's page."""
    standing = current.engine().standing(instance_id, actor=current.actor())
    destination = next((one for one in standing.destinations if one.id == element_id), None)
    return render_template(
        "administration/place.html",
        instance_id=instance_id,
        element_id=element_id,
        destination=destination,
        running=_running(instance_id),
        held=element_id in _held(instance_id),
        places=[one for one in standing.places if one.element_id == element_id],
        told=told,
    )


@page.post("/instances/<instance_id>/elements/<element_id>/<any(suspend, resume):verb>")
def hold_activity(instance_id: str, element_id: str, verb: str) -> Response:
    """Hold an activity of an instance (`suspend`), or let it go on."""
    engine, me = current.engine(), current.actor()
    act, words = (engine.suspend_activity, _("It is held.")) if verb == "suspend" else (engine.resume_activity, _("It goes on."))
    back = url_for("administration.instance", instance_id=instance_id)
    return acting.done(lambda: act(element_id, instance_id=instance_id, reason=parts.reason(), actor=me), words, back)


@page.get("/instances/<instance_id>/repair")
def choose(instance_id: str) -> str:
    """What is to happen to a token, or where something more is to begin."""
    return _form(instance_id, Choice.read(request.args, "move" if request.args.get("token") else "start"))


@page.get("/instances/<instance_id>/restart")
def choose_restart(instance_id: str) -> str:
    """Where a new instance is to begin in place of one that has ended."""
    return _form(instance_id, Choice.read(request.args, "restart"))


@page.post("/instances/<instance_id>/repair")
def repair(instance_id: str) -> Page:
    """First tell what would happen; with a reason and a yes, do it."""
    choice = Choice.read(request.form)
    if "back" in request.form:
        return _form(instance_id, choice)
    try:
        would = _ask(instance_id, choice, preview=True)
    except REFUSED as error:
        return _form(instance_id, choice, acting.said(error)), 422
    if "sure" not in request.form:
        return _check(instance_id, choice, would)
    if not request.form.get("reason", "").strip():
        return _check(instance_id, choice, would, _("Please give a reason: it stays in the history.")), 422
    try:
        outcome = _ask(instance_id, choice, preview=False)
    except REFUSED as error:
        return _check(instance_id, choice, would, acting.said(error)), 422
    flash(str(DONE[choice.verb]), "done")
    return redirect(url_for("administration.instance", instance_id=outcome.new_id or instance_id))


def _ask(instance_id: str, choice: Choice, *, preview: bool) -> Outcome:
    engine, me, reason = current.engine(), current.actor(), request.form.get("reason", "").strip()
    instructions = choice.instructions()
    if choice.verb == "restart":
        return engine.restart(instance_id, instructions, reason=reason, preview=preview, actor=me)
    revision = None if preview else request.form.get("revision", -1, type=int)
    return engine.modify(instance_id, instructions, reason=reason, revision=revision, preview=preview, actor=me)


def _form(instance_id: str, choice: Choice, problem: str = "") -> str:
    engine, me = current.engine(), current.actor()
    standing = engine.standing(instance_id, actor=me)
    example = _example(instance_id, standing, choice.to) if choice.verb == "start" and not choice.typed else ""
    choice = replace(choice, typed=choice.typed or example)
    return render_template(
        "pages/admin_repair.html",
        tabs=parts.tabs("instances"),
        instance=engine.instance(instance_id, actor=me),
        choice=choice,
        place=_place(standing, choice.token),
        groups=_grouped(standing.destinations),
        words=WORDS,
        hints=HINTS,
        problem=problem,
        example=example,
        names=names,
        told=told,
    )


def _example(instance_id: str, standing: Standing, element_id: str) -> str:
    """Of a repeated activity that runs: what its newest one is for, to be written over with what one more is for."""
    destination = next((one for one in standing.destinations if one.id == element_id), None)
    body = next((one for one in standing.places if one.body and one.element_id == element_id), None)
    if destination is None or destination.item is None or body is None:
        return ""
    name, all_of_them = destination.item
    try:
        items = current.engine().variables(instance_id, actor=current.actor()).get(all_of_them or "")
        newest = items[-1] if isinstance(items, list) and items else ""
    except Forbidden:  # what is in it is not for every administrator: its names, without what they say
        newest = body.blank
    return json.dumps({name: newest}, ensure_ascii=False, indent=2)


def _check(instance_id: str, choice: Choice, would: Outcome, problem: str = "") -> str:
    engine, me = current.engine(), current.actor()
    standing = engine.standing(instance_id, actor=me)
    target = next((one for one in standing.destinations if one.id == choice.to), None)
    return render_template(
        "pages/admin_repair_check.html",
        tabs=parts.tabs("instances"),
        instance=engine.instance(instance_id, actor=me),
        choice=choice,
        place=_place(standing, choice.token),
        target=target,
        sentences=would.sentences,
        revision=would.revision,
        icons=ICONS,
        words=WORDS,
        problem=problem,
        reason=request.form.get("reason", ""),
        names=names,
        told=told,
    )


def told(one: Place | Destination) -> str:
    """What an element is called, and which of many it is."""
    name = pick(one.name, one.name_en) or (one.element_id if isinstance(one, Place) else one.id)
    if isinstance(one, Destination):
        return f"{one.step} · {name}" if one.step else name
    if one.body:
        return _("%(name)s, all of it", name=name)
    if one.about is not None:
        about = pick(*one.about)
        return name if about in name else f"{name.removesuffix('…').rstrip(' :')}: {about}"
    return name if one.number is None else _("%(name)s, number %(n)s", name=name, n=one.number + 1)


def _place(standing: Standing, token_id: str) -> Place | None:
    return next((one for one in standing.places if one.token_id == token_id), None)


def _grouped(destinations: Sequence[Destination]) -> list[tuple[str, list[Destination]]]:
    """By the part of the process they are in, the outermost first."""
    called = {one.id: told(one) for one in destinations}
    found: dict[str, list[Destination]] = {}
    for one in destinations:
        found.setdefault("" if one.inside is None else called.get(one.inside, one.inside), []).append(one)
    return sorted(found.items(), key=lambda group: group[0] != "")


def _held(instance_id: str) -> list[str]:
    """The elements that are suspended in an instance."""
    return current.engine().instance(instance_id, actor=current.actor()).held_elements


def _running(instance_id: str) -> bool:
    return current.engine().instance(instance_id, actor=current.actor()).state in (InstanceState.ACTIVE, InstanceState.SUSPENDED)
