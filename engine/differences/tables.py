"""The other files of a pack: parties.toml, tables, letters, texts."""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from engine.differences.model import Change, Kind, Subject
from engine.differences.naming import sentence
from engine.differences.structures import Turn, told, turns
from engine.differences.words import Said, alike, named, quoted, short

KNOWN: Mapping[str, Said] = {
    "parties.toml": Said("ผู้เกี่ยวข้อง", "parties"),
    "schedule.toml": Said("กำหนดการ", "schedule"),
    "pack.toml": Said("ชุดกระบวนการ", "process pack"),
    "deliverables.toml": Said("รายการเอกสารส่งมอบ", "list of deliverables"),
    "texts/th.toml": Said("ข้อความแจ้งภาษาไทย", "notices in Thai"),
    "texts/en.toml": Said("ข้อความแจ้งภาษาอังกฤษ", "notices in English"),
}
_LABELS: Mapping[str, Said] = {
    "th": Said("ชื่อไทย", "Thai name"),
    "en": Said("ชื่ออังกฤษ", "English name"),
    "see": Said("สิ่งที่เห็นได้ตั้งแต่ต้น", "what it sees from the start"),
    "party": Said("ผู้จัดทำ", "made by"),
    "instalment": Said("งวด", "instalment"),
    "step": Said("ขั้นตอน", "step"),
    "copies": Said("จำนวนเล่ม", "copies"),
    "cds": Said("จำนวนแผ่นซีดี", "CDs"),
    "subject": Said("หัวเรื่อง", "subject"),
    "body": Said("เนื้อความ", "text"),
}
_SUBJECT = re.compile(r"(?:subject:|\.with\()\s*\[([^\]]+)\]")
_MOST_LINES = 3  # of a letter that are shown


def subject(path: str) -> Subject:
    """What kind of file it is."""
    if path == "parties.toml":
        return Subject.PARTIES
    if path == "schedule.toml":
        return Subject.SCHEDULE
    return Subject.LETTER if path.startswith("letters/") and path.endswith(".typ") else Subject.FILE


def titled(path: str, content: bytes) -> Said:
    """What people call a file: a letter by its subject."""
    if path in KNOWN:
        return KNOWN[path]
    if path.startswith("letters/"):
        name = quoted(letter(path, content) or alike(path.removeprefix("letters/").removesuffix(".typ")))
        return Said(f"หนังสือ {name.th}", f"letter {name.en}")
    return Said(f"ไฟล์ {path}", f"file {path}")


def letter(path: str, content: bytes) -> Said | None:
    """The subject of a letter, or the title of a report, as far as it is the same in each; None where it has none, and for other files."""
    found = _SUBJECT.search(content.decode("utf-8", "replace")) if path.startswith("letters/") else None
    if found is None:
        return None
    fixed, computed, _rest = found[1].partition("#")
    return alike(fixed + "…" if computed else fixed)


def changes(path: str, old: bytes, new: bytes) -> Iterator[Change]:
    """What is another about a file that is in both."""
    loaded = [_loaded(path, content) for content in (old, new)]
    if loaded[0] is not None and loaded[1] is not None:
        for turn in turns(loaded[0], loaded[1]):
            yield _entry(turn, loaded[0], loaded[1])
        return
    lines = [_lines(content) for content in (old, new)]
    if lines[0] is None or lines[1] is None:
        yield Change(Kind.CHANGED, "content", Said("เนื้อไฟล์เปลี่ยนไป", "Its content is another"))
        return
    yield from _text(lines[0], lines[1])


def _loaded(path: str, content: bytes) -> dict[str, Any] | None:
    """A table of rows, a TOML or JSON file; None for others."""
    try:
        if path.endswith(".toml"):
            return tomllib.loads(content.decode("utf-8-sig"))
        if path.endswith((".json", ".form")):
            found = json.loads(content)
            return found if isinstance(found, dict) else None
        return _rows(content.decode("utf-8-sig")) if path.endswith(".csv") else None
    except (ValueError, RecursionError, csv.Error):
        return None


def _rows(text: str) -> dict[str, Any] | None:
    """A table's rows by their first column; None where that does not tell them apart."""
    rows = list(csv.DictReader(io.StringIO(text)))
    keys = [next(iter(row.values()), "") for row in rows]
    return dict(zip(keys, rows, strict=True)) if rows and len(set(keys)) == len(keys) and None not in rows[0] else None


def _entry(turn: Turn, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    row = (old if turn.kind is Kind.REMOVED else new).get(turn.path[0]) if turn.path else None
    name = quoted(_named(turn.path[0], row)) if isinstance(row, Mapping) else None
    if name is not None and len(turn.path) == 1:
        said = {
            Kind.ADDED: Said(f"เพิ่ม {name.th}", f"{name.en} added"),
            Kind.REMOVED: Said(f"ตัด {name.th} ออก", f"{name.en} removed"),
        }.get(turn.kind)
        if said is not None:
            return Change(
                turn.kind, "row", sentence(said), None if turn.kind is Kind.ADDED else name, None if turn.kind is Kind.REMOVED else name
            )
    rest = turn.path[1:] if name is not None else turn.path
    label = _LABELS.get(rest[-1], alike(" › ".join(rest))) if rest else alike("–")
    return told(turn, label, rest[0] if rest else "content", front=name)


def _named(key: str, row: Mapping[str, Any]) -> Said:
    thai, english = (
        next((str(row[column]) for column in columns if row.get(column)), "") for columns in (("th", "name_th"), ("en", "name_en"))
    )
    return named(thai, english) or alike(key)


def _lines(content: bytes) -> list[str] | None:
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None


def _text(old: list[str], new: list[str]) -> Iterator[Change]:
    """How many lines are new or gone, with the first of them."""
    gone, fresh = [], []
    for tag, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += [line for line in old[first:last] if line.strip()]
            fresh += [line for line in new[begin:end] if line.strip()]
    if not gone and not fresh:
        return
    before, after = (alike(short(" / ".join(side[:_MOST_LINES]), 200)) if side else None for side in (gone, fresh))
    said = Said(
        f"เปลี่ยนข้อความ: เพิ่ม {len(fresh)} บรรทัด ตัด {len(gone)} บรรทัด",
        f"Text changed: {len(fresh)} line{'' if len(fresh) == 1 else 's'} added, {len(gone)} taken away",
    )
    yield Change(Kind.CHANGED, "text", said, before, after)
