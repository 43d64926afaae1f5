"""What was entered in something that was played, as a test enters it again: as it was, as a sample, or made up when it is played."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine import language
from engine.packtests.masking import is_patterned, masked
from engine.states import Event

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.packtests.played import Played
    from engine.queries import HistoryEvent

LONGEST = 80  # characters of a value that may be expected
Sealed = Mapping[tuple[str, str], Any]  # by task and field


class Answers:
    """The answers one after the other. `texts`: free text stays as it was written; `sealed`: what is known of what was sealed."""

    def __init__(self, played: Played, *, texts: bool, sealed: Sealed) -> None:
        self._played, self._texts, self._sealed = played, texts, sealed
        self._decided: set[str] = set()  # variables that are somebody's choice
        self._written: set[str] = set()  # those that samples stand for
        self.hidden = 0  # tasks whose answers the actor may not read

    def of(self, event: HistoryEvent, form: Form | None, given: Mapping[str, Any]) -> tuple[dict[str, Any], bool | tuple[str, ...]]:
        """What was entered, and which fields are made up: all of them where the actor may not read it."""
        if not self._may_read(event):
            return {}, True if form is not None else ()
        values, made_up = dict[str, Any](), list[str]()
        for name in _ordered(given, form):
            value = given[name]
            schema = form.properties.get(name) if form is not None else None
            if schema is None:
                values[name] = self._played.doers.told(value)
            elif value in (None, "", []):
                continue
            elif "x-document" in schema or (is_patterned(schema) and not self._texts):
                made_up.append(name)
            elif not self._texts and (sample := masked(schema, value)) != value:
                values[name] = sample
                self._written.add(name)
            else:
                values[name] = self._played.doers.told(value)
                self._decided |= {name} if "oneOf" in schema or "enum" in schema else set()
        if form is not None:
            made_up += self._unseal(event.token_id or "", form, values)
        self._written |= set(made_up)
        return values, tuple(made_up)

    def from_outside(self, event: HistoryEvent) -> dict[str, Any]:
        """What came from outside, with what followed from it at once: the history tells both together."""
        if not self._may_read(event):
            return {}
        return {name: self._played.doers.told(value) for name, value in self._played.changed(event).items()}

    def asserted(self) -> Iterator[tuple[str, bool]]:
        """What the variables are at the end, as far as it says the same each time it is played; whether somebody decided it."""
        if not self._played.may_read(self._played.root_id):
            return
        last = dict[str, Any]()
        for event in self._played.events:
            if event.event == Event.VARIABLES_CHANGED and event.instance_id == self._played.root_id and "scope" not in event.data:
                last |= event.data.get("after") or {}
        for name, value in sorted(last.items(), key=lambda item: (item[0] not in self._decided, item[0])):
            if name in self._written or self._played.doers.knows(value) or not isinstance(value, str | int | float | bool):
                continue
            text = f"{name} == {_literal(value)}"
            if len(text) <= LONGEST and not any(language.check(text, "expression")):
                yield text, name in self._decided

    def _may_read(self, event: HistoryEvent) -> bool:
        readable = self._played.may_read(event.instance_id)
        self.hidden += not readable
        return readable

    def _unseal(self, task_id: str, form: Form, values: dict[str, Any]) -> list[str]:
        """Add what is known of what was entered under a seal; what is not known and must be entered is made up."""
        made_up = list[str]()
        for name in (name for name, schema in form.properties.items() if "x-sealed" in schema):
            if (task_id, name) in self._sealed:
                values[name] = self._sealed[task_id, name]
            elif name in form.required:
                made_up.append(name)
        return made_up


def _ordered(given: Mapping[str, Any], form: Form | None) -> list[str]:
    """The names in the order in which the form asks them."""
    places = {name: place for place, name in enumerate(form.properties)} if form is not None else {}
    return sorted(given, key=lambda name: places.get(name, len(places)))


def _literal(value: str | float | bool) -> str:
    if isinstance(value, str) and not set(value) & set("'\\\n"):
        return f"'{value}'"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
