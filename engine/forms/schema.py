"""A form's JSON Schema: reading it safely, and preparing it for the validator."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from engine.errors import Invalid, Problem

MAX_BYTES = 500_000
MAX_DEPTH = 30
MAX_OBJECTS = 2_000  # fields, choices and all else in braces, what is referred to counted each time
LONGEST = 20_000  # characters of a text where the form sets no limit
LONGEST_MATCHED = 500  # of one with a pattern
Schema = Mapping[str, Any]
_FORMATS = {"date": "date", "datetime": "date-time", "time": "time", "email": "email"}  # what a widget says where the schema does not


def read(content: bytes, file: str) -> dict[str, Any]:
    """The schema in a file: JSON without repeated keys or NaN, references inlined. Raises Invalid."""
    if len(content) > MAX_BYTES:
        raise broken(file, "The form is larger than 500 kB.", "แบบฟอร์มใหญ่กว่า 500 kB")
    try:
        schema = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise broken(file, "The form is not UTF-8 text.", "แบบฟอร์มไม่ใช่ข้อความ UTF-8") from None
    except json.JSONDecodeError as error:
        raise broken(file, f"The form is not JSON: {error.msg}.", f"แบบฟอร์มไม่ใช่ JSON ({error.msg})", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise broken(file, f"The form cannot be read: {error}.", f"อ่านแบบฟอร์มไม่ได้ ({error})") from None
    if not isinstance(schema, dict):
        raise broken(file, "A form is a JSON object.", "แบบฟอร์มต้องเป็นออบเจกต์ JSON")
    return inlined(schema, file)


def broken(file: str, message: str, message_th: str, line: int | None = None) -> Invalid:
    """The Invalid of a form that cannot be read."""
    return Invalid(message, [Problem(message, message_th, rule="form-syntax", file=file, line=line)])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"'{twice}' stands twice in one object")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number of JSON")


def inlined(schema: Schema, file: str = "") -> dict[str, Any]:
    """The schema with local `$ref`s replaced by what they name; raises Invalid for one that is circular or points elsewhere."""

    objects = 0

    def copy(node: Any, depth: int) -> Any:
        nonlocal objects
        if depth > MAX_DEPTH:
            raise broken(file, "The form is nested too deeply or refers to itself.", "แบบฟอร์มซ้อนกันลึกเกินไปหรืออ้างถึงตัวเอง")
        if isinstance(node, list | tuple):
            return [copy(item, depth + 1) for item in node]
        if not isinstance(node, Mapping):
            return node
        objects += 1
        if objects > MAX_OBJECTS:
            raise broken(
                file, f"The form has more than {MAX_OBJECTS:,} fields and choices.", f"แบบฟอร์มมีช่องและตัวเลือกมากกว่า {MAX_OBJECTS:,} รายการ"
            )
        reference = node.get("$ref")
        if isinstance(reference, str):
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return copy({**_target(schema, reference, file), **rest}, depth + 1)
        return {key: copy(value, depth + 1) for key, value in node.items() if key not in ("$defs", "definitions")}

    result = copy(schema, 0)
    assert isinstance(result, dict)
    return result


def _target(schema: Schema, reference: str, file: str) -> Schema:
    node: Any = schema
    if not reference.startswith("#/"):
        raise broken(file, f"'{reference}' points outside the form.", f"“{reference}” อ้างถึงไฟล์อื่น ซึ่งไม่อนุญาต")
    for step in reference[2:].split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            raise broken(file, f"'{reference}' points to nothing.", f"“{reference}” ไม่มีอยู่ในแบบฟอร์ม")
        node = node[key]
    if not isinstance(node, Mapping):
        raise broken(file, f"'{reference}' is not a schema.", f"“{reference}” ไม่ใช่สคีมา")
    return node


def properties(schema: Schema) -> dict[str, dict[str, Any]]:
    """The fields of a form (or the columns of a table's row), by name."""
    found = schema.get("properties")
    return {name: item for name, item in found.items() if isinstance(item, dict)} if isinstance(found, Mapping) else {}


def columns(field: Schema) -> dict[str, dict[str, Any]]:
    """The columns of a table's row, or the parts of a group."""
    holder = field.get("items") if kind_of(field) == "array" else field
    return properties(holder) if isinstance(holder, Mapping) else {}


def for_validation(schema: Schema, *, top: bool = True) -> dict[str, Any]:
    """What the validator gets: choices as enums, nested objects closed, limits where the form sets none.

    What is required at the top is asked by the form itself, since hidden fields are not.
    """
    made = {key: value for key, value in schema.items() if not key.startswith("x-") and not (top and key == "required")}
    if choices := constants(schema):
        made.pop("oneOf", None)
        made["enum"] = choices
    kind = schema.get("type")
    if kind == "string" and "maxLength" not in schema:
        made["maxLength"] = LONGEST_MATCHED if "pattern" in schema else LONGEST
    if "format" not in schema and schema.get("x-widget") in _FORMATS:
        made["format"] = _FORMATS[schema["x-widget"]]
    if kind == "array" and "maxItems" not in schema:
        made["maxItems"] = 1_000
    if isinstance(schema.get("properties"), Mapping):
        made["properties"] = {name: for_validation(item, top=False) for name, item in properties(schema).items()}
        made.setdefault("additionalProperties", False)
    if isinstance(schema.get("items"), Mapping):
        made["items"] = for_validation(schema["items"], top=False)
    return made


def constants(schema: Schema) -> list[Any]:
    """The values of `oneOf: [{const, title}]`, or of `enum`; empty where the field has no fixed choices."""
    choices = schema.get("oneOf")
    if isinstance(choices, list) and choices and all(isinstance(item, Mapping) and "const" in item for item in choices):
        return [item["const"] for item in choices]
    found = schema.get("enum")
    return list(found) if isinstance(found, list) else []


def title(schema: Schema, locale: str, fallback: str = "") -> str:
    """A field's or form's title in a language; the other one where it has none."""
    english = schema.get("x-en")
    in_english = english.get("title") if isinstance(english, Mapping) else None
    thai = schema.get("title")
    found = (in_english or thai) if locale == "en" else (thai or in_english)
    return str(found) if found else fallback


def hint(schema: Schema, locale: str) -> str:
    """A field's or form's description in a language."""
    english = schema.get("x-en")
    in_english = english.get("description") if isinstance(english, Mapping) else None
    thai = schema.get("description")
    found = (in_english or thai) if locale == "en" else (thai or in_english)
    return str(found) if found else ""


def both(item: Any, locale: str) -> str:
    """The text of a `{th, en}` pair in a language; plain text is both."""
    if isinstance(item, Mapping):
        found = (item.get("en") or item.get("th")) if locale == "en" else (item.get("th") or item.get("en"))
        return str(found) if found is not None else ""
    return str(item) if item is not None else ""


def kind_of(field: Mapping[str, Any]) -> str:
    """A field's type; of a list of types the first that is not null."""
    kind = field.get("type", "string")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "string")
    return str(kind)
