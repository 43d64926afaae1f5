"""Variables that ever were, with their last value, for who may read what is in an instance."""

from __future__ import annotations

from typing import Any, Self

from flask import Response

from engine.views.searching import Order
from engine.views.subjects.variables import ALL_VARIABLES, VariableInstance
from webui.rest import dates, filters, listing, variables
from webui.rest.answers import file_answer
from webui.rest.filters import several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.variable_instances import FILTERS_OF_ALL

resource = Resource("history-variable-instance", "Variables with their last value, for who may read what is in an instance.")


class HistoricVariableInstance(Dto):
    """A variable with its last value."""

    id: str
    name: str
    process_definition_key: str
    process_definition_id: str
    process_instance_id: str
    execution_id: str | None
    activity_instance_id: str | None
    case_definition_key: str | None
    case_definition_id: str | None
    case_instance_id: str | None
    case_execution_id: str | None
    task_id: str | None
    tenant_id: str | None
    error_message: str | None
    state: str
    create_time: dates.Instant | None
    removal_time: dates.Instant | None
    root_process_instance_id: str
    value: Any
    type: str
    value_info: dict[str, Any]

    @classmethod
    def of(cls, found: VariableInstance) -> Self:
        """A variable of the engine's."""
        typed = variables.typed(found.value)
        return cls(
            id=found.id, name=found.name, process_definition_key=found.definition_key, process_definition_id=found.definition_id,
            process_instance_id=found.instance_id, execution_id=found.instance_id, activity_instance_id=found.instance_id,
            case_definition_key=None, case_definition_id=None, case_instance_id=None, case_execution_id=None, task_id=None, tenant_id=None,
            error_message=None, state="CREATED", create_time=dates.text_or_none(found.created), removal_time=None,
            root_process_instance_id=found.root_id, value=typed.value, type=typed.type or "Null", value_info=typed.value_info or {},
        )  # fmt: skip


FILTERS = (
    *FILTERS_OF_ALL, several("variableNameIn", "name"), text("processInstanceId", "instance_id"),
    text("processDefinitionId", "definition_id"), text("processDefinitionKey", "definition_key"), filters.no_difference("includeDeleted"),
)  # fmt: skip
SORTS = {"instanceId": "instance_id", "variableName": "name", "tenantId": "name"}
VARIABLES = Listing("HistoricVariableInstance", ALL_VARIABLES, FILTERS, SORTS, HistoricVariableInstance, (Order("id"),))
listing.register(resource, "/history/variable-instance", VARIABLES)


@resource.get("/history/variable-instance/{id}/data", media="application/octet-stream")
def variable_instance_content(id: str) -> Response:
    """The content of a file or of bytes."""
    return file_answer(*variables.content(one(ALL_VARIABLES, id).value))
