"""Fields drawn in a diagram (camunda:formData, flowable:formProperty) to our schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.forms.elsewhere import filled_from

_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "long": {"type": "integer"},
    "integer": {"type": "integer"},
    "int": {"type": "integer"},
    "double": {"type": "number"},
    "float": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "x-widget": "date"},
    "enum": {"type": "string"},
}
_LIMITS = {"min": "minimum", "max": "maximum", "minlength": "minLength", "maxlength": "maxLength"}


def from_form_data(fields: Iterable[Mapping[str, Any]], title: str = "") -> dict[str, Any]:
    """A form's schema from the fields as the diagram's reader gives them (attributes and children by name)."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in fields:
        name = str(field.get("variable") or field.get("id", ""))  # Flowable may store a property under another name
        if not name or str(field.get("readable", "")).lower() == "false":
            continue
        made = {
            "title": str(field.get("label") or field.get("name") or name),
            **_TYPES.get(str(field.get("type", "string")), {"type": "string"}),
        }
        options = [item for item in _many(field.get("value")) if isinstance(item, Mapping)]
        if options:
            made["oneOf"] = [{"const": str(item.get("id", "")), "title": str(item.get("name") or item.get("id", ""))} for item in options]
        made.update(_beginning(name, made, field))
        if _constrain(made, field):
            required.append(name)
        properties[name] = made
    return {"type": "object", "title": title, "properties": properties, "required": required, "additionalProperties": True}


def _beginning(name: str, made: dict[str, Any], field: Mapping[str, Any]) -> dict[str, str]:
    """What a field starts with: the variable of its name where there is one, else its default or what its expression gives."""
    text = field.get("defaultValue", field.get("default", field.get("expression")))
    if not isinstance(text, str) or not text:
        return filled_from(name)
    if "${" in text or "#{" in text or text.startswith("="):
        return {"x-default": text}
    return filled_from(name, _typed(made["type"], text))


def _typed(kind: str, text: str) -> Any:
    if kind == "boolean":
        return text.strip().lower() == "true"
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return None


def _constrain(made: dict[str, Any], field: Mapping[str, Any]) -> bool:
    """Put the field's limits into its schema; whether it is required."""
    required = str(field.get("required", "")).lower() == "true"
    validation = field.get("validation")
    constraints = _many(validation.get("constraint")) if isinstance(validation, Mapping) else []
    for constraint in constraints:
        if not isinstance(constraint, Mapping):
            continue
        name, config = str(constraint.get("name", "")), str(constraint.get("config", ""))
        if name == "required":
            required = config.lower() != "false"
        elif name == "readonly":
            made["readOnly"] = config.lower() != "false"
        elif name in _LIMITS:
            try:
                made[_LIMITS[name]] = float(config) if "." in config else int(config)
            except ValueError:
                continue
    if str(field.get("writable", "")).lower() == "false":
        made["readOnly"] = True
    return required


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
