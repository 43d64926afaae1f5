"""Where an instance stands is changed by hand: in one transaction, with a reason, told before it is done in the words of what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.errors import Conflict, Invalid
from engine.running import incidents, instances, outcomes
from engine.running.outcomes import Outcome
from engine.states import Event, InstanceState
from engine.values import check_reason, check_set_by_hand

if TYPE_CHECKING:
    from engine.spiff import Instance, Modification
    from engine.storage.session import Record, Session

MOST = 1000  # instructions at once


class Do(StrEnum):
    """What an instruction does; its values are Camunda's."""

    START_BEFORE = "startBeforeActivity"
    START_AFTER = "startAfterActivity"
    START_TRANSITION = "startTransition"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to do. Elements and flows by their ids; places by the id of a token, of a scope or of the instance."""

    do: Do
    element_id: str | None = None  # without one: where `token_id` stands
    flow_id: str | None = None  # START_TRANSITION
    token_id: str | None = None  # CANCEL: what is taken away; else the place is as this token sees it
    within: str | None = None  # inside of this, entering the activities in between anew
    variables: Mapping[str, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)  # of the activity that is started, alone


# ---- what administrators know, in instructions


def move(token_id: str, element_id: str, variables: Mapping[str, Any] | None = None) -> tuple[Instruction, ...]:
    """A token goes on before another element."""
    return (
        Instruction(Do.START_BEFORE, element_id, token_id=token_id, variables=variables or {}),
        Instruction(Do.CANCEL, token_id=token_id),
    )


def skip(token_id: str, variables: Mapping[str, Any] | None = None) -> tuple[Instruction, ...]:
    """A token goes on as if its element had been completed."""
    return (Instruction(Do.START_AFTER, token_id=token_id, variables=variables or {}), Instruction(Do.CANCEL, token_id=token_id))


def repeat(token_id: str, variables: Mapping[str, Any] | None = None) -> tuple[Instruction, ...]:
    """A token begins its element anew."""
    return (Instruction(Do.START_BEFORE, token_id=token_id, variables=variables or {}), Instruction(Do.CANCEL, token_id=token_id))


def cancel(token_id: str) -> tuple[Instruction, ...]:
    """A token ends where it is, and its path with it."""
    return (Instruction(Do.CANCEL, token_id=token_id),)


# ---- doing it


def modify(session: Session, instance_id: str, instructions: Sequence[Instruction], reason: str, revision: int | None = None) -> Outcome:
    """Follow instructions in their order, then let the instance go on; say what that did.

    `revision`: only if the instance has not changed since. Raises NotFound, Conflict, Invalid, ExecutionFailed.
    """
    check_reason(reason)
    check(instructions)
    record = session.lock(instance_id)
    if record.over:
        raise Conflict("This process has ended.", th="กระบวนการนี้จบแล้ว", state=record.state)
    if revision is not None and revision != record.revision:
        raise Conflict(
            "The process has moved since you looked; look again at what would happen.", th="กระบวนการเปลี่ยนไปหลังจากที่ท่านดู โปรดดูใหม่อีกครั้ง"
        )
    before, since = outcomes.standing(session, record.root_id), record.history_seq
    facts = {"reason": reason, "instructions": [told(instruction) for instruction in instructions]}
    session.record(record, Event.INSTANCE_MODIFIED, facts=facts)
    incidents.resolve_stuck(session, record)  # if nothing comes of it there is a new one
    follow(session, record, instructions)
    _end_called(session, record, reason)
    session.execution.run()
    session.write()
    if record.state == InstanceState.SUSPENDED:
        instances.hold(session, record, reason)
    incidents.resolve_outlived(session, record)
    names = tuple(sorted({name for one in instructions for name in (*one.variables, *one.local)}))
    return outcomes.outcome(session, record, before, since=since, variables=names)


def check(instructions: Sequence[Instruction]) -> None:
    """Refuse what says too little, or what no variable can hold. Raises Invalid."""
    if not instructions:
        raise Invalid("Say what is to be done.", th="โปรดระบุสิ่งที่จะทำ")
    if len(instructions) > MOST:
        raise Invalid(f"At most {MOST} instructions at once.", th=f"ทำได้ครั้งละไม่เกิน {MOST} คำสั่ง")
    for one in instructions:
        check_set_by_hand(one.variables)
        check_set_by_hand(one.local)
        if one.do == Do.START_TRANSITION and one.flow_id is None:
            raise Invalid("Which sequence flow? Its id is missing.", th="ขาดรหัสของเส้นทาง")
        if one.do != Do.START_TRANSITION and one.element_id is None and one.token_id is None:
            raise Invalid("Which element? Its id is missing.", th="ขาดรหัสขององค์ประกอบ")


def follow(session: Session, record: Record, instructions: Sequence[Instruction], variables: Mapping[str, Any] | None = None) -> None:
    """Put the tokens of an instance, or (with `variables`) of a new one, where the instructions say; what follows is on the work list."""

    def change(modification: Modification) -> None:
        for instruction in instructions:
            _do(modification, instruction)

    def action(running: Instance) -> None:
        running.modify(change, variables)

    session.execution.act(record, action)


def _do(modification: Modification, one: Instruction) -> None:
    if one.do == Do.START_BEFORE:
        modification.start_before(one.element_id, within=one.within, near=one.token_id, variables=one.variables, local=one.local)
    elif one.do == Do.START_AFTER:
        modification.start_after(one.element_id, within=one.within, near=one.token_id, variables=one.variables, local=one.local)
    elif one.do == Do.START_TRANSITION:
        given = {**one.variables, **one.local}
        modification.take(one.flow_id or "", within=one.within, near=one.token_id, variables=given)
    elif one.token_id is not None:
        modification.cancel(one.token_id)
    else:
        modification.cancel_all(one.element_id or "")


def told(one: Instruction) -> dict[str, Any]:
    """An instruction as the history keeps it: variables by their names, as their values stand there beside it."""
    parts = {"element": one.element_id, "flow": one.flow_id, "token": one.token_id, "within": one.within}
    names = sorted({*one.variables, *one.local})
    return {
        "do": str(one.do),
        **{name: part for name, part in parts.items() if part is not None},
        **({"variables": names} if names else {}),
    }


def _end_called(session: Session, record: Record, reason: str) -> None:
    """Nothing is left where all was cancelled: a root instance has ended so; one that was called cannot."""
    if record.state != InstanceState.EXTERNALLY_TERMINATED:
        return
    if record.parent_id is not None:
        raise Conflict(
            "Nothing would be left of this process, and the one that called it waits for it. Skip instead, or cancel its call there.",
            th="จะไม่เหลืองานใดในกระบวนการนี้ แต่กระบวนการที่เรียกยังรออยู่ โปรดใช้การข้าม หรือยกเลิกการเรียกที่กระบวนการนั้น",
        )
    record.end_reason = reason
