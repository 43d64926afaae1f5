"""How a draft begins: from what is deployed, from files somebody brings, from a small template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.deployment.definitions import latest_id
from engine.drafts import bases, files, intake, templates
from engine.drafts.record import Locked, change, lock
from engine.drafts.states import DraftEvent, DraftState, Step
from engine.errors import Conflict, Invalid, Problem
from engine.ids import new_id
from engine.storage import model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session

LONGEST_TITLE = 200


def from_deployed(session: Session, key: str, version: int | None, title: str) -> str:
    """A draft of all files of the deployment of a process's newest (or given) version; returns its id. Raises NotFound, Invalid."""
    deployment_id = _deployment_of(session, key, version)
    found = bases.files_of(session, deployment_id)
    facts = {"from": "deployed", "key": key, "version": version, "deployment": deployment_id}
    return _begin(session, title, found, facts, **_of(session, deployment_id))


def _of(session: Session, deployment_id: str, pack: str | None = None) -> dict[str, Any]:
    """What a draft takes over from the deployment it begins from."""
    row = session.connection.execute(select(model.deployment).where(model.deployment.c.id == deployment_id)).mappings().one()
    return {"name": row["name"], "pack": pack or row["pack"], "base_id": deployment_id}


def from_files(session: Session, given: Mapping[str, bytes], title: str, *, pack: str | None = None) -> str:
    """A draft of files from elsewhere; where they are of processes deployed before, it is told as a change of those. Raises Invalid."""
    fit = intake.checked(given)
    if not fit:
        message = "Choose the files first."
        raise Invalid(message, [Problem(message, "โปรดเลือกไฟล์ก่อน", field="files", rule="required")])
    facts = {"from": "files", "paths": sorted(fit)}
    known = bases.newest(session, bases.keys_of(fit)).values()
    if not known:
        return _begin(session, title, fit, facts, name=title, pack=pack)
    base_id = max(known, key=lambda one: (one["created"], one["deployment_id"]))["deployment_id"]
    return _begin(session, title, fit, facts, **_of(session, base_id, pack))


def empty(session: Session, key: str, title: str) -> str:
    """A draft of one small process to begin with. Raises Invalid, Conflict where there is a process of that key."""
    content = templates.pack(key, title)
    if bases.newest(session, (key,)):
        raise Conflict(f"There is a process {key!r} already; begin a draft from it.", th=f"มีกระบวนการ {key} อยู่แล้ว โปรดเริ่มร่างจากกระบวนการนั้น")
    return _begin(session, title, content, {"from": "empty", "key": key}, name=key)


def _begin(
    session: Session,
    title: str,
    content: Mapping[str, bytes],
    facts: Mapping[str, object],
    *,
    name: str,
    pack: str | None = None,
    base_id: str | None = None,
) -> str:
    check_title(title)
    draft_id = new_id()
    who = session.actor.user_id
    row = {
        "id": draft_id,
        "title": title.strip(),
        "name": name[:LONGEST_TITLE],
        "pack": pack,
        "base_id": base_id,
        "state": DraftState.DRAFT.value,
        "author": who,
        "created": session.now,
        "changed": session.now,
        "changed_by": who,
        "base_versions": json.dumps(_versions_then(session, content, base_id if facts["from"] == "deployed" else None)),
    }
    session.connection.execute(insert(model.draft).values(**row))
    draft: Locked = lock(session, draft_id)
    number = files.put(session, draft, content)
    change(session, draft, DraftEvent.CREATED, {"title": row["title"], "files": len(content), **facts}, revision=number)
    return draft_id


def _versions_then(session: Session, content: Mapping[str, bytes], base_id: str | None) -> dict[str, int]:
    """What the draft begins from: the versions of its deployment, else the newest there are."""
    newest = {key: one["version"] for key, one in bases.newest(session, bases.keys_of(content)).items()}
    if base_id is None:
        return newest
    table = model.definition
    rows = session.connection.execute(select(table.c.key, table.c.version).where(table.c.deployment_id == base_id))
    return {key: version for key, version in rows if key in newest}


def rename(session: Session, draft_id: str, title: str) -> None:
    """Give a draft another title. Raises NotFound, Invalid, Conflict."""
    check_title(title)
    draft = lock(session, draft_id, Step.SAVE)
    change(session, draft, DraftEvent.RENAMED, {"before": draft.row["title"], "after": title.strip()}, title=title.strip())


def check_title(title: str) -> None:
    """Refuse an empty title or one no column could keep. Raises Invalid."""
    check_text(title, "title", LONGEST_TITLE)
    if not title.strip():
        message = "A title is needed."
        raise Invalid(message, [Problem(message, "ต้องมีชื่อร่าง", field="title", rule="required")])


def pack_files(session: Session, key: str, version: int | None) -> dict[str, bytes]:
    """All files deployed with a process's newest (or given) version. Raises NotFound."""
    return bases.files_of(session, _deployment_of(session, key, version))


def _deployment_of(session: Session, key: str, version: int | None) -> str:
    """The deployment a version stands in. Raises NotFound."""
    table = model.definition
    definition_id = latest_id(session.connection, key, version)
    return str(session.connection.scalar(select(table.c.deployment_id).where(table.c.id == definition_id)))
