"""Why an instance cannot move: each reason by name, said in Thai and English."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.diagrams.model import Element
from engine.differences.words import plain
from engine.errors import Invalid, NotFound, Problem, RuamError

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition


class Reason(StrEnum):
    """The names of the reasons: the `rule` of a problem."""

    GONE = "gone"
    KIND = "kind"
    EVENT = "event"
    LOOP = "loop"
    MOVED = "moved"
    VARIABLES = "variables"
    JOIN = "join"
    WAITS_FOR_EVER = "waits-for-ever"
    UNDOING = "undoing"
    CONTINUATION = "continuation"
    NOTHING_LEFT = "nothing-left"
    NO_SUCH_SOURCE = "no-such-source"
    NO_SUCH_TARGET = "no-such-target"
    BOUNDARY = "boundary"
    CANNOT_START = "cannot-start"
    OTHER_PROCESS = "other-process"
    SAME_VERSION = "same-version"
    VERSION = "version"
    ENDED = "ended"
    FAILED = "failed"
    WENT_ON = "went-on"
    NOT_MOVED = "not-moved"
    FINAL = "final"


TEXTS: dict[Reason, tuple[str, str]] = {  # English, Thai; {name} is the element's, {other} what the reason is about besides
    Reason.GONE: (
        "'{name}' no longer exists; choose where it continues.",
        "“{name}” ไม่มีในฉบับใหม่แล้ว โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.KIND: (
        "'{name}' has become something of another kind ('{other}'): what waits there cannot go on as it is. Choose where it continues.",
        "“{name}” เปลี่ยนเป็นส่วนชนิดอื่น (“{other}”) สิ่งที่รออยู่จึงดำเนินต่ออย่างเดิมไม่ได้ โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.EVENT: (
        "'{name}' waits for another kind of event in the new version. Choose where it continues.",
        "ในฉบับใหม่ “{name}” รอเหตุการณ์ชนิดอื่น โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.LOOP: (
        "'{name}' is repeated otherwise than before, and has begun. Choose where it continues.",
        "“{name}” ทำซ้ำต่างจากเดิม และได้เริ่มทำแล้ว โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.MOVED: (
        "'{name}' now stands in '{other}', where what waits cannot be put as it is. Choose where it continues.",
        "“{name}” ย้ายไปอยู่ใน “{other}” ซึ่งย้ายสิ่งที่รออยู่เข้าไปตามเดิมไม่ได้ โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.VARIABLES: (
        "'{name}' is no longer there, and its own variable '{other}' has a namesake with another value around it.",
        "“{name}” ไม่มีแล้ว แต่ตัวแปรภายใน “{other}” ซ้ำชื่อกับตัวแปรภายนอกซึ่งมีค่าต่างกัน",
    ),
    Reason.JOIN: (
        "'{name}' already waits for its branches to meet, and it cannot be told which branch of the new version is '{other}'.",
        "“{name}” กำลังรอให้ทางแยกมาบรรจบ แต่บอกไม่ได้ว่า “{other}” คือทางใดของฉบับใหม่",
    ),
    Reason.WAITS_FOR_EVER: (
        "'{name}' would wait for ever: nothing is on its way over '{other}' in this instance. Let it continue before the branches part.",
        "“{name}” จะรอตลอดไป เพราะในรายการนี้ไม่มีสิ่งใดมาทาง “{other}” โปรดให้ดำเนินต่อก่อนจุดที่แยกทาง",
    ),
    Reason.UNDOING: (
        "'{name}' is being undone, or can be, in a way that the new version does not know.",
        "“{name}” กำลังถูกย้อนกลับ หรือย้อนกลับได้ ในแบบที่ฉบับใหม่ไม่มี",
    ),
    Reason.CONTINUATION: (
        "'{name}' waits to go on in a transaction of its own, which the new version does not ask for. Choose where it continues.",
        "“{name}” รอทำต่อเป็นรายการแยก ซึ่งฉบับใหม่ไม่ได้กำหนดไว้ โปรดเลือกว่าจะให้ดำเนินต่อที่ใด",
    ),
    Reason.NOTHING_LEFT: ("Nothing of the instance would be left.", "จะไม่เหลือสิ่งใดดำเนินต่อในรายการนี้"),
    Reason.NO_SUCH_SOURCE: ("There is no '{name}' in the version that is left.", "ไม่มี “{name}” ในฉบับเดิม"),
    Reason.NO_SUCH_TARGET: ("There is no '{name}' in the version that is moved to.", "ไม่มี “{name}” ในฉบับที่จะย้ายไป"),
    Reason.BOUNDARY: (
        "'{name}' is attached to '{other}' in the new version, which is not what it was attached to.",
        "ในฉบับใหม่ “{name}” ติดอยู่กับ “{other}” ซึ่งไม่ใช่งานเดิม",
    ),
    Reason.CANNOT_START: (
        "Nothing can be started before '{name}': choose an activity, event or gateway that stands in the flow.",
        "เริ่มก่อน “{name}” ไม่ได้ โปรดเลือกงาน เหตุการณ์ หรือจุดแยกที่อยู่ในลำดับงาน",
    ),
    Reason.OTHER_PROCESS: ("These are versions of different processes.", "ทั้งสองไม่ใช่ฉบับของกระบวนการเดียวกัน"),
    Reason.SAME_VERSION: ("Both are the same version.", "ทั้งสองเป็นฉบับเดียวกัน"),
    Reason.VERSION: ("This instance does not run on the version that is left.", "รายการนี้ไม่ได้ใช้ฉบับเดิมที่จะย้ายออก"),
    Reason.ENDED: ("This instance has ended.", "รายการนี้จบแล้ว"),
    Reason.WENT_ON: (
        "Something was completed since: '{name}'. It can be moved again, not undone.",
        "มีการดำเนินการต่อแล้วหลังจากย้าย: “{name}” จึงย้อนกลับไม่ได้ แต่ย้ายอีกครั้งได้",
    ),
    Reason.NOT_MOVED: ("This instance was not moved, or is back already.", "รายการนี้ไม่ได้ถูกย้าย หรือย้อนกลับแล้ว"),
    Reason.FINAL: (
        "The move ended a called process, which cannot be brought back.",
        "การย้ายได้ยุติกระบวนการย่อยที่เรียกไว้ ซึ่งเรียกคืนไม่ได้",
    ),
    Reason.FAILED: ("'{name}' would fail: {other}", "“{name}” จะทำไม่สำเร็จ: {other}"),
}


def refusal(reason: Reason, element: Element | str | None = None, other: str = "") -> Problem:
    """A reason as a problem that names its element."""
    element_id = element if isinstance(element, str) else element.id if element is not None else None
    name = element if isinstance(element, str) else (plain(element.name) or element.id) if element is not None else ""
    english = plain(element.name_en) if isinstance(element, Element) and element.name_en else name
    text, text_th = TEXTS[reason]
    return Problem(
        text.format(name=english, other=plain(other)), text_th.format(name=name, other=plain(other)),
        rule=reason, element_id=element_id, element_name=name or None, element_name_en=english or None,
    )  # fmt: skip


class Refused(Invalid):
    """The instance cannot move as planned; `problems` says why. Nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("This cannot be moved to the other version.", tuple(dict.fromkeys(problems)), th="ย้ายไปฉบับอื่นไม่ได้")


def reasons_of(error: Exception, new: Definition) -> tuple[Problem, ...]:
    """Why an instance could not be moved to a version or put back, whatever it was that stopped it."""
    if isinstance(error, Refused):
        return error.problems
    if isinstance(error, NotFound):
        return (refusal(Reason.ENDED),)
    if isinstance(error, RuamError):
        return failed(error, new).problems
    unforeseen = f"{type(error).__name__}: {error}"
    return failed(RuamError(unforeseen, th=unforeseen), new).problems


def failed(error: RuamError, new: Definition) -> Refused:
    """What came up only as the instance went on."""
    element_id = error.facts.get("element_id")
    named = str(error.facts.get("element_name") or element_id or new.process.name or new.key)
    english, thai = TEXTS[Reason.FAILED]
    th = error.message_th or error.message
    return Refused([Problem(
        english.format(name=named, other=error.message), thai.format(name=named, other=th),
        rule=Reason.FAILED, element_id=element_id, element_name=named or None,
    )])  # fmt: skip
