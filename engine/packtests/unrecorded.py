"""What happened by hand in a process that was played, and what a test of it does not do."""

from __future__ import annotations

from collections.abc import Iterator

from engine.packtests.model import Pair
from engine.queries import HistoryEvent
from engine.states import Event

KINDS: dict[Event, Pair] = {
    Event.INSTANCE_MODIFIED: ("ย้าย ข้าม หรือทำซ้ำขั้นตอนด้วยมือ", "steps were moved, skipped or repeated by hand"),
    Event.INSTANCE_RESTARTED: ("เริ่มใหม่จากขั้นที่เลือก", "it was started once more from a chosen step"),
    Event.INSTANCE_MIGRATED: ("ย้ายไปฉบับอื่น", "it was moved to another version"),
    Event.MIGRATION_UNDONE: ("ย้ายกลับฉบับเดิม", "it was moved back to the version before"),
    Event.INSTANCE_CANCELLED: ("ผู้ดูแลระบบยกเลิกกระบวนการ", "an administrator cancelled it"),
    Event.INSTANCE_SUSPENDED: ("พักกระบวนการไว้ชั่วคราว", "it was held for a while"),
    Event.ACTIVITY_SUSPENDED: ("พักบางขั้นไว้ชั่วคราว", "an activity was held for a while"),
    Event.TASK_ASSIGNED: ("มอบงานให้ผู้อื่นด้วยมือ", "tasks were put into other hands"),
    Event.TASK_DUE_CHANGED: ("เปลี่ยนวันครบกำหนดของงาน", "due dates of tasks were changed"),
    Event.JOB_DUE_CHANGED: ("เปลี่ยนเวลาที่ระบบจะทำงาน", "due dates of jobs were changed"),
    Event.INCIDENT_RAISED: ("มีเหตุขัดข้อง", "there were incidents"),
}
NOTES: dict[str, Pair] = {  # by what the history says (engine/running/instances.py, choosing.py)
    "variables set by hand": ("แก้ตัวแปรด้วยมือ", "variables were changed by hand"),
    "started by hand": ("เลือกเริ่มกิจกรรม", "activities of an ad-hoc sub-process were begun"),
}
BY_ERROR: Pair = ("จบงานด้วยข้อผิดพลาดหรือการแจ้งเหตุ", "a task ended with an error or an escalation")


class Unrecorded:
    """Hears what happens, and says once of each kind that it was left out."""

    def __init__(self) -> None:
        self._found: dict[Pair, None] = {}

    def hear(self, event: HistoryEvent, *, working: bool) -> None:
        """An event of the history; `working`: of a task that is open."""
        if event.event in KINDS:
            self._found[KINDS[Event(event.event)]] = None
        elif event.event == Event.NOTED:
            note = BY_ERROR if working else NOTES.get(str(event.data.get("note")))
            if note is not None:
                self._found[note] = None

    def notes(self) -> Iterator[Pair]:
        """Each kind once, in the order in which they came."""
        yield from self._found
