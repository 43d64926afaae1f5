"""Moving what runs to another version: chosen, tried as often as wanted, begun with a reason. Nothing is changed before that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid, NotFound
from engine.migration.plan import Due, Instruction, Plan, Way
from engine.migration.views import Choice, Effects, ItemState, Spot, Target
from engine.queries import DefinitionView, InstanceView
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.instances import ALL_INSTANCES, RUNNING_INSTANCES
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.rendering import day

Page = str | Response | tuple[str, int]
AT_ONCE = 25  # instances moved before the next page is shown; the clock moves the others
LISTED = 500  # instances to choose from
NOWHERE = "-"  # in the place of an element: its path ends
WAYS = {
    Way.BEFORE: lazy_gettext("begins there anew"),
    Way.MAP: lazy_gettext("goes on there as it is, with who has it, draft and papers"),
    Way.AFTER: lazy_gettext("goes on behind it, as if it had been done"),
}
DUES = {
    Due.KEEP: (lazy_gettext("Keep them all"), lazy_gettext("Due dates and timers stay as they are.")),
    Due.TIMERS: (lazy_gettext("Timers as the new version says"), lazy_gettext("Due dates stay; timers count from when their wait began.")),
    Due.RECALCULATE: (
        lazy_gettext("All as the new version says"),
        lazy_gettext("Due dates and timers, counted from when each wait began."),
    ),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen on the page."""

    source: str
    due: Due
    some: bool  # only those chosen
    instances: tuple[str, ...]
    continuations: Mapping[str, tuple[str, str]]  # by old element: place, way
    typed: Mapping[str, tuple[str, str]]  # the same of what is not confirmed yet

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Wanted:
        """From the form. `use` confirms a continuation, `drop` takes one back."""
        typed = {
            name.removeprefix("place:"): (value, form.get(f"way:{name.removeprefix('place:')}", Way.BEFORE))
            for name, value in form.items()
            if name.startswith("place:")
        }
        confirmed = dict.fromkeys([*form.getlist("chosen"), *form.getlist("use")])
        confirmed.pop(form.get("drop", ""), None)
        chosen = {id: typed[id] for id in confirmed if typed.get(id, ("", ""))[0]}
        due = Due(form["due"]) if form.get("due") in set(Due) else Due.KEEP
        return cls(
            form.get("from", ""),
            due,
            form.get("which") == "some",
            tuple(form.getlist("instance")),
            chosen,
            typed,
        )

    @property
    def instructions(self) -> Iterator[Instruction]:
        for source, (place, way) in self.continuations.items():
            if place == NOWHERE:
                yield Instruction(source, way=Way.DROP)
            else:
                yield Instruction(source, place, Way(way) if way in WAYS else Way.BEFORE)

    @property
    def ids(self) -> list[str] | None:
        return list(self.instances) if self.some else None

    def plan(self, target: str) -> Plan:
        """What is recognised, and what was chosen. Raises NotFound."""
        suggested = current.engine().suggest_migration(self.source, target, due=self.due, actor=current.actor())
        return suggested.with_instructions(*self.instructions)


@page.get("/processes/<definition_id>/move")
def move(definition_id: str) -> str:
    """What runs on another version, and what moving it to this one would do."""
    again = request.args.get("again")
    if again is not None:
        return _page(definition_id, _again(again))
    return _page(definition_id, Wanted(request.args.get("from", ""), Due.KEEP, False, (), {}, {}))


@page.post("/processes/<definition_id>/move")
def try_or_begin(definition_id: str) -> Page:
    """Try what was chosen; with `begin` and a reason, do it."""
    wanted = Wanted.read(request.form)
    if "begin" not in request.form:
        return _page(definition_id, wanted)
    engine, me = current.engine(), current.actor()
    try:
        reason = parts.reason()
        begun = engine.begin_migration(wanted.plan(definition_id), instance_ids=wanted.ids, reason=reason, actor=me)
    except (Invalid, Conflict, NotFound) as error:
        return _page(definition_id, wanted, acting.said(error)), 422
    engine.go_on_migrating(begun.id, limit=AT_ONCE, actor=me)
    return redirect(url_for("administration.migration", migration_id=begun.id))


def _again(migration_id: str) -> Wanted:
    """What was refused in a migration, with what was chosen for it then."""
    engine, me = current.engine(), current.actor()
    plan = Plan.from_json(engine.migration(migration_id, actor=me).plan)
    refused = engine.migration_items(migration_id, state=ItemState.REFUSED, limit=LISTED, actor=me).items
    chosen = {one.source: (one.target or NOWHERE, str(one.way)) for one in plan.instructions.values() if one.way != Way.MAP}
    return Wanted(plan.source, plan.due, True, tuple(one.instance_id for one in refused), chosen, chosen)


def _page(definition_id: str, wanted: Wanted, problem: str = "") -> str:
    engine, me = current.engine(), current.actor()
    target = engine.definition(definition_id)
    sources = running_elsewhere(target)
    source = next((one for one in sources if one.id == wanted.source), sources[0] if sources else None)
    if source is None:
        return render_template("pages/admin_move_none.html", tabs=parts.tabs("definitions"), target=target)
    if source.id != wanted.source:
        wanted = Wanted(source.id, wanted.due, wanted.some, wanted.instances, wanted.continuations, wanted.typed)
    plan = wanted.plan(definition_id)
    trial = engine.try_migration(plan, instance_ids=wanted.ids, actor=me)
    running = engine.search(RUNNING_INSTANCES, [Condition("definition_id", Operator.IS, source.id)], [Order("id")], limit=LISTED, actor=me)
    return render_template(
        "pages/admin_move.html",
        tabs=parts.tabs("definitions"),
        target=target,
        source=source,
        sources=sources,
        wanted=wanted,
        trial=trial,
        asked=_asked(wanted, engine.migration_choices(plan, trial, list(wanted.continuations), actor=me)),
        effects=effects(trial.effects),
        running=running,
        called=called,
        named={one.id: called(one) for one in instances_of({id for group in trial.groups for id in group.instance_ids})},
        dues=DUES,
        ways=WAYS,
        nowhere=NOWHERE,
        problem=problem,
        reason=request.form.get("reason", ""),
    )


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice as the page shows it."""

    choice: Choice
    confirmed: bool
    place: str
    way: str
    groups: list[tuple[str, list[Target]]]  # by the sub-process they are in
    suggested: str

    @property
    def id(self) -> str:
        return self.choice.source.id


def _asked(wanted: Wanted, choices: Sequence[Choice]) -> list[Asked]:
    found = []
    for choice in choices:
        id = choice.source.id
        place, way = wanted.typed.get(id, (choice.suggested or "", Way.BEFORE))
        groups: dict[str, list[Target]] = {}
        for target in choice.targets:
            inside = target.spot.inside
            groups.setdefault(pick(*inside) if inside else "", []).append(target)
        ordered = sorted(groups.items(), key=lambda group: group[0] != "")
        found.append(Asked(choice, id in wanted.continuations, place, way, ordered, choice.suggested or ""))
    return found


@page.app_template_filter("spot")
def spot(one: Spot) -> str:
    """What an element is called, with its step."""
    name = pick(one.name, one.name_en) or one.id
    return f"{one.step} · {name}" if one.step else name


def effects(told: Effects) -> list[str]:
    """What would happen, in words; only what does."""
    found = [
        (told.tasks_kept, ngettext("%(num)d open task goes on", "%(num)d open tasks go on", told.tasks_kept)),
        (told.tasks_ended, ngettext("%(num)d open task ends", "%(num)d open tasks end", told.tasks_ended)),
        (told.continued, ngettext("%(num)d path continues elsewhere", "%(num)d paths continue elsewhere", told.continued)),
        (told.timers_kept, ngettext("%(num)d timer goes on", "%(num)d timers go on", told.timers_kept)),
        (told.watches_begun, ngettext("%(num)d new event is waited for", "%(num)d new events are waited for", told.watches_begun)),
        (told.watches_ended, ngettext("%(num)d event is waited for no more", "%(num)d events are waited for no more", told.watches_ended)),
    ]
    return [words for number, words in found if number]


def instances_of(ids: set[str]) -> tuple[InstanceView, ...]:
    """Instances by their ids."""
    if not ids:
        return ()
    return current.engine().search(ALL_INSTANCES, [Condition("id", Operator.ONE_OF, sorted(ids))], actor=current.actor())


def called(one: InstanceView) -> str:
    """What people call an instance: its reference, else when it began; and its step."""
    name = names.business_key(one.business_key) or _("begun %(day)s", day=day(one.started))
    return f"{name} · {_('step %(n)s', n=one.step)}" if one.step else name
