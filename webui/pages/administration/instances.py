"""Instances: finding one, holding it, letting it go on, cancelling it, each with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.queries import HistoryEvent, InstanceView
from engine.states import Event, InstanceState, JobKind
from engine.views.searching import Condition, Operator
from engine.views.standing import Place
from engine.views.subjects.external_tasks import EXTERNAL_TASKS
from webui import acting, current, names
from webui.pages.administration import parts, repair
from webui.pages.administration.blueprint import page
from webui.pages.administration.incidents import CAUSES
from webui.pages.administration.jobs import KINDS

LIMIT = 50
MANY = 100_000


@page.get("/instances")
def instances() -> str:
    """Instances by process, state and business key."""
    engine, me, asked = current.engine(), current.actor(), request.args
    state = asked.get("state") if asked.get("state") in set(InstanceState) else None
    key, search, first = asked.get("key") or None, asked.get("q", "").strip(), current.first()
    called = asked.get("called") == "yes"
    found = engine.instances(actor=me, key=key, state=state, roots=not called and not key, search=search or None, first=first, limit=LIMIT)
    return render_template(
        "pages/admin_instances.html",
        tabs=parts.tabs("instances"),
        instances=found.items,
        total=found.total,
        first=first,
        limit=LIMIT,
        state_chosen=state,
        key=key,
        search=search,
        called=called,
        states=list(InstanceState),
        definitions=engine.definitions(latest=True).items,
        names=names,
        further=lambda start: url_for(
            "administration.instances", key=key, state=state, q=search or None, called="yes" if called else None, first=start or None
        ),
    )


@page.get("/instances/<instance_id>")
def instance(instance_id: str) -> str:
    """One instance: where it stands, and the repairs."""
    engine, me = current.engine(), current.actor()
    view = engine.instance(instance_id, actor=me)
    standing = engine.standing(instance_id, actor=me)
    return render_template(
        "pages/admin_instance.html",
        tabs=parts.tabs("instances"),
        instance=view,
        children=engine.children(instance_id, actor=me),
        incidents=[one for one in engine.incidents(actor=me, root_id=view.root_id).items if one.instance_id == instance_id],
        open_tasks=engine.tasks(actor=me, instance_id=instance_id).items,
        outside=engine.search(EXTERNAL_TASKS, [Condition("instance_id", Operator.IS, instance_id)], limit=LIMIT, actor=me),
        stands=_leaves(standing.places),
        jobs=[job for job in engine.jobs(actor=me, instance_id=instance_id, limit=LIMIT).items if job.kind != JobKind.REMINDER],
        told=repair.told,
        element_names={one.id: repair.told(one) for one in standing.destinations},
        causes=CAUSES,
        kinds=KINDS,
        names=names,
        choices=engine.choices(instance_id, actor=me),
        running=view.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED),
        holds=_holds(view),
    )


def _holds(view: InstanceView) -> dict[str | None, HistoryEvent]:
    """By what the instance (None) and its held activities were held last."""
    engine, me = current.engine(), current.actor()
    events = [Event.INSTANCE_SUSPENDED] if view.state == InstanceState.SUSPENDED else []
    events += [Event.ACTIVITY_SUSPENDED] if view.held_elements else []
    return {one.element_id: one for event in events for one in engine.history(view.id, actor=me, event=event, limit=MANY).items}


def _leaves(places: Sequence[Place]) -> list[Place]:
    """Where something waits, and all of a repeated activity together; not what only has others inside."""
    around = {one.within for one in places}
    return [one for one in places if one.body or one.id not in around]


@page.post("/instances/<instance_id>/<any(suspend, resume, cancel):verb>")
def change_instance(instance_id: str, verb: str) -> Response:
    """Hold it, let it go on, or cancel it."""
    engine, me = current.engine(), current.actor()
    verbs = {"suspend": engine.suspend, "resume": engine.resume, "cancel": engine.cancel}
    words = {"suspend": _("The process is suspended."), "resume": _("The process goes on."), "cancel": _("The process is cancelled.")}
    back = url_for("administration.instance", instance_id=instance_id)
    return acting.done(lambda: verbs[verb](instance_id, reason=parts.reason(), actor=me), words[verb], back)


@page.post("/instances/<instance_id>/begin")
def begin(instance_id: str) -> Response:
    """Begin an activity of an open ad-hoc sub-process."""
    back = url_for("administration.instance", instance_id=instance_id)
    return acting.done(lambda: acting.begin(instance_id), _("It has begun."), back)
