"""One side of a comparison: the files, and what people call the things in them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from engine.decisions.model import Decision
from engine.decisions.reader import Reader
from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.diagrams import read
from engine.diagrams.model import Diagram, Element, Process
from engine.differences.words import Said, alike, named, plain
from engine.errors import Invalid


class Pack:
    """The files of a deployment or draft, read as somebody asks for them."""

    def __init__(self, files: Mapping[str, bytes], known: Mapping[str, Said] | None = None) -> None:
        self.files = files
        self.known = known or {}  # parties that other packs brought
        self._diagrams: dict[str, Diagram | None] = {}

    def diagram(self, path: str) -> Diagram | None:
        """A BPMN file; None where it is not there or cannot be read."""
        if path not in self._diagrams:
            self._diagrams[path] = self._read(path)
        return self._diagrams[path]

    def _read(self, path: str) -> Diagram | None:
        try:
            return read(self.files[path], path) if path in self.files else None
        except Invalid:
            return None

    def processes(self) -> Iterator[Process]:
        """All of all diagrams."""
        for path in sorted(self.files):
            diagram = self.diagram(path) if path.endswith(DIAGRAM_SUFFIXES) else None
            yield from diagram.processes if diagram is not None else ()

    @cached_property
    def called(self) -> Mapping[str, Said]:
        """The names of the processes by key."""
        return {process.id: named(plain(process.name), plain(process.name_en)) for process in self.processes()}

    @cached_property
    def steps(self) -> Mapping[str, Said]:
        """The names of the numbered steps."""
        found: dict[str, Said] = {}
        for process in self.processes():
            for element in process.elements.values():
                if element.step is not None and element.name and own_step(process, element):
                    found.setdefault(element.step, named(plain(element.name), plain(element.name_en)))
        return found

    @cached_property
    def lane_names(self) -> Mapping[str, Said]:
        """What the diagrams call the parties, where parties.toml does not say."""
        found: dict[str, Said] = {}
        for process in self.processes():
            for party, name in process.lanes:
                found.setdefault(party, named(name))
        return found

    @cached_property
    def parties(self) -> Mapping[str, Any]:
        """The rows of parties.toml."""
        table = self.table("parties.toml") or {}
        rows = table.get("parties", table)
        return rows if isinstance(rows, Mapping) else {}

    def party(self, group: str) -> Said:
        """A group as people call it: `province:${province.code}` is the province of the instance."""
        key, _, unit = group.partition(":")
        row = self.parties.get(key)
        if isinstance(row, Mapping) and isinstance(row.get("th"), str):
            found = named(row["th"], str(row.get("en", "")))
        else:
            found = self.known.get(key) or self.lane_names.get(key) or alike(group if "${" in group else key)
        if unit and "${" not in unit:
            return Said(f"{found.th} {unit}", f"{found.en} {unit}")
        return found

    def table(self, path: str) -> dict[str, Any] | None:
        """A TOML file; None where it is not there or cannot be read."""
        return self._loaded(path, lambda content: tomllib.loads(content.decode("utf-8-sig")))

    def json(self, path: str) -> dict[str, Any] | None:
        """A JSON file; None where it is not there, cannot be read or is no object."""
        return self._loaded(path, json.loads)

    def _loaded(self, path: str, load: Callable[[bytes], Any]) -> dict[str, Any] | None:
        try:
            found = load(self.files[path]) if path in self.files else None
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def form(self, key: str) -> Said:
        """The title of a form."""
        schema = next(filter(None, (self.json(path) for path in (f"forms/{key}.json", f"forms/{key}", key))), None) or {}
        return title(schema) or alike(PurePosixPath(key).stem)

    def decisions(self, path: str) -> list[Decision] | None:
        """The decisions of a DMN file; None where it is not there or cannot be read."""
        try:
            return Reader(self.files[path], path).decisions() if path in self.files else None
        except Invalid:
            return None

    def decision(self, key: str) -> Said:
        """The name of a decision."""
        for path in sorted(self.files):
            for decision in (self.decisions(path) or ()) if path.endswith(".dmn") else ():
                if decision.key == key and decision.name:
                    return named(decision.name, decision.name_en)
        return alike(key)


def title(schema: Mapping[str, Any]) -> Said | None:
    """What a form, field or choice is called."""
    english = schema.get("x-en")
    found = named(str(schema.get("title") or ""), str(english.get("title") or "") if isinstance(english, Mapping) else "")
    return found or None


def own_step(process: Process, element: Element) -> bool:
    """Whether the number is the element's own, not that of the sub-process it stands in."""
    parent = process.elements.get(element.parent or "")
    return element.step is not None and (parent is None or parent.step != element.step)
