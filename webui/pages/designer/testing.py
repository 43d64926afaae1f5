"""The process tests of a draft: what each says in plain language, playing them, calling them otherwise, taking them away."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request

from engine.drafts.views import DraftWhole
from engine.errors import Invalid, Problem
from engine.packtests import Outcome, ProcessTest, is_test, read
from engine.packtests.telling import Told, told
from engine.packtests.trials import Trials
from engine.packtests.words import Words
from webui import current, names
from webui.languages import pick
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page


@dataclass(frozen=True, slots=True)
class Row:
    """A test of the list. `steps`: None where its file has mistakes."""

    path: str
    name: str
    title: str
    revision: int
    process: str
    steps: tuple[Told, ...] | None
    problems: tuple[Problem, ...]
    outcome: Outcome | None


@page.get("/<draft_id>/tests")
def tests(draft_id: str) -> str:
    """The list."""
    return _page(draft_id, {}, None)


@page.post("/<draft_id>/tests")
def play_tests(draft_id: str) -> str:
    """Play them, or those that are named, and show how each came out."""
    try:
        report = current.engine().test_draft(draft_id, request.form.getlist("name"), actor=current.actor())
    except Invalid as refused:
        return _page(draft_id, {}, refused)
    return _page(draft_id, {outcome.test.name: outcome for outcome in report.outcomes}, None)


def _page(draft_id: str, outcomes: dict[str, Outcome], refused: Invalid | None) -> str:
    engine, me = current.engine(), current.actor()
    head = parts.head(draft_id, "check")
    files = engine.draft_contents(draft_id, actor=me)
    found, problems = read(files)
    words = Words.of(files) if found else Words()
    if any(step.elements - words.elements.keys() for test in found for step in test.steps):
        words = Words.of(files, engine.draft_replaces(draft_id, actor=me))  # what is gone has its name there
    return render_template(
        "designer/tests.html",
        head=head,
        draft=head.whole.draft,
        rows=list(_rows(head.whole, {test.file: test for test in found}, problems, words, outcomes)),
        outcomes=outcomes,
        passed=sum(outcome.passed for outcome in outcomes.values()),
        refused=refused,
        playing=Trials(engine).there(draft_id, actor=me),
        diagrams=words.places,
        states=parts.STATES,
        names=names,
    )


def _rows(
    whole: DraftWhole, found: dict[str, ProcessTest], problems: tuple[Problem, ...], words: Words, outcomes: dict[str, Outcome]
) -> list[Row]:
    rows = []
    for file in whole.files:
        if not is_test(file.path):
            continue
        test = found.get(file.path)
        name = file.path.removeprefix("tests/").removesuffix(".toml")
        title = (pick(test.th, test.en) or test.en or test.th) if test is not None else ""
        wrong = tuple(problem for problem in problems if problem.file == file.path)
        steps = told(test, words) if test is not None else None
        process = pick(*words.process(test.process)) if test is not None else ""
        rows.append(Row(file.path, name, title or name, file.revision, process, steps, wrong, outcomes.get(name)))
    return rows
