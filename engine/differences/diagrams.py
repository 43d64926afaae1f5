"""Two versions of a BPMN file: its processes, what flows between pools, its notes, and its drawing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Diagram, Process
from engine.differences.drawing import Drawing, read_drawing
from engine.differences.model import Change, Group, Kind, Marks, Subject
from engine.differences.naming import sentence
from engine.differences.pack import Pack
from engine.differences.processes import Versions
from engine.differences.structures import Turn, told, turns
from engine.differences.words import Said, alike, named, plain, quoted, short


def groups(path: str, old: Diagram, new: Diagram, before: Pack, after: Pack) -> Iterator[Group]:
    """A group a process; what is the file's own is told with its first."""
    drawings = read_drawing(before.files[path], path), read_drawing(after.files[path], path)
    pairs = _pairs(old, new)
    rest = list(_of_the_file(old, new, *drawings))
    for number, (then, now) in enumerate(pairs):
        of_file = rest if number == 0 else []
        if then is not None and now is not None:
            yield from _both(path, Versions(then, now, before, after), *drawings, of_file)
        else:
            yield single(path, now or then, Kind.ADDED if now is not None else Kind.REMOVED, of_file)


def single(path: str, process: Process | None, kind: Kind, more: list[Change] | None = None) -> Group:
    """The group of a process that is new or gone."""
    assert process is not None
    title = titled(process)
    elements = tuple(process.elements)
    number = len(elements)
    if kind is Kind.ADDED:
        said = Said(f"เพิ่มกระบวนการ {quoted(title).th} ({number} รายการ)", f"Process {quoted(title).en} added ({number} elements)")
        return Group(
            Subject.PROCESS, process.id, title, (Change(kind, "process", said, name=title), *(more or ())), path, None, Marks(elements)
        )
    said = Said(f"ตัดกระบวนการ {quoted(title).th} ออก", f"Process {quoted(title).en} removed")
    changes = (Change(kind, "process", said, name=title), *(more or ()))
    return Group(Subject.PROCESS, process.id, title, changes, None, path, Marks(removed=elements))


def titled(process: Process) -> Said:
    """What a process is called."""
    return named(plain(process.name), plain(process.name_en)) or alike(process.id)


def _pairs(old: Diagram, new: Diagram) -> list[tuple[Process | None, Process | None]]:
    """By key; where a file has one process before and one now, that is it."""
    then, now = ({process.id: process for process in diagram.processes} for diagram in (old, new))
    if len(then) == len(now) == 1:
        return [(*then.values(), *now.values())]  # type: ignore[list-item]
    return [(then.get(key), now.get(key)) for key in [*then, *(key for key in now if key not in then)]]


def _both(path: str, versions: Versions, old: Drawing | None, new: Drawing | None, more: list[Change]) -> Iterator[Group]:
    then, now = versions.old.process, versions.new.process
    changes = versions.changes()
    if then.id != now.id:
        turn = Turn(("key",), then.id, now.id)
        changes.insert(0, told(turn, Said("รหัสกระบวนการ", "key of the process"), "key"))
    changes += more
    drawn = _moved(versions, old, new) if old is not None and new is not None else []
    if drawn:
        changes.append(_drawn(len(drawn), alone=not changes))
    elif not changes and old is not None and new is not None:
        changes += _written(old, new)
    if changes:
        marks = Marks(
            tuple(versions.added),
            tuple(versions.removed),
            _unique(change.element for change in changes if change.kind is Kind.CHANGED),
            _unique(change.old_element for change in changes if change.kind is Kind.CHANGED),
            tuple(now_id for _, now_id in drawn),
            tuple(then_id for then_id, _ in drawn),
        )
        yield Group(Subject.PROCESS, now.id, titled(now), tuple(changes), path, path, marks)


def _unique(keys: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key is not None))


def _moved(versions: Versions, old: Drawing, new: Drawing) -> list[tuple[str, str]]:
    """What stands elsewhere: elements by what they are now, all else by its id."""
    same = {key: versions.same.get(key, key) for key in old.places}
    left_out = {*versions.removed, *versions.added}
    return [
        (then, now)
        for then, now in same.items()
        if now in new.places and then not in left_out and now not in left_out and old.places[then] != new.places[now]
    ]


def _drawn(number: int, *, alone: bool) -> Change:
    only = Said("เปลี่ยนเฉพาะการวาด: ", "Only the drawing is another: ") if alone else Said("", "")
    things = f"{number} element{'' if number == 1 else 's'} stand{'s' if number == 1 else ''} elsewhere"
    said = Said(f"{only.th}ย้ายตำแหน่งในแผนภาพ {number} รายการ", f"{only.en}{things}{'' if alone else ' in the drawing'}")
    return Change(Kind.DRAWN, "drawing", sentence(said))


def _written(old: Drawing, new: Drawing) -> Iterator[Change]:
    """What is left where the bytes differ and nothing that runs or shows does."""
    if old.canonical == new.canonical:
        yield Change(Kind.DRAWN, "writing", Said("เนื้อหาเหมือนเดิม เขียนไฟล์ต่างกันเท่านั้น", "The same content, only written otherwise"))
    else:
        said = Said("เปลี่ยนเฉพาะรายละเอียดที่ไม่มีผลต่อการทำงาน", "Only details are other that change nothing in what runs")
        yield Change(Kind.DRAWN, "writing", said)


def _of_the_file(old: Diagram, new: Diagram, before: Drawing | None, after: Drawing | None) -> Iterator[Change]:
    """Message flows and notes."""
    flows = [
        {flow.id: _flow(flow.source, flow.target, flow.name, flow.message) for flow in diagram.message_flows} for diagram in (old, new)
    ]
    for turn in turns(flows[0], flows[1]):
        yield told(turn, Said("เส้นข้อความ", "message flow"), "message_flow")
    if before is not None and after is not None:
        for turn in turns(before.notes, after.notes):
            yield told(turn, Said("หมายเหตุในแผนภาพ", "note in the diagram"), "note")
    if old.targets != new.targets:
        yield told(Turn(("pools",), list(old.targets), list(new.targets)), Said("พูล", "pools"), "pool")


def _flow(source: str, target: str, name: str, message: str | None) -> str:
    return short(f"{source} → {target} {name or message or ''}".strip())
