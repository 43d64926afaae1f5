"""Decisions as versions: each deployment with a decision of a key is the key's next version. They are in no table; their files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import NotFound
from engine.storage import model
from engine.values import check_values
from engine.views.searching import Conditions, Gathered

if TYPE_CHECKING:
    from engine.storage.session import Session

SUFFIX = ".dmn"


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


def decisions(session: Session, conditions: Conditions = ()) -> list[DecisionView]:
    """Every version of every decision, the oldest first."""
    table, deployment = model.resource, model.deployment
    query = (
        select(deployment.c.id, deployment.c.created)
        .where(deployment.c.id.in_(select(table.c.deployment_id).where(table.c.path.endswith(SUFFIX))))
        .order_by(deployment.c.created, deployment.c.id)
    )
    found: dict[str, list[DecisionView]] = {}
    for deployment_id, created in session.connection.execute(query):
        known = session.shared.definitions.decisions(session.connection, deployment_id).model.decisions
        for key, decision in known.items():
            versions = found.setdefault(key, [])
            number = len(versions) + 1
            id = f"{key}:{number}:{deployment_id[-8:]}"
            versions.append(
                DecisionView(
                    id,
                    key,
                    number,
                    decision.version_tag,
                    decision.name,
                    deployment_id,
                    decision.file,
                    created,
                    tuple(decision.requires),
                    False,
                )
            )
    return [replace(view, latest=True) if view is versions[-1] else view for versions in found.values() for view in versions]


def decision(session: Session, *, id: str | None = None, key: str | None = None) -> DecisionView:
    """A version by its id, or the newest of a key. Raises NotFound."""
    for view in decisions(session):
        if view.id == id or (view.latest and view.key == key):
            return view
    raise NotFound(f"There is no decision {id or key!r}.", th="ไม่พบการตัดสินใจนี้")


def evaluate(session: Session, view: DecisionView, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows a decision gives. Raises LanguageError, Invalid."""
    check_values(variables)
    kept = session.shared.definitions.decisions(session.connection, view.deployment_id)
    return [dict(row) for row in kept.evaluate(view.key, variables, functions=session.functions)]


FIELDS = frozenset(("id", "key", "version", "version_tag", "name", "deployment_id", "resource", "deployed", "latest"))
DECISIONS: Gathered[DecisionView] = Gathered("decision definition", "ตารางตัดสินใจ", decisions, FIELDS)
