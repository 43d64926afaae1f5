"""What the validator finds, said to the person who filled in the form, in both languages: what to do, not what failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError

from engine.dates.thai import check_iso_date, format_date, parse_date
from engine.errors import Invalid, Problem
from engine.forms import schema as schemas
from engine.forms.shape import pointer
from engine.language.times import parse_datetime

Pair = tuple[str, str]  # English, Thai
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63})+")
_URI = re.compile(r"https?://[^\s/]+\S*")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date")(lambda value: not isinstance(value, str) or check_iso_date(value) is None)
    checker.checks("date-time", raises=ValueError)(lambda value: not isinstance(value, str) or bool(parse_datetime(value)))
    checker.checks("time")(lambda value: not isinstance(value, str) or _TIME.fullmatch(value) is not None)
    checker.checks("email")(lambda value: not isinstance(value, str) or _EMAIL.fullmatch(value) is not None)
    checker.checks("uri")(lambda value: not isinstance(value, str) or _URI.fullmatch(value) is not None)
    return checker


def _pattern(validator: Any, pattern: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """The pattern, on texts short enough that no pattern takes long; longer ones are refused for their length."""
    if isinstance(instance, str) and len(instance) <= schema.get("maxLength", schemas.LONGEST_MATCHED):
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, instance, schema)


FORMATS = _formats()
Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
FORMAT_NAMES = frozenset(("date", "date-time", "time", "email", "uri"))


def problem(error: ValidationError, form: Mapping[str, Any]) -> Problem:
    """One finding of the validator as a Problem at its field."""
    path = list(error.absolute_path)
    keyword = str(error.validator)
    given: Any = error.instance
    if keyword == "required":
        required: Any = error.validator_value
        missing = next((str(name) for name in required if name not in given), "") if isinstance(required, list) else ""
        path.append(missing)
        return missing_field(path, form)
    if keyword == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        path.append(next((str(name) for name in given if name not in known), ""))
        return unknown_field(path)
    english, thai = _said(keyword, error)
    english_label, thai_label = label(path, form)
    return Problem(f"{english_label}: {english}", f"{thai_label}: {thai}", field=pointer(path), rule=keyword)


def missing_field(path: list[str | int], form: Mapping[str, Any]) -> Problem:
    """A required field without a value."""
    english, thai = label(path, form)
    asked = _asked(_node(path, form))
    return Problem(f"{english}: please {asked[0]}.", f"โปรด{asked[1]} {thai}", field=pointer(path), rule="required")


def _asked(field: Mapping[str, Any]) -> Pair:
    """What one does with a field: a file is attached, an option chosen."""
    if "x-document" in field:
        return "attach a file", "แนบไฟล์"
    items = field.get("items")
    if any(key in holder for holder in (field, items if isinstance(items, Mapping) else {}) for key in ("oneOf", "enum", "x-options")):
        return "choose", "เลือก"
    return "fill this in", "กรอก"


def _node(path: list[str | int], form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a place in a form's values."""
    node: Any = form
    for step in path:
        if not isinstance(node, Mapping):
            return {}
        node = node.get("items", {}) if isinstance(step, int) else schemas.properties(node).get(step, {})
    return node if isinstance(node, Mapping) else {}


def unknown_field(path: list[str | int]) -> Problem:
    """A name the form does not have."""
    name = path[-1] if path else ""
    return Problem(f"The form has no field '{name}'.", f"แบบฟอร์มนี้ไม่มีช่อง “{name}”", field=pointer(path), rule="unknown")


def wrong_choice(path: list[str | int], form: Mapping[str, Any]) -> Problem:
    """A value that is not among the choices computed for a field."""
    english, thai = label(path, form)
    return Problem(f"{english}: choose one of the options.", f"{thai}: โปรดเลือกจากตัวเลือกที่มี", field=pointer(path), rule="options")


def label(path: list[str | int], form: Mapping[str, Any]) -> Pair:
    """What the form calls a place in its values: `Judges, row 2, Name`."""
    english: list[str] = []
    thai: list[str] = []
    node: Any = form
    for step in path:
        if isinstance(step, int):
            english.append(f"row {step + 1}")
            thai.append(f"แถวที่ {step + 1}")
            node = node.get("items", {}) if isinstance(node, Mapping) else {}
            continue
        node = schemas.properties(node).get(step, {}) if isinstance(node, Mapping) else {}
        english.append(schemas.title(node, "en", str(step)))
        thai.append(schemas.title(node, "th", str(step)))
    return ", ".join(english) or "Form", " ".join(thai) or "แบบฟอร์ม"


def _said(keyword: str, error: ValidationError) -> Pair:
    if keyword == "format":
        return _format(str(error.validator_value), error.instance)
    if keyword == "pattern" and isinstance(error.schema, Mapping) and isinstance(error.schema.get("description"), str):
        return f"write it as described: {error.schema['description']}", f"โปรดกรอกตามคำอธิบาย: {error.schema['description']}"
    limit = error.validator_value
    said = _SAID.get(keyword)
    return said(limit) if said is not None else ("the value is not valid.", "ค่าไม่ถูกต้อง โปรดตรวจสอบ")


def _format(name: str, value: Any) -> Pair:
    if name == "date":
        return _date(str(value))
    if name in _WRITTEN:
        return _WRITTEN[name]
    return f"this is not a valid {name}.", "รูปแบบไม่ถูกต้อง โปรดตรวจสอบ"


def _date(text: str) -> Pair:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        found = check_iso_date(text)
        return (found.message, found.message_th) if found is not None else ("this is not a date.", "วันที่ไม่ถูกต้อง")
    try:
        day = parse_date(text)
    except Invalid as error:
        return error.problems[0].message, error.problems[0].message_th
    return f"write this date as {day.isoformat()}.", f"โปรดกรอกวันที่ {format_date(day, 'short')} เป็น {day.isoformat()}"


_WRITTEN: Mapping[str, Pair] = {
    "date-time": ("write a date and time such as 2009-07-31T16:30.", "โปรดกรอกวันที่และเวลา เช่น 2009-07-31T16:30"),
    "time": ("write a time such as 16:30.", "โปรดกรอกเวลา เช่น 16:30"),
    "email": ("write an e-mail address such as name@example.go.th.", "โปรดกรอกอีเมล เช่น name@example.go.th"),
    "uri": ("write an address that begins with https://.", "โปรดกรอกที่อยู่เว็บซึ่งขึ้นต้นด้วย https://"),
}
_TYPES: Mapping[str, Pair] = {
    "number": ("enter a number.", "โปรดกรอกตัวเลข"),
    "integer": ("enter a whole number.", "โปรดกรอกจำนวนเต็ม"),
    "string": ("enter text.", "โปรดกรอกข้อความ"),
    "boolean": ("answer yes or no.", "โปรดตอบใช่หรือไม่ใช่"),
    "array": ("this is a list.", "ต้องเป็นรายการ"),
    "object": ("this is a group of fields.", "ต้องเป็นกลุ่มข้อมูล"),
}
_SAID: Mapping[str, Callable[[Any], Pair]] = {
    "type": lambda kind: _TYPES.get(kind if isinstance(kind, str) else "", ("the value is of the wrong kind.", "ชนิดของข้อมูลไม่ถูกต้อง")),
    "enum": lambda _: ("choose one of the options.", "โปรดเลือกจากตัวเลือกที่มี"),
    "oneOf": lambda _: ("choose one of the options.", "โปรดเลือกจากตัวเลือกที่มี"),
    "const": lambda value: ("this must be confirmed.", "โปรดยืนยันข้อนี้") if value is True else (f"this must be {value}.", f"ต้องเป็น {value}"),
    "minimum": lambda limit: (f"enter {limit} or more.", f"โปรดกรอกค่าตั้งแต่ {limit} ขึ้นไป"),
    "maximum": lambda limit: (f"enter {limit} or less.", f"โปรดกรอกค่าไม่เกิน {limit}"),
    "exclusiveMinimum": lambda limit: (f"enter more than {limit}.", f"โปรดกรอกค่ามากกว่า {limit}"),
    "exclusiveMaximum": lambda limit: (f"enter less than {limit}.", f"โปรดกรอกค่าน้อยกว่า {limit}"),
    "multipleOf": lambda step: (f"enter a multiple of {step}.", f"โปรดกรอกค่าที่หารด้วย {step} ลงตัว"),
    "minLength": lambda limit: (f"write at least {limit} characters.", f"โปรดกรอกอย่างน้อย {limit} ตัวอักษร"),
    "maxLength": lambda limit: (f"write at most {limit} characters.", f"โปรดกรอกไม่เกิน {limit} ตัวอักษร"),
    "minItems": lambda limit: (f"at least {limit} are needed.", f"ต้องมีอย่างน้อย {limit} รายการ"),
    "maxItems": lambda limit: (f"at most {limit} are possible.", f"มีได้ไม่เกิน {limit} รายการ"),
    "uniqueItems": lambda _: ("the same one stands twice.", "มีรายการซ้ำกัน"),
    "pattern": lambda _: ("this is not written in the way it needs to be.", "รูปแบบไม่ถูกต้อง โปรดตรวจสอบ"),
}
