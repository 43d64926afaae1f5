"""Moving all that was deployed together: every process on one page, each root whole with all it called; begun with one reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from engine.errors import Conflict, Invalid, NotFound
from engine.migration.plan import Plan
from engine.migration.views import ItemState, JointTrial, Trial
from engine.queries import DefinitionView, InstanceView
from engine.views.searching import Condition, Operator
from webui import acting, current
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.pages.administration.chosen import DUES, NOWHERE, WAYS, Asked, Continuations, Mapped, Wanted, asked, mapped
from webui.pages.administration.moving import LISTED, Page, called, effects, go_on, instances_of, running


@dataclass(frozen=True, slots=True)
class Section:
    """One process on the page: from one version to the other."""

    source: DefinitionView
    target: DefinitionView
    trial: Trial
    effects: list[str]
    asked: list[Asked]
    mapped: Mapped


@page.get("/deployments/<deployment_id>/move")
def move_together(deployment_id: str) -> str:
    """What runs on other versions of what was deployed together, and what moving all of it would do."""
    engine, me = current.engine(), current.actor()
    again = request.args.get("again")
    if again is None:
        return _page(deployment_id, Wanted(), {})
    plans = engine.migration(again, actor=me).plans
    refused = engine.migration_items(again, state=ItemState.REFUSED, limit=LISTED, actor=me).items
    roots = {one.root_id for one in instances_of({one.instance_id for one in refused})}
    wanted = Wanted(plans[0].due, True, tuple(sorted(roots)))
    return _page(deployment_id, wanted, {plan.source: Continuations.of(plan, prefix_of(plan)) for plan in plans})


@page.post("/deployments/<deployment_id>/move")
def try_or_begin_together(deployment_id: str) -> Page:
    """Try what was chosen; with `begin` and a reason, do it."""
    engine, me = current.engine(), current.actor()
    wanted = Wanted.read(request.form)
    chosen = _read(deployment_id, request.form)
    if "begin" not in request.form:
        return _page(deployment_id, wanted, chosen)
    try:
        reason = parts.reason()
        plans = _plans(deployment_id, wanted, chosen)
        begun = engine.begin_joint_migration(deployment_id, plans, instance_ids=wanted.ids, reason=reason, actor=me)
    except (Invalid, Conflict, NotFound) as error:
        return _page(deployment_id, wanted, chosen, acting.said(error)), 422
    go_on(begun.id)
    return redirect(url_for("administration.migration", migration_id=begun.id))


def prefix_of(plan: Plan) -> str:
    """What sets the fields of a plan apart from those of the others: the version it leaves."""
    return f"{plan.source}/"


def _read(deployment_id: str, form: MultiDict[str, str]) -> dict[str, Continuations]:
    plans = current.engine().suggest_joint_migration(deployment_id, actor=current.actor())
    return {plan.source: Continuations.read(form, prefix_of(plan)) for plan in plans}


def _plans(deployment_id: str, wanted: Wanted, chosen: dict[str, Continuations]) -> list[Plan]:
    """What is recognised, and what was chosen of each process. Raises NotFound."""
    suggested = current.engine().suggest_joint_migration(deployment_id, due=wanted.due, actor=current.actor())
    return [plan.with_instructions(*chosen[plan.source].instructions) if plan.source in chosen else plan for plan in suggested]


def _page(deployment_id: str, wanted: Wanted, chosen: dict[str, Continuations], problem: str = "") -> str:
    engine, me = current.engine(), current.actor()
    plans = _plans(deployment_id, wanted, chosen)
    if not plans:
        return render_template("pages/admin_move_none.html", tabs=parts.tabs("definitions"), target=_leading(deployment_id))
    trial = engine.try_joint_migration(deployment_id, plans, instance_ids=wanted.ids, actor=me)
    roots = _roots(plans)
    told = {id for one in trial.trials for group in one.groups for id in group.instance_ids}
    return render_template(
        "pages/admin_move_together.html",
        tabs=parts.tabs("definitions"),
        deployment_id=deployment_id,
        wanted=wanted,
        trial=trial,
        sections=_sections(plans, trial, chosen),
        running=roots,
        called=called,
        named={one.id: called(one) for one in instances_of(told | set(trial.refused_ids))},
        dues=DUES,
        ways=WAYS,
        nowhere=NOWHERE,
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def _sections(plans: Sequence[Plan], trial: JointTrial, chosen: dict[str, Continuations]) -> list[Section]:
    engine, me, found, number = current.engine(), current.actor(), list[Section](), 1
    for plan, one in zip(plans, trial.trials, strict=True):
        own = chosen.get(plan.source, Continuations(prefix_of(plan)))
        questions = asked(own, engine.migration_choices(plan, one, own.asked, actor=me), number)
        number += len(questions)
        source, target = engine.definition(plan.source), engine.definition(plan.target)
        drawings = mapped(own, plan, engine.draw_migration(plan, actor=me), questions)
        found.append(Section(source, target, one, effects(one.effects), questions, drawings))
    return found


def _leading(deployment_id: str) -> DefinitionView:
    """A process of a deployment, to go back to. Raises NotFound."""
    made = [one for one in current.engine().definitions(limit=LISTED).items if one.deployment_id == deployment_id]
    if not made:
        raise NotFound("Nothing of it was deployed.", th="ไม่มีกระบวนการในชุดที่ติดตั้งนี้")
    return min(made, key=lambda one: (not one.startable, one.key))


def _roots(plans: Sequence[Plan]) -> tuple[InstanceView, ...]:
    """The roots of what is to move."""
    moving = running(Condition("definition_id", Operator.ONE_OF, [plan.source for plan in plans]))
    return instances_of({one.root_id for one in moving})
