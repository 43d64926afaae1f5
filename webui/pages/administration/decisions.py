"""Deployed decisions: their versions and files, who asks them, their tables, and trying one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from engine.decisions import Decisions
from engine.decisions.model import Table
from engine.deployment.decision_definitions import DECISIONS
from engine.deployment.decision_versions import DecisionView
from engine.errors import Invalid, LanguageError
from webui import acting, current, decisiontrial
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.rest.answers import file_answer

Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """What somebody typed to try a decision, and what came of it: rows, the numbers of the rules that match, or what was wrong."""

    typed: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...] = ()
    matched: tuple[int, ...] = ()
    wrong: str = ""
    done: bool = False


@page.get("/decisions")
def decisions() -> str:
    """The newest version of each decision, its older ones beside it."""
    engine, me = current.engine(), current.actor()
    older: dict[str, list[DecisionView]] = {}
    for view in engine.search(DECISIONS, actor=me):
        older.setdefault(view.key, []).insert(0, view)
    return render_template(
        "pages/admin_decisions.html",
        tabs=parts.tabs("decisions"),
        versions=sorted(older.values(), key=lambda views: views[0].key),
        users=engine.decision_users(actor=me),
    )


@page.get("/decisions/<decision_id>")
def decision(decision_id: str) -> str:
    """One version: its table, and values to try it with."""
    view = current.engine().decision(id=decision_id)
    return _page(view, current.engine().decision_model(view, actor=current.actor()), Trial({}))


@page.post("/decisions/<decision_id>")
def try_decision(decision_id: str) -> Page:
    """What it decides for the values that were typed; nothing is kept."""
    engine, me = current.engine(), current.actor()
    view = engine.decision(id=decision_id)
    model = engine.decision_model(view, actor=me)
    typed = {name: request.form.get(f"value.{name}", "") for name in model.reads(view.key)}
    values = {name: decisiontrial.typed(text) for name, text in typed.items()}
    try:
        rows = engine.evaluate_decision(view, values, actor=me)
        matched = model.matching(view.key, values, functions=current.functions()) if not view.requires else []
    except LanguageError as error:
        return _page(view, model, Trial(typed, wrong=pick(*decisiontrial.fault(error)))), 422
    except Invalid as error:
        return _page(view, model, Trial(typed, wrong=acting.said(error))), 422
    return _page(view, model, Trial(typed, tuple(rows), tuple(matched), done=True))


@page.get("/decisions/<decision_id>/dmn")
def decision_file(decision_id: str) -> Response:
    """Its DMN file."""
    view = current.engine().decision(id=decision_id)
    content = current.engine().resource(view.deployment_id, view.resource)
    return file_answer(content, view.resource.rpartition("/")[2], "application/xml")


def _page(view: DecisionView, model: Decisions, trial: Trial) -> str:
    engine, me = current.engine(), current.actor()
    held = model.model.decisions[view.key]
    deployed = engine.search(DECISIONS, actor=me)
    return render_template(
        "pages/admin_decision.html",
        tabs=parts.tabs("decisions"),
        decision=view,
        table=held.logic if isinstance(held.logic, Table) else None,
        text=getattr(held.logic, "text", ""),
        requires=[model.model.decisions[key] for key in held.requires if key in model.model.decisions],
        in_deployment={one.key: one for one in deployed if one.deployment_id == view.deployment_id},
        versions=[one for one in deployed if one.key == view.key][::-1],
        users=engine.decision_users(actor=me).get(view.key, []),
        reads=model.reads(view.key),
        trial=trial,
        answer=lambda value: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
    )
