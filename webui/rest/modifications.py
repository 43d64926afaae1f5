"""Changing where instances stand: modification of one that runs, restarting those that have ended. For administrators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.running.modification import Do, Instruction
from engine.running.outcomes import Outcome
from webui import current
from webui.rest import variables
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource
from webui.rest.process_definitions import by_id
from webui.rest.process_instances import running
from webui.rest.reading import refused
from webui.rest.variables import GivenValue, GivenValues
from webui.rest.variables_of import REASON

resource = Resource(
    "modification", "Changing where instances stand. For administrators; what is done stays in the history with its reason."
)
STARTS = Literal["startBeforeActivity", "startAfterActivity", "startTransition"]


class StartInstruction(Dto):
    """Where something begins."""

    type: STARTS
    activity_id: str | None = None
    transition_id: str | None = None
    variables: GivenValues | None = None


class ModificationInstruction(Dto):
    """One thing to do. `ancestorActivityInstanceId`: inside of it, entering what lies between anew."""

    type: Literal["cancel", "startBeforeActivity", "startAfterActivity", "startTransition"]
    activity_id: str | None = None
    transition_id: str | None = None
    activity_instance_id: str | None = None
    transition_instance_id: str | None = None
    ancestor_activity_instance_id: str | None = None
    cancel_current_active_activity_instances: bool | None = None
    variables: GivenValues | None = None


class ProcessInstanceModification(Dto):
    """What is to be done, in this order. `annotation`: why. There are no listeners and no mappings to skip but those of the diagram."""

    instructions: list[ModificationInstruction] | None = None
    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None
    annotation: str | None = None


class SentenceDto(Dto):
    """One thing that happens, in words."""

    kind: str
    th: str
    en: str


class OutcomeDto(Dto):
    """What would happen."""

    process_instance_id: str
    state: str
    sentences: list[SentenceDto]

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomeDto:
        """Of the engine's."""
        told = [SentenceDto(kind=one.kind, th=one.th, en=one.en) for one in outcome.sentences]
        return cls(process_instance_id=outcome.instance_id, state=outcome.state, sentences=told)


class Restart(Dto):
    """Which instances that have ended are started once more, and where."""

    process_instance_ids: list[str] | None = None
    instructions: list[StartInstruction] | None = None
    initial_variables: bool | None = None
    without_business_key: bool | None = None
    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None
    annotation: str | None = None


@resource.post("/process-instance/{id}/modification")
def modify(id: str, body: ProcessInstanceModification) -> None:
    """Put tokens before or behind elements or on a flow, and take some away."""
    current.engine().modify(running(id).id, _instructions(body), reason=body.annotation or REASON, actor=actor())


@resource.post("/process-instance/{id}/modification/preview")
def preview(id: str, body: ProcessInstanceModification) -> OutcomeDto:
    """Not in Camunda 7: what such a modification would do, in words; nothing is changed."""
    outcome = current.engine().modify(running(id).id, _instructions(body), reason=body.annotation or "", preview=True, actor=actor())
    return OutcomeDto.of(outcome)


@resource.post("/process-definition/{id}/restart")
def restart(id: str, body: Restart) -> None:
    """Start instances that have ended once more, of this version, with their variables and business keys; each for itself."""
    view, engine, me = by_id(id), current.engine(), actor()
    instructions = start_instructions(body.instructions or ())
    if not body.process_instance_ids:
        raise refused("Name the instances: processInstanceIds.", "processInstanceIds")
    for instance_id in body.process_instance_ids:
        engine.restart(
            instance_id, instructions, reason=body.annotation or REASON, definition_id=view.id,
            initial_variables=bool(body.initial_variables), keep_business_key=not body.without_business_key, actor=me,
        )  # fmt: skip


def start_instructions(given: Sequence[StartInstruction]) -> list[Instruction]:
    """Where something that is new begins. Raises Invalid."""
    return [_start(one.type, one.activity_id, one.transition_id, None, one.variables) for one in given]


def _instructions(body: ProcessInstanceModification) -> list[Instruction]:
    return [_instruction(one) for one in body.instructions or ()]


def _instruction(one: ModificationInstruction) -> Instruction:
    if one.type != "cancel":
        return _start(one.type, one.activity_id, one.transition_id, one.ancestor_activity_instance_id, one.variables)
    named = [id for id in (one.activity_instance_id, one.transition_instance_id) if id is not None]
    if len(named) + (one.activity_id is not None) != 1:
        raise refused("To cancel, name either activityId, activityInstanceId or transitionInstanceId.", "activityId")
    return Instruction(Do.CANCEL, one.activity_id, token_id=_token(named[0]) if named else None)


def _start(
    kind: str, activity_id: str | None, transition_id: str | None, within: str | None, given: dict[str, GivenValue] | None
) -> Instruction:
    do = Do(kind)
    wanted, name = (transition_id, "transitionId") if do == Do.START_TRANSITION else (activity_id, "activityId")
    if wanted is None or (activity_id is not None and transition_id is not None):
        raise refused(f"'{kind}' needs {name}, and nothing else that says where.", name)
    local = {name: one for name, one in (given or {}).items() if one.local}
    shared = {name: one for name, one in (given or {}).items() if not one.local}
    return Instruction(
        do, activity_id, flow_id=transition_id, within=None if within is None else _token(within),
        variables=variables.read(shared), local=variables.read(local),
    )  # fmt: skip


def _token(activity_instance_id: str) -> str:
    """The id of the token, scope or instance in the id of an activity instance."""
    return activity_instance_id.rpartition(":")[2]
