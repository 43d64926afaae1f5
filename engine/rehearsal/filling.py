"""Fills a form the way somebody might who has nothing particular to say: from its JSON Schema, valid, and the same for the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from engine.dates.calendar import is_working_day
from engine.errors import Invalid
from engine.forms import Form

PATTERN_SAMPLES = ("09:30", "2552", "TH-50", "demo", "0000000000", "demo@example.org")
EMPTY: tuple[Any, ...] = (None, "", [])
Upload = Callable[[str, Mapping[str, Any]], str]  # field name and its `x-document` → id of the document uploaded


@dataclass(frozen=True)
class Filling:
    """What a form is filled with: the day it is filled on, chance, and a way to upload a file."""

    form: Form
    variables: Mapping[str, Any]
    today: date
    random: Random
    upload: Upload
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def fill(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Valid values: what is given stays, defaults are taken, what is still required is made up. Hidden fields are left out."""
        values: dict[str, Any] = {name: value for name, value in given.items() if name in self.form.properties}
        for name, schema in self.form.properties.items():
            if not self.form.visible(values, self.variables, functions=self.functions)[name]:
                continue
            if values.get(name) in EMPTY and name not in given:
                values[name] = self.form.default(name, self.variables, functions=self.functions)
            if schema.get("type") == "array" and isinstance(values.get(name), list):
                values[name] = [self._row(name, item, schema.get("items", {}), values) for item in values[name]]
            if values.get(name) in EMPTY and name in self.form.required:
                values[name] = self._value(name, schema, values)
        kept = self.form.visible_values(values, self.variables, functions=self.functions)
        return {name: value for name, value in kept.items() if value is not None and value != ""}

    def make(self, name: str, values: Mapping[str, Any]) -> Any:
        """A valid value of one field, beside these of the others."""
        return self._value(name, self.form.properties[name], values)

    def _value(self, name: str, schema: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
        document = schema.get("x-document")
        if document is not None:
            uploaded = self.upload(name, document)
            return [uploaded] if schema.get("type") == "array" else uploaded
        choices = [option.value for option in self.form.options(name, values, self.variables, "th", functions=self.functions)]
        if schema.get("type") == "array":
            count = int(schema.get("minItems", 1))
            return choices[:count] if choices else [self._row(name, None, schema.get("items", {}), values) for _ in range(count)]
        return choices[0] if choices else self._scalar(schema)

    def _row(self, field: str, item: Any, schema: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
        """An item of a list; of a table's row the cells that are empty are filled."""
        if not isinstance(schema, Mapping) or schema.get("type") != "object":
            return self._scalar(schema) if item is None else item
        row = dict(item or {})
        options = self.form.column_options(field, values, self.variables, "th", functions=self.functions)
        for name, cell in schema.get("properties", {}).items():
            if row.get(name) in EMPTY:
                if name in schema.get("required", ()):
                    row[name] = options[name][0].value if name in options else self._scalar(cell)
                else:
                    row.pop(name, None)
        return row

    def _scalar(self, schema: Mapping[str, Any]) -> Any:
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        if schema.get("oneOf"):
            return schema["oneOf"][0].get("const")
        kind = schema.get("type", "string")
        if kind in ("integer", "number"):
            low = int(schema.get("minimum", 0))
            return self.random.randint(low, min(int(schema.get("maximum", low + 50)), low + 50))
        if kind == "boolean":
            return True
        return self._text(schema)

    def _text(self, schema: Mapping[str, Any]) -> str:
        if schema.get("format") == "date":
            return self._day().isoformat()
        if "pattern" in schema:
            found = next((sample for sample in PATTERN_SAMPLES if re.search(schema["pattern"], sample)), None)
            if found is None:
                raise Invalid(f"No sample fits the pattern {schema['pattern']!r}.")
            return found
        if schema.get("format") == "email":
            return PATTERN_SAMPLES[-1]
        text = f"{schema.get('title') or 'ข้อความ'} (ข้อมูลจำลอง)"
        return text.ljust(int(schema.get("minLength", 0)), ".")[: int(schema.get("maxLength", 10_000))]

    def _day(self) -> date:
        day = self.today + timedelta(days=self.random.randint(1, 7))
        while not is_working_day(day):
            day += timedelta(days=1)
        return day
