"""Why a step failed, in words for whoever is to mend it: what happened, where, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ExecutionFailed, RuamError

if TYPE_CHECKING:
    from engine.spiff.host import BpmnError
    from engine.spiff.token import Token


def uncaught(error: BpmnError) -> tuple[str, str]:
    """What is wrong with a BPMN error that nothing in the diagram catches: English, Thai."""
    code, said = error.code or "", "" if str(error) == error.code else f": {error}"
    return (
        f"ended with error '{code}'{said}, which nobody catches: no boundary event and no event sub-process is for it",
        f"จบด้วยข้อผิดพลาด “{code}”{said} ซึ่งแผนภาพไม่มีเหตุการณ์บนขอบงานหรือกระบวนการย่อยเมื่อเกิดเหตุรองรับไว้",
    )


def too_long(token: Token) -> ExecutionFailed:
    """A step that spent more than its budget."""
    return ExecutionFailed.at(
        token.element,
        "ran longer than one step may: is there a loop in which nobody waits? Mend the diagram and move the process to the new version",
        "ทำงานนานเกินกว่าที่ยอมให้ในครั้งเดียว อาจมีวงรอบที่ไม่มีใครต้องรอ โปรดแก้แผนภาพแล้วย้ายกระบวนการไปฉบับที่แก้แล้ว",
    )


def broken(what: str) -> ExecutionFailed:
    """Rows that belong together are not all there."""
    return ExecutionFailed(
        f"The stored state of this process is not whole: {what}. Cancel it and start it once more, or restore a backup.",
        th=f"สถานะที่เก็บไว้ของกระบวนการนี้ไม่ครบถ้วน ({what}) โปรดยกเลิกแล้วเริ่มใหม่ หรือกู้คืนจากข้อมูลสำรอง",
    )


def failed(token: Token, error: RuamError) -> ExecutionFailed:
    """That the element of a token failed, or the one behind it that the error says it is about."""
    elements, known = token.workflow.instance.compiled.process.elements, error.facts
    element = elements.get(known.get("element_id") or "", token.element) if "element_name" in known else token.element
    return ExecutionFailed.at(element, f"failed: {error.message}", f"ทำไม่สำเร็จ: {error.thai}")
