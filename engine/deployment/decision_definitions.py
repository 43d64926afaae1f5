"""Decisions as people and clients ask for them: their versions, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.decisions import Decisions
from engine.deployment import definitions
from engine.deployment.decision_versions import DecisionView
from engine.errors import NotFound
from engine.queries import DefinitionView
from engine.values import check_values
from engine.views.searching import Conditions, Gathered

if TYPE_CHECKING:
    from engine.storage.session import Session

MOST_PROCESSES = 1000


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


def kept(session: Session, view: DecisionView) -> Decisions:
    """A decision with those of its deployment that it may require."""
    return session.shared.definitions.decisions(session.connection, view.deployment_id)


def users(session: Session) -> dict[str, list[DefinitionView]]:
    """The newest versions of the processes that ask a decision, by the decision's key; not where an expression says which."""
    found: dict[str, list[DefinitionView]] = {}
    for view in definitions.definitions(session.connection, latest=True, limit=MOST_PROCESSES).items:
        process = session.shared.definitions.get(session.connection, view.id).process
        works = (element.work for element in process.elements.values())
        for key in {work.name for work in works if work is not None and work.kind == "decision" and work.name}:
            found.setdefault(key, []).append(view)
    return found


def evaluate(session: Session, view: DecisionView, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows a decision gives. Raises LanguageError, Invalid."""
    check_values(variables)
    return [dict(row) for row in kept(session, view).evaluate(view.key, variables, functions=session.functions)]


FIELDS = frozenset(("id", "key", "version", "version_tag", "name", "deployment_id", "resource", "deployed", "latest"))
DECISIONS: Gathered[DecisionView] = Gathered("decision definition", "ตารางตัดสินใจ", decisions, FIELDS)
