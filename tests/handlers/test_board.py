"""The board of provinces over a played year: it counts what happened, and tells each only what he may know at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.engine import Engine
from engine.rehearsal import rehearse
from handlers.shared.board import Board, Stage, board
from tests import databases

INVITED = 6
AUGUST = date(2009, 8, 20)  # the second round is on: who applied and who passed the first is known to some


@dataclass
class Year:
    """A played year, and what boards said in the middle of August."""

    engine: Engine
    result: dict[str, Any] = field(default_factory=dict)
    august: dict[str, Board] = field(default_factory=dict)

    def board(self, user: str) -> Board:
        """The board as a user sees it now."""
        me = self.engine.actor(user)
        (root,) = self.engine.roots(actor=me).items
        return board(self.engine, root.instance, me)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    home = tmp_path_factory.mktemp("board")
    engine = Engine.open(databases.sqlite_url(Path(home) / "ruam.db"), home=home, packs=["handlers:pack"])
    engine.upgrade()
    found = Year(engine)

    def look(_done: int, _total: int | None, _text: str) -> None:
        if not found.august and engine.clock_now().date() >= AUGUST:
            found.august = {user: found.board(user) for user in ("opdc1", "inspection1", "observer")}

    found.result = rehearse(engine, "project", provinces=INVITED, progress=look)
    yield found
    engine.close()


def test_who_may_see_all_counts_what_happened(year: Year) -> None:
    counts, told = year.board("opdc1").counts, year.result["provinces"]
    assert len(year.board("opdc1").provinces) == INVITED
    assert counts[Stage.INVITED] == told["invited"] == INVITED
    assert counts[Stage.APPLIED] == told["applied"]
    assert counts[Stage.PASSED1] == told["phase1_passed"]
    assert counts[Stage.PASSED2] == told["phase2_passed"]
    assert counts[Stage.VISITED] == told["visited"]
    assert counts[Stage.AWARDED] == told["awarded"]


def test_others_are_not_told_who_applied_or_passed(year: Year) -> None:
    assert year.august["opdc1"].counts[Stage.APPLIED] > 0
    for user in ("inspection1", "observer"):
        assert dict(year.august[user].counts) == {Stage.INVITED: INVITED}


def test_the_award_is_known_to_all_when_it_is_announced(year: Year) -> None:
    awarded = {province.code for province in year.board("opdc1").provinces if province.stage is Stage.AWARDED}
    assert {province.code for province in year.board("inspection1").provinces if Stage.AWARDED in province.reached} == awarded


def test_a_province_knows_of_itself_what_its_letters_say(year: Year) -> None:
    everybody = {province.code: province for province in year.board("opdc1").provinces}
    for code, seen in everybody.items():
        own = {province.code: province for province in year.board(f"province-{code}").provinces}
        assert all(not other.reached for other in own.values() if other.code != code)
        if Stage.APPLIED in seen.reached:
            for stage in (Stage.APPLIED, Stage.PASSED1, Stage.PASSED2, Stage.AWARDED):
                assert (stage in own[code].reached) == (stage in seen.reached), (code, stage)
