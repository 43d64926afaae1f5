"""What reading drafts answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.queries import FromRow


@dataclass(frozen=True, slots=True)
class DraftView(FromRow):
    """A draft as a line of a list."""

    id: str
    title: str
    name: str
    pack: str | None
    state: str
    revision: int
    reason: str | None
    activate_at: datetime | None
    deployment_id: str | None
    base_id: str | None
    author: str
    approved: int | None
    approved_by: str | None
    created: datetime
    changed: datetime
    changed_by: str
    may: frozenset[str] = frozenset()  # the steps the actor may take now


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a draft as it is now."""

    path: str
    kind: str  # diagram decision form table letter text other
    revision: int
    size: int
    changed: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """A content a file has, or had."""

    path: str
    revision: int
    content: bytes
    kind: str  # RevisionKind
    changed: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RevisionView(FromRow):
    """A saved content of a file, without it."""

    path: str
    revision: int
    kind: str  # RevisionKind
    size: int
    note: str
    changed: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a file did. `saved` is False where its content was the same."""

    path: str
    revision: int
    changed: datetime
    saved: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody has a file of a draft open ("": its overview)."""

    user_id: str
    path: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class Stale:
    """A process of a draft of which there is a newer version than when it began."""

    key: str
    name: str
    name_en: str
    began: int  # version; 0: there was none
    newest: int
    deployment_id: str
    by: str | None
    when: datetime


@dataclass(frozen=True, slots=True)
class Rehearsed(FromRow):
    """A rehearsal of a draft: how far it is, or what it found (engine/rehearsal/findings.py)."""

    id: str
    draft_id: str
    revision: int
    process: str
    state: str
    done: int
    doing: str
    started: datetime
    started_by: str
    ended: datetime | None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a draft's history."""

    seq: int
    time: datetime
    event: str
    actor: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DraftWhole:
    """A draft with all that its page and the modeler need."""

    draft: DraftView
    files: tuple[FileView, ...]
    presence: tuple[Presence, ...]
    stale: tuple[Stale, ...]
    changes: Mapping[str, str]  # path → "added", "changed" or "removed", against the deployment it began from
    editors: frozenset[str]  # the author, and who changed a file since the last approval: none of them approves
    deciders: tuple[str, ...]  # who may approve it
    rehearsal: Rehearsed | None  # the newest
