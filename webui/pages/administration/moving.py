"""Moving what runs to another version: chosen, tried as often as wanted, begun with a reason. Nothing is changed before that."""

from __future__ import annotations

from collections import Counter
from time import monotonic

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid, NotFound, Unavailable
from engine.migration.plan import Plan
from engine.migration.views import Effects, ItemState, Spot
from engine.queries import DefinitionView, InstanceView
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.instances import ALL_INSTANCES, RUNNING_INSTANCES
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.pages.administration.chosen import DUES, NOWHERE, WAYS, Continuations, Wanted, asked, mapped
from webui.rendering import day

Page = str | Response | tuple[str, int]
AT_ONCE = 25  # instances moved before the next page is shown; the clock moves the others
PATIENCE = 2.0  # seconds: then the page is shown, which follows the rest
LISTED = 500  # instances to choose from


@page.get("/processes/<definition_id>/move")
def move(definition_id: str) -> str:
    """What runs on another version, and what moving it to this one would do."""
    again = request.args.get("again")
    if again is not None:
        return _page(definition_id, *_again(again))
    return _page(definition_id, request.args.get("from", ""), Wanted(), Continuations())


@page.post("/processes/<definition_id>/move")
def try_or_begin(definition_id: str) -> Page:
    """Try what was chosen; with `begin` and a reason, do it."""
    source, wanted, chosen = request.form.get("from", ""), Wanted.read(request.form), Continuations.read(request.form)
    if "begin" not in request.form:
        return _page(definition_id, source, wanted, chosen)
    engine, me = current.engine(), current.actor()
    try:
        reason = parts.reason()
        plan = _plan(source, definition_id, wanted, chosen)
        begun = engine.begin_migration(plan, instance_ids=wanted.ids, reason=reason, actor=me)
    except (Invalid, Conflict, NotFound) as error:
        return _page(definition_id, source, wanted, chosen, acting.said(error)), 422
    go_on(begun.id)
    return redirect(url_for("administration.migration", migration_id=begun.id))


def go_on(migration_id: str) -> None:
    """Take the turns there is time for: what was begun is kept, and the clock goes on with it where this cannot or need not."""
    engine, me = current.engine(), current.actor()
    until = monotonic() + PATIENCE
    for _turn in range(AT_ONCE):
        try:
            view = engine.go_on_migrating(migration_id, limit=1, actor=me)
        except (Conflict, Unavailable):  # the clock or somebody else is at the same ones
            return
        if view.waiting + view.returning == 0 or monotonic() > until:
            return


def _plan(source: str, target: str, wanted: Wanted, chosen: Continuations) -> Plan:
    """What is recognised, and what was chosen. Raises NotFound."""
    suggested = current.engine().suggest_migration(source, target, due=wanted.due, actor=current.actor())
    return suggested.with_instructions(*chosen.instructions)


def _again(migration_id: str) -> tuple[str, Wanted, Continuations]:
    """What was refused in a migration, with what was chosen for it then."""
    engine, me = current.engine(), current.actor()
    (plan,) = engine.migration(migration_id, actor=me).plans
    refused = engine.migration_items(migration_id, state=ItemState.REFUSED, limit=LISTED, actor=me).items
    return plan.source, Wanted(plan.due, True, tuple(one.instance_id for one in refused)), Continuations.of(plan)


def _page(definition_id: str, left: str, wanted: Wanted, chosen: Continuations, problem: str = "") -> str:
    engine, me = current.engine(), current.actor()
    target = engine.definition(definition_id)
    sources = running_elsewhere(target)
    source = next((one for one in sources if one.id == left), sources[0] if sources else None)
    if source is None:
        return render_template("pages/admin_move_none.html", tabs=parts.tabs("definitions"), target=target)
    plan = _plan(source.id, definition_id, wanted, chosen)
    trial = engine.try_migration(plan, instance_ids=wanted.ids, actor=me)
    questions = asked(chosen, engine.migration_choices(plan, trial, chosen.asked, actor=me))
    return render_template(
        "pages/admin_move.html",
        tabs=parts.tabs("definitions"),
        target=target,
        source=source,
        sources=sources,
        wanted=wanted,
        trial=trial,
        asked=questions,
        mapped=mapped(chosen, plan, engine.draw_migration(plan, actor=me), questions),
        effects=effects(trial.effects),
        running=running(Condition("definition_id", Operator.IS, source.id)),
        called=called,
        named={one.id: called(one) for one in instances_of({id for group in trial.groups for id in group.instance_ids})},
        dues=DUES,
        ways=WAYS,
        nowhere=NOWHERE,
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def running(*conditions: Condition) -> tuple[InstanceView, ...]:
    """What runs, to choose from."""
    return current.engine().search(RUNNING_INSTANCES, list(conditions), [Order("id")], limit=LISTED, actor=current.actor())


def running_elsewhere(target: DefinitionView) -> list[DefinitionView]:
    """The other versions of the process that something runs on, newest first."""
    versions = current.engine().definitions(key=target.key, limit=LISTED).items
    return [one for one in versions if one.id != target.id and one.active_instances]


def deployed_with(deployment_id: str) -> list[tuple[DefinitionView, int]]:
    """The versions of one deployment, each with how many run on others; those with most to move first."""
    found = current.engine().definitions(limit=LISTED).items
    made = [one for one in found if one.deployment_id == deployment_id]
    running = Counter[str]()
    for one in found:
        running[one.key] += 0 if one.deployment_id == deployment_id else one.active_instances
    return sorted(((one, running[one.key]) for one in made), key=lambda pair: (not pair[1], not pair[0].startable, pair[0].key))


@page.app_template_filter("spot")
def spot(one: Spot) -> str:
    """What an element is called, with its step."""
    name = pick(one.name, one.name_en)
    return f"{one.step} · {name}" if one.step else name


def effects(told: Effects) -> list[str]:
    """What would happen, in words; only what does."""
    found = [
        (told.tasks_kept, ngettext("%(num)d open task goes on", "%(num)d open tasks go on", told.tasks_kept)),
        (told.tasks_ended, ngettext("%(num)d open task ends", "%(num)d open tasks end", told.tasks_ended)),
        (told.continued, ngettext("%(num)d path continues elsewhere", "%(num)d paths continue elsewhere", told.continued)),
        (told.timers_kept, ngettext("%(num)d timer goes on", "%(num)d timers go on", told.timers_kept)),
        (told.watches_begun, ngettext("%(num)d new event is waited for", "%(num)d new events are waited for", told.watches_begun)),
        (told.calls_ended, ngettext("%(num)d called process ends", "%(num)d called processes end", told.calls_ended)),
        (told.watches_ended, ngettext("%(num)d event is waited for no more", "%(num)d events are waited for no more", told.watches_ended)),
    ]
    return [words for number, words in found if number]


def instances_of(ids: set[str]) -> tuple[InstanceView, ...]:
    """Instances by their ids."""
    if not ids:
        return ()
    return current.engine().search(ALL_INSTANCES, [Condition("id", Operator.ONE_OF, sorted(ids))], actor=current.actor())


def called(one: InstanceView) -> str:
    """What people call an instance: its reference, else when it began; what was called by its process, too; and its step."""
    name = names.reference(one) or _("begun %(day)s", day=day(one.started))
    if one.parent_id is not None:
        name = f"{name} · {pick(one.definition_name, one.definition_name_en) or one.definition_key}"
    return f"{name} · {_('step %(n)s', n=one.step)}" if one.step else name
