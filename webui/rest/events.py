"""Messages and signals from outside. For administrators: whoever sends one moves others' processes."""

from __future__ import annotations

import msgspec

from engine.errors import Conflict, NotFound
from engine.running.messages import Delivered, Sought
from webui import current
from webui.rest import variables
from webui.rest.authentication import actor
from webui.rest.executions import Execution
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import ProcessInstance
from webui.rest.reading import refused
from webui.rest.variables import GivenValues, TypedValues

messages = Resource("message", "Messages: to the one who waits for it, or to what it starts. For administrators.")
signals = Resource("signal", "Signals: to all who wait for it. For administrators.")

conditions = Resource("condition", "Conditional start events: what given variables start. For administrators.")


class ConditionEvaluation(Dto):
    """The variables that conditions are asked about."""

    variables: GivenValues | None = None
    business_key: str | None = None
    process_definition_id: str | None = None
    tenant_id: str | None = None
    without_tenant_id: bool | None = None


class CorrelationMessage(Dto):
    """A message and whom it is for."""

    message_name: str
    business_key: str | None = None
    process_instance_id: str | None = None
    correlation_keys: GivenValues | None = None
    local_correlation_keys: GivenValues | None = None
    process_variables: GivenValues | None = None
    process_variables_local: GivenValues | None = None
    all: bool | None = None
    result_enabled: bool | None = None
    variables_in_result_enabled: bool | None = None
    tenant_id: str | None = None
    without_tenant_id: bool | None = None


class CorrelationResult(Dto):
    """What a message has reached (an execution), or started (a process definition)."""

    result_type: str
    process_instance: ProcessInstance | None
    execution: Execution | None
    variables: TypedValues | msgspec.UnsetType = msgspec.UNSET


class Signal(Dto):
    """A signal."""

    name: str
    execution_id: str | None = None
    variables: GivenValues | None = None
    tenant_id: str | None = None
    without_tenant_id: bool | None = None


@messages.post("/message")
def correlate(body: CorrelationMessage) -> list[CorrelationResult] | None:
    """Deliver a message to exactly one, or with `all` to everybody who waits for it."""
    _refuse_tenant(body.tenant_id)
    sought = Sought(
        body.business_key,
        None,
        body.process_instance_id,
        variables.read({**(body.correlation_keys or {}), **(body.local_correlation_keys or {})}),
    )
    given = variables.read({**(body.process_variables or {}), **(body.process_variables_local or {})})
    engine, me = current.engine(), actor()
    try:
        if body.all:
            reached = engine.deliver_message_to_all(body.message_name, sought, given, actor=me)
        else:
            reached = (engine.deliver_message(body.message_name, sought, given, actor=me),)
    except (NotFound, Conflict) as error:
        raise refused(f"Cannot correlate message '{body.message_name}': {error.message}", th=error.message_th) from error
    return [_result(one, body) for one in reached] if body.result_enabled else None


def _result(reached: Delivered, body: CorrelationMessage) -> CorrelationResult:
    view = current.engine().instance(reached.instance_id, actor=actor())
    read: TypedValues | msgspec.UnsetType = msgspec.UNSET
    if body.variables_in_result_enabled:
        read = variables.typed_all(current.engine().variables(view.id, actor=actor()))
    if reached.started:
        return CorrelationResult(result_type="ProcessDefinition", process_instance=ProcessInstance.of(view), execution=None, variables=read)
    return CorrelationResult(result_type="Execution", process_instance=None, execution=Execution.of(view), variables=read)


@signals.post("/signal")
def throw(body: Signal) -> None:
    """Give a signal to all who wait for it."""
    _refuse_tenant(body.tenant_id)
    if body.execution_id:
        raise refused("A signal reaches all who wait for it: leave executionId out.", "executionId")
    current.engine().signal(body.name, variables.read(body.variables), actor=actor())


@conditions.post("/condition")
def evaluate(body: ConditionEvaluation) -> list[ProcessInstance]:
    """Start the processes whose conditional start event these variables meet."""
    _refuse_tenant(body.tenant_id)
    engine, me, id = current.engine(), actor(), body.process_definition_id
    key = None if id is None else engine.definition(id).key
    started = engine.start_where_it_holds(variables.read(body.variables), key=key, business_key=body.business_key, actor=me)
    return [ProcessInstance.of(engine.instance(instance_id, actor=me)) for instance_id in started]


def _refuse_tenant(tenant_id: str | None) -> None:
    if tenant_id:
        raise refused("There are no tenants here: leave tenantId out.", "tenantId", "ระบบนี้ไม่มี tenant โปรดเว้นว่างไว้")
