"""What a draft began from, whether somebody has activated something newer since, and taking that in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.diagrams import read
from engine.drafts import files, record
from engine.drafts.states import DraftEvent, Step
from engine.drafts.views import Stale
from engine.errors import Conflict, RuamError
from engine.queries import loads
from engine.storage import model

if TYPE_CHECKING:
    from engine.queries import DefinitionView
    from engine.storage.session import Session

STALE = "Somebody has activated a newer version since this draft began. Rebase the draft, or say knowingly that it is to be replaced."
STALE_TH = "มีผู้เปิดใช้ฉบับใหม่กว่าหลังจากเริ่มร่างนี้ โปรดปรับร่างตามฉบับใหม่ หรือยืนยันว่าจะใช้ร่างนี้แทนฉบับนั้น"


class StaleBase(Conflict):
    """A newer version was activated since the draft began. Facts: stale (a list of Stale; empty where it came at this moment)."""

    code = "stale"


def files_of(session: Session, deployment_id: str) -> dict[str, bytes]:
    """All files of a deployment."""
    table = model.resource
    rows = session.connection.execute(select(table.c.path, table.c.content).where(table.c.deployment_id == deployment_id))
    return {path: bytes(content) for path, content in rows}


def changes(session: Session, row: Mapping[Any, Any]) -> dict[str, str]:
    """What a draft adds, changes and removes, by path. All is added where it began from nothing."""
    table = model.resource
    before = dict(session.connection.execute(select(table.c.path, table.c.sha256).where(table.c.deployment_id == row["base_id"])).all())
    now = files.digests(session, row["id"])
    words = {path: "added" if path not in before else "changed" for path, sha in now.items() if before.get(path) != sha}
    return words | {path: "removed" for path in before if path not in now}


def keys_of(content: Mapping[str, bytes]) -> frozenset[str]:
    """The keys of the processes that deploying these files would make versions of."""
    return frozenset(key for path, text in content.items() if path.endswith(DIAGRAM_SUFFIXES) for key in _executable(text))


@lru_cache(maxsize=256)
def _executable(text: bytes) -> tuple[str, ...]:
    try:
        return tuple(process.id for process in read(text, "").processes if process.executable)
    except RuamError:
        return ()


def newest(session: Session, keys: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    """The newest version of each process: key, version, names, deployment, when and by whom."""
    table, deployment = model.definition, model.deployment
    last = (
        select(table.c.key, func.max(table.c.version).label("version"))
        .where(table.c.key.in_(sorted(keys)))
        .group_by(table.c.key)
        .subquery()
    )
    query = (
        select(
            table.c.key,
            table.c.version,
            table.c.name,
            table.c.name_en,
            table.c.deployment_id,
            deployment.c.created,
            deployment.c.created_by,
        )
        .join(last, (last.c.key == table.c.key) & (last.c.version == table.c.version))
        .join(deployment, deployment.c.id == table.c.deployment_id)
    )
    return {row["key"]: row for row in session.connection.execute(query).mappings()}


def deployed(session: Session, content: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of what deploying these would make newer versions of; of one that several deployments have, the newest."""
    found: dict[str, bytes] = {}
    made = sorted(newest(session, keys_of(content)).values(), key=lambda row: (row["created"], row["deployment_id"]))
    for deployment_id in dict.fromkeys(row["deployment_id"] for row in made):
        found |= files_of(session, deployment_id)
    return found


def stale(session: Session, row: Mapping[Any, Any], content: Mapping[str, bytes] | None = None) -> tuple[Stale, ...]:
    """The processes of a draft (or of its files given) that have a newer version than those it began from."""
    began: dict[str, int] = loads(row["base_versions"]) or {}
    found = newest(session, keys_of(files.contents(session, row["id"]) if content is None else content))
    return tuple(
        Stale(key, one["name"], one["name_en"], began.get(key, 0), one["version"], one["deployment_id"], one["created_by"], one["created"])
        for key, one in sorted(found.items())
        if one["version"] > began.get(key, 0)
    )


def require_fresh(session: Session, row: Mapping[Any, Any], content: Mapping[str, bytes]) -> None:
    """Refuse to go on over somebody's newer version. Raises StaleBase."""
    if found := stale(session, row, content):
        raise StaleBase(STALE, th=STALE_TH, stale=found)


def require_next(row: Mapping[Any, Any], made: Iterable[DefinitionView]) -> None:
    """Refuse versions between which and those a draft began from somebody else's came, while its files were read. Raises StaleBase."""
    began: dict[str, int] = loads(row["base_versions"]) or {}
    if any(one.version > began.get(one.key, 0) + 1 for one in made):
        raise StaleBase(STALE, th=STALE_TH, stale=())


def confirmed(session: Session, row: Mapping[Any, Any], content: Mapping[str, bytes]) -> str:
    """The column `base_versions` where what is newest now is to be replaced."""
    began: dict[str, int] = loads(row["base_versions"]) or {}
    return json.dumps(began | {key: one["version"] for key, one in newest(session, keys_of(content)).items()})


@dataclass(frozen=True, slots=True)
class Rebase:
    """What rebasing would do. `deployment_id`: the newest that is taken in; `both`: what both sides changed, to be chosen between."""

    deployment_id: str | None
    theirs: tuple[str, ...]  # taken in: changed there, not here
    ours: tuple[str, ...]  # kept: changed here, not there
    both: tuple[str, ...]


def plan(session: Session, draft_id: str) -> Rebase:
    """What rebasing a draft would do. Raises NotFound."""
    row = record.row_of(session, draft_id)
    return _plan(session, row, files.contents(session, draft_id))[0]


@dataclass(frozen=True, slots=True)
class _Left:
    """All files as others have left them, the last deployment of them, and the one a draft is based on from then on."""

    files: dict[str, bytes]
    newest_id: str
    base_id: str | None


def _left(session: Session, row: Mapping[Any, Any], base: Mapping[str, bytes], found: Iterable[Stale]) -> _Left:
    """What has been deployed since, one after the other. Who deployed a part under another name has said nothing of the other files."""
    table, base_id, now = model.deployment, row["base_id"], dict(base)
    ids = {one.deployment_id for one in found}
    ordered = session.connection.execute(
        select(table.c.id, table.c.name).where(table.c.id.in_(ids)).order_by(table.c.created, table.c.id)
    ).all()
    for id, name in ordered:
        if name == row["name"]:
            base_id, now = id, files_of(session, id)
        else:
            now |= files_of(session, id)
    return _Left(now, ordered[-1][0], base_id)


def _plan(session: Session, row: Mapping[Any, Any], ours: Mapping[str, bytes]) -> tuple[Rebase, _Left | None]:
    found = stale(session, row, ours)
    if not found:
        return Rebase(None, (), (), ()), None
    base = files_of(session, row["base_id"]) if row["base_id"] else {}
    left = _left(session, row, base, found)
    theirs = left.files
    taken, kept, both = [], [], []
    for path in sorted(base.keys() | theirs.keys() | ours.keys()):
        here, there, before = ours.get(path), theirs.get(path), base.get(path)
        if here == there:
            continue
        if here == before:
            taken.append(path)
        elif there == before:
            kept.append(path)
        else:
            both.append(path)
    return Rebase(left.newest_id, tuple(taken), tuple(kept), tuple(both)), left


def rebase(session: Session, draft_id: str, take: Mapping[str, str]) -> Rebase:
    """Take in what the newest deployment changed. `take`: for each file both changed, "ours" or "theirs". Raises NotFound, Conflict."""
    draft = record.lock(session, draft_id, Step.REBASE)
    ours = files.contents(session, draft_id)
    planned, left = _plan(session, draft.row, ours)
    if left is None:
        raise Conflict("Nothing newer has been activated.", th="ไม่มีฉบับใหม่กว่าที่เปิดใช้")
    undecided = [path for path in planned.both if take.get(path) not in ("ours", "theirs")]
    if undecided:
        names = ", ".join(undecided)
        thai = f"มีการแก้ไขทั้งสองฝ่ายใน {names} โปรดเลือกว่าจะใช้ของใคร"
        raise Conflict(f"Both changed {names}: say whose is kept.", th=thai, both=undecided)
    theirs = left.files
    wanted = {*planned.theirs, *(path for path in planned.both if take[path] == "theirs")}
    number = files.put(session, draft, {path: theirs[path] for path in wanted if path in theirs}, note=f"rebase {planned.deployment_id}")
    files.take_away(session, draft, {path for path in wanted if path not in theirs and path in ours})
    facts = {"deployment": planned.deployment_id, "taken": sorted(wanted), "kept": sorted({*planned.ours, *planned.both} - wanted)}
    record.change(
        session,
        draft,
        DraftEvent.REBASED,
        facts | {"revision": number},
        revision=number,
        base_id=left.base_id,
        base_versions=confirmed(session, draft.row, ours | {path: theirs[path] for path in wanted if path in theirs}),
    )
    return planned
