"""form-js schemas (`*.form` of Camunda 7 and 8) as our forms. What only draws is left out, what asks and is unknown is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import Problem
from engine.forms.elsewhere import NAME, Draft, choices, filled_from, items_of, text_of

Component = Mapping[str, Any]
_LIMITS = {"minLength": "minLength", "maxLength": "maxLength", "min": "minimum", "max": "maximum", "pattern": "pattern"}
_DRAWN = frozenset(("spacer", "separator", "button"))  # our forms have their own
_DATES = {
    "date": {"format": "date", "x-widget": "date"},
    "time": {"format": "time", "x-widget": "time"},
    "datetime": {"format": "date-time", "x-widget": "datetime"},
}


def is_form_js(content: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a form-js schema."""
    return isinstance(content.get("components"), list)


def translated(content: Mapping[str, Any], file: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Our schema of a form-js form, and what could not be taken."""
    draft = Draft(file, title=text_of(content.get("title")))
    _take_all(items_of(content["components"]), draft)
    return {**draft.schema(), "additionalProperties": True}, draft.problems


def _take_all(components: list[Component], draft: Draft, hidden: str = "") -> None:
    """Take components in order; `hidden` is the condition of the group around."""
    for component in components:
        kind = text_of(component.get("type"))
        if kind in ("text", "html"):
            _text(component, draft)
        elif kind == "group" and not component.get("path"):
            draft.open(text_of(component.get("label")))
            _take_all(items_of(component.get("components")), draft, _hidden(component) or hidden)
            draft.open("")
        elif kind not in _DRAWN:
            _take(component, kind, draft, hidden)


def _text(component: Component, draft: Draft) -> None:
    text = text_of(component.get("text")) or text_of(component.get("content"))
    if text.startswith("="):
        text = f"${{{text[1:].strip()}}}"
    draft.say(text)


def _take(component: Component, kind: str, draft: Draft, hidden: str) -> None:
    name = text_of(component.get("key")) or text_of(component.get("path"))
    label = text_of(component.get("label")) or _labels_of_date(component) or name
    make = _KINDS.get(kind)
    if make is None:
        draft.finding(
            f"/{name}" if name else "",
            f"The component '{label or kind}' ({kind}) is not shown by our forms.",
            f"แบบฟอร์มของระบบไม่มีองค์ประกอบ “{label or kind}” ({kind})",
            "error" if name else "warning",  # what has a key asks something; the rest only draws
        )
        return
    if NAME.fullmatch(name) is None:
        draft.finding(f"/{name}", f"'{name}' cannot be the name of a field.", f"ใช้ชื่อช่อง “{name}” ไม่ได้")
        return
    made = {"title": label, **_common(component), **make(component, draft)}
    if kind not in ("group", "dynamiclist"):
        made |= filled_from(name, component.get("defaultValue"))
    elif kind == "dynamiclist":
        made |= filled_from(name)
    if condition := (_hidden(component) or hidden):
        made["x-visible"] = f"= if ({condition}) then false else true"
    asked = _validate(component).get("required") is True or (kind == "group" and bool(made.get("required")))
    draft.add(name, made, required=asked)


def _labels_of_date(component: Component) -> str:
    """A date and time has a label a part; where only one is asked only that one shows."""
    parts = {"date": ("dateLabel",), "time": ("timeLabel",)}.get(text_of(component.get("subtype")), ("dateLabel", "timeLabel"))
    return ", ".join(dict.fromkeys(text for part in parts if (text := text_of(component.get(part)))))


def _hidden(component: Component) -> str:
    """The condition under which it is not shown, without its leading sign."""
    conditional = component.get("conditional")
    text = text_of(conditional.get("hide")) if isinstance(conditional, Mapping) else ""
    return text.lstrip().removeprefix("=").strip()


def _validate(component: Component) -> Mapping[str, Any]:
    found = component.get("validate")
    return found if isinstance(found, Mapping) else {}


def _common(component: Component) -> dict[str, Any]:
    """What every kind of field has."""
    made: dict[str, Any] = {}
    description = text_of(component.get("description"))
    if description and not description.startswith("="):
        made["description"] = description
    if component.get("readonly") is True or component.get("disabled") is True:
        made["readOnly"] = True
    return made


def _limited(component: Component, draft: Draft) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in _validate(component).items():
        if key not in _LIMITS or value in (None, ""):
            continue
        if isinstance(value, str) and (key != "pattern" or value.startswith("=")):
            draft.finding(
                f"/{component.get('key')}",
                f"The limit {key} {value} is not checked: write a number.",
                f"ระบบไม่ตรวจเงื่อนไข {key} {value} โปรดระบุเป็นตัวเลข",
                "warning",
            )
            continue
        made[_LIMITS[key]] = value
    if _validate(component).get("validationType") == "email":
        made["format"] = "email"
    return made


def _textfield(component: Component, draft: Draft) -> dict[str, Any]:
    return {"type": "string", **_limited(component, draft)}


def _textarea(component: Component, draft: Draft) -> dict[str, Any]:
    return {"type": "string", "x-widget": "textarea", **_limited(component, draft)}


def _number(component: Component, draft: Draft) -> dict[str, Any]:
    whole = component.get("decimalDigits") == 0
    return {"type": "integer" if whole else "number", **_limited(component, draft)}


def _checkbox(component: Component, draft: Draft) -> dict[str, Any]:
    """One that is required must be ticked."""
    return {"type": "boolean", **({"const": True} if _validate(component).get("required") is True else {})}


def _datetime(component: Component, draft: Draft) -> dict[str, Any]:
    return {"type": "string", **_DATES.get(text_of(component.get("subtype")), _DATES["date"])}


def _one(widget: str) -> Callable[[Component, Draft], dict[str, Any]]:
    return lambda component, draft: {"type": "string", "x-widget": widget, **_options(component)}


def _several(component: Component, draft: Draft) -> dict[str, Any]:
    options = _options(component)
    computed = {key: options.pop(key) for key in ("x-options",) if key in options}
    return {"type": "array", "x-widget": "checkboxes", "items": {"type": "string", **options}, **computed}


def _options(component: Component) -> dict[str, Any]:
    """Choices of the form, of a variable, or of an expression."""
    expression = text_of(component.get("valuesExpression"))
    if expression:
        return {"x-options": f"= get or else({expression.lstrip().removeprefix('=')}, [])"}
    if text_of(component.get("valuesKey")):
        return {"x-options": f"= get or else({component['valuesKey']}, [])"}
    items = items_of(component.get("values")) or items_of(component.get("data"))
    made: dict[str, Any] = {"oneOf": choices((item.get("value"), item.get("label")) for item in items)}
    if items and not all(isinstance(item.get("value"), str) for item in items):
        made["type"] = _type_of([item.get("value") for item in items])
    return made


def _type_of(values: list[Any]) -> str:
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    return "number" if all(isinstance(value, int | float) for value in values) else "string"


def _inner(component: Component, draft: Draft) -> dict[str, Any]:
    """The fields inside a group or list of rows, as the properties of an object."""
    inside = Draft(draft.file)
    _take_all(items_of(component.get("components")), inside)
    draft.problems += inside.problems
    for name, made in inside.properties.items():
        made.pop("x-default", None)  # columns begin empty
        if made.pop("x-visible", None) is not None or made.pop("x-options", None) is not None:
            draft.finding(
                f"/{component.get('path')}/{name}",
                f"The field '{name}' inside a group or list cannot depend on an expression.",
                f"ช่อง “{name}” ภายในกลุ่มหรือรายการใช้นิพจน์ไม่ได้",
            )
    return {"type": "object", "properties": inside.properties, "required": inside.required}


def _group(component: Component, draft: Draft) -> dict[str, Any]:
    return {**_inner(component, draft), "x-widget": "group"}


def _rows(component: Component, draft: Draft) -> dict[str, Any]:
    return {"type": "array", "x-widget": "table", "items": _inner(component, draft)}


_KINDS: Mapping[str, Callable[[Component, Draft], dict[str, Any]]] = {
    "textfield": _textfield, "textarea": _textarea, "number": _number, "checkbox": _checkbox, "datetime": _datetime,
    "select": _one("select"), "radio": _one("radio"), "checklist": _several, "taglist": _several, "group": _group, "dynamiclist": _rows,
}  # fmt: skip
