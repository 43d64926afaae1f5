"""Decisions (DMN): their versions, and what they decide."""

from __future__ import annotations

from typing import Self

from engine.deployment.decision_definitions import DECISIONS
from engine.deployment.decision_versions import DecisionView
from engine.diagrams import as_text
from engine.views.searching import Operator, Order
from webui import current
from webui.rest import filters, listing, variables
from webui.rest.addressed import Addressed
from webui.rest.authentication import actor
from webui.rest.filters import flag, like, moment, several, text, whole
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.variables import GivenValues, TypedValues

resource = Resource("decision-definition", "Decision tables: every version of every decision.")


class DecisionDefinition(Dto):
    """A version of a decision."""

    id: str
    key: str
    category: str | None
    name: str | None
    version: int
    resource: str
    deployment_id: str
    tenant_id: str | None
    decision_requirements_definition_id: str | None
    decision_requirements_definition_key: str | None
    history_time_to_live: int | None
    version_tag: str | None

    @classmethod
    def of(cls, view: DecisionView) -> Self:
        """A decision of the engine's."""
        return cls(
            id=view.id, key=view.key, category=None, name=view.name or None, version=view.version, resource=view.resource,
            deployment_id=view.deployment_id, tenant_id=None, decision_requirements_definition_id=None,
            decision_requirements_definition_key=None, history_time_to_live=None, version_tag=view.version_tag,
        )  # fmt: skip


FILTERS = (
    text("decisionDefinitionId", "id"), several("decisionDefinitionIdIn", "id"), text("name", "name"), like("nameLike", "name"),
    text("deploymentId", "deployment_id"), moment("deployedAfter", "deployed", Operator.AFTER),
    moment("deployedAt", "deployed", Operator.IS),
    text("key", "key"), like("keyLike", "key"), whole("version", "version"), flag("latestVersion", "latest", True),
    text("versionTag", "version_tag"),
    like("versionTagLike", "version_tag"),
    text("resourceName", "resource"), like("resourceNameLike", "resource"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {"id": "id", "key": "key", "name": "name", "version": "version", "deploymentId": "deployment_id", "deployTime": "deployed"}
AHEAD = (Order("key"), Order("version"))
VERSIONS = Listing("DecisionDefinition", DECISIONS, FILTERS, SORTS, DecisionDefinition, AHEAD)
listing.register(resource, "/decision-definition", VERSIONS, post=False, by_id=False)


class DecisionXml(Dto):
    """A decision's file."""

    id: str
    dmn_xml: str


class EvaluateDecision(Dto):
    """What is to be decided about."""

    variables: GivenValues | None = None


def get(view: DecisionView) -> DecisionDefinition:
    """One decision."""
    return DecisionDefinition.of(view)


def xml(view: DecisionView) -> DecisionXml:
    """A decision's file."""
    content = current.engine().resource(view.deployment_id, view.resource)
    return DecisionXml(id=view.id, dmn_xml=as_text(content))


def diagram(view: DecisionView) -> None:
    """There is no picture of a decision: its file says how it is drawn."""


def evaluate(view: DecisionView, body: EvaluateDecision) -> list[TypedValues]:
    """Decide: the outputs of each rule that holds."""
    rows = current.engine().evaluate_decision(view, variables.read(body.variables), actor=actor())
    return [variables.typed_all(row) for row in rows]


decisions = Addressed(
    resource, "/decision-definition", lambda id: current.engine().decision(id=id), lambda key: current.engine().decision(key=key)
)
decisions.add("GET", "", get)
decisions.add("GET", "/xml", xml)
decisions.add("GET", "/diagram", diagram)
decisions.add("POST", "/evaluate", evaluate)
