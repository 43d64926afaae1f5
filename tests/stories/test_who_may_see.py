"""Who may see what (PROCESS.md), party by party, at four moments of a played project: in round 1, after it, after step 15, after step 22.

Three provinces: A passes both rounds, B the first only, C none. Whatever is listed can be opened, and nothing else, by whatever way.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.engine import Engine
from engine.errors import Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.queries import TaskItem, TaskView
from engine.rehearsal import Rehearsal
from handlers.rehearsal import ParticipationPlay, Scenario
from tests import databases
from tests.stories.playing import opened

OPINION = "ความเห็นลับของกรรมการ"
JUDGING, AFTER_ROUND_1, AFTER_15, AFTER_22 = "judging", "after round 1", "after step 15", "after step 22"
ORDER = (JUDGING, AFTER_ROUND_1, AFTER_15, AFTER_22)
MOMENTS = {"step13_report": AFTER_ROUND_1, "step15_note": AFTER_15, "step24_report": AFTER_22}  # the first task of an element → before it
MOST = 100_000
SHEETS, WATCHED = 9, (0, 5)  # of round 1: three judges, three provinces; not the last one, with which the round is over


@dataclass
class Seen:
    """What somebody saw at a moment: units of readable documents and of released scores by category, and everything told, as text."""

    readable: dict[str, set[str]]
    listed: dict[str, set[str]]
    released: dict[str, set[str]]
    whole: bool
    contents: bool
    tasks: int
    told: str


class Judged(ParticipationPlay):
    """The three provinces' worth is fixed; opinions can be recognised."""

    def __init__(self) -> None:
        returns = {"7": "guidelines", "19": "seminar_summary"}
        super().__init__(seed=5, units=3, scenario=Scenario(applying=1, withdrawing=0, returns=returns))
        self.codes = tuple(province["code"] for province in self.invited)
        self._quality = dict(zip(self.codes, (90.0, 65.0, 30.0), strict=True))

    def decide(self, view: TaskView, random: Random, today: date) -> dict[str, Any]:
        answers = super().decide(view, random, today)
        if "opinion" in answers:
            answers |= {"opinion": OPINION}
        return answers

    def _chance(self, what: str, whose: str | None, share: float) -> bool:
        return False  # nobody steps aside, asks or changes anything


class Watched(Rehearsal):
    """Looks around with everybody's eyes at the moments, and before and after some of the sheets of round 1."""

    def __init__(self, engine: Engine, play: Judged, eyes: Eyes) -> None:
        super().__init__(engine, play, play.seed)
        self.eyes = eyes
        self.moments: dict[str, dict[str, Seen]] = {}
        self.differences: set[str] = set()  # who could tell that a sheet was filled in
        self.sheets = 0

    def _work(self, task: TaskItem) -> None:
        moment = MOMENTS.get(task.element_id)
        if moment is not None and moment not in self.moments:
            self.moments[moment] = self.eyes.all()
            if moment == AFTER_15:
                self.eyes.compare()
        watched = task.form_key == "score_sheet_1" and self.sheets in WATCHED
        before = self.eyes.told() if watched else {}
        super()._work(task)
        after = self.eyes.told() if watched else {}
        self.differences |= {who for who in before if before[who] != after[who]}
        self.sheets += task.form_key == "score_sheet_1"
        if self.sheets == WATCHED[-1] + 1 and JUDGING not in self.moments:
            self.moments[JUDGING] = self.eyes.all()


@dataclass
class Story:
    """The engine after the whole, and what was seen on the way."""

    engine: Engine
    root_id: str
    codes: tuple[str, ...]
    moments: dict[str, dict[str, Seen]] = field(default_factory=dict)
    differences: set[str] = field(default_factory=set)
    sheets: int = 0


class Eyes:
    """Everybody's eyes on the one project there is."""

    def __init__(self, engine: Engine, codes: tuple[str, ...], clusters: tuple[str, ...]) -> None:
        self.engine = engine
        first, second, third = codes
        self.names = {
            "consultant": "consultant1", "opdc": "opdc2", "inspection": "inspection1", "subcommission": "subcommission1",
            "central": "central1", "area A": f"area-{first}",
            "area C": f"area-{third}", "cluster A": f"cluster{clusters[0]}", "province A": f"province-{first}",
            "province B": f"province-{second}", "province C": f"province-{third}", "observer": "observer", "administrator": "admin",
        }  # fmt: skip

    @property
    def root_id(self) -> str:
        (root,) = self.engine.instances(actor=SYSTEM, key="project", roots=True).items
        return root.id

    def compare(self) -> None:
        """What is listed can be opened by its id, and nothing else."""
        for user_id in self.names.values():
            actor = self.engine.actor(user_id)
            self._documents_agree(actor)
            self._instances_agree(actor)
            self._tasks_agree(actor)

    def all(self) -> dict[str, Seen]:
        return {who: self.seen(self.engine.actor(user_id)) for who, user_id in self.names.items()}

    def told(self) -> dict[str, str]:
        """What those are told who have nothing to do with judging."""
        outside = ("inspection", "subcommission", "area A", "cluster A", "province A", "province C", "observer")
        return {who: self._told(self.engine.actor(self.names[who])) for who in outside}

    def seen(self, actor: Actor) -> Seen:
        engine, root = self.engine, self.root_id
        listed = engine.documents(root, actor=actor, limit=MOST).items
        released = engine.released(root, actor=actor)
        return Seen(
            readable=_units([paper for paper in listed if paper.readable and paper.state != "DRAFT"]),
            listed=_units(listed),
            released=_units(released),
            whole=engine.root(root, actor=actor).whole,
            contents=self._opens(lambda: engine.variables(root, actor=actor)),
            tasks=engine.inbox(actor).total,
            told=self._told(actor) + repr(released),
        )

    def _told(self, actor: Actor) -> str:
        """Everything one can ask for but released scores, as text."""
        engine, root = self.engine, self.root_id
        found: list[Any] = [
            engine.progress(root, actor=actor), engine.happenings(root, actor=actor, limit=MOST), engine.tree(root, actor=actor),
            engine.tasks(actor=actor, root_id=root, open_only=False, limit=MOST), engine.documents(root, actor=actor, limit=MOST),
            engine.notices(actor, limit=MOST), engine.inbox_counts(actor), engine.inbox(actor, limit=MOST), engine.roots(actor=actor),
            engine.inbox(actor, view="done", limit=MOST), engine.instances(actor=actor, limit=MOST), engine.inbox(actor, search=OPINION),
        ]  # fmt: skip
        for ask in (
            lambda: engine.instalments(root, actor=actor), lambda: engine.variables(root, actor=actor),
            lambda: engine.history(root, actor=actor, tree=True, limit=MOST), lambda: engine.diagram_state(root, actor=actor),
            lambda: [engine.activity(root, step, actor=actor) for step in ("step13_assess", "step14_assess", "step17_lesson")],
            lambda: engine.children(root, actor=actor), lambda: engine.comments(root, actor=actor),
        ):  # fmt: skip
            try:
                found.append(ask())
            except (NotFound, Forbidden) as refused:
                found.append(type(refused).__name__)
        return repr(found)

    def _documents_agree(self, actor: Actor) -> None:
        readable = {paper.id for paper in self.engine.documents(self.root_id, actor=actor, limit=MOST).items if paper.readable}
        for paper in self.engine.documents(self.root_id, actor=SYSTEM, limit=MOST).items:
            assert self._opens(lambda paper=paper: self.engine.open_document(paper.id, actor=actor)[1].close()) == (paper.id in readable)

    def _instances_agree(self, actor: Actor) -> None:
        engine = self.engine
        seen = {one.id for one in engine.tree(self.root_id, actor=actor)}
        listed = {one.id for one in engine.instances(actor=actor, limit=MOST).items if one.parent_id is not None}
        assert seen == listed
        for one in engine.tree(self.root_id, actor=SYSTEM):
            assert self._opens(lambda one=one: engine.instance(one.id, actor=actor)) == (one.id in seen)
            if one.id not in seen:
                for verb in (engine.variables, engine.history, engine.diagram_state, engine.comments):
                    assert not self._opens(lambda one=one, verb=verb: verb(one.id, actor=actor))

    def _tasks_agree(self, actor: Actor) -> None:
        engine = self.engine
        listed = {task.id for task in engine.tasks(actor=actor, root_id=self.root_id, open_only=False, limit=MOST).items}
        mine = {task.id for task in engine.inbox(actor, limit=MOST).items}
        for task in engine.tasks(actor=SYSTEM, root_id=self.root_id, open_only=False, limit=MOST).items:
            assert self._opens(lambda task=task: engine.task(task.id, actor=actor)) == (task.id in listed)
            if task.id in listed and task.id not in mine:
                view = engine.task(task.id, actor=actor)
                assert not view.may_work
                assert not view.variables
                assert not view.values or task.ended_by == actor.user_id, "one's own answers are one's own to read"

    @staticmethod
    def _opens(ask: Callable[[], Any]) -> bool:
        try:
            ask()
        except (NotFound, Forbidden):
            return False
        return True


def _units(rows: Any) -> dict[str, set[str]]:
    """Category → units."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.category, set()).add(row.unit or "")
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The project is played and looked at once on each database; each test asks what was seen then."""
    home = tmp_path_factory.mktemp("seeing")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "ruam.db")
        yield from _seen(databases.sqlite_url(home / "ruam.db"), home)
    else:
        server: databases.PostgresServer = request.getfixturevalue("postgres")
        with server.database(request.getfixturevalue("postgres_template")) as url:
            yield from _seen(url, home)


def _seen(url: str, home: Path) -> Iterator[Story]:
    play = Judged()
    clusters = tuple(province["cluster"] for province in play.invited)
    with opened(url, home) as engine:
        eyes = Eyes(engine, play.codes, clusters)
        watched = Watched(engine, play, eyes)
        result = watched.run()
        assert (result["state"], result["result"]) == ("COMPLETED", "award")
        assert result["provinces"] == {"invited": 3, "applied": 3, "phase1_passed": 2, "phase2_passed": 1, "visited": 1, "awarded": 1}
        yield Story(engine, eyes.root_id, play.codes, watched.moments, watched.differences, watched.sheets)


SCORES = {"score1", "score2"}
INSIDERS = ("consultant", "opdc")
OUTSIDERS = ("inspection", "area C", "cluster A", "observer", "administrator")


def test_all_moments_were_looked_at(story: Story) -> None:
    assert set(story.moments) == {JUDGING, AFTER_ROUND_1, AFTER_15, AFTER_22}
    assert story.sheets == SHEETS


def test_nobody_outside_can_tell_that_a_sheet_was_filled_in(story: Story) -> None:
    assert story.differences == set()


def test_the_project_is_seen_whole_by_all_but_provinces(story: Story) -> None:
    for seen in story.moments.values():
        assert {who for who, one in seen.items() if not one.whole} == {"province A", "province B", "province C"}
        assert {who for who, one in seen.items() if one.contents} == set(INSIDERS)
        assert seen["observer"].tasks == 0


@pytest.mark.parametrize(
    ("moment", "first", "second"),
    [
        (JUDGING, {"central"}, set()),  # his own sheets
        (AFTER_ROUND_1, {*INSIDERS, "central"}, set()),
        (AFTER_15, {*INSIDERS, "central", "subcommission"}, {*INSIDERS, "central", "subcommission", "area A"}),
        (
            AFTER_22,
            {*INSIDERS, "central", "subcommission", "province A", "province B", "province C"},
            {*INSIDERS, "central", "subcommission", "area A", "province A", "province B"},
        ),
    ],
)
def test_scores_are_sealed_until_their_time(story: Story, moment: str, first: set[str], second: set[str]) -> None:
    seen = story.moments[moment]
    assert {who for who, one in seen.items() if "score1" in one.released} == first
    assert {who for who, one in seen.items() if "score2" in one.released} == second
    assert {who for who, one in seen.items() if OPINION in one.told.replace(f"search={OPINION!r}", "")} == first | second
    for number, who in enumerate(("province A", "province B", "province C")):
        assert all(units == {story.codes[number]} for units in seen[who].released.values())


def test_applications(story: Story) -> None:
    a, b, c = story.codes
    expected: dict[str, list[set[str]]] = {
        "consultant": [{a, b, c}] * 4, "opdc": [{a, b, c}] * 4, "central": [{a, b, c}] * 4,
        "inspection": [set()] * 4, "observer": [set()] * 4, "administrator": [set()] * 4,
        "subcommission": [set(), set(), {a}, {a}], "area A": [set(), set(), {a}, {a}], "area C": [set()] * 4,
        "province A": [{a}] * 4, "province B": [{b}] * 4, "province C": [{c}] * 4,
    }  # fmt: skip
    for who, units in expected.items():
        assert [story.moments[moment][who].readable.get("application", set()) for moment in ORDER] == units
    assert story.moments[JUDGING]["administrator"].listed["application"] == {a, b, c}  # names only


def test_letters(story: Story) -> None:
    a, b, c = story.codes
    for moment, seen in story.moments.items():
        for who in INSIDERS:
            assert seen[who].readable["letter"] >= {a, b, c}
        assert [seen[f"province {name}"].readable["letter"] for name in "ABC"] == [{a}, {b}, {c}]
        for who in ("inspection", "central", "area A", "area C", "cluster A", "observer", "administrator"):
            assert "letter" not in seen[who].readable
        assert ("letter" in seen["subcommission"].readable) == (moment in (AFTER_15, AFTER_22))


def test_reports_of_the_rounds(story: Story) -> None:
    for moment, seen in story.moments.items():
        for who in (*INSIDERS, "central"):
            assert ("report" in seen[who].readable) == (moment != JUDGING)
        assert ("report" in seen["subcommission"].readable) == (moment in (AFTER_15, AFTER_22))
        for who in (*OUTSIDERS, "area A", "province A", "province C"):
            assert "report" not in seen[who].readable


def test_deliverables(story: Story) -> None:
    examined = {"plan", "study_report", "draft_guidelines", "guidelines"}
    early = story.moments[JUDGING]
    assert early["inspection"].readable["deliverable"] == examined
    assert early["subcommission"].readable["deliverable"] == {"draft_guidelines", "guidelines"}
    assert early["observer"].readable["deliverable"] == examined
    for who in ("central", "area A", "area C", "cluster A", "province A", "province C"):
        for seen in story.moments.values():
            assert seen[who].readable["deliverable"] == {"guidelines"}
    for who in INSIDERS:
        assert early[who].readable["deliverable"] == {*examined, "seminar_summary"}
    assert "deliverable" not in early["administrator"].readable


def test_a_returned_version_stays_between_those_who_worked_on_it(story: Story) -> None:
    papers = story.engine.documents(story.root_id, actor=SYSTEM, category="deliverable", limit=MOST).items
    states = {(paper.deliverable, paper.version): paper.state for paper in papers}
    assert (states["guidelines", 1], states["guidelines", 2]) == ("RETURNED", "ACCEPTED")
    assert (states["seminar_summary", 1], states["seminar_summary", 2]) == ("RETURNED", "ACCEPTED")
    for user_id in ("observer", f"province-{story.codes[0]}", "central1"):
        seen = story.engine.documents(story.root_id, actor=story.engine.actor(user_id), category="deliverable", limit=MOST).items
        assert {paper.state for paper in seen} == {"ACCEPTED"}
    for user_id in ("inspection1", "consultant1", "opdc2"):
        seen = story.engine.documents(story.root_id, actor=story.engine.actor(user_id), category="deliverable", limit=MOST).items
        assert {paper.state for paper in seen} == {"ACCEPTED", "RETURNED"}


def test_who_passed_is_told_to_nobody_before_his_letter(story: Story) -> None:
    """The names of those that passed stand in lists that only those see who may."""
    _a, b, c = story.codes
    for who in ("observer", "inspection", "area C", "cluster A", "province C"):
        for name in ("step17_lesson", "site_assessment", "visit"):
            tasks = story.engine.tasks(actor=_actor(story, who), root_id=story.root_id, open_only=False, limit=MOST).items
            assert not [task for task in tasks if task.element_id == name]
        units = {one.unit for one in story.engine.tree(story.root_id, actor=_actor(story, who)) if one.definition_key == "site_assessment"}
        assert c not in units
        assert who == "cluster A" or not units
    entered = story.engine.activity(story.root_id, "step14_assess", actor=_actor(story, "observer")).entries
    assert len(entered) == 1
    assert b


def _actor(story: Story, who: str) -> Actor:
    third = story.codes[2]
    ids = {"observer": "observer", "inspection": "inspection1", "area C": f"area-{third}", "province C": f"province-{third}"}
    if who == "cluster A":
        provinces = story.engine.variables(story.root_id, actor=SYSTEM)["provinces"]
        return story.engine.actor(f"cluster{provinces[0]['cluster']}")
    return story.engine.actor(ids[who])


def test_administrators_know_names_and_nothing_more(story: Story) -> None:
    admin = story.engine.actor("admin")
    for paper in story.engine.documents(story.root_id, actor=admin, limit=MOST).items:
        assert not paper.readable
        assert (paper.size, paper.sha256, paper.reason) == (0, "", None)
    events = story.engine.history(story.root_id, actor=admin, tree=True, limit=MOST).items
    assert events
    entered = [event for event in events if event.event in ("task.completed", "variables.changed")]
    assert entered
    assert not [event for event in entered if {"values", "after", "before"} & set(event.data)]
