"""Variables of running instances, for who may read what is in them."""

from __future__ import annotations

from typing import Any, Self

from flask import Response

from engine.views.searching import Order
from engine.views.subjects.variables import RUNNING_VARIABLES, VariableInstance
from webui.rest import filters, listing, variables
from webui.rest.answers import file_answer
from webui.rest.filters import like, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource

resource = Resource("variable-instance", "Variables of running instances, for who may read what is in them.")


class VariableInstanceDto(Dto):
    """A variable of an instance."""

    id: str
    name: str
    process_definition_id: str | None
    process_instance_id: str | None
    execution_id: str | None
    case_instance_id: str | None
    case_execution_id: str | None
    task_id: str | None
    batch_id: str | None
    activity_instance_id: str | None
    tenant_id: str | None
    error_message: str | None
    value: Any
    type: str
    value_info: dict[str, Any]

    @classmethod
    def of(cls, found: VariableInstance) -> Self:
        """A variable of the engine's."""
        typed = variables.typed(found.value)
        return cls(
            id=found.id, name=found.name, process_definition_id=found.definition_id, process_instance_id=found.instance_id,
            execution_id=found.instance_id, case_instance_id=None, case_execution_id=None, task_id=None, batch_id=None,
            activity_instance_id=found.instance_id, tenant_id=None, error_message=None, value=typed.value, type=typed.type or "Null",
            value_info=typed.value_info or {},
        )  # fmt: skip


FILTERS_OF_ALL = (  # also of those in the history
    text("variableName", "name"), like("variableNameLike", "name"), several("processInstanceIdIn", "instance_id"),
    several("executionIdIn", "instance_id"), several("activityInstanceIdIn", "instance_id"), filters.no_difference("deserializeValues"),
    *filters.NO_TENANTS,
)  # fmt: skip
FILTERS = (*FILTERS_OF_ALL, several("variableScopeIdIn", "instance_id"), filters.variable_values("variableValues"))
SORTS = {"variableName": "name", "variableType": "name", "activityInstanceId": "instance_id", "tenantId": "name"}
VARIABLES = Listing("VariableInstance", RUNNING_VARIABLES, FILTERS, SORTS, VariableInstanceDto, (Order("id"),))
listing.register(resource, "/variable-instance", VARIABLES)


@resource.get("/variable-instance/{id}/data", media="application/octet-stream")
def content(id: str) -> Response:
    """The content of a file or of bytes."""
    return file_answer(*variables.content(one(RUNNING_VARIABLES, id).value))
