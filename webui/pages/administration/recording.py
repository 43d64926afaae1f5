"""An instance that somebody played, kept as a process test: what it would say, what it expects, into which draft; or saved as a file."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafts.views import DraftView
from engine.queries import InstanceView
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.pages.designer import keeping

NEW = "new"  # in the place of a draft's id: one that is begun for it
MOST = 200  # drafts to choose from


@page.get("/instances/<instance_id>/test")
def recording(instance_id: str) -> str:
    """What happened in it, in plain language, and what is kept of that."""
    engine, me = current.engine(), current.actor()
    texts = request.args.get("texts") == "yes"
    recorded = engine.record_test(instance_id, texts=texts, actor=me)
    instance = engine.instance(instance_id, actor=me)
    return render_template(
        "pages/admin_recording.html",
        tabs=parts.tabs("instances"),
        instance=instance,
        recorded=recorded,
        steps=keeping.steps_of(recorded),
        kept=keeping.Kept.read(recorded),
        texts=texts,
        drafts=_drafts(recorded.definition_id),
        names=names,
    )


@page.post("/instances/<instance_id>/test")
def keep_recording(instance_id: str) -> Response:
    """Put it among the tests of a draft, or hand out the file."""
    engine, me = current.engine(), current.actor()
    texts = request.form.get("texts") == "yes"
    try:
        recorded = engine.record_test(instance_id, texts=texts, actor=me)
        kept = keeping.Kept.read(recorded)
        if "download" in request.form:
            test = kept.test(recorded)
            content = io.BytesIO(keeping.content_of(test))
            return send_file(content, mimetype="application/toml", as_attachment=True, download_name=f"{test.name}.toml")
        draft_id = request.form.get("draft", NEW)
        kept.test(recorded)  # before a draft is begun for it
        if draft_id == NEW:
            draft_id = _begun(_root(instance_id), kept.title)
        keeping.keep(draft_id, kept.test(recorded, keeping.taken(draft_id)))
    except acting.REFUSED as error:
        flash(acting.said(error), "overdue")
        return redirect(url_for("administration.recording", instance_id=instance_id, texts="yes" if texts else None))
    return redirect(url_for("designer.tests", draft_id=draft_id))


def _root(instance_id: str) -> InstanceView:
    """The instance the recording begins with."""
    engine, me = current.engine(), current.actor()
    return engine.instance(engine.instance(instance_id, actor=me).root_id, actor=me)


def _begun(root: InstanceView, title: str) -> str:
    """A draft of what is deployed of its process."""
    process = pick(root.definition_name, root.definition_name_en) or root.definition_key
    called = _("Test of %(process)s: %(title)s", process=process, title=title)[:200]
    return current.engine().draft_deployed(root.definition_key, title=called, actor=current.actor())


def _drafts(definition_id: str) -> list[DraftView]:
    """The drafts of the same pack, or from the same deployment, that can be changed."""
    engine, me = current.engine(), current.actor()
    definition = engine.definition(definition_id)
    found = engine.drafts(limit=MOST, actor=me).items
    return [
        one for one in found
        if "save" in one.may and (one.base_id == definition.deployment_id or (one.pack is not None and one.pack == definition.pack))
    ]  # fmt: skip
