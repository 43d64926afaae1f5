"""What `ruam check` and a deployment say about a form: every problem, with its field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine import language
from engine.errors import Problem
from engine.forms import schema as schemas
from engine.forms.messages import FORMAT_NAMES
from engine.forms.shape import is_reserved, pointer
from engine.forms.view import KINDS
from engine.language.functions import HOST_FUNCTIONS

WIDGETS = frozenset(
    "text textarea radio select checkbox checkboxes date datetime time email number file files table score group hidden".split()  # noqa: SIM905
)
TYPES = frozenset(("string", "number", "integer", "boolean", "array", "object"))
_NAME = re.compile(r"[^\W\d][\w\u0e00-\u0e7f]*")
_NESTED_REPEAT = re.compile(r"(?:[+*]|\{\d*,\d*\})\)+(?:[+*]|\{\d*,)|\([^()]*\|[^()]*\)(?:[+*]|\{\d*,\})")
_FUNCTIONS = HOST_FUNCTIONS | {"table"}  # the pack's tables (engine/forms/choices.py) are known to its forms alone
_UNREAD = ("patternProperties", "propertyNames", "$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems")


def problems(form: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Everything wrong with a form, errors and warnings."""
    for place, rule, message, message_th, severity in _findings(form):
        yield Problem(message, message_th, field=place or None, rule=rule, severity=severity, file=file or None)


Finding = tuple[str, str, str, str, str]  # place, rule, English, Thai, severity


def _error(place: str, rule: str, english: str, thai: str) -> Finding:
    return place, rule, english, thai, "error"


def _findings(form: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        Draft202012Validator.check_schema(form)
    except SchemaError as error:
        yield (
            pointer(list(error.absolute_path)),
            "form-schema",
            f"The form is not a JSON Schema: {error.message}",
            "แบบฟอร์มไม่ใช่ JSON Schema ที่ถูกต้อง",
            "error",
        )
        return
    if form.get("type", "object") != "object" or not isinstance(form.get("properties"), Mapping):
        yield _error("", "form-schema", "A form has type object and properties.", "แบบฟอร์มต้องเป็นชนิด object และมี properties")
        return
    if not form.get("title"):
        yield "", "form-title", "The form has no title.", "แบบฟอร์มไม่มีชื่อ", "warning"
    fields = schemas.properties(form)
    for name in form.get("required") or []:
        if name not in fields:
            yield _error("/required", "form-field", f"The required field '{name}' is not in the form.", f"ไม่มีช่อง “{name}” ที่กำหนดให้ต้องกรอก")
    for name, field in fields.items():
        yield from _field(f"/{name}", name, field, top=True)
    yield from _top(form, fields)


def _field(place: str, name: str, field: Mapping[str, Any], *, top: bool) -> Iterator[Finding]:
    if is_reserved(name) or _NAME.fullmatch(name) is None:
        yield _error(place, "form-field", f"'{name}' cannot be the name of a field.", f"ใช้ชื่อช่อง “{name}” ไม่ได้")
    if not field.get("title"):
        yield place, "form-title", f"The field '{name}' has no title.", f"ช่อง “{name}” ไม่มีชื่อ", "warning"
    kinds = field.get("type", "string")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind not in TYPES and kind != "null":
            yield _error(place, "form-type", f"A field cannot be of type {kind}.", f"ชนิดข้อมูล {kind} ใช้ไม่ได้")
    widget = field.get("x-widget")
    if widget is not None and widget not in WIDGETS:
        yield _error(place, "form-widget", f"There is no widget '{widget}'.", f"ไม่มีวิดเจ็ต “{widget}”")
    if "format" in field and field["format"] not in FORMAT_NAMES:
        yield place, "form-format", f"The format '{field['format']}' is not checked.", f"ระบบไม่ตรวจรูปแบบ “{field['format']}”", "warning"
    yield from _unread(place, field)
    yield from _ours(place, field, top=top)
    items = field.get("items")
    for holder in (field, items if isinstance(items, Mapping) else {}):
        for column, part in schemas.properties(holder).items():
            yield from _field(f"{place}/{column}", column, part, top=False)


def _unread(place: str, field: Mapping[str, Any]) -> Iterator[Finding]:
    for keyword in _UNREAD:
        if keyword in field:
            yield _error(place, "form-schema", f"'{keyword}' cannot be used in a form.", f"ใช้ “{keyword}” ในแบบฟอร์มไม่ได้")
    pattern = field.get("pattern")
    if isinstance(pattern, str):
        if _NESTED_REPEAT.search(pattern):
            yield (
                place, "form-pattern", "The pattern repeats what is repeated already, which can take for ever.",
                "รูปแบบ (pattern) มีการซ้ำซ้อนซึ่งอาจทำงานไม่สิ้นสุด", "error",
            )  # fmt: skip


def _ours(place: str, field: Mapping[str, Any], *, top: bool) -> Iterator[Finding]:
    """The `x-` keywords of a field."""
    if not top and any(key in field for key in ("x-visible", "x-sealed", "x-document", "x-default")):
        yield (
            place,
            "form-column",
            "x-keywords with a meaning of their own stand on fields, not on columns.",
            "ใช้ x-… กับคอลัมน์ของตารางไม่ได้",
            "error",
        )
        return
    for key, kind in (("x-visible", "expression"), ("x-options", "expression"), ("x-default", "template")):
        if isinstance(field.get(key), str):
            yield from _expression(f"{place}/{key}", field[key], kind)
    document = field.get("x-document")
    if document is not None:
        yield from _document(place, field, document)
    elif field.get("x-widget") in ("file", "files"):
        yield _error(place, "form-document", "A file field needs x-document.", "ช่องไฟล์ต้องมี x-document")
    seal = field.get("x-sealed")
    if seal is not None:
        if not isinstance(seal, Mapping) or not isinstance(seal.get("category"), str):
            yield _error(place, "form-sealed", "x-sealed needs a category.", "x-sealed ต้องระบุ category")
        else:
            for key in ("category", "unit"):
                if isinstance(seal.get(key), str):
                    yield from _expression(f"{place}/x-sealed", seal[key], "template")


def _document(place: str, field: Mapping[str, Any], document: Any) -> Iterator[Finding]:
    if not isinstance(document, Mapping) or not isinstance(document.get("category"), str):
        yield _error(place, "form-document", "x-document needs a category.", "x-document ต้องระบุ category")
        return
    unknown = [kind for kind in document.get("kinds") or [] if kind not in KINDS]
    if unknown:
        yield (
            place,
            "form-document",
            f"Files of kind {', '.join(map(str, unknown))} are not taken.",
            f"ไม่รับไฟล์ชนิด {', '.join(map(str, unknown))}",
            "error",
        )
    size = document.get("max_mb", 1)
    if isinstance(size, bool) or not isinstance(size, int | float) or size <= 0:
        yield _error(place, "form-document", "max_mb is a number above 0.", "max_mb ต้องเป็นตัวเลขมากกว่า 0")
    if field.get("type") not in ("string", "array"):
        yield _error(place, "form-document", "A file field is of type string, or array for several.", "ช่องไฟล์ต้องเป็นชนิด string หรือ array")
    for key in ("category", "unit", "deliverable", "th", "en"):
        if isinstance(document.get(key), str):
            yield from _expression(f"{place}/x-document", document[key], "template")


def _top(form: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Finding]:
    """The `x-` keywords of the form itself."""
    instructions = form.get("x-instructions")
    for text in instructions.values() if isinstance(instructions, Mapping) else [instructions]:
        if isinstance(text, str):
            yield from _expression("/x-instructions", text, "template")
    for number, item in enumerate(_items(form, "x-show")):
        if isinstance(item.get("value"), str):
            yield from _expression(f"/x-show/{number}", item["value"], "template")
        if isinstance(item.get("unit"), str):
            yield from _expression(f"/x-show/{number}", item["unit"], "template")
    for number, section in enumerate(_items(form, "x-sections")):
        for name in section.get("fields") or []:
            if name not in fields:
                yield (
                    f"/x-sections/{number}",
                    "form-field",
                    f"The section names a field '{name}' that is not there.",
                    f"ไม่มีช่อง “{name}” ที่หัวข้อระบุ",
                    "error",
                )
    for key in ("x-show", "x-sections"):
        if key in form and len(_items(form, key)) != len(form[key] if isinstance(form[key], list) else [None]):
            yield _error(f"/{key}", "form-schema", f"{key} is a list of objects.", f"{key} ต้องเป็นรายการของออบเจกต์")


def _items(form: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = form.get(key)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _expression(place: str, text: str, kind: str) -> Iterator[Finding]:
    for message, position in language.check(text, kind, functions=_FUNCTIONS):
        yield (
            place,
            "expression",
            f"'{text[:80]}': {message} (at character {position + 1}).",
            f"นิพจน์ “{text[:80]}” ไม่ถูกต้อง: {message}",
            "error",
        )
