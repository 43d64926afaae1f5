"""Typed values as Camunda 7 writes them (`{"value", "type", "valueInfo"}`), and the JSON values that are our variables.

A variable is JSON, so its type is read off its value. What JSON has no word for is kept as an object with a mark: a file
(`{"$type": "File", …}`) and bytes; a Date is ISO 8601 text with a zone, and such text is a Date again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from engine.errors import Invalid, Problem
from engine.forms import Form
from webui.rest import dates
from webui.rest.operations import Dto
from webui.rest.reading import refused

WHOLE = {"Short": 2**15, "Integer": 2**31, "Long": 2**63}
MARK = "$type"
_ISO_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}:\d{2}$")


class TypedValue(Dto):
    """A variable's value. `type`: String, Boolean, Short, Integer, Long, Double, Date, Json, Object (JSON text), File, Bytes, Null."""

    value: Annotated[Any, msgspec.Meta(description="Of Json and Object JSON text, of Bytes base64, of a File null.", examples=[12])] = None
    type: Annotated[str | None, msgspec.Meta(description="Left out where it is set: what JSON says it is.", examples=["Integer"])] = None
    value_info: Annotated[dict[str, Any] | None, msgspec.Meta(description="Of a File: `filename`, `mimeType`, `encoding`.")] = None


class GivenValue(TypedValue):
    """A value to set. `local` makes no difference: what a client sets belongs to the instance or task it is set on."""

    local: bool | None = None
    name: str | None = None


class VariableQuery(Dto):
    """Whether objects are told as such: here they are JSON text either way."""

    deserialize_value: bool | None = None
    deserialize_values: bool | None = None


class FormVariableQuery(VariableQuery):
    """Which fields."""

    variable_names: list[str] | None = None


TypedValues = dict[str, TypedValue]
GivenValues = dict[str, GivenValue]


def read(given: Mapping[str, GivenValue] | None, asked: Callable[[], Form | None] = lambda: None) -> dict[str, Any]:
    """The variables that typed values mean; a Date is a day where the form they fill in (`asked`) asks for one.

    Raises Invalid with a problem a variable.
    """
    dated = [name for name, typed in (given or {}).items() if (typed.type or "").capitalize() == "Date"]
    form = asked() if dated else None
    days = form.days if form is not None else frozenset()
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, typed in (given or {}).items():
        try:
            values[name] = _day(typed.value) if name in days and name in dated and typed.value is not None else read_one(typed)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            reason = str(error) if isinstance(error, ValueError) else f"it is no {typed.type}"
            message = f"Cannot convert the value of '{name}': {reason}"
            problems.append(Problem(message, f"ค่าของ “{name}” ไม่ตรงกับชนิด", field=name, rule="type"))
    if problems:
        raise Invalid(problems[0].message, problems)
    return values


def read_one(typed: GivenValue) -> Any:
    """The JSON value that a typed value means. Raises ValueError, TypeError, OverflowError, RecursionError."""
    kind, value = (typed.type or "").capitalize(), typed.value
    if kind in ("", "Null") or (value is None and kind not in ("File", "Bytes")):
        return None if kind == "Null" else value
    if kind in WHOLE:
        return _whole(value, kind)
    if kind in ("File", "Bytes"):
        return _kept(kind, value, typed.value_info or {})
    if kind not in _READERS:
        raise ValueError(f"there is no type '{typed.type}'")
    return _READERS[kind](value)


def _whole(value: Any, kind: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, str) and len(value) > 20):
        raise ValueError(f"it is no {kind}")
    try:
        number = int(value)
    except ValueError:
        raise ValueError(f"it is no {kind}") from None
    if not -WHOLE[kind] <= number < WHOLE[kind]:
        raise ValueError(f"it does not fit into {kind}")
    return number


def _double(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("it is no Double")
    try:
        return float(value)
    except ValueError:
        raise ValueError("it is no Double") from None


def _boolean(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ValueError("it is no Boolean")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it is no String")
    return value


def _date(value: Any) -> str:
    try:
        return dates.parse(_string(value)).isoformat()
    except Invalid as error:
        raise ValueError(error.message) from error


def _day(value: Any) -> str:
    try:
        return dates.day(_string(value))
    except Invalid as error:
        raise ValueError(error.message) from error


def _json(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


_READERS = {"Double": _double, "Boolean": _boolean, "String": _string, "Date": _date, "Json": _json, "Object": _json}


def _kept(kind: str, value: Any, info: Mapping[str, Any]) -> dict[str, Any]:
    content = value or ""
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError("it is not base64") from error
    if kind == "Bytes":
        return {MARK: kind, "content": content}
    told = {name: str(info[name]) for name in ("filename", "mimeType", "mimetype", "encoding") if info.get(name)}
    if "filename" not in told:
        raise ValueError("a File needs valueInfo.filename")
    media = told.pop("mimetype", None)
    return {MARK: kind, "content": content, **told} | ({"mimeType": media} if media else {})


def of_file(kind: str, content: bytes, name: str | None, media: str | None) -> GivenValue:
    """A typed value of a file sent as such."""
    info = {"filename": name or "data"} | ({"mimeType": media} if media else {})
    return GivenValue(value=base64.b64encode(content).decode(), type=kind, value_info=info)


# ---- writing


def typed_all(values: Mapping[str, Any]) -> TypedValues:
    """Variables with their types."""
    return {name: typed(value) for name, value in values.items()}


def typed(value: Any) -> TypedValue:
    """A variable with its type; an object is its JSON text, a file tells its name and never its content."""
    kind = type_of(value)
    if kind == "File":
        info = {name: value[name] for name in ("filename", "mimeType", "encoding") if name in value}
        return TypedValue(value=None, type=kind, value_info=info)
    if kind == "Bytes":
        return TypedValue(value=value["content"], type=kind, value_info={})
    if kind == "Json":
        return TypedValue(value=msgspec.json.encode(value).decode(), type=kind, value_info={})
    if kind == "Date":
        return TypedValue(value=dates.text(datetime.fromisoformat(value)), type=kind, value_info={})
    return TypedValue(value=value, type=kind, value_info={})


_OF_FIELDS = {"string": "String", "integer": "Long", "number": "Double", "boolean": "Boolean"}


def typed_fields(form: Form | None, values: Mapping[str, Any]) -> TypedValues:
    """Variables with the types of the fields that ask for them, also where they have no value yet; a day is a Date."""
    return {
        name: typed(value) if form is None or name not in form.properties else _typed_field(form, name, value)
        for name, value in values.items()
    }


def _typed_field(form: Form, name: str, value: Any) -> TypedValue:
    asked = form.properties[name].get("type")
    if name in form.days:
        begins = dates.of_day(value) if isinstance(value, str) else None
        return (
            typed(value)
            if value is not None and begins is None
            else TypedValue(value=dates.text_or_none(begins), type="Date", value_info={})
        )
    if value is None:
        return TypedValue(value=None, type=_OF_FIELDS.get(asked, "Null") if isinstance(asked, str) else "Null", value_info={})
    found = typed(value)
    if asked == "integer" and found.type == "Integer":
        found.type = "Long"
    return found


def type_of(value: Any) -> str:
    """The type a value has outside."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer" if -(2**31) <= value < 2**31 else "Long"
    if isinstance(value, float):
        return "Double"
    if isinstance(value, str):
        return "Date" if _ISO_INSTANT.match(value) and _is_instant(value) else "String"
    if isinstance(value, Mapping) and value.get(MARK) in ("File", "Bytes") and isinstance(value.get("content"), str):
        return str(value[MARK])
    return "Json"


def _is_instant(text: str) -> bool:
    try:
        dates.text(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return False
    return True


def content(value: Any) -> tuple[bytes, str, str]:
    """(bytes, file name, media type) of a file or bytes variable. Raises Invalid for another."""
    kind = type_of(value)
    if kind not in ("File", "Bytes"):
        raise refused("The variable is neither a File nor Bytes.")
    media, name = (told if isinstance(told := value.get(part), str) else "" for part in ("mimeType", "filename"))
    try:
        return base64.b64decode(value["content"]), name or "data", media or "application/octet-stream"
    except ValueError as error:
        raise refused("The variable's content is not base64.") from error
