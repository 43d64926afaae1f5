"""In which line of a TOML file something stands: tomllib reads values and forgets where they were."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"^\s*(\"[^\"]*\"|'[^']*'|[^\s=\[#]+)\s*=")


@dataclass(frozen=True, slots=True)
class Places:
    """The tables and keys of a file by line. A table's name is `start`, or `step/3` for the third `[[step]]`."""

    lines: dict[tuple[str, str], int]

    @classmethod
    def of(cls, text: str) -> Self:
        found: dict[tuple[str, str], int] = {}
        counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = _table(header[1], header[2], counts)
                found.setdefault((table, ""), number)
            elif key := _KEY.match(line):
                found.setdefault((table, key[1].strip("\"'").partition(".")[0]), number)
        return cls(found)

    def line(self, table: str, key: str = "") -> int:
        """Of a key, else of what it stands in; 1 where nothing is known."""
        for where in ((table, key), (f"{table}/{key}", ""), (table, "")):
            if where in self.lines:
                return self.lines[where]
        return 1


def _table(bracket: str, name: str, counts: dict[str, int]) -> str:
    first, _dot, rest = name.partition(".")
    if bracket == "[[" and not rest:
        counts[first] = counts.get(first, 0) + 1
    place = f"{first}/{counts[first]}" if first in counts else first
    return f"{place}/{rest}" if rest else place
