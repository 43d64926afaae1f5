"""Migrations: how far each is, what could not move and why, trying that again, and back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from engine.migration.views import Group, ItemState
from webui import acting, current, names
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.pages.administration.moving import called, deployed_with, go_on, instances_of

LIMIT = 50


@page.get("/migrations")
def migrations() -> str:
    """What was moved, newest first; of one process (`key`)."""
    key, first = request.args.get("key") or None, current.first()
    found = current.engine().migrations(key=key, first=first, limit=LIMIT, actor=current.actor())
    return render_template(
        "pages/admin_migrations.html",
        tabs=parts.tabs("definitions"),
        migrations=found.items,
        total=found.total,
        first=first,
        limit=LIMIT,
        names=names,
        further=lambda start: url_for("administration.migrations", key=key, first=start or None),
    )


@page.get("/migrations/<migration_id>")
def migration(migration_id: str) -> str:
    """One migration: it can be left and come back to, it goes on by itself."""
    engine, me = current.engine(), current.actor()
    view = engine.migration(migration_id, actor=me)
    first = current.first()
    items = engine.migration_items(migration_id, state=ItemState.MOVED, first=first, limit=LIMIT, actor=me)
    shown = {one.instance_id for one in items.items} | {id for group in (*view.groups, *view.back_groups) for id in group.instance_ids}
    return render_template(
        "pages/admin_migration.html",
        tabs=parts.tabs("definitions"),
        migration=view,
        items=items.items,
        first=first,
        limit=LIMIT,
        total=items.total,
        named=_named(shown),
        called=called,
        names=names,
        others=[
            pair
            for pair in deployed_with(engine.definition(view.target_id).deployment_id)
            if pair[1] and pair[0].id != view.target_id and view.deployment_id is None
        ],
        further=lambda start: url_for("administration.migration", migration_id=migration_id, first=start or None),
    )


@page.post("/migrations/<migration_id>/retry")
def retry_migration(migration_id: str) -> Response:
    """Try what was refused once more, with the same choices."""
    engine, me = current.engine(), current.actor()
    back = url_for("administration.migration", migration_id=migration_id)
    before = engine.migration(migration_id, actor=me).moved
    try:
        engine.retry_migration(migration_id, actor=me)
    except Conflict as error:
        flash(acting.said(error), "overdue")
        return redirect(back)
    go_on(migration_id)
    after = engine.migration(migration_id, actor=me)
    moved = after.moved - before
    if moved:
        flash(ngettext("%(num)d has moved.", "%(num)d have moved.", moved), "done")
    elif not after.waiting:
        flash(_("Nothing has moved: the reasons are the same."), "overdue")
    return redirect(back)


@page.get("/migrations/<migration_id>/undo")
def ask_undo(migration_id: str) -> str:
    """What going back would do, before it is done."""
    return _undo_page(migration_id, "")


@page.post("/migrations/<migration_id>/undo")
def undo_migration(migration_id: str) -> Response | tuple[str, int]:
    """Begin to put back what can go back; it goes on by itself."""
    engine, me = current.engine(), current.actor()
    try:
        engine.begin_undoing(migration_id, reason=parts.reason(), actor=me)
    except Invalid as error:
        return _undo_page(migration_id, acting.said(error)), 422
    go_on(migration_id)
    return redirect(url_for("administration.migration", migration_id=migration_id))


def _undo_page(migration_id: str, problem: str) -> str:
    engine, me = current.engine(), current.actor()
    would = engine.try_undoing(migration_id, actor=me)
    return render_template(
        "pages/admin_migration_undo.html",
        tabs=parts.tabs("definitions"),
        migration=engine.migration(migration_id, actor=me),
        would=would,
        named=_named(_ids(would.groups)),
        called=called,
        problem=problem,
    )


def _ids(groups: tuple[Group, ...]) -> set[str]:
    return {id for group in groups for id in group.instance_ids}


def _named(ids: set[str]) -> dict[str, str]:
    """What people call these instances, also those that have ended since."""
    return {one.id: called(one) for one in instances_of(ids)}
