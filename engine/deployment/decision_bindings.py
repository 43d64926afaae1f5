"""Which version of a decision a business-rule task is bound to: its deployment's, the newest, or one of a number or tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, select

from engine.errors import NotFound
from engine.storage import model

if TYPE_CHECKING:
    from engine.decisions import Decisions
    from engine.deployment.definitions import Definitions

SUFFIX = ".dmn"
BINDINGS = ("deployment", "latest", "version", "versionTag")


def bound(
    kept: Definitions, connection: Connection, deployment_id: str, key: str, binding: str | None = None, version: str | None = None
) -> Decisions:
    """The decisions among which the one of that key is the one meant. Raises NotFound.

    Without a binding it is the deployment's own, else the newest: rules may be deployed apart from the process.
    """
    if binding in (None, "deployment"):
        own = kept.decisions(connection, deployment_id)
        if key in own.model.decisions:
            return own
    if binding in ("version", "versionTag"):
        return _numbered(kept, connection, key, binding, version or "")
    if binding != "deployment":
        for candidate in connection.scalars(_deployments().order_by(*(column.desc() for column in _ORDER))):
            found = kept.decisions(connection, candidate)
            if key in found.model.decisions:
                return found
    raise NotFound(f"There is no decision '{key}'.", th=f"ไม่พบการตัดสินใจ “{key}”")


def _numbered(kept: Definitions, connection: Connection, key: str, binding: str, version: str) -> Decisions:
    """Versions are counted a deployment with the key; of those with a tag the newest counts."""
    number, tagged = 0, None
    for candidate in connection.scalars(_deployments().order_by(*_ORDER)):
        found = kept.decisions(connection, candidate)
        decision = found.model.decisions.get(key)
        if decision is None:
            continue
        number += 1
        if binding == "version" and str(number) == version:
            return found
        if binding == "versionTag" and decision.version_tag == version:
            tagged = found
    if tagged is None:
        raise NotFound(f"There is no version {version} of the decision '{key}'.", th=f"ไม่พบการตัดสินใจ “{key}” รุ่น {version}")
    return tagged


_ORDER = (model.deployment.c.created, model.deployment.c.id)


def _deployments() -> Select[str]:
    """The ids of deployments that have decisions."""
    table = model.resource
    holding = select(table.c.deployment_id).where(table.c.path.endswith(SUFFIX))
    return select(model.deployment.c.id).where(model.deployment.c.id.in_(holding))


def known_keys(kept: Definitions, connection: Connection) -> frozenset[str]:
    """The keys of all decisions deployed so far."""
    deployments = connection.scalars(_deployments()).all()
    return frozenset(key for candidate in deployments for key in kept.decisions(connection, candidate).model.decisions)
