"""Handlers: Python functions that diagrams name, registered a pack at a time, their parameters checked before they run."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

from engine.errors import Invalid, Problem

F = TypeVar("F", bound=Callable[..., Any])
Dates = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Handler:
    """A registered function. `parameters`: name → Python type or JSON Schema; `required`: those without a default."""

    name: str
    function: Callable[..., Any]
    parameters: Mapping[str, Any]
    required: frozenset[str]

    def run(self, context: Any, values: Mapping[str, Any]) -> Any:
        """Call the function; its parameters have the names Python reads in its file (NFKC: ํา for ำ)."""
        return self.function(context, **{name if name.isascii() else _folded(name): value for name, value in values.items()})

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with values for its parameters."""
        found = [
            _problem(name, f"handler {self.name} has no parameter '{name}'", f"ตัวดำเนินการ “{self.name}” ไม่มีพารามิเตอร์ “{name}”")
            for name in values
            if name not in self.parameters
        ]
        found += [
            _problem(name, f"handler {self.name} needs parameter '{name}'", f"ตัวดำเนินการ “{self.name}” ต้องมีพารามิเตอร์ “{name}”")
            for name in sorted(self.required - values.keys())
        ]
        for name, value in values.items():
            wrong = _mismatch(self.parameters.get(name, object), value)
            if wrong:
                th = f"พารามิเตอร์ “{name}” ของตัวดำเนินการ “{self.name}” ไม่ถูกต้อง: {wrong}"
                found.append(_problem(name, f"parameter '{name}' of handler {self.name}: {wrong}", th))
        return found


class Pack:
    """The handlers of one process pack: `pack = Pack("participation")`, then `@pack.handler("opdc.issue_letters", parameters={…})`."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.handlers: dict[str, Handler] = {}
        self.plays: dict[str, Callable[..., Any]] = {}  # process key → makes its engine.rehearsal.Play
        self.dates: dict[str, Dates] = {}  # process key → the variables that its dates come from

    def handler(self, name: str, *, parameters: Mapping[str, Any] | None = None) -> Callable[[F], F]:
        """Register a function under a name that diagrams use. A parameter is a Python type or a JSON Schema (a dict)."""

        def register(function: F) -> F:
            if name in self.handlers:
                raise ValueError(f"handler {name!r} is registered twice in pack {self.key!r}")
            declared = dict(parameters or {})
            given = list(inspect.signature(function).parameters.values())[1:]
            names = {parameter.name for parameter in given if parameter.kind is not parameter.VAR_KEYWORD}
            known = {_folded(parameter): parameter for parameter in declared}
            if names != known.keys():
                raise TypeError(f"handler {name!r} declares {sorted(declared)} but its function takes {sorted(names)}")
            required = frozenset(known[one.name] for one in given if one.default is one.empty and one.name in known)
            self.handlers[name] = Handler(name, function, declared, required)
            return function

        return register

    def dated(self, process: str) -> Callable[[Dates], Dates]:
        """Register what gives the variables that a process's dates come from, as its files say.

        It is asked where an instance moves to another version and its dates with it; it may add nothing else.
        """

        def register(function: Dates) -> Dates:
            if process in self.dates:
                raise ValueError(f"the dates of {process!r} are registered twice in pack {self.key!r}")
            self.dates[process] = function
            return function

        return register

    def include(self, other: Pack) -> None:
        """Take in the handlers of another module's pack object of the same key; a collision raises."""
        for name, handler in other.handlers.items():
            if name in self.handlers:
                raise ValueError(f"handler {name!r} is registered twice in pack {self.key!r}")
            self.handlers[name] = handler
        for process, dates in other.dates.items():
            self.dated(process)(dates)


class Registry:
    """The packs of an engine, by key."""

    def __init__(self, packs: Iterable[Pack | str] = ()) -> None:
        self._packs: dict[str, Pack] = {}
        for entry in packs:
            pack = load(entry) if isinstance(entry, str) else entry
            if pack.key in self._packs:
                raise ValueError(f"pack {pack.key!r} is registered twice")
            self._packs[pack.key] = pack

    @property
    def packs(self) -> tuple[Pack, ...]:
        """All of them."""
        return tuple(self._packs.values())

    def handlers(self, pack: str | None) -> Mapping[str, Handler]:
        """The handlers diagrams of that pack may name."""
        found = self._packs.get(pack or "")
        return found.handlers if found is not None else {}

    def dates(self, pack: str | None, process: str) -> Dates | None:
        """What gives the variables that a process's dates come from, where its pack has that."""
        found = self._packs.get(pack or "")
        return found.dates.get(process) if found is not None else None

    def play(self, key: str) -> Callable[..., Any] | None:
        """What makes the play by which a process (or the pack of that key) is rehearsed."""
        found = self._packs.get(key)
        if found is not None and found.plays:
            return next(iter(found.plays.values()))
        return next((pack.plays[key] for pack in self._packs.values() if key in pack.plays), None)


def load(reference: str) -> Pack:
    """The pack that `module:attribute` names. Raises Invalid."""
    module, colon, attribute = reference.partition(":")
    try:
        found = getattr(import_module(module), attribute if colon else "pack")
    except (ImportError, AttributeError) as error:
        raise Invalid(f"There is no pack {reference!r}: {error}.", th=f"ไม่พบชุดกระบวนการ {reference}") from error
    if not isinstance(found, Pack):
        raise Invalid(f"{reference!r} is not a pack (engine.registry.Pack).", th=f"{reference} ไม่ใช่ชุดกระบวนการ (engine.registry.Pack)")
    return found


def _folded(name: str) -> str:
    """A name as Python's own parser reads it."""
    return unicodedata.normalize("NFKC", name)


def _problem(field: str, message: str, message_th: str) -> Problem:
    return Problem(message, message_th, field=field, rule="parameter")


def _mismatch(declared: Any, value: Any) -> str | None:
    if isinstance(declared, Mapping):
        error = next(iter(Draft202012Validator(declared).iter_errors(value)), None)
        return None if error is None else error.message
    if declared is Any or declared is object:
        return None
    if isinstance(value, bool) and declared in (int, float):
        return f"{value!r} is not a number"
    if declared is float and isinstance(value, int):
        return None
    if isinstance(declared, type) or hasattr(declared, "__args__"):
        accepted = getattr(declared, "__origin__", declared)
        if not isinstance(value, accepted):
            return f"{value!r} is not of type {getattr(declared, '__name__', declared)}"
    return None
