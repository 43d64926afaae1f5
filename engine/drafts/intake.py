"""What may become the files of a draft: plain paths, not too many, not too large. What comes from outside is hostile until then."""

from __future__ import annotations

import io
import lzma
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from engine.deployment.checking import LONGEST_PATH
from engine.deployment.packs import LARGEST_FILE
from engine.errors import Invalid, Problem

MOST_FILES = 2_000
LARGEST_ALL = 100 * 1024 * 1024  # bytes of all files together
MOST_FOLDERS = 8  # of a path
PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError, lzma.LZMAError, OSError)
MEGABYTE = 1024 * 1024


def check_path(path: str) -> None:
    """Refuse what is no plain path inside a folder: on any system it would be unpacked on. Raises Invalid."""
    parts = path.split("/")
    plain = (
        0 < len(path) <= LONGEST_PATH
        and len(parts) <= MOST_FOLDERS
        and all(part.strip() == part and part.strip(".") and not part.endswith(".") for part in parts)
        and not any(letter in '\\:*?"<>|' or unicodedata.category(letter) in ("Cc", "Cs", "Cf", "Zl", "Zp") for letter in path)
    )
    if not plain:
        shown = path[:80].encode("ascii", "backslashreplace").decode()
        message, thai = f"“{shown}” is not a file name that can be used here.", f"ใช้ “{shown}” เป็นชื่อไฟล์ไม่ได้"
        raise Invalid(message, [Problem(message, thai, field="path", rule="path", file=shown)], th=thai)


def check_content(path: str, content: bytes) -> None:
    """Refuse a file that no deployment would take. Raises Invalid."""
    if len(content) > LARGEST_FILE:
        most = LARGEST_FILE // MEGABYTE
        message, thai = f"{path} is larger than {most} MB.", f"ไฟล์ {path} มีขนาดเกิน {most} MB"
        raise Invalid(message, [Problem(message, thai, field="content", rule="size", file=path)], th=thai)


def check_all(sizes: Mapping[str, int]) -> None:
    """Refuse too many files, too much in them, a file where another has its folder, two names that differ in case alone. Raises Invalid."""
    _check_amount(len(sizes), sum(sizes.values()))
    seen: dict[str, str] = {}
    folders = {str(parent).casefold() for path in sizes for parent in PurePosixPath(path).parents}
    for path in sizes:
        same = path.casefold()
        if same in seen or same in folders:
            message = f"There is a file or folder called {path} already."
            thai = f"มีไฟล์หรือโฟลเดอร์ชื่อ {path} อยู่แล้ว"
            raise Invalid(message, [Problem(message, thai, field="path", rule="path", file=path)], th=thai)
        seen[same] = path


def _check_amount(number: int, size: int) -> None:
    if number > MOST_FILES or size > LARGEST_ALL:
        most = LARGEST_ALL // MEGABYTE
        message, thai = (
            f"A pack has at most {MOST_FILES} files of {most} MB together.",
            f"ชุดหนึ่งมีได้ไม่เกิน {MOST_FILES} ไฟล์ รวมไม่เกิน {most} MB",
        )
        raise Invalid(message, [Problem(message, thai, rule="size")], th=thai)


def checked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, once each and all together are found to be fit. Raises Invalid."""
    for path, content in files.items():
        check_path(path)
        check_content(path, content)
    check_all({path: len(content) for path, content in files.items()})
    return dict(files)


def gathered(posted: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Files by path from (name, content): zips are unpacked, of other names the last part counts. Raises Invalid."""
    found, number, size = dict[str, bytes](), 0, 0
    for name, content in posted:
        more = unpacked(content) if name.lower().endswith(".zip") else {name.replace("\\", "/").rsplit("/", 1)[-1]: content}
        number, size = number + len(more), size + sum(map(len, more.values()))
        _check_amount(number, size)  # before the next is unpacked: many small zips may hold much, also under the same names
        found |= more
    return checked(found)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a zip, without the one folder all of them are in. Nothing is unpacked before its size is known. Raises Invalid."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not any(part in one.filename for part in PASSED_OVER)]
            if len({member.filename for member in members}) < len(members):
                raise zipfile.BadZipFile("one name twice")
            _check_amount(len(members), sum(member.file_size for member in members))
            for member in members:
                check_path(member.filename)
            files = {member.filename: archive.read(member) for member in members}  # never more than its file_size
    except UNREADABLE:
        message = "This zip file cannot be read: it is damaged, or protected by a password. Make it anew."
        thai = "อ่านไฟล์ zip นี้ไม่ได้ ไฟล์อาจเสียหายหรือมีรหัสผ่าน โปรดสร้างใหม่"
        raise Invalid(message, [Problem(message, thai, rule="zip")], th=thai) from None
    folders = {path.partition("/")[0] for path in files}
    if len(folders) == 1 and all("/" in path for path in files):
        return {path.partition("/")[2]: content for path, content in files.items()}
    return files


def packed(files: Mapping[str, bytes], folder: str) -> bytes:
    """A zip of files, in one folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(f"{folder}/{path}", content)
    return out.getvalue()
