"""Every value that a variable was given, for who may read what is in an instance."""

from __future__ import annotations

from typing import Any, Self

from engine.views.searching import Operator, Order
from engine.views.subjects.variables import UPDATES, VariableUpdate
from webui.rest import dates, filters, listing, variables
from webui.rest.filters import moment, several, text
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("history-detail", "Every value that a variable was given, for who may read what is in an instance.")


class HistoricDetail(Dto):
    """A value that a variable was given."""

    id: str
    type: str
    process_definition_key: str
    process_definition_id: str
    process_instance_id: str
    activity_instance_id: str | None
    execution_id: str | None
    task_id: str | None
    tenant_id: str | None
    user_operation_id: str | None
    time: dates.Instant
    removal_time: dates.Instant | None
    root_process_instance_id: str
    variable_name: str
    variable_instance_id: str
    variable_type: str
    value: Any
    value_info: dict[str, Any]
    revision: int
    error_message: str | None

    @classmethod
    def of(cls, update: VariableUpdate) -> Self:
        """A change of the engine's history."""
        typed = variables.typed(update.value)
        return cls(
            id=update.id, type="variableUpdate", process_definition_key=update.definition_key, process_definition_id=update.definition_id,
            process_instance_id=update.instance_id, activity_instance_id=update.instance_id, execution_id=update.instance_id, task_id=None,
            tenant_id=None, user_operation_id=None, time=dates.text(update.time), removal_time=None,
            root_process_instance_id=update.root_id, variable_name=update.name, variable_instance_id=f"{update.instance_id}:{update.name}",
            variable_type=typed.type or "Null", value=typed.value, value_info=typed.value_info or {}, revision=update.revision,
            error_message=None,
        )  # fmt: skip


FILTERS = (
    text("processInstanceId", "instance_id"), several("processInstanceIdIn", "instance_id"), text("executionId", "instance_id"),
    moment("occurredBefore", "time", Operator.BEFORE), moment("occurredAfter", "time", Operator.AFTER),
    filters.no_difference("variableUpdates"), filters.no_difference("excludeTaskDetails"), filters.no_difference("deserializeValues"),
    *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {"processInstanceId": "instance_id", "time": "time", "variableName": "name", "variableRevision": "revision", "tenantId": "id"}
listing.register(resource, "/history/detail", Listing("HistoricDetail", UPDATES, FILTERS, SORTS, HistoricDetail, (Order("time"),)))
