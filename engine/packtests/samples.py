"""Small whole files of each kind that a form may ask for."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

from engine.rehearsal import sample_pdf

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
)
# One grey pixel, baseline JPEG: headers, a table of one code for each kind of coefficient, and the scan.
_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb0043000101010101010101010101010101010101010101010101010101010101010101010101010101010101"
    "01010101010101010101010101010101010101ffc0000b080001000101011100ffc40014000100000000000000000000000000000000ffc40014100100000000000000"
    "00000000000000000000ffda0008010100003f0037ffd9"
)


def sample(title: str, kinds: Sequence[str]) -> tuple[str, bytes]:
    """(suffix, content) of a file of the first of `kinds`, a PDF where any will do."""
    kind = "pdf" if not kinds or "pdf" in kinds else kinds[0]
    return kind, _MAKERS[kind](title)


def _docx(title: str) -> bytes:
    text = title.replace("&", "&amp;").replace("<", "&lt;")
    return _archive({"[Content_Types].xml": _TYPES, "word/document.xml": _DOCUMENT.format(text)})


def _xlsx(title: str) -> bytes:
    book: Any = Workbook()
    out = io.BytesIO()
    book.active.append([title])
    book.save(out)
    return out.getvalue()


def _png(title: str) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixel = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", pixel) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")


def _zip(title: str) -> bytes:
    return _archive({"sample.txt": title})


def _archive(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


_MAKERS: dict[str, Callable[[str], bytes]] = {
    "pdf": sample_pdf, "docx": _docx, "xlsx": _xlsx, "png": _png, "zip": _zip, "jpg": lambda title: _JPEG,
}  # fmt: skip
