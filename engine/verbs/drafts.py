"""Drafts of processes: from what is deployed to what will be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from engine.differences.pack import Pack
from engine.differences.titles import titles
from engine.differences.words import Said
from engine.drafts import bases, beginnings, drafts, files, life, presence, record, rehearsals, standing
from engine.drafts.bases import Rebase
from engine.drafts.life import Tested
from engine.drafts.states import RehearsalState
from engine.drafts.views import DraftView, DraftWhole, FileContent, Happened, Presence, Rehearsed, RevisionView, Saved
from engine.errors import Problem
from engine.packtests import Report
from engine.people import SYSTEM, Actor
from engine.queries import Deployment, Page
from engine.states import Verb
from engine.verbs.packtests import PackTestVerbs

NOTHING: Mapping[str, bytes] = {}


class DraftVerbs(PackTestVerbs):
    """Verbs of drafts. Reading is for who drafts or approves; each step says in engine/drafts/states.py for whom it is."""

    # ---- beginning

    def draft_deployed(self, key: str, *, title: str, version: int | None = None, actor: Actor) -> str:
        """A draft of the files deployed with a process's newest (or given) version; returns its id. Raises NotFound, Invalid."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: beginnings.from_deployed(session, key, version, title))

    def draft_files(self, given: Mapping[str, bytes], *, title: str, pack: str | None = None, actor: Actor) -> str:
        """A draft of files from elsewhere; returns its id. Raises Invalid."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: beginnings.from_files(session, given, title, pack=pack))

    def draft_empty(self, key: str, *, title: str, actor: Actor) -> str:
        """A draft of one small process of that key; returns its id. Raises Invalid, Conflict where there is one."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: beginnings.empty(session, key, title))

    def rename_draft(self, draft_id: str, title: str, *, actor: Actor) -> None:
        """Give a draft another title. Raises NotFound, Invalid, Conflict."""
        self._allowed(actor, Verb.DESIGN)
        self._write(actor, lambda session: beginnings.rename(session, draft_id, title))

    # ---- reading

    def drafts(self, *, over: bool = False, first: int = 0, limit: int = 50, actor: Actor) -> Page[DraftView]:
        """The drafts somebody works on, or those that are over; the last changed first."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: record.page(session, over=over, first=first, limit=limit))

    def draft(self, draft_id: str, *, actor: Actor) -> DraftWhole:
        """A draft with its files, without their contents. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: drafts.whole(session, draft_id))

    def draft_contents(self, draft_id: str, *, revision: int | None = None, actor: Actor) -> dict[str, bytes]:
        """All files of a draft, as they are now or were at a revision. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: files.contents(session, record.row_of(session, draft_id)["id"], revision))

    def draft_replaces(self, draft_id: str, *, actor: Actor) -> dict[str, bytes]:
        """All files of what is deployed now of a draft's processes. Raises NotFound."""
        return self._deployed(self.draft_contents(draft_id, actor=actor))

    def draft_titles(self, draft_id: str, *, actor: Actor) -> dict[str, Said]:
        """What people call its files, by path, in the order to read them; without those that have no name. Raises NotFound."""
        return titles(Pack(self.draft_contents(draft_id, actor=actor)))

    def draft_file(self, draft_id: str, path: str, *, revision: int | None = None, actor: Actor) -> FileContent:
        """What a file is now, or was at a revision. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: files.content(session, draft_id, path, revision))

    def draft_revisions(self, draft_id: str, path: str | None = None, *, actor: Actor) -> list[RevisionView]:
        """What was saved, newest first: of one file, or of all."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: files.revisions(session, draft_id, path))

    def draft_history(self, draft_id: str, *, first: int = 0, limit: int = 100, actor: Actor) -> Page[Happened]:
        """What happened to a draft, newest first. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: record.events(session, draft_id, first=first, limit=limit))

    def check_draft(self, draft_id: str, unsaved: Mapping[str, bytes] = NOTHING, *, actor: Actor) -> list[Problem]:
        """What deploying it would complain or warn about, with these contents in the place of saved ones. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: drafts.check(session, draft_id, unsaved))

    def draft_choices(self, draft_id: str, unsaved: Mapping[str, bytes] = NOTHING, *, actor: Actor) -> dict[str, Any]:
        """What its files offer to whoever fills in an element's properties (docs/designer.md). Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: drafts.offered(session, draft_id, unsaved))

    def standing_at(self, draft_id: str, key: str, element_id: str, *, actor: Actor) -> int:
        """How many running instances of a process stand at an element, of whatever version. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: standing.standing(session, draft_id, key, element_id))

    def at_draft(self, draft_id: str, path: str | None, *, actor: Actor) -> list[Presence]:
        """The actor has this file open ("": the overview; None: nothing any more); who else has. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._write(actor, lambda session: presence.here(session, draft_id, path))

    # ---- files

    def save_draft_file(self, draft_id: str, path: str, content: bytes, *, revision: int, note: str = "", actor: Actor) -> Saved:
        """Save a file one has read at `revision`. Raises SaveConflict where somebody else has saved since; what was refused is kept."""
        self._allowed(actor, Verb.DESIGN)
        saved = self._write(actor, lambda session: files.save(session, draft_id, path, content, revision=revision, note=note))
        if isinstance(saved, files.SaveConflict):
            raise saved
        return saved

    def add_draft_files(self, draft_id: str, given: Mapping[str, bytes], *, actor: Actor) -> int:
        """Add files; returns the draft's revision. Raises NotFound, Invalid, Conflict where one is there already."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: files.add(session, draft_id, given))

    def rename_draft_file(self, draft_id: str, path: str, to: str, *, revision: int, actor: Actor) -> int:
        """Give a file another path. Raises NotFound, Invalid, Conflict."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: files.rename(session, draft_id, path, to, revision=revision))

    def remove_draft_file(self, draft_id: str, path: str, *, revision: int, actor: Actor) -> int:
        """Take a file away; what it was stays among the revisions. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: files.remove(session, draft_id, path, revision=revision))

    def restore_draft_file(self, draft_id: str, path: str, *, to: int, revision: int, actor: Actor) -> Saved:
        """Make a file again what it was at revision `to`; `revision` is the one it has now, 0 for none. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: files.restore(session, draft_id, path, to=to, revision=revision))

    # ---- base

    def plan_rebase(self, draft_id: str, *, actor: Actor) -> Rebase:
        """What taking in a newer version would do. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: bases.plan(session, draft_id))

    def rebase_draft(self, draft_id: str, take: Mapping[str, str], *, actor: Actor) -> Rebase:
        """Take in what a newer version changed; `take`: "ours" or "theirs" for each file both changed. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.DESIGN)
        return self._write(actor, lambda session: bases.rebase(session, draft_id, take))

    # ---- process tests

    def test_draft(self, draft_id: str, names: Collection[str] = (), *, actor: Actor) -> Report:
        """Play the process tests of a draft as it is, or those of these names. Raises NotFound, Invalid where it has mistakes."""
        draft = self.draft(draft_id, actor=actor).draft
        content = self.draft_contents(draft_id, revision=draft.revision, actor=actor)
        from engine.packtests.playing import play_all  # which opens engines

        shared, former = self._shared, lambda: self._deployed(content)
        return play_all(content, packs=shared.registry.packs, limits=shared.limits, pack=draft.pack, names=names, former=former)

    # ---- life

    def submit_draft(self, draft_id: str, note: str = "", *, actor: Actor) -> None:
        """Put it before a second person. Raises NotFound, Invalid (problems), Conflict."""
        self._allowed(actor, Verb.DESIGN)
        self._write(actor, lambda session: life.submit(session, draft_id, note))

    def withdraw_draft(self, draft_id: str, reason: str, *, actor: Actor) -> None:
        """Take it back to change it. Raises NotFound, Conflict, Invalid."""
        self._allowed(actor, Verb.DESIGN)
        self._write(actor, lambda session: life.withdraw(session, draft_id, reason))

    def approve_draft(self, draft_id: str, *, revision: int, reason: str = "", replace: bool = False, actor: Actor) -> None:
        """Approve it as of a revision; `replace`: over somebody's newer version. Raises Forbidden, StaleBase, Conflict, Invalid."""
        self._allowed(actor, Verb.APPROVE)
        self._write(actor, lambda session: life.approve(session, draft_id, revision=revision, reason=reason, replace=replace))

    def return_draft(self, draft_id: str, *, revision: int, reason: str, actor: Actor) -> None:
        """Send it back with a reason. Raises NotFound, Forbidden, Conflict, Invalid."""
        self._allowed(actor, Verb.APPROVE)
        self._write(actor, lambda session: life.send_back(session, draft_id, revision=revision, reason=reason))

    def reopen_draft(self, draft_id: str, reason: str, *, actor: Actor) -> None:
        """Change what was approved; it will have to be approved again. Raises NotFound, Conflict, Invalid."""
        self._allowed(actor, Verb.DESIGN)
        self._write(actor, lambda session: life.reopen(session, draft_id, reason))

    def schedule_draft(self, draft_id: str, at: datetime, *, untested: str = "", actor: Actor) -> None:
        """Let the clock activate it; its process tests are played now. Raises NotFound, StaleBase, Conflict, Invalid."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        tested = self._tested(draft_id, untested, actor)
        self._write(actor, lambda session: life.schedule(session, draft_id, at, tested=tested))

    def unschedule_draft(self, draft_id: str, reason: str, *, actor: Actor) -> None:
        """Keep the clock from it. Raises NotFound, Conflict, Invalid."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        self._write(actor, lambda session: life.unschedule(session, draft_id, reason))

    def activate_draft(self, draft_id: str, *, untested: str = "", actor: Actor) -> Deployment:
        """Deploy all its files now, in one deployment, if its process tests pass; or for a reason why they need not, `untested`.

        Raises NotFound, StaleBase, Conflict, Invalid.
        """
        self._allowed(actor, Verb.SEE_DRAFTS)
        tested = self._tested(draft_id, untested, actor)
        return self._write(actor, lambda session: life.activate(session, draft_id, tested=tested))

    def _tested(self, draft_id: str, untested: str, actor: Actor) -> Tested:
        """Play the process tests of a draft that is to be activated. Raises NotFound, Conflict, Invalid where one fails."""
        draft = self.draft(draft_id, actor=actor).draft
        if "activate" not in draft.may:
            return Tested(draft.revision, {})  # what it stands against is said by the step itself
        content = self.draft_contents(draft_id, revision=draft.revision, actor=actor)
        return Tested(draft.revision, self._pass_tests(content, draft.pack, untested))

    def discard_draft(self, draft_id: str, reason: str, *, actor: Actor) -> None:
        """Give it up; it can still be read. Raises NotFound, Conflict, Invalid."""
        self._allowed(actor, Verb.DESIGN)
        self._write(actor, lambda session: life.discard(session, draft_id, reason))

    # ---- rehearsal

    def begin_rehearsal(self, draft_id: str, process: str, *, actor: Actor) -> str:
        """Ask for a rehearsal, which `engine.drafts.playing.play` plays; returns its id. Raises NotFound, Invalid, Conflict."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._write(actor, lambda session: rehearsals.begin(session, draft_id, process))

    def draft_rehearsal(self, rehearsal_id: str, *, actor: Actor) -> Rehearsed:
        """How far a rehearsal is, or what it found. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: rehearsals.one(session, rehearsal_id))

    def hear_rehearsal(self, rehearsal_id: str, done: int, doing: str) -> bool:
        """How far it is, told by what plays it; answers whether to go on."""
        return self._write(SYSTEM, lambda session: rehearsals.heard(session, rehearsal_id, done, doing))

    def end_rehearsal(self, rehearsal_id: str, state: RehearsalState, done: int, result: Mapping[str, Any]) -> None:
        """What it found, told by what has played it. Raises NotFound."""
        self._write(SYSTEM, lambda session: rehearsals.end(session, rehearsal_id, state, done, result))

    def cancel_rehearsal(self, rehearsal_id: str, *, actor: Actor) -> None:
        """Let it go no further. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        self._write(actor, lambda session: rehearsals.cancel(session, rehearsal_id))

    # ---- packs

    def pack_files(self, key: str, *, version: int | None = None, actor: Actor) -> dict[str, bytes]:
        """All files deployed with a process's newest (or given) version. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: beginnings.pack_files(session, key, version))
