"""Reading what was sent: query parameters and JSON bodies, checked against their types. Nothing that was sent is ignored."""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any

import msgspec
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from engine.errors import Invalid, Problem

NOTHING: tuple[Any, ...] = (None, False, [], {})
LARGEST_BODY = 4 * 1024 * 1024  # bytes of JSON


def query(shape: Any) -> Any:
    """The query string as a struct; lists are separated by commas. Raises Invalid."""
    lists, known = _lists(shape), _names(shape)
    values: dict[str, Any] = {}
    for name, given in request.args.items(multi=True):
        if name not in known and given in ("", "false", "False"):
            continue
        if name not in known:
            raise refused(f"There is no query parameter '{name}' here.", name)
        if name in values and name not in lists:
            raise refused(f"The query parameter '{name}' is given twice.", name)
        values[name] = [*values.get(name, []), *given.split(",")] if name in lists else given
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise refused(f"A query parameter cannot be read: {_said(error)}") from error


def body(shape: Any) -> Any:
    """The JSON body; none at all is an empty object. Raises Invalid, UnsupportedMediaType."""
    content = request.get_data(cache=False)
    if not content:
        content = b"{}"
    elif request.mimetype != "application/json":
        raise UnsupportedMediaType("The body is to be application/json.")
    if len(content) > LARGEST_BODY:
        raise refused(f"The body is larger than {LARGEST_BODY // 1024} kB.")
    try:
        try:
            return _decoder(shape).decode(content)
        except msgspec.ValidationError:  # generated clients send every field they know, most of them as nothing
            return msgspec.convert(_asking(msgspec.json.decode(content), shape), shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise refused(f"The body cannot be read: {_said(error)}") from error


def _said(error: Exception) -> str:
    """What is wrong, without the pattern that a date is read by or what Python says of a value."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text, place = str(error), str(error).rpartition(" - at ")[2]
    return f"Expected a date like 2009-06-01T08:30:00.000+0700 - at {place}" if "matching regex" in text else text


def _asking(given: Any, shape: Any) -> Any:
    """A body without the unknown fields that ask for nothing: null, false, an empty list or object."""
    if not isinstance(given, dict) or not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
        return given
    kept = {name: value for name, value in given.items() if name in _names(shape) or value not in NOTHING}
    if isinstance(kept.get("orQueries"), list):
        kept["orQueries"] = [_asking(one, shape) for one in kept["orQueries"]]
    return kept


def refused(message: str, field: str | None = None, th: str = "คำขอไม่ถูกต้อง") -> Invalid:
    """What is wrong with a request."""
    return Invalid(message, [Problem(message, th, field=field, rule="request")], th=th)


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


@cache
def _names(shape: Any) -> frozenset[str]:
    return frozenset(entry.encode_name for entry in msgspec.structs.fields(shape))


@cache
def _lists(shape: Any) -> frozenset[str]:
    return frozenset(entry.encode_name for entry in msgspec.structs.fields(shape) if _is_list(entry.type))


def _is_list(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _is_list(typing.get_args(kind)[0])
    if origin in (types.UnionType, typing.Union):
        return any(_is_list(part) for part in typing.get_args(kind))
    return origin is list
