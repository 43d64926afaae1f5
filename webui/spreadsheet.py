"""CSV as spreadsheets open it: UTF-8 with the mark that Excel asks for; what would be a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from engine.people.sheets import FORMULA


def lines(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """The lines of a file: its heads, then its rows."""
    yield "\ufeff".encode() + _line(heads)
    yield from map(_line, rows)


def _line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if str(cell)[:1] in tuple(FORMULA) else cell for cell in cells])
    return text.getvalue().encode()
