"""The kinds of file people may hand in, recognised by content, never by name alone.

Refused whatever the form allows: programs, files with macros, archives that hold either, and archives that unpack to
far more than they are.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

import puremagic

from engine.errors import Invalid, Problem

ARCHIVE_FILES = 2_000
ARCHIVE_BYTES = 500 * 1024 * 1024  # unpacked
ARCHIVE_RATIO = 200  # unpacked over packed; text packs about 10 : 1
HEAD = 4_096


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `suffixes`: of its name, the usual one first; `part`: what an Office archive of it must contain."""

    key: str
    media_type: str
    suffixes: tuple[str, ...]
    th: str
    en: str
    part: str | None = None


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("pdf", "application/pdf", ("pdf",), "PDF", "PDF"),
        Kind("docx", f"{_OFFICE}.wordprocessingml.document", ("docx",), "Word (.docx)", "Word (.docx)", "word/document.xml"),
        Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), "Excel (.xlsx)", "Excel (.xlsx)", "xl/workbook.xml"),
        Kind("jpg", "image/jpeg", ("jpg", "jpeg"), "ภาพ JPEG", "JPEG picture"),
        Kind("png", "image/png", ("png",), "ภาพ PNG", "PNG picture"),
        Kind("zip", "application/zip", ("zip",), "ZIP", "ZIP archive"),
    )
}

OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # OLE: its macros cannot be told from its text
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!", OLD_OFFICE)
_MACRO_SUFFIXES = ("docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "ppam", "potm", "sldm")
_PROGRAM_SUFFIXES = frozenset((
    *_MACRO_SUFFIXES, "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk", "jar", "app",
    "sh", "py",
))  # fmt: skip


def recognise(stream: IO[bytes], *, name: str, kinds: Collection[str] | None = None) -> Kind:
    """What kind of file this is, if it is one of `kinds` (None: any of KINDS) and harmless. Raises Invalid."""
    welcome = [KINDS[key] for key in (KINDS if kinds is None else kinds)]
    stream.seek(0)
    head = stream.read(HEAD)
    if head.startswith(_PROGRAM_HEADS) or _suffix(name) in _PROGRAM_SUFFIXES:
        raise _refused("file_program", "Programs and files with macros are not accepted.", "ไม่รับไฟล์โปรแกรมหรือไฟล์ที่มีแมโคร")
    kind = _archive_kind(stream) if head.startswith(b"PK") else _plain_kind(head)
    if kind is None or kind not in welcome:
        said = kind.en if kind else "of another kind"
        said_th = kind.th if kind else "ชนิดอื่น"
        raise _refused(
            "file_kind",
            f"The file's content is {said}; accepted here: {', '.join(k.en for k in welcome)}.",
            f"เนื้อหาของไฟล์เป็น{said_th} ที่นี่รับเฉพาะ {', '.join(k.th for k in welcome)}",
        )
    suffix = _suffix(name)
    if any(suffix in other.suffixes for other in KINDS.values()) and suffix not in kind.suffixes:
        raise _refused(
            "file_name",
            f"The file's name ends in .{suffix}, its content is {kind.en}. Save it again under the right name.",
            f"ชื่อไฟล์ลงท้ายด้วย .{suffix} แต่เนื้อหาเป็น {kind.th} กรุณาบันทึกใหม่ให้ถูกชนิด",
        )
    return kind


def _plain_kind(head: bytes) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    try:
        media_type = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return None
    return next((kind for kind in KINDS.values() if kind.media_type == media_type and kind.key in ("jpg", "png")), None)


def _archive_kind(stream: IO[bytes]) -> Kind:
    """A document, a sheet or a plain archive, by what the ZIP directory lists; its members are not unpacked."""
    stream.seek(0)
    try:
        members = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _refused("file_broken", "The file is damaged and cannot be opened.", "ไฟล์เสียหาย เปิดไม่ได้") from None
    _check_archive(members)
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names:
        for kind in KINDS.values():
            if kind.part in names:
                return kind
    return KINDS["zip"]


def _check_archive(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > ARCHIVE_FILES or unpacked > ARCHIVE_BYTES or unpacked > ARCHIVE_RATIO * max(packed, 1024):
        raise _refused("file_bomb", "The archive unpacks to too much.", "ไฟล์บีบอัดมีขนาดหลังขยายใหญ่เกินไป")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if member.filename.startswith(("/", "\\")) or ".." in parts:
            raise _refused("file_path", "The archive holds a path that leaves its folder.", "ไฟล์บีบอัดมีเส้นทางออกนอกโฟลเดอร์")
        if parts[-1].lower() in ("vbaproject.bin", "vbadata.xml") or _suffix(parts[-1]) in _PROGRAM_SUFFIXES:
            raise _refused("file_program", "Programs and files with macros are not accepted.", "ไม่รับไฟล์โปรแกรมหรือไฟล์ที่มีแมโคร")
        if member.flag_bits & 0x1:
            raise _refused("file_locked", "The archive is protected by a password.", "ไฟล์บีบอัดตั้งรหัสผ่านไว้")


def _suffix(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower().strip() if "." in name else ""


def _refused(rule: str, message: str, message_th: str) -> Invalid:
    return Invalid(message, [Problem(message, message_th, rule=rule)])
