"""Sheets that people send: CSV in the encodings Excel writes, and XLSX.

They are read as text and never computed; what is hostile or too large is refused before it is opened.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import TYPE_FORMULA

from engine.errors import Invalid, Problem

MAX_BYTES = 2_000_000
MAX_UNPACKED = 20_000_000  # bytes of all parts of an XLSX together
MAX_PARTS = 500
MAX_ROWS = 2_000
MAX_COLUMNS = 30
MAX_CELL = 1_000  # characters
ENCODINGS = ("utf-8-sig", "cp874")  # Thai Excel saves CSV as TIS-620 with Microsoft's additions
FORMULA = "=+-@\t\r"  # what a spreadsheet takes for the beginning of one
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: its number there, its texts by column (those of our columns alone), formulas by column."""

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str] = frozenset()


def read(content: bytes, columns: Mapping[str, Collection[str]], needed: Collection[str] = ()) -> list[Line]:
    """The lines of a sheet's first table under the head that names the columns (`columns`: other names of each; `needed`: those that are
    never left out). Raises Invalid."""
    if len(content) > MAX_BYTES:
        raise _refused("The file is larger than 2 MB.", "ไฟล์ใหญ่กว่า 2 MB", "sheet-too-large")
    rows = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    filled = [(number, row) for number, row in rows if any(text for text, _formula in row)]
    if not filled:
        raise _refused("The sheet is empty.", "ไฟล์ไม่มีข้อมูล", "sheet-empty")
    if len(filled) > MAX_ROWS + 1:
        raise _refused(f"The sheet has more than {MAX_ROWS} rows.", f"ไฟล์มีมากกว่า {MAX_ROWS} แถว", "sheet-too-many-rows")
    heads = _heads([text for text, _formula in filled[0][1]], columns, needed)
    if len(filled) == 1:
        raise _refused("There are no rows under the names of the columns.", "ไม่มีแถวข้อมูลใต้ชื่อคอลัมน์", "sheet-empty")
    return [_line(number, row, heads) for number, row in filled[1:]]


def _heads(texts: list[str], columns: Mapping[str, Collection[str]], needed: Collection[str]) -> dict[int, str]:
    known = {name.casefold(): key for key, names in columns.items() for name in (key, *names)}
    thai = {key: next((name for name in names if not name.isascii()), key) for key, names in columns.items()}
    found = {place: known[text.strip().casefold()] for place, text in enumerate(texts) if text.strip().casefold() in known}
    strange = [text.strip()[:40] for place, text in enumerate(texts) if text.strip() and place not in found]
    twice = sorted({key for key in found.values() if list(found.values()).count(key) > 1})
    missing = [key for key in needed if key not in found.values()]
    for keys, words, th in ((strange, "Not known", "ไม่รู้จัก"), (twice, "There twice", "ซ้ำ"), (missing, "Missing", "ขาด")):
        if keys:
            raise _refused(
                f"The first row names the columns ({', '.join(columns)}). {words}: {', '.join(keys)}.",
                f"แถวแรกต้องเป็นชื่อคอลัมน์ ({', '.join(thai.values())}) {th}: {', '.join(thai.get(key, key) for key in keys)}",
                "sheet-head",
            )
    return found


def _line(number: int, row: list[tuple[str, bool]], heads: Mapping[int, str]) -> Line:
    cells = {key: row[place][0].strip() if place < len(row) else "" for place, key in heads.items()}
    formulas = frozenset(key for place, key in heads.items() if place < len(row) and row[place][1])
    return Line(number, cells, formulas)


Rows = list[tuple[int, list[tuple[str, bool]]]]  # number, (text, whether it is a formula) of each cell


def _csv(content: bytes) -> Rows:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAX_CELL * 4)
    found: Rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            found.append((len(found) + 1, [(_checked(cell), False) for cell in _narrow(row)]))
            if len(found) > MAX_ROWS * 2:
                break
    except csv.Error as error:
        raise _refused(f"This is no CSV: {error}.", "ไฟล์นี้ไม่ใช่ CSV ที่ถูกต้อง", "sheet-csv") from error
    return found


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise _refused(
        "The file's characters cannot be read. Save it as CSV UTF-8 or as XLSX.", "อ่านตัวอักษรของไฟล์ไม่ได้ โปรดบันทึกเป็น CSV UTF-8 หรือ XLSX",
        "sheet-encoding",
    )  # fmt: skip


def _xlsx(content: bytes) -> Rows:
    _inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
            # one row and column more than are allowed, to notice them; what a hostile file says of its size is not believed
            cells = sheet.iter_rows(min_row=1, max_row=MAX_ROWS * 2, max_col=MAX_COLUMNS + 1)
            return [(number, [_cell(cell) for cell in _narrow(row)]) for number, row in enumerate(cells, 1)]
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads it to
        raise _refused(
            "The spreadsheet cannot be read. Save it again as XLSX.", "อ่านไฟล์ตารางไม่ได้ โปรดบันทึกเป็น XLSX อีกครั้ง", "sheet-xlsx"
        ) from error


def _inspect(content: bytes) -> None:
    """Refuse, before anything is read as a spreadsheet, what is large when unpacked, has macros, or declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _refused("The spreadsheet is too large when unpacked.", "ไฟล์มีขนาดใหญ่เกินไปเมื่อคลายแล้ว", "sheet-too-large")
            if any("vbaproject" in part.filename.lower() for part in parts):
                raise _refused(
                    "The spreadsheet has macros. Save it as XLSX without them.", "ไฟล์มีมาโคร โปรดบันทึกเป็น XLSX ที่ไม่มีมาโคร", "sheet-macros"
                )
            for part in parts:  # a part is never larger than it says: zipfile stops there
                inside = archive.read(part)
                plain = inside.replace(b"\0", b"") if inside[:2] in (b"\xff\xfe", b"\xfe\xff") or inside[1:2] == b"\0" else inside
                if part.filename.lower().endswith((".xml", ".rels")) and _DECLARES.search(plain):
                    raise _refused("The spreadsheet declares XML entities.", "ไฟล์มีการประกาศเอนทิตี XML", "sheet-entities")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _refused("The spreadsheet is damaged or encrypted.", "ไฟล์เสียหายหรือมีรหัสผ่าน", "sheet-xlsx") from error


def _cell(cell: Any) -> tuple[str, bool]:
    value = cell.value
    if cell.data_type == TYPE_FORMULA:
        return _checked(str(value)), True
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return ("" if value is None else _checked(value.isoformat() if isinstance(value, date) else str(value))), False


def _narrow(row: Any) -> Any:
    if len(row) > MAX_COLUMNS and any(getattr(cell, "value", cell) for cell in row[MAX_COLUMNS:]):
        raise _refused(f"The sheet has more than {MAX_COLUMNS} columns.", f"ไฟล์มีมากกว่า {MAX_COLUMNS} คอลัมน์", "sheet-too-wide")
    return row[:MAX_COLUMNS]


def _checked(text: str) -> str:
    if len(text) > MAX_CELL:
        raise _refused(f"A cell has more than {MAX_CELL} characters.", f"มีช่องที่ยาวกว่า {MAX_CELL} ตัวอักษร", "sheet-cell")
    return _CONTROL.sub("", text)


def _refused(message: str, th: str, rule: str) -> Invalid:
    return Invalid(message, [Problem(message, th, field="file", rule=rule)], th=th)
