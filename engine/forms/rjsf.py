"""JSON Schema with a UI schema (SpiffArena's forms, drawn by react-jsonschema-form) as our forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import Problem
from engine.forms.elsewhere import Draft, choices, filled_from, items_of, plain_text, text_of

Schema = Mapping[str, Any]
_WIDGETS = {
    "textarea": "textarea", "radio": "radio", "checkboxes": "checkboxes", "select": "select", "hidden": "hidden", "date": "date",
    "datetime": "datetime", "alt-date": "date", "alt-datetime": "datetime", "date-time": "datetime", "time": "time", "email": "email",
    "checkbox": "checkbox", "markdown": "textarea",
}  # fmt: skip
_KEPT = (
    "type", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "format",
    "enum", "const", "minItems", "maxItems", "uniqueItems", "readOnly",
)  # fmt: skip
_FROM_VARIABLE = "options_from_task_data_var:"
_NOTHING: Schema = {}


def translated(schema: Schema, ui: Schema = _NOTHING, file: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Our schema of a JSON Schema with its UI schema, and what could not be taken."""
    draft = Draft(file, title=text_of(schema.get("title")))
    draft.say(text_of(schema.get("description")))
    _fields(schema, ui, draft)
    for condition in _conditions(schema, draft):
        _conditional(condition, ui, draft)
    made = draft.schema()
    submit = _at(ui, "ui:submitButtonOptions").get("submitText")
    if isinstance(submit, str) and submit:
        made["x-submit"] = submit
    return made, draft.problems


def _names(schema: Schema) -> list[str]:
    """The names of what is required."""
    found = schema.get("required")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _at(holder: Any, key: str) -> Schema:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def _fields(schema: Schema, ui: Schema, draft: Draft, visible: str | None = None) -> None:
    """Take the properties of an object in the order of `ui:order`."""
    properties = _at(schema, "properties")
    required = _names(schema)
    for name in _ordered(properties, ui.get("ui:order")):
        field = properties[name]
        if isinstance(field, Mapping) and name not in draft.properties:
            made = {**_field(field, _at(ui, name), name, draft), **filled_from(name, field.get("default"))}
            if visible is not None:
                made["x-visible"] = visible
            draft.add(name, made, required=name in required)


def _ordered(properties: Schema, order: Any) -> Iterable[str]:
    if not isinstance(order, list):
        return properties
    named = [name for name in order if isinstance(name, str) and name in properties]
    rest = [name for name in properties if name not in named]
    place = order.index("*") if "*" in order else len(named)
    return [*named[:place], *rest, *named[place:]]


def _field(field: Schema, ui: Schema, name: str, draft: Draft) -> dict[str, Any]:
    """One field, with what its UI schema says of it."""
    options = _at(ui, "ui:options")
    made: dict[str, Any] = {key: field[key] for key in _KEPT if key in field}
    if not isinstance(field.get("type"), str | list):
        made["type"] = "object" if "properties" in field else "string"
    made["title"] = text_of(ui.get("ui:title")) or text_of(options.get("title")) or text_of(field.get("title")) or name
    hint = (
        text_of(ui.get("ui:help")) or text_of(ui.get("ui:description")) or text_of(options.get("help")) or text_of(field.get("description"))
    )
    if hint:
        made["description"] = plain_text(hint)
    widget = text_of(ui.get("ui:widget")) or text_of(options.get("widget"))
    if ui.get("ui:readonly") is True or ui.get("ui:disabled") is True:
        made["readOnly"] = True
    made |= _choices(field, ui)
    if field.get("type") == "object":
        made |= _object(field, ui, draft) | {"x-widget": "group"}
    elif field.get("type") == "array":
        made |= _array(field, ui, name, draft)
    elif widget in _WIDGETS:
        made["x-widget"] = _WIDGETS[widget]
    elif widget and widget not in ("text", "password", "updown", "range", "uri", "typeahead"):
        draft.finding(f"/{name}", f"There is no widget '{widget}'; the field is shown as its type is.", f"ไม่มีวิดเจ็ต “{widget}”", "warning")
    _refuse(field, name, draft)
    return made


def _refuse(field: Schema, name: str, draft: Draft) -> None:
    if field.get("format") in ("data-url", "file"):
        draft.finding(
            f"/{name}",
            "Files are not kept in variables: write a form with x-document.",
            "ระบบไม่เก็บไฟล์ในตัวแปร โปรดใช้แบบฟอร์มที่มี x-document",
        )
    for key in ("minimumDate", "maximumDate"):
        if key in field:
            draft.finding(f"/{name}", f"'{key}' is not checked.", f"ระบบไม่ตรวจ “{key}”", "warning")


def _choices(field: Schema, ui: Schema) -> dict[str, Any]:
    """`enum` with names, `oneOf`/`anyOf` of constants, or choices from a variable."""
    listed = field.get("oneOf") or field.get("anyOf")
    listed = listed if isinstance(listed, list) else []
    variable = next((item for item in listed if isinstance(item, str) and item.startswith(_FROM_VARIABLE)), None)
    if variable is not None:
        return {"x-options": f"${{default({variable.removeprefix(_FROM_VARIABLE)}, [])}}"}
    constants = [item for item in items_of(listed) if "const" in item or _single(item.get("enum"))]
    if constants:
        return {"oneOf": choices((item.get("const", (item.get("enum") or [None])[0]), item.get("title")) for item in constants)}
    names = ui.get("ui:enumNames") or field.get("enumNames")
    if isinstance(field.get("enum"), list) and isinstance(names, list) and len(names) == len(field["enum"]):
        return {"oneOf": choices(zip(field["enum"], names, strict=True))}
    if field.get("type") == "boolean" and ui.get("ui:widget") in ("radio", "select"):
        return {"oneOf": choices(((True, "ใช่ / Yes"), (False, "ไม่ใช่ / No")))}
    return {}


def _single(values: Any) -> bool:
    return isinstance(values, list) and len(values) == 1


def _object(field: Schema, ui: Schema, draft: Draft) -> dict[str, Any]:
    """A group's or row's fields."""
    properties = _at(field, "properties")
    made = {
        name: _field(item, _at(ui, name), name, draft)
        for name in _ordered(properties, ui.get("ui:order"))
        if isinstance(item := properties[name], Mapping)
    }
    for name, item in made.items():
        if item.get("type") in ("object", "array"):
            draft.finding(
                f"/{name}",
                f"'{name}' is a group or list inside another one, which our forms do not have.",
                f"แบบฟอร์มของระบบซ้อน “{name}” ในกลุ่มหรือรายการไม่ได้",
            )
    return {"type": "object", "properties": made, "required": _names(field)}


def _array(field: Schema, ui: Schema, name: str, draft: Draft) -> dict[str, Any]:
    """Several of a choice are boxes to tick, a list of objects is a table."""
    items = _at(field, "items")
    if items.get("type") == "object":
        return {"items": _object(items, _at(ui, "items"), draft), "x-widget": "table"}
    inner = _field({**items, "type": items.get("type", "string")}, _at(ui, "items"), name, draft)
    made: dict[str, Any] = {"items": {key: value for key, value in inner.items() if key not in ("title", "x-options")}}
    made["x-widget"] = "checkboxes"
    if "x-options" in inner:
        made["x-options"] = inner["x-options"]
    elif "enum" not in inner and "oneOf" not in inner:
        draft.finding(f"/{name}", f"'{name}' is a list of plain values: make it a list of objects.", f"“{name}” ต้องเป็นรายการของออบเจกต์")
    return made


# ---- fields that depend on others


def _conditions(schema: Schema, draft: Draft) -> Iterable[tuple[str, Schema]]:
    """(condition in our language, the schema that holds then) of `if`/`then`/`else`, `allOf` of them, and `dependencies`."""
    for holder in (schema, *items_of(schema.get("allOf"))):
        if "if" in holder:
            condition = _holds(_at(holder, "if"))
            if condition is None:
                draft.finding("", "A condition ('if') compares fields with constants only.", "เงื่อนไข (if) เทียบค่าคงที่ได้เท่านั้น")
                continue
            yield condition, _at(holder, "then")
            yield f"not ({condition})", _at(holder, "else")
    for name, needed in {**_at(schema, "dependencies"), **_at(schema, "dependentSchemas")}.items():
        if isinstance(needed, list):
            draft.finding("", f"Fields required because of '{name}' are not checked.", f"ระบบไม่ตรวจช่องที่ต้องกรอกตาม “{name}”", "warning")
            continue
        if not isinstance(needed, Mapping):
            continue
        for branch in items_of(needed.get("oneOf")) if "oneOf" in needed else [needed]:
            own = {key: value for key, value in _at(branch, "properties").items() if key == name}
            rest = {key: value for key, value in _at(branch, "properties").items() if key != name}
            condition = _holds({"properties": own}) if own else f"not empty {name}"
            if condition is not None:
                yield condition, {**branch, "properties": rest}


def _holds(schema: Schema) -> str | None:
    """`{properties: {a: {const: 1}}}` as `a == 1`; None where it says anything else."""
    parts = []
    for name, test in _at(schema, "properties").items():
        if not isinstance(test, Mapping):
            return None
        values = [test["const"]] if "const" in test else test.get("enum")
        if not isinstance(values, list) or not values:
            return None
        parts.append(f"{name} in {values!r}")
    return " and ".join(parts) or None


def _conditional(condition: tuple[str, Schema], ui: Schema, draft: Draft) -> None:
    """Fields of a branch are shown where its condition holds; a field of several branches where one does."""
    text, schema = condition
    for name in _at(schema, "properties"):
        known = draft.properties.get(name, {}).get("x-visible")
        if known:
            draft.properties[name]["x-visible"] = f"{known} or ({text})"
    _fields(schema, ui, draft, visible=f"({text})")
    for name in _names(schema):
        if name in draft.properties and name not in draft.required and "x-visible" in draft.properties[name]:
            draft.required.append(name)
