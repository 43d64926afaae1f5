"""What people call the files of a pack."""

from __future__ import annotations

from collections.abc import Iterator

from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.diagrams.model import Process
from engine.differences import tables
from engine.differences.diagrams import titled
from engine.differences.pack import Pack, title
from engine.differences.words import Said, named, short


def titles(pack: Pack) -> dict[str, Said]:
    """By path; without those that have no name but their path. What no process of the pack calls is first: there it begins."""
    called = {element.call.called for process in pack.processes() for element in process.elements.values() if element.call is not None}
    begins = {process.id for process in pack.processes()} - called
    found = {path: said for path in sorted(pack.files) if (said := _title(pack, path))}
    return dict(sorted(found.items(), key=lambda item: not any(process.id in begins for process in _processes(pack, item[0]))))


def _title(pack: Pack, path: str) -> Said | None:
    if path.endswith(DIAGRAM_SUFFIXES):
        return _joined(titled(process) for process in _processes(pack, path))
    if path.endswith(".dmn"):
        return _joined(named(decision.name or decision.key, decision.name_en) for decision in pack.decisions(path) or ())
    if path.endswith((".json", ".form")):
        return title(pack.json(path) or {})
    known = tables.KNOWN.get(path)
    return Said(known.th, known.en[:1].upper() + known.en[1:]) if known else tables.letter(path, pack.files[path])


def _processes(pack: Pack, path: str) -> tuple[Process, ...]:
    diagram = pack.diagram(path) if path.endswith(DIAGRAM_SUFFIXES) else None
    return () if diagram is None else diagram.processes


def _joined(names: Iterator[Said]) -> Said | None:
    all = list(names)
    return Said(short(" · ".join(said.th for said in all), 200), short(" · ".join(said.en for said in all), 200)) if all else None
