"""What waits for workers outside, by topic: since when, and which accounts could fetch it."""

from __future__ import annotations

from flask import render_template

from engine.people.authorization import EVERY_UNIT, workers_of
from webui import current
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page


@page.get("/workers")
def workers() -> str:
    """The topics, where the oldest waits first."""
    engine = current.engine()
    topics = engine.topics(actor=current.actor())
    everywhere = engine.members(workers_of(EVERY_UNIT))
    return render_template(
        "pages/admin_workers.html",
        tabs=parts.tabs("workers"),
        topics=topics,
        accounts={topic.topic: [*engine.members(workers_of(topic.topic)), *everywhere] for topic in topics},
        group_of=workers_of,
    )
