"""Process tests of packs: whether they pass, before their pack is deployed; and what has been played, as a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.drafts import bases
from engine.errors import Invalid
from engine.packtests import is_test
from engine.packtests.recording import Recorded, record
from engine.people import SYSTEM, Actor
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.values import check_reason


class PackTestVerbs(Transactions):
    """Verbs of process tests."""

    def record_test(self, instance_id: str, *, trial: bool = False, texts: bool = False, actor: Actor) -> Recorded:
        """What was played under an instance's root, as a test; nothing in it that the actor may not read. Raises NotFound, Invalid.

        `texts`: with free text as it was written. `trial`: it was played to be recorded; with what was entered under a seal.
        """
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: record(session, instance_id, trial=trial, texts=texts))

    def _pass_tests(self, files: Mapping[str, bytes], pack: str | None, untested: str) -> dict[str, Any]:
        """What the journal is told of the tests among files that are to be deployed; {} where there are none.

        They are played outside any transaction, in databases of their own. Raises Invalid where one fails (its problems say where),
        unless `untested` says why they need not pass.
        """
        number = sum(map(is_test, files))
        if not number:
            return {}
        if untested:
            check_reason(untested)
            return {"untested": untested.strip()}
        from engine.packtests.playing import play_all  # which opens engines

        shared = self._shared
        report = play_all(files, packs=shared.registry.packs, limits=shared.limits, pack=pack, former=lambda: self._deployed(files))
        if not report.ok:
            raise Invalid("Its process tests fail.", report.problems, th="การทดสอบกระบวนการไม่ผ่าน")
        return {"tests": number}

    def _deployed(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files of the version before."""
        return self._read(SYSTEM, lambda session: bases.deployed(session, files))
