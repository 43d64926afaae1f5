"""Texts in both languages: quoted, shortened, joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from engine.language import left_open

LONGEST_NAME = 60  # characters of a name within a sentence
LONGEST_RENAMED = 120  # of a name where it is what changed
LONGEST_VALUE = 90  # of a value


@dataclass(frozen=True, slots=True)
class Said:
    """The same in Thai and in English."""

    th: str
    en: str

    def __bool__(self) -> bool:
        return bool(self.th or self.en)


NOTHING = Said("", "")


def alike(text: object) -> Said:
    """What reads the same in both languages: a number, a key, what people typed."""
    return Said(str(text), str(text))


def named(th: str, en: str = "") -> Said:
    """A name in both languages; one that has only the one is called by it in the other too."""
    return Said(th or en, en or th)


def quoted(name: Said, longest: int = LONGEST_NAME) -> Said:
    """The name in quotation marks, cut where it is long."""
    return Said(f"“{short(name.th, longest)}”", f"“{short(name.en, longest)}”")


def short(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text in one line, cut at a space where there is one near the end, never between a letter and its marks."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    end = line.rfind(" ", longest * 2 // 3, longest)
    if end < 0:
        end = longest
        while end > 1 and (unicodedata.category(line[end]).startswith("M") or line[end - 1] in "เแโใไ" or line[end] in "ะาำๅ"):
            end -= 1
    return line[:end].rstrip() + "…"


def renamed(before: Said, after: Said) -> Said:
    """The old and the new name in each language; where that one stayed, those in the other."""
    thai, english = (
        f"“{short(then, LONGEST_RENAMED)}” → “{short(now, LONGEST_RENAMED)}”"
        for then, now in ((before.th, after.th), (before.en, after.en))
    )
    return Said(thai if before.th != after.th else f"(ภาษาอังกฤษ) {english}", english if before.en != after.en else f"(in Thai) {thai}")


def plain(name: str) -> str:
    """A name as people read it: what a diagram computes in it is left open."""
    return " ".join(left_open(name).split())


def thai(word: str, text: str) -> str:
    """Two words of Thai after each other, which has no space between words but one before other letters."""
    return f"{word}{text}" if re.match(r"[ก-๎]|$", text) else f"{word} {text}"


def listed(parts: Iterable[Said], last: Said | None = None) -> Said:
    """ "a, b and c" """
    found = list(parts)
    joint = last or Said("และ", "and")
    return Said(_listed([part.th for part in found], joint.th), _listed([part.en for part in found], joint.en))


def _listed(texts: list[str], joint: str) -> str:
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {joint} {texts[-1]}"
