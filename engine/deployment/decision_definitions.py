"""Decisions as people and clients ask for them: their versions, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.deployment.decision_versions import DecisionView
from engine.errors import NotFound
from engine.values import check_values
from engine.views.searching import Conditions, Gathered

if TYPE_CHECKING:
    from engine.storage.session import Session


def decisions(session: Session, conditions: Conditions = ()) -> list[DecisionView]:
    """Every version of every decision, the oldest first."""
    return list(session.shared.definitions.decision_versions(session.connection).by_id.values())


def decision(session: Session, *, id: str | None = None, key: str | None = None) -> DecisionView:
    """A version by its id, or the newest of a key. Raises NotFound."""
    versions = session.shared.definitions.decision_versions(session.connection)
    found = versions.by_id.get(id or "") or next(iter(versions.by_key.get(key or "", [])[-1:]), None)
    if found is None:
        raise NotFound(f"There is no decision {id or key!r}.", th="ไม่พบการตัดสินใจนี้")
    return found


def evaluate(session: Session, view: DecisionView, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows a decision gives. Raises LanguageError, Invalid."""
    check_values(variables)
    kept = session.shared.definitions.decisions(session.connection, view.deployment_id)
    return [dict(row) for row in kept.evaluate(view.key, variables, functions=session.functions)]


FIELDS = frozenset(("id", "key", "version", "version_tag", "name", "deployment_id", "resource", "deployed", "latest"))
DECISIONS: Gathered[DecisionView] = Gathered("decision definition", "ตารางตัดสินใจ", decisions, FIELDS)
