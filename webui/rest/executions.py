"""Executions: here an instance is its own one execution, so that clients that ask for it find its variables."""

from __future__ import annotations

from typing import Self

from engine.queries import InstanceView
from engine.views.searching import Order
from engine.views.subjects.instances import RUNNING_INSTANCES
from webui.rest import filters, listing
from webui.rest.filters import flag, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("execution", "Executions: each instance that goes on is one, of the same id.")


class Execution(Dto):
    """An execution."""

    id: str
    process_instance_id: str
    ended: bool
    tenant_id: str | None

    @classmethod
    def of(cls, view: InstanceView) -> Self:
        """The execution of an instance of the engine's."""
        return cls(id=view.id, process_instance_id=view.id, ended=view.ended is not None, tenant_id=None)


FILTERS = (
    text("businessKey", "business_key"), text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"),
    text("processInstanceId", "id"), text("activityId", "waits_at"), flag("active", "state", "ACTIVE"),
    flag("suspended", "state", "SUSPENDED"),
    filters.having_variables("processVariables"),
    text("messageEventSubscriptionName", "message"), text("signalEventSubscriptionName", "signal"), text("incidentId", "incident_id"),
    text("incidentType", "incident_type"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {"instanceId": "id", "definitionKey": "definition_key", "definitionId": "definition_id", "tenantId": "id"}
listing.register(resource, "/execution", Listing("Execution", RUNNING_INSTANCES, FILTERS, SORTS, Execution, (Order("started"),)))
