"""After a task is done: whom the project waits for now, told to whoever may see the whole of it."""

from __future__ import annotations

from flask_babel import gettext as _

from engine.errors import NotFound
from webui import current, names

MOST = 3  # parties named


def waits_for(instance_id: str) -> str:
    """`step 4, OPDC`, or that the system goes on by itself; empty where nothing is open, or the actor is told dates only."""
    engine, me = current.engine(), current.actor()
    try:
        progress = engine.progress(engine.instance(instance_id, actor=me).root_id, actor=me)
    except NotFound:
        return ""
    if not progress.whole:
        return ""
    found = [_("step %(n)s, %(party)s", n=step.n, party=names.group(waiting.party)) for step in progress for waiting in step.waits_for]
    if not found and progress.current:  # a deferred handler or a date: nobody has to act
        return _("the system, which goes on by itself; the project's page says who is next then")
    return " · ".join(found[:MOST])
