"""Event subscriptions: who waits for which message, signal or condition."""

from __future__ import annotations

from typing import Self

from engine.views.searching import Order
from engine.views.subjects.subscriptions import SUBSCRIPTIONS, SubscriptionView
from webui.rest import dates, filters, listing
from webui.rest.filters import text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource(
    "event-subscription",
    "What instances wait for, for who may read what is in them; and what processes are started by (without an instance), for everybody.",
)


class EventSubscription(Dto):
    """A message, signal or condition that something waits for."""

    id: str
    event_type: str
    event_name: str | None
    execution_id: str | None
    process_instance_id: str | None
    activity_id: str
    created_date: dates.Instant
    tenant_id: str | None

    @classmethod
    def of(cls, view: SubscriptionView) -> Self:
        """A subscription of the engine's; a condition has no name."""
        return cls(
            id=view.id, event_type=view.kind, event_name=None if view.kind == "conditional" else view.name, execution_id=view.instance_id,
            process_instance_id=view.instance_id, activity_id=view.element_id, created_date=dates.text(view.created), tenant_id=None,
        )  # fmt: skip


FILTERS = (
    text("eventSubscriptionId", "id"), text("eventName", "name"), text("eventType", "kind"), text("executionId", "instance_id"),
    text("processInstanceId", "instance_id"), text("activityId", "element_id"),
    filters.no_difference("includeEventSubscriptionsWithoutTenantId"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {"created": "created", "tenantId": "id"}
WAITING = Listing("EventSubscription", SUBSCRIPTIONS, FILTERS, SORTS, EventSubscription, (Order("created"),))
listing.register(resource, "/event-subscription", WAITING, post=False, by_id=False)
