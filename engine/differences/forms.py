"""Two versions of a form: its fields, their choices, and what is said around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.differences.model import Change, Kind
from engine.differences.naming import sentence
from engine.differences.pack import title
from engine.differences.structures import Turn, told, turns
from engine.differences.values import value
from engine.differences.words import Said, alike, listed, quoted, renamed, short

_ELSEWHERE = ("properties", "required", "x-en", "title")
_LABELS: Mapping[str, Said] = {
    "type": Said("ชนิดข้อมูล", "kind of value"),
    "format": Said("รูปแบบ", "format"),
    "description": Said("คำอธิบาย", "description"),
    "minLength": Said("ความยาวอย่างน้อย", "least length"),
    "maxLength": Said("ความยาวไม่เกิน", "greatest length"),
    "minimum": Said("ค่าต่ำสุด", "least value"),
    "maximum": Said("ค่าสูงสุด", "greatest value"),
    "minItems": Said("จำนวนอย่างน้อย", "fewest entries"),
    "maxItems": Said("จำนวนไม่เกิน", "most entries"),
    "pattern": Said("รูปแบบที่ต้องตรง", "pattern"),
    "enum": Said("ตัวเลือก", "choices"),
    "default": Said("ค่าเริ่มต้น", "value from the beginning"),
    "x-default": Said("ค่าเริ่มต้น", "value from the beginning"),
    "x-widget": Said("วิธีกรอก", "way to fill it in"),
    "x-visible": Said("แสดงเมื่อ", "shown when"),
    "x-options": Said("ตัวเลือกมาจาก", "choices come from"),
    "x-document": Said("เอกสาร", "paper"),
    "x-sealed": Said("การปิดผนึก", "seal"),
    "x-instructions": Said("คำแนะนำ", "instructions"),
    "x-submit": Said("ปุ่มส่ง", "button"),
    "x-confirm": Said("ให้ตรวจทานคำตอบก่อนส่ง", "answers are checked before they are sent"),
    "x-show": Said("ข้อมูลที่แสดงข้างแบบฟอร์ม", "what is shown beside it"),
    "x-sections": Said("หมวด", "sections"),
    "additionalProperties": Said("รับค่านอกแบบฟอร์ม", "takes values that are not on it"),
    "items": Said("แต่ละรายการ", "each entry"),
    "order": Said("ลำดับของช่อง", "order of the fields"),
}
Schema = Mapping[str, Any]


def changes(old: Schema, new: Schema) -> Iterator[Change]:
    """What is another about a form."""
    yield from _titled(old, new, None, None)
    then, now = (_fields(schema) for schema in (old, new))
    moved = _renamed(then, now)
    for key in then:
        if key not in now and key not in moved:
            name = _name(key, then[key])
            said = Said(f"ตัดช่อง {name.th} ออก", f"field {name.en} removed")
            yield Change(Kind.REMOVED, "field", sentence(said), name, None, None, key)
    for key in now:
        if key not in then and key not in moved.values():
            yield _addition(key, now[key], key in _required(new))
    for key in then:
        other = moved.get(key, key)
        if other in now:
            yield from _field(key, other, old, new)
    kept = [moved.get(key, key) for key in then if moved.get(key, key) in now]
    if kept != [key for key in now if key in set(kept)]:
        yield Change(Kind.CHANGED, "order", Said("เปลี่ยนลำดับของช่อง", "The fields stand in another order"))
    for turn in turns(_without(old, *_ELSEWHERE), _without(new, *_ELSEWHERE)):
        yield told(turn, _label(turn), turn.path[0])


def _fields(schema: Schema) -> Mapping[str, Schema]:
    found = schema.get("properties")
    return {key: field if isinstance(field, Mapping) else {} for key, field in found.items()} if isinstance(found, Mapping) else {}


def _required(schema: Schema) -> list[str]:
    found = schema.get("required")
    return [str(key) for key in found] if isinstance(found, list) else []


def _renamed(then: Mapping[str, Schema], now: Mapping[str, Schema]) -> dict[str, str]:
    """Fields of another key that say all the same."""
    gone, fresh = [key for key in then if key not in now], [key for key in now if key not in then]
    found: dict[str, str] = {}
    for key in gone:
        same = [other for other in fresh if now[other] == then[key] and other not in found.values()]
        if len(same) == 1 and then[key]:
            found[key] = same[0]
    return found


def _name(key: str, field: Schema) -> Said:
    return quoted(title(field) or alike(key))


def _addition(key: str, field: Schema, required: bool) -> Change:
    name = _name(key, field)
    must = Said(" (ต้องกรอก)", " (required)") if required else Said("", "")
    said = Said(f"เพิ่มช่อง {name.th}{must.th}", f"field {name.en} added{must.en}")
    return Change(Kind.ADDED, "field", sentence(said), None, name, key)


def _field(then: str, now: str, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = _fields(old)[then], _fields(new)[now]
    name = _name(now, after)
    front = Said(f"ช่อง {name.th}", f"field {name.en}")
    if then != now:
        said = Said(f"{front.th}: ชื่อตัวแปร {then} → {now}", f"{front.en}: variable {then} → {now}")
        yield Change(Kind.CHANGED, "variable", sentence(said), alike(then), alike(now), now, then)
    musts = then in _required(old), now in _required(new)
    if musts[0] != musts[1]:
        said = Said(
            f"{front.th} {'ต้องกรอกแล้ว' if musts[1] else 'ไม่ต้องกรอกก็ได้'}", f"{front.en} is {'now' if musts[1] else 'no longer'} required"
        )
        yield Change(Kind.CHANGED, "required", sentence(said), value(musts[0]), value(musts[1]), now, then)
    yield from _titled(before, after, front, now)
    yield from _choices(before, after, front, now)
    skipped = ("title", "x-en", *(("oneOf",) if _are_choices(before) and _are_choices(after) else ()))
    for turn in turns(_without(before, *skipped), _without(after, *skipped)):
        yield told(turn, _label(turn), turn.path[0], front=front, element=now)


def _titled(before: Schema, after: Schema, front: Said | None, key: str | None) -> Iterator[Change]:
    """Title in either language; the other English texts."""
    names = [title(side) or alike("–") for side in (before, after)]
    if names[0] != names[1]:
        start, turned = front or Said("แบบฟอร์ม", "form"), renamed(*names)
        said = Said(f"{start.th}: เปลี่ยนชื่อ {turned.th}", f"{start.en} renamed {turned.en}")
        yield Change(Kind.CHANGED, "title", sentence(said), names[0], names[1], key, key)
    then, now = _english(before), _english(after)
    for turn in turns(_without(then, "title"), _without(now, "title")):
        label = Said(f"{_label(turn).th}ภาษาอังกฤษ", f"{_label(turn).en} in English")
        yield told(turn, label, "description", front=front, element=key)
    both = [f"{side.get('title')} · {words.get('title')}" for side, words in ((before, then), (after, now))]
    if names[0] == names[1] and both[0] != both[1]:
        yield told(Turn(("title",), *both), Said("ชื่อ", "title"), "title", front=front, element=key)


def _english(schema: Schema) -> Schema:
    found = schema.get("x-en")
    return found if isinstance(found, Mapping) else {}


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: entry for key, entry in schema.items() if key not in keys}


def _are_choices(field: Schema) -> bool:
    found = field.get("oneOf")
    return isinstance(found, list) and bool(found) and all(isinstance(one, Mapping) and "const" in one for one in found)


def _choices(before: Schema, after: Schema, front: Said, key: str) -> Iterator[Change]:
    if not (_are_choices(before) and _are_choices(after)):
        return
    then, now = ({str(one["const"]): one for one in side["oneOf"]} for side in (before, after))
    gone = [quoted(title(one) or alike(const)) for const, one in then.items() if const not in now]
    fresh = [quoted(title(one) or alike(const)) for const, one in now.items() if const not in then]
    if fresh:
        names = listed(fresh)
        said = Said(f"{front.th}: เพิ่มตัวเลือก {names.th}", f"{front.en}: choice {names.en} added")
        yield Change(Kind.CHANGED, "choice", sentence(said), None, names, key, key)
    if gone:
        names = listed(gone)
        said = Said(f"{front.th}: ตัดตัวเลือก {names.th} ออก", f"{front.en}: choice {names.en} removed")
        yield Change(Kind.CHANGED, "choice", sentence(said), names, None, key, key)
    for const in then.keys() & now.keys():
        for turn in turns(then[const], now[const]):
            label = Said(f"ตัวเลือก {short(const)}", f"choice {short(const)}")
            yield told(turn, label, "choice", front=front, element=key)
    kept = [[const for const in side if const in then.keys() & now.keys()] for side in (then, now)]
    if kept[0] != kept[1]:
        said = Said(f"{front.th}: เปลี่ยนลำดับตัวเลือก", f"{front.en}: the choices stand in another order")
        yield Change(Kind.CHANGED, "choice", sentence(said), None, None, key, key)


def _label(turn: Turn) -> Said:
    found = _LABELS.get(turn.path[0], alike(turn.path[0])) if turn.path else Said("แบบฟอร์ม", "form")
    rest = " › ".join(turn.path[1:])
    return Said(f"{found.th} {rest}".strip(), f"{found.en} {rest}".strip())
