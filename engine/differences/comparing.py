"""All files of two versions, compared: each by what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from engine.decisions.model import Decision
from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.differences import decisions, diagrams, forms, schedule, tables
from engine.differences.model import Change, Differences, Group, Kind, Subject
from engine.differences.pack import Pack, title
from engine.differences.words import Said, alike, named, quoted

_ORDER = list(Subject)
_SAME = Said("เนื้อหาเหมือนเดิม เขียนไฟล์ต่างกันเท่านั้น", "The same content, only written otherwise")


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes], known: Mapping[str, Said] | None = None) -> Differences:
    """What is different between two sets of files, grouped by process, form, decision and file; nothing where all are alike.

    `known`: names of parties that are in neither parties.toml.
    """
    before, after = Pack(old, known), Pack(new, known)
    found: list[Group] = []
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            found.extend(_file(path, before, after))
    return Differences(tuple(sorted(found, key=lambda group: (_ORDER.index(group.subject), group.file or group.old_file or ""))))


def _file(path: str, before: Pack, after: Pack) -> Iterator[Group]:
    told = False
    for group in _groups(path, before, after):
        if group.changes:
            told = True
            yield group
    if not told:
        subject, name = _called(path, before, after)
        yield Group(subject, path, name, (Change(Kind.DRAWN, "writing", _SAME),), path, path)


def _groups(path: str, before: Pack, after: Pack) -> Iterator[Group]:
    if path not in before.files or path not in after.files:
        yield from _one_sided(path, before, after)
    elif path.endswith(DIAGRAM_SUFFIXES) and (then := before.diagram(path)) and (now := after.diagram(path)):
        yield from diagrams.groups(path, then, now, before, after)
    elif path.endswith(".dmn") and (was := before.decisions(path)) is not None and (made := after.decisions(path)) is not None:
        yield from _decisions(path, {one.key: one for one in was}, {one.key: one for one in made})
    else:
        subject, name = _called(path, before, after)
        yield Group(subject, path, name, tuple(_changes(path, subject, before, after)), path, path)


def _changes(path: str, subject: Subject, before: Pack, after: Pack) -> Iterator[Change]:
    if subject is Subject.FORM:
        then, now = before.json(path), after.json(path)
        if then is not None and now is not None:
            return forms.changes(then, now)
    if subject is Subject.SCHEDULE:
        then, now = before.table(path), after.table(path)
        if then is not None and now is not None and all(isinstance(side.get("windows", {}), Mapping) for side in (then, now)):
            return schedule.changes(then, now, before, after)
    return tables.changes(path, before.files[path], after.files[path])


def _one_sided(path: str, before: Pack, after: Pack) -> Iterator[Group]:
    """A file that is new or gone."""
    kind, side = (Kind.ADDED, after) if path in after.files else (Kind.REMOVED, before)
    diagram = side.diagram(path) if path.endswith(DIAGRAM_SUFFIXES) else None
    if diagram is not None and diagram.processes:
        for process in diagram.processes:
            yield diagrams.single(path, process, kind)
        return
    subject, name = _called(path, before, after)
    said = (
        Said(f"เพิ่ม{name.th}", f"{_capital(name.en)} added")
        if kind is Kind.ADDED
        else Said(f"ตัด{name.th}ออก", f"{_capital(name.en)} removed")
    )
    files = (path, None) if kind is Kind.ADDED else (None, path)
    yield Group(subject, path, name, (Change(kind, "file", said, name=name),), *files)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _called(path: str, before: Pack, after: Pack) -> tuple[Subject, Said]:
    """What a file is, and what people call it."""
    side = after if path in after.files else before
    schema = side.json(path) if path.startswith("forms/") and path.endswith(".json") else None
    if schema is not None:
        name = quoted(title(schema) or alike(PurePosixPath(path).stem))
        return Subject.FORM, Said(f"แบบฟอร์ม {name.th}", f"form {name.en}")
    return tables.subject(path), tables.titled(path, side.files[path])


def _decisions(path: str, then: Mapping[str, Decision], now: Mapping[str, Decision]) -> Iterator[Group]:
    for key in [*then, *(key for key in now if key not in then)]:
        old, new = then.get(key), now.get(key)
        known = new or old
        assert known is not None
        name = named(known.name, known.name_en) or alike(key)
        label = Said(f"ตารางตัดสินใจ {quoted(name).th}", f"decision {quoted(name).en}")
        if old is not None and new is not None:
            yield Group(Subject.DECISION, key, label, tuple(decisions.changes(old, new)), path, path)
        elif new is not None:
            said = Said(f"เพิ่ม{label.th}", f"{_capital(label.en)} added")
            yield Group(Subject.DECISION, key, label, (Change(Kind.ADDED, "decision", said, name=name),), path, None)
        else:
            said = Said(f"ตัด{label.th}ออก", f"{_capital(label.en)} removed")
            yield Group(Subject.DECISION, key, label, (Change(Kind.REMOVED, "decision", said, name=name),), None, path)
