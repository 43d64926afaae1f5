"""Two nested tables (JSON, TOML): what was added, removed or is another, each by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.differences.model import Change, Kind
from engine.differences.naming import sentence
from engine.differences.values import pair, value
from engine.differences.words import Said, thai

Path = tuple[str, ...]
_KEYS = ("const", "key", "id", "name", "n")  # what tells the entries of a list apart, if all have it


class _Absent:
    """Stands where nothing does."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Turn:
    """What stood at a path, and what stands there now; `ABSENT` where nothing did or does."""

    path: Path
    before: Any
    after: Any

    @property
    def kind(self) -> Kind:
        """What became of it."""
        if self.before is ABSENT:
            return Kind.ADDED
        return Kind.REMOVED if self.after is ABSENT else Kind.CHANGED


def turns(before: Any, after: Any, path: Path = ()) -> Iterator[Turn]:
    """The differences, a whole part that is new or gone as one. The order of a table's entries counts where it is a list."""
    if before == after and type(before) is type(after):
        return
    sides = _table(before), _table(after)
    if sides[0] is None or sides[1] is None:
        yield Turn(path, before, after)
        return
    found = False
    for key in [*sides[0], *(key for key in sides[1] if key not in sides[0])]:
        for turn in turns(sides[0].get(key, ABSENT), sides[1].get(key, ABSENT), (*path, key)):
            found = True
            yield turn
    if not found:  # the same entries in another order
        yield Turn((*path, "order"), before, after)


def _table(found: Any) -> Mapping[str, Any] | None:
    if isinstance(found, Mapping):
        return {str(key): entry for key, entry in found.items()}
    if isinstance(found, list) and found and all(isinstance(entry, Mapping) for entry in found):
        for key in _KEYS:
            keys = [str(entry.get(key)) for entry in found]
            if all(key in entry for entry in found) and len(set(keys)) == len(keys):
                return dict(zip(keys, found, strict=True))
        return {str(number): entry for number, entry in enumerate(found, 1)}
    return None


def told(turn: Turn, label: Said, aspect: str, *, front: Said | None = None, element: str | None = None) -> Change:
    """A change in words: of `label`, after what the sentence begins with."""
    start = Said(f"{front.th}: ", f"{front.en}: ") if front else Said("", "")
    if turn.kind is Kind.CHANGED:
        before, after = pair(turn.before, turn.after)
        said = Said(f"{start.th}{label.th} {before.th} → {after.th}", f"{start.en}{label.en} {before.en} → {after.en}")
        return Change(turn.kind, aspect, sentence(said), before, after, element)
    if turn.kind is Kind.ADDED:
        after = value(turn.after)
        return Change(
            turn.kind,
            aspect,
            sentence(Said(f"{start.th}{thai('เพิ่ม', label.th)}: {after.th}", f"{start.en}{label.en} added: {after.en}")),
            None,
            after,
            element,
        )
    before = value(turn.before)
    said = Said(f"{start.th}{thai('ยกเลิก', label.th)} (เดิม {before.th})", f"{start.en}{label.en} taken away (was {before.en})")
    return Change(turn.kind, aspect, sentence(said), before, None, None, element)
