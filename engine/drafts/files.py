"""The files of a draft: saved with the revision one has read, every content kept, that of who comes second as well."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, insert, select, update

from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.drafts import intake, record
from engine.drafts.record import Locked
from engine.drafts.states import DraftEvent, RevisionKind, Step
from engine.drafts.views import FileContent, FileView, RevisionView, Saved
from engine.errors import Conflict, NotFound
from engine.storage import model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session

LONGEST_NOTE = 1_000


class SaveConflict(Conflict):
    """Somebody else saved this file in the meantime. Facts: revision, changed, changed_by: theirs; copy: yours, kept."""

    code = "conflict"


# ---- reading


def listed(session: Session, draft_id: str) -> list[FileView]:
    """The files of a draft by path."""
    table = model.draft_revision
    query = select(table.c.path, table.c.revision, table.c.size, table.c.changed, table.c.changed_by)
    found = session.connection.execute(query.where(*_current(draft_id)).order_by(table.c.path))
    return [FileView(path, kind_of(path), revision, size, changed, by) for path, revision, size, changed, by in found]


def digests(session: Session, draft_id: str) -> dict[str, str]:
    """The sha256 of each file of a draft."""
    table = model.draft_revision
    return dict(session.connection.execute(select(table.c.path, table.c.sha256).where(*_current(draft_id)).order_by(table.c.path)).all())


def contents(session: Session, draft_id: str, revision: int | None = None) -> dict[str, bytes]:
    """All files of a draft as they are now, or were at a revision."""
    table = model.draft_revision
    where = _current(draft_id) if revision is None else _at(draft_id, revision)
    query = select(table.c.path, table.c.content).where(*where).order_by(table.c.path)
    return {path: _plain(content) for path, content in session.connection.execute(query)}


def _at(draft_id: str, revision: int) -> tuple[Any, ...]:
    """Of each file the last revision that counted by then, unless it had been removed."""
    table, before = model.draft_revision, model.draft_revision.alias()
    counted = (before.c.draft_id == draft_id, before.c.kind != RevisionKind.LOST.value, before.c.revision <= revision)
    last = select(before.c.path, func.max(before.c.revision).label("revision")).where(*counted).group_by(before.c.path).subquery()
    of_last = exists().where(last.c.path == table.c.path, last.c.revision == table.c.revision)
    return table.c.draft_id == draft_id, of_last, table.c.kind == RevisionKind.SAVED.value


def _current(draft_id: str) -> tuple[Any, ...]:
    table, file = model.draft_revision, model.draft_file
    same = (file.c.draft_id == table.c.draft_id, file.c.path == table.c.path, file.c.revision == table.c.revision)
    return (file.c.draft_id == draft_id, *same)


def content(session: Session, draft_id: str, path: str, revision: int | None = None) -> FileContent:
    """What a file is now, or was at a revision. Raises NotFound."""
    table = model.draft_revision
    here = (table.c.draft_id == draft_id, table.c.path == path)
    where = _current(draft_id) + here if revision is None else (*here, table.c.revision == revision)
    row = session.connection.execute(select(table).where(*where)).mappings().first()
    if row is None or row["content"] is None:
        raise NotFound("The draft has no such file.", th="ร่างนี้ไม่มีไฟล์ดังกล่าว")
    return FileContent(path, row["revision"], _plain(row["content"]), row["kind"], row["changed"], row["changed_by"])


def revisions(session: Session, draft_id: str, path: str | None = None, *, limit: int = 200) -> list[RevisionView]:
    """What was saved, newest first: of one file, or of all."""
    table = model.draft_revision
    where = [table.c.draft_id == draft_id] + ([] if path is None else [table.c.path == path])
    query = select(*(column for column in table.c if column.name != "content")).where(*where)
    found = session.connection.execute(query.order_by(table.c.revision.desc(), table.c.path).limit(limit)).mappings()
    return [RevisionView.of(row) for row in found]


def kind_of(path: str) -> str:
    """What a file is for: diagram decision form table letter text other."""
    if path.endswith(DIAGRAM_SUFFIXES):
        return "diagram"
    folder, suffix = path.partition("/")[0], PurePosixPath(path).suffix
    if suffix == ".form" or (folder == "forms" and suffix == ".json"):
        return "form"
    return {".dmn": "decision", ".csv": "table", ".toml": "table", ".typ": "letter", ".txt": "text", ".md": "text", ".json": "text"}.get(
        suffix, "other"
    )


# ---- changing


def save(session: Session, draft_id: str, path: str, text: bytes, *, revision: int, note: str = "") -> Saved | SaveConflict:
    """Save a file that one has read at `revision`. Answers with the conflict where somebody else has saved since: what was refused is
    kept all the same, so the transaction must not be rolled back. Raises NotFound, Invalid, Conflict (the draft is not being changed)."""
    intake.check_content(path, text)
    check_text(note, "note", LONGEST_NOTE)
    draft = record.lock(session, draft_id, Step.SAVE)
    now = _now(session, draft_id, path)
    if now["revision"] != revision:
        if now["sha256"] == _sha(text):  # both wrote the same
            return Saved(path, now["revision"], now["changed"], False)
        return _lost(session, draft, path, text, now)
    if now["sha256"] == _sha(text):
        return Saved(path, revision, now["changed"], False)
    _check_sizes(session, draft, {path: len(text)})
    number = put(session, draft, {path: text}, note=note)
    record.change(session, draft, DraftEvent.FILE_SAVED, _facts(path, number, note), revision=number)
    return Saved(path, number, session.now, True)


def _lost(session: Session, draft: Locked, path: str, text: bytes, now: Mapping[Any, Any]) -> SaveConflict:
    number = put(session, draft, {path: text}, kind=RevisionKind.LOST)
    facts = {"path": path, "revision": number, "theirs": now["revision"]}
    record.change(session, draft, DraftEvent.SAVE_LOST, facts, revision=number)
    return SaveConflict(
        "Somebody else saved this file in the meantime. What you had is kept aside.",
        th="มีผู้อื่นบันทึกไฟล์นี้ไปก่อนแล้ว ข้อความของท่านถูกเก็บสำเนาไว้ให้",
        revision=now["revision"],
        changed=now["changed"],
        changed_by=now["changed_by"],
        copy=number,
    )


def add(session: Session, draft_id: str, files: Mapping[str, bytes]) -> int:
    """Add files; returns the revision. Raises Invalid, Conflict where one is there already."""
    added = intake.checked(files)
    draft = record.lock(session, draft_id, Step.SAVE)
    taken = sorted(added.keys() & _sizes(session, draft_id).keys())
    if taken:
        raise Conflict(f"There is a file {taken[0]} already.", th=f"มีไฟล์ {taken[0]} อยู่แล้ว")
    _check_sizes(session, draft, {path: len(text) for path, text in added.items()})
    number = put(session, draft, added)
    record.change(session, draft, DraftEvent.FILE_ADDED, {"paths": sorted(added), "revision": number}, revision=number)
    return number


def rename(session: Session, draft_id: str, path: str, to: str, *, revision: int) -> int:
    """Give a file another path. Raises NotFound, Invalid, Conflict."""
    intake.check_path(to)
    draft = record.lock(session, draft_id, Step.SAVE)
    _unchanged(session, draft_id, path, revision)
    sizes = _sizes(session, draft_id)
    if to in sizes:
        raise Conflict(f"There is a file {to} already.", th=f"มีไฟล์ {to} อยู่แล้ว")
    moved = content(session, draft_id, path).content
    del sizes[path]
    intake.check_all(sizes | {to: len(moved)})
    _take_away(session, draft, path, note=to)
    number = put(session, draft, {to: moved}, note=path)
    record.change(session, draft, DraftEvent.FILE_RENAMED, {"path": path, "to": to, "revision": number}, revision=number)
    return number


def remove(session: Session, draft_id: str, path: str, *, revision: int) -> int:
    """Take a file away; its contents stay among the revisions. Raises NotFound, Conflict."""
    draft = record.lock(session, draft_id, Step.SAVE)
    _unchanged(session, draft_id, path, revision)
    number = _take_away(session, draft, path)
    record.change(session, draft, DraftEvent.FILE_REMOVED, {"path": path, "revision": number}, revision=number)
    return number


def restore(session: Session, draft_id: str, path: str, *, to: int, revision: int) -> Saved:
    """Make a file again what it was at a revision (one removed: `revision` is 0). Raises NotFound, Conflict."""
    draft = record.lock(session, draft_id, Step.SAVE)
    former = content(session, draft_id, path, to)
    sizes = _sizes(session, draft_id)
    if path in sizes or revision:
        _unchanged(session, draft_id, path, revision)
    intake.check_all(sizes | {path: len(former.content)})
    number = put(session, draft, {path: former.content}, note=f"= {to}")
    record.change(session, draft, DraftEvent.FILE_RESTORED, {"path": path, "to": to, "revision": number}, revision=number)
    return Saved(path, number, session.now, True)


def put(session: Session, draft: Locked, files: Mapping[str, bytes], *, kind: RevisionKind = RevisionKind.SAVED, note: str = "") -> int:
    """Write contents under the draft's next revision; returns its number. The draft's row is for the caller to change."""
    number = draft.revision + 1
    common = {"draft_id": draft.id, "revision": number, "kind": str(kind), "note": note}
    common |= {"changed": session.now, "changed_by": session.actor.user_id}
    rows = [
        {**common, "path": path, "content": zlib.compress(text), "size": len(text), "sha256": _sha(text)} for path, text in files.items()
    ]
    if rows:
        session.connection.execute(insert(model.draft_revision), rows)
    if kind is RevisionKind.SAVED:
        for path in files:
            _point(session, draft.id, path, number)
    return number


def take_away(session: Session, draft: Locked, paths: set[str]) -> None:
    """Remove files under the draft's next revision, for a caller that changes several at once."""
    for path in sorted(paths):
        _take_away(session, draft, path)


def _take_away(session: Session, draft: Locked, path: str, note: str = "") -> int:
    number = draft.revision + 1
    row = {"draft_id": draft.id, "path": path, "revision": number, "kind": str(RevisionKind.REMOVED), "note": note}
    session.connection.execute(insert(model.draft_revision).values(**row, changed=session.now, changed_by=session.actor.user_id))
    table = model.draft_file
    session.connection.execute(delete(table).where(table.c.draft_id == draft.id, table.c.path == path))
    return number


def _point(session: Session, draft_id: str, path: str, number: int) -> None:
    table = model.draft_file
    here = (table.c.draft_id == draft_id, table.c.path == path)
    if not session.connection.execute(update(table).where(*here).values(revision=number)).rowcount:
        session.connection.execute(insert(table).values(draft_id=draft_id, path=path, revision=number))


def _now(session: Session, draft_id: str, path: str) -> Mapping[Any, Any]:
    table = model.draft_revision
    columns = (table.c.revision, table.c.sha256, table.c.changed, table.c.changed_by)
    row = session.connection.execute(select(*columns).where(*_current(draft_id), table.c.path == path)).mappings().first()
    if row is None:
        raise NotFound("The draft has no such file.", th="ร่างนี้ไม่มีไฟล์ดังกล่าว")
    return row


def _unchanged(session: Session, draft_id: str, path: str, revision: int) -> None:
    now = _now(session, draft_id, path)
    if now["revision"] != revision:
        raise SaveConflict(
            "Somebody else saved this file in the meantime; load it again.",
            th="มีผู้อื่นบันทึกไฟล์นี้ไปก่อนแล้ว โปรดเปิดใหม่",
            revision=now["revision"],
            changed=now["changed"],
            changed_by=now["changed_by"],
        )


def _sizes(session: Session, draft_id: str) -> dict[str, int]:
    return {file.path: file.size for file in listed(session, draft_id)}


def _check_sizes(session: Session, draft: Locked, more: Mapping[str, int]) -> None:
    intake.check_all({**_sizes(session, draft.id), **more})


def _facts(path: str, number: int, note: str) -> dict[str, Any]:
    return {"path": path, "revision": number} | ({"note": note} if note else {})


def _plain(content: bytes) -> bytes:
    return zlib.decompress(bytes(content))


def _sha(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
