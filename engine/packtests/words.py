"""What the elements of a pack are called, and the forms they ask: what a test is told with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from engine.deployment import packs
from engine.diagrams import read
from engine.diagrams.model import Element, Process
from engine.errors import RuamError
from engine.forms import Form
from engine.forms.choices import read_table
from engine.forms.files import form_names, plain_key
from engine.language import left_open
from engine.packtests.model import Pair

SUFFIXES = (".bpmn", ".bpmn20.xml")
NOTHING: Mapping[str, bytes] = {}
_LEFT = re.compile(r"\s*:\s*…$")


@dataclass(frozen=True, slots=True)
class Words:
    """The elements, forms and parties of a pack; what cannot be read is left out."""

    elements: Mapping[str, Element] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)  # by the element that asks it
    starts: Mapping[str, Form] = field(default_factory=dict)  # by process
    parties: Mapping[str, Pair] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)  # the file each element is drawn in
    gone: Mapping[str, Element] = field(default_factory=dict)  # elements of the version before that this one has no more

    @classmethod
    def of(cls, files: Mapping[str, bytes], former: Mapping[str, bytes] = NOTHING) -> Self:
        """Read the files of a pack; `former`: those of the version before, as far as they are others."""
        drawn = {path: _processes(path, content) for path, content in files.items() if path.endswith(SUFFIXES)}
        processes = {process.id: process for many in drawn.values() for process in many}
        places = {id: path for path, many in drawn.items() for process in many for id in process.elements}
        forms, starts = dict[str, Form](), dict[str, Form]()
        names = form_names(files)
        tables = {path: read_table(content) for path, content in files.items() if path.endswith(".csv")}
        for process in processes.values():
            for element in process.elements.values():
                human = element.human
                asked = (human.form_key, human.form_schema) if human is not None else (element.start_form, element.start_form_schema)
                form = _form(files, names, tables, *asked)
                if form is not None and human is not None:
                    forms[element.id] = form
                elif form is not None and element.type == "startEvent":
                    starts.setdefault(process.id, form)
        elements = {id: element for process in processes.values() for id, element in process.elements.items()}
        gone = {id: element for id, element in _elements(former).items() if id not in elements}
        return cls(elements, processes, forms, starts, _parties(files), places, gone)

    def element(self, element_id: str) -> Pair:
        """What an element is called; what only an instance knows of its name is left open."""
        found = self.elements.get(element_id) or self.gone.get(element_id)
        return (element_id, element_id) if found is None else _named(found.name, found.name_en, element_id)

    def quoted(self, element_id: str) -> Pair:
        """The same in quotation marks, with its id where others are called the same."""
        th, en = self.element(element_id)
        others = [self.element(other) for other in self.elements if other != element_id]
        id = f" ({element_id})" if any(th == one or en == other for one, other in others) else ""
        return f"“{th}”{id}", f"“{en}”{id}"

    def process(self, key: str) -> Pair:
        """What a process is called."""
        found = self.processes.get(key)
        return (key, key) if found is None else _named(found.name, found.name_en, key)

    def group(self, name: str) -> Pair:
        """What a party, or a unit of one, is called."""
        party, _colon, unit = name.partition(":")
        th, en = self.parties.get(party, (party, party))
        return f"{th} {unit}".strip(), f"{en} {unit}".strip()


def _named(th: str, en: str, otherwise: str) -> Pair:
    thai, english = (_LEFT.sub("", left_open(text)).strip() for text in (th, en))
    return thai or english or otherwise, english or thai or otherwise


def _elements(files: Mapping[str, bytes]) -> dict[str, Element]:
    drawn = (_processes(path, content) for path, content in files.items() if path.endswith(SUFFIXES))
    return {id: element for many in drawn for process in many for id, element in process.elements.items()}


def _processes(path: str, content: bytes) -> tuple[Process, ...]:
    try:
        return tuple(read(content, path).processes)
    except RuamError:
        return ()


def _form(
    files: Mapping[str, bytes],
    names: Mapping[str, str],
    tables: Mapping[str, list[dict[str, str]]],
    key: str | None,
    drawn: Mapping[str, object] | None,
) -> Form | None:
    path = names.get(plain_key(key)) if key else None
    try:
        if path is not None:
            return Form.load(files[path], path, tables)
        return None if drawn is None else Form(drawn)
    except RuamError:
        return None


def _parties(files: Mapping[str, bytes]) -> dict[str, Pair]:
    try:
        return {key: (party.th, party.en) for key, party in packs.read(files).parties.items()}
    except RuamError:
        return {}
