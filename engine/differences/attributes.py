"""What can be said of an element or process beside its name and place: each attribute by its path, with what people call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from engine.diagrams.model import Accepts, DataMapping, Deliverable, Element, EventDefinition, Loop, Process
from engine.differences.labels import CALLED, labelled
from engine.differences.pack import Pack
from engine.differences.values import text, value, working_days
from engine.differences.words import Said, alike, listed, named, quoted

Path = tuple[str, ...]
# told by other modules: names, places, flows, and what follows from them
_ELSEWHERE = {
    Element: {"id", "type", "name", "name_en", "line", "parent", "lane", "incoming", "outgoing", "default", "step", "attached_to", "events"}
    | {"compensation_handler"},
    Process: {"id", "name", "name_en", "elements", "flows", "lanes", "line"},
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One of them. `whole`: the thing it is part of, told as one where it is new or gone."""

    aspect: str
    label: Said
    value: Any
    whole: Path | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """When a timer event fires."""

    kind: str | None
    expression: str | None


def attributes(thing: Element | Process) -> dict[Path, Attribute]:
    """All that is not as it is by default."""
    found: dict[Path, Attribute] = {}
    for path, leaf in _leaves(thing, ()):
        label, aspect = labelled(path)
        found[path] = Attribute(aspect, label, leaf, _whole(path))
    return found


def _whole(path: Path) -> Path | None:
    if path[0] == "loop":
        return ("loop",)
    return path[:2] if path[0] in ("deliverables", "accepts", "events") else None


def _leaves(found: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(found, EventDefinition) and found.kind == "timer":
        yield (*path, "timer"), Timer(found.timer, found.expression)
    elif is_dataclass(found):
        yield from _fields(found, path)
    elif isinstance(found, Mapping):
        for key, entry in found.items():
            yield from _leaves(entry, (*path, str(key)))
    elif isinstance(found, tuple) and found and is_dataclass(found[0]):
        for number, entry in enumerate(found):
            yield from _leaves(entry.source if isinstance(entry, DataMapping) else entry, (*path, _key(entry, number)))
    elif found not in (None, "", ()):
        yield path, found


def _fields(found: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    for field in fields(found):
        if field.name in _ELSEWHERE.get(type(found), ()):
            continue
        here = getattr(found, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if here != default:
            yield from _leaves(here, (*path, field.name))
    if isinstance(found, Element):
        yield from _leaves(found.events, (*path, "events"))


def _key(entry: Any, number: int) -> str:
    if isinstance(entry, DataMapping):
        return entry.target
    if isinstance(entry, Deliverable):
        return entry.key
    return str(entry.instalment) if isinstance(entry, Accepts) else str(number)


def told(attribute: Attribute, path: Path, pack: Pack) -> Said:
    """An attribute's value in words."""
    tell = _WORDS.get(attribute.aspect)
    return tell(attribute.value, pack) if tell is not None else _plain(attribute.value)


def _plain(found: Any) -> Said:
    if is_dataclass(found):
        return value([getattr(found, field.name) for field in fields(found) if getattr(found, field.name) not in (None, "", ())])
    return CALLED.get(found) or value(found) if isinstance(found, str) else value(found)


def _groups(found: Any, pack: Pack) -> Said:
    return listed(pack.party(group) for group in ((found,) if isinstance(found, str) else found))


def _timer(found: Timer, pack: Pack) -> Said:
    return text(found.expression or "")


def _form(found: Any, pack: Pack) -> Said:
    return quoted(pack.form(found)) if isinstance(found, str) else value(found)


def _days(found: Any, pack: Pack) -> Said:
    return working_days(found)


_WORDS: Mapping[str, Callable[[Any, Pack], Said]] = {
    "people": _groups,
    "barred": _groups,
    "escalate_to": _groups,
    "starters": _groups,
    "timer": _timer,
    "form": _form,
    "remind": _days,
    "escalate": _days,
    "called": lambda found, pack: quoted(pack.called[found]) if found in pack.called else text(found),
    "decision": lambda found, pack: quoted(pack.decision(found)),
}


def whole(thing: Element, path: Path) -> tuple[str, Said, Said]:
    """Aspect, name and description of something an element has as a whole: a loop, an event, a paper."""
    if path[0] == "loop" and thing.loop is not None:
        return "loop", Said("การทำซ้ำ", "repetition"), _loop(thing.loop)
    if path[0] == "events":
        event = thing.events[int(path[1])]
        if event.kind == "timer":
            return "timer", Said("ตัวจับเวลา", "timer"), text(event.expression or "")
        what = CALLED.get(event.kind, alike(event.kind))
        name = event.name or event.code or event.expression
        return "event", Said("เหตุการณ์", "event"), Said(f"{what.th} {name or ''}".strip(), f"{what.en} {name or ''}".strip())
    if path[0] == "deliverables":
        paper = next(paper for paper in thing.deliverables if paper.key == path[1])
        return "deliverable", Said("เอกสารส่งมอบ", "deliverable"), _deliverable(paper)
    accepts = next(found for found in thing.accepts if str(found.instalment) == path[1])
    papers = ", ".join(accepts.deliverables)
    return "accepts", Said("การตรวจรับ", "acceptance"), Said(f"งวดที่ {path[1]}: {papers}", f"instalment {path[1]}: {papers}")


def _loop(loop: Loop) -> Said:
    over = text(loop.collection or loop.cardinality or loop.loop_condition or "")
    if loop.kind == "loop":
        return Said(f"ทำซ้ำขณะที่ {over.th}".strip(), f"again while {over.en}".strip())
    how = Said("พร้อมกัน", "all at once") if loop.kind == "parallel" else Said("ทีละรายการ", "one after the other")
    return Said(f"ทำครั้งหนึ่งต่อแต่ละรายการใน {over.th} {how.th}", f"once for each of {over.en}, {how.en}")


def _deliverable(paper: Deliverable) -> Said:
    name = quoted(named(paper.th, paper.en) or alike(paper.key))
    parts = [
        Said(f"{number} {th}", f"{number} {en}")
        for number, th, en in ((paper.copies, "เล่ม", "copies"), (paper.cds, "แผ่นซีดี", "CDs"))
        if number is not None
    ]
    if paper.instalment is not None:
        parts.append(Said(f"งวดที่ {paper.instalment}", f"instalment {paper.instalment}"))
    inside = Said(", ".join(part.th for part in parts), ", ".join(part.en for part in parts))
    return Said(f"{name.th} ({inside.th})", f"{name.en} ({inside.en})") if parts else name
