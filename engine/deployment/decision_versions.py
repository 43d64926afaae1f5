"""The versions of decisions: each deployment with a decision of a key is the key's next one. They are in no table; their files are.

What a deployment holds never changes, so it is read once and remembered; asking costs one small query that tells whether anything was
deployed or deleted since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.decisions import Decisions
from engine.storage import model

SUFFIX = ".dmn"
Load = Callable[[str], Decisions]  # the decisions of a deployment


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One version of a decision."""

    id: str
    key: str
    version: int
    version_tag: str | None
    name: str
    deployment_id: str
    resource: str
    deployed: datetime
    requires: tuple[str, ...]
    latest: bool
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """A decision of a deployment."""

    key: str
    version_tag: str | None
    name: str
    resource: str
    requires: tuple[str, ...]
    name_en: str


@dataclass(frozen=True)
class Versions:
    """All versions at one moment, those of a key together, the oldest first."""

    by_id: dict[str, DecisionView] = field(default_factory=dict)
    by_key: dict[str, list[DecisionView]] = field(default_factory=dict)


class DecisionVersions:
    """What is known of all deployments' decisions, as of the newest one."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[_Held, ...]] = {}  # by deployment
        self._as_of: tuple[object, ...] | None = None
        self._versions = Versions()
        self._lock = threading.Lock()

    def now(self, connection: Connection, load: Load) -> Versions:
        """All versions as the connection sees them."""
        deployment = model.deployment
        as_of = tuple(connection.execute(select(func.max(deployment.c.id), func.count()).select_from(deployment)).one())
        with self._lock:
            if as_of == self._as_of:
                return self._versions
        versions = self._read(connection, load)
        with self._lock:
            self._as_of, self._versions = as_of, versions
        return versions

    def _read(self, connection: Connection, load: Load) -> Versions:
        table, deployment = model.resource, model.deployment
        query = (
            select(deployment.c.id, deployment.c.created)
            .where(deployment.c.id.in_(select(table.c.deployment_id).where(table.c.path.endswith(SUFFIX))))
            .order_by(deployment.c.created, deployment.c.id)
        )
        found: dict[str, list[tuple[_Held, str, datetime]]] = {}
        for deployment_id, created in connection.execute(query).all():
            for held in self._of(deployment_id, load):
                found.setdefault(held.key, []).append((held, deployment_id, created))
        by_key = {key: [_view(number, versions) for number in range(1, len(versions) + 1)] for key, versions in found.items()}
        return Versions({view.id: view for versions in by_key.values() for view in versions}, by_key)

    def _of(self, deployment_id: str, load: Load) -> tuple[_Held, ...]:
        if deployment_id not in self._held:
            decisions = load(deployment_id).model.decisions
            self._held[deployment_id] = tuple(
                _Held(key, decision.version_tag, decision.name, decision.file, tuple(decision.requires), decision.name_en)
                for key, decision in decisions.items()
            )
        return self._held[deployment_id]


def _view(number: int, versions: list[tuple[_Held, str, datetime]]) -> DecisionView:
    held, deployment_id, created = versions[number - 1]
    return DecisionView(
        f"{held.key}:{number}:{deployment_id[-8:]}",
        held.key,
        number,
        held.version_tag,
        held.name,
        deployment_id,
        held.resource,
        created,
        held.requires,
        latest=number == len(versions),
        name_en=held.name_en,
    )
