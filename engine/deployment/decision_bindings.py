"""Which version of a decision a business-rule task is bound to: its deployment's, the newest, or one of a number or tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine.errors import NotFound

if TYPE_CHECKING:
    from engine.decisions import Decisions
    from engine.deployment.decision_versions import DecisionView
    from engine.deployment.definitions import Definitions

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
    versions = [] if binding == "deployment" else kept.decision_versions(connection).by_key.get(key, [])
    if binding in ("version", "versionTag"):
        return kept.decisions(connection, _numbered(versions, key, binding, version or "").deployment_id)
    if not versions:
        raise NotFound(f"There is no decision '{key}'.", th=f"ไม่พบการตัดสินใจ “{key}”")
    return kept.decisions(connection, versions[-1].deployment_id)


def _numbered(versions: list[DecisionView], key: str, binding: str, version: str) -> DecisionView:
    """Versions are counted a deployment with the key; of those with a tag the newest counts."""
    for view in reversed(versions):
        if version == (str(view.version) if binding == "version" else view.version_tag):
            return view
    raise NotFound(f"There is no version {version} of the decision '{key}'.", th=f"ไม่พบการตัดสินใจ “{key}” ฉบับ {version}")


def known_keys(kept: Definitions, connection: Connection) -> frozenset[str]:
    """The keys of all decisions deployed so far."""
    return frozenset(kept.decision_versions(connection).by_key)
