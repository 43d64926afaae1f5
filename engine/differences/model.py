"""What a comparison says: changes with a sentence in each language, grouped by what they are changes of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.differences.words import Said


class Kind(StrEnum):
    """What became of a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    DRAWN = "drawn"  # only where or how it is drawn


class Subject(StrEnum):
    """What a group's changes are changes of."""

    PROCESS = "process"
    FORM = "form"
    DECISION = "decision"
    SCHEDULE = "schedule"
    PARTIES = "parties"
    LETTER = "letter"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `aspect`: which side of the thing, a stable word for programs: element, name, lane, flow, condition, timer, due …"""

    kind: Kind
    aspect: str
    sentence: Said
    before: Said | None = None
    after: Said | None = None
    element: str | None = None  # its id in the new version; of a form its field, of a decision its rule
    old_element: str | None = None  # its id in the old version
    name: Said | None = None
    step: str | None = None
    flow: str | None = None  # id of a flow in the new version, of one removed in the old


@dataclass(frozen=True, slots=True)
class Marks:
    """What to colour in a process's two drawings: ids of elements, `old_…` and `removed` in the old one."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    old_changed: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    old_drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one process, form, decision or file. `key`: of the process or decision, else the file."""

    subject: Subject
    key: str
    title: Said
    changes: tuple[Change, ...]
    file: str | None = None  # in the new version, where it is still there
    old_file: str | None = None
    marks: Marks | None = None  # of a process


@dataclass(frozen=True, slots=True)
class Differences:
    """All that is different between two sets of files."""

    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    def __iter__(self) -> Iterator[Change]:
        """Every change."""
        return (change for group in self.groups for change in group.changes)

    def of(self, subject: Subject, key: str) -> tuple[Change, ...]:
        """The changes of one process, form, decision or file."""
        return tuple(change for group in self.groups if (group.subject, group.key) == (subject, key) for change in group.changes)
