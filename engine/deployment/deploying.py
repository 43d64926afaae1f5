"""Deploying: files are checked as a whole, and then are a deployment with its definitions, or none of them is. And taking one back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, or_, select

from engine.deployment import packs
from engine.deployment.checking import checked
from engine.deployment.definitions import forget_starts, latest_id, of_deployment
from engine.errors import Conflict, Invalid, NotFound
from engine.ids import new_id
from engine.queries import Deployment
from engine.running import starting
from engine.states import SystemEvent
from engine.storage import journal, model

if TYPE_CHECKING:
    from engine.diagrams.model import Diagram, Process
    from engine.storage.session import Session

LONGEST_ID = 64  # as the tables have it
NOTHING: Mapping[str, Any] = {}


def deploy(
    session: Session,
    files: Mapping[str, bytes],
    *,
    name: str,
    pack: str | None = None,
    source: str | None = None,
    same_again: bool = False,
    changed_only: bool = False,
    facts: Mapping[str, Any] = NOTHING,
) -> Deployment:
    """Write a deployment and its definitions, or answer with the former one where nothing has changed. Raises Invalid.

    `same_again`: also files that have not changed are a new deployment; `changed_only`: diagrams that have not are no new versions.
    `facts`: what the journal says beside.
    """
    plan = checked(session, files, pack)
    if not plan.ok:
        raise Invalid("The files cannot be deployed.", plan.problems, th="ติดตั้งไฟล์เหล่านี้ไม่ได้")
    former = _former(session.connection, name)
    had = {} if former is None else _digests(session.connection, former["id"])
    shas = {path: _sha(content) for path, content in files.items()}
    if former is not None and had == shas and not same_again:
        return Deployment.of(former, definitions=of_deployment(session.connection, former["id"]), new=False)
    deployment_id = new_id()
    session.connection.execute(
        insert(model.deployment).values(
            id=deployment_id, name=name, pack=plan.pack.key, source=source, created=session.now, created_by=session.actor.user_id
        )
    )
    resources = {path: new_id() for path in files}
    session.rows.insert(
        model.resource,
        [
            {"id": resources[path], "deployment_id": deployment_id, "path": path, "sha256": shas[path], "content": content}
            for path, content in files.items()
        ],
    )
    for diagram in plan.diagrams:
        if changed_only and had.get(diagram.file) == shas[diagram.file]:
            continue
        for process in diagram.processes:
            if process.executable:
                _add_definition(session, deployment_id, resources[diagram.file], diagram, process)
    packs.store_parties(session.connection, plan.pack)
    definitions = of_deployment(session.connection, deployment_id)
    told = {"name": name, "definitions": [one.id for one in definitions], **facts}
    journal.tell(session, SystemEvent.DEPLOYED, deployment_id, told)
    return Deployment(
        name=name,
        id=deployment_id,
        pack=plan.pack.key,
        source=source,
        created=session.now,
        created_by=session.actor.user_id,
        definitions=definitions,
    )


def _add_definition(session: Session, deployment_id: str, resource_id: str, diagram: Diagram, process: Process) -> None:
    table = model.definition
    former = session.connection.scalar(select(func.max(table.c.version)).where(table.c.key == process.id)) or 0
    definition_id = f"{process.id}:{former + 1}:{deployment_id[-8:]}"
    if len(definition_id) > LONGEST_ID:
        definition_id = new_id()
    session.connection.execute(
        insert(table).values(
            id=definition_id,
            deployment_id=deployment_id,
            resource_id=resource_id,
            key=process.id,
            version=former + 1,
            version_tag=process.version_tag,
            name=process.name,
            name_en=process.name_en,
            startable=process.startable,
            created=session.now,
        )
    )
    starting.watch_starts(session, definition_id, process)


def _former(connection: Connection, name: str) -> Mapping[Any, Any] | None:
    """The newest deployment of a name."""
    table = model.deployment
    query = select(table).where(table.c.name == name).order_by(table.c.created.desc(), table.c.id.desc()).limit(1)
    return connection.execute(query).mappings().first()


def _digests(connection: Connection, deployment_id: str) -> dict[str, str]:
    """The digest of each file of a deployment."""
    table = model.resource
    return dict(connection.execute(select(table.c.path, table.c.sha256).where(table.c.deployment_id == deployment_id)).all())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def take_back(session: Session, deployment_id: str) -> None:
    """Delete a deployment that no instance ever ran of or was moved to; the versions before it are the newest again.

    Raises NotFound, Conflict.
    """
    connection, definition, resource = session.connection, model.definition, model.resource
    if connection.scalar(select(model.deployment.c.id).where(model.deployment.c.id == deployment_id)) is None:
        raise NotFound(f"There is no deployment {deployment_id!r}.", th="ไม่มีการติดตั้งนี้")
    views = of_deployment(connection, deployment_id)
    ids = [view.id for view in views]
    if connection.scalar(select(model.instance.c.id).where(model.instance.c.definition_id.in_(ids)).limit(1)) is not None:
        raise Conflict("Instances ran of this deployment; their history needs it.", th="มีกระบวนการที่เริ่มจากชุดนี้แล้ว จึงลบไม่ได้")
    moves = model.migration
    named = or_(moves.c.deployment_id == deployment_id, moves.c.source_id.in_(ids), moves.c.target_id.in_(ids))
    if connection.scalar(select(moves.c.id).where(named).limit(1)) is not None:
        raise Conflict(
            "Instances were moved to this deployment, or are to be; the record of that needs it.", th="มีการย้ายกระบวนการไปใช้ชุดนี้ จึงลบไม่ได้"
        )
    forget_starts(connection, ids)
    connection.execute(delete(definition).where(definition.c.id.in_(ids)))
    connection.execute(delete(resource).where(resource.c.deployment_id == deployment_id))
    connection.execute(delete(model.deployment).where(model.deployment.c.id == deployment_id))
    for view in views:
        _watch_newest(session, view.key)


def _watch_newest(session: Session, key: str) -> None:
    """The newest version that is left waits for what starts it."""
    try:
        newest = session.shared.definitions.get(session.connection, latest_id(session.connection, key))
    except NotFound:
        return
    starting.watch_starts(session, newest.id, newest.process)
