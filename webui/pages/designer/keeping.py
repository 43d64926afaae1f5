"""Keeping what was played as a test: what it would say, what it may expect, under which name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from flask import flash, request
from flask_babel import gettext as _

from engine.errors import Invalid
from engine.packtests.model import ProcessTest
from engine.packtests.recording import Recorded
from engine.packtests.telling import Told, told
from engine.packtests.writing import write
from webui import current
from webui.languages import ENGLISH, language

FOLDER = "tests"
LONGEST = 120  # characters of a title


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in the form of the page that keeps a test."""

    title: str = ""
    tasks: bool = True
    end: bool = True
    that: tuple[str, ...] = ()

    @classmethod
    def read(cls, recorded: Recorded) -> Kept:
        """As posted; before anything was, with what somebody decided ticked."""
        if "keep" not in request.form:
            return cls(that=tuple(text for text, usual in recorded.asserted.items() if usual))
        posted = request.form
        return cls(posted.get("title", "").strip()[:LONGEST], "tasks" in posted, "end" in posted, tuple(posted.getlist("that")))

    def test(self, recorded: Recorded, taken: Collection[str] = ()) -> ProcessTest:
        """The test as it is kept. Raises Invalid where it has no title or would expect nothing."""
        if not self.title:
            raise Invalid("A test has a title.", th="โปรดตั้งชื่อแบบทดสอบ")
        th, en = ("", self.title) if language() == ENGLISH else (self.title, "")
        found = recorded.kept(name=name_of(self.title, taken), th=th, en=en, tasks=self.tasks, end=self.end, that=self.that)
        if not any(step.expected.something for step in found.steps):
            raise Invalid(
                "Choose what the test expects: without that it can never fail.", th="โปรดเลือกสิ่งที่คาดหมาย มิฉะนั้นแบบทดสอบจะไม่มีวันไม่ผ่าน"
            )
        return found


def name_of(title: str, taken: Collection[str]) -> str:
    """A name for the file: the English letters of the title, else a number."""
    plain = "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:40] if title.isascii() else ""
    name, number = plain or "played_1", 1
    while f"{FOLDER}/{name}.toml" in taken:
        number += 1
        name = f"{plain or 'played'}_{number}"
    return name


def path_of(test: ProcessTest) -> str:
    """Where a test stands in its pack."""
    return f"{FOLDER}/{test.name}.toml"


def content_of(test: ProcessTest) -> bytes:
    """Its file."""
    return write(test).encode()


def keep(draft_id: str, test: ProcessTest) -> None:
    """Put it among the tests of a draft and play it at once: what was played may not be what is drafted. Raises what adding files does."""
    engine, me = current.engine(), current.actor()
    engine.add_draft_files(draft_id, {path_of(test): content_of(test)}, actor=me)
    try:
        passed = engine.test_draft(draft_id, [test.name], actor=me).ok
    except Invalid:
        flash(_("Kept as a test. The draft cannot be played as it is: play the test when its faults are mended."), "returned")
        return
    if passed:
        flash(_("Kept as a test. It passes, and is played whenever this process is activated."), "done")
    else:
        flash(_("Kept as a test, which does not pass yet: play it below to see where."), "returned")


def taken(draft_id: str) -> set[str]:
    """The paths of a draft's files."""
    return {file.path for file in current.engine().draft(draft_id, actor=current.actor()).files}


def steps_of(recorded: Recorded) -> tuple[Told, ...]:
    """What was played, in plain language, with what was seen after each step."""
    return told(recorded.kept(name="", th="", en="", tasks=True, end=True, that=()), recorded.words)
