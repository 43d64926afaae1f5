"""The file store and what it refuses."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from engine.errors import Invalid, NotFound
from engine.papers.documents import DocumentStore, clean_name
from engine.papers.filekinds import KINDS

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(str(tmp_path / "files"))


def archive(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return stream.getvalue()


def sheet() -> bytes:
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


WORD = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def refused(store: DocumentStore, content: bytes, name: str, kinds: list[str] | None = None, max_bytes: int | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        store.put(io.BytesIO(content), name=name, kinds=kinds, max_bytes=max_bytes)
    (problem,) = caught.value.problems
    assert problem.message
    assert problem.message_th
    return str(problem.rule)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(PDF, "แผน.pdf", "pdf"), (WORD, "แผน.docx", "docx"), (sheet(), "ตาราง.xlsx", "xlsx"), (PNG, "ภาพ.png", "png"),
     (archive({"a.txt": b"a"}), "รวม.zip", "zip")],
)  # fmt: skip
def test_kinds_are_recognised_by_content(store: DocumentStore, content: bytes, name: str, kind: str) -> None:
    stored = store.put(io.BytesIO(content), name=name)
    assert (stored.media_type, stored.size, stored.name) == (KINDS[kind].media_type, len(content), name)
    with store.open(stored.store_key) as stream:
        assert stream.read() == content


def test_the_same_bytes_are_kept_once(store: DocumentStore, tmp_path: Path) -> None:
    first = store.put(io.BytesIO(PDF), name="a.pdf")
    second = store.put(io.BytesIO(PDF), name="b.pdf")
    assert first.store_key == second.store_key
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [first.sha256]


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (b"MZ\x90\x00", "setup.pdf", "file_program"),
        (b"\x7fELF", "x", "file_program"),
        (PDF, "setup.exe", "file_program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", "file_program"),
        (archive({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}), "m.docx", "file_program"),
        (archive({"in/setup.exe": b""}), "z.zip", "file_program"),
        (archive({"../up.txt": b""}), "z.zip", "file_path"),
        (archive({"zeros": b"\0" * 30_000_000}), "z.zip", "file_bomb"),
        (WORD[:-30], "w.docx", "file_broken"),
        (b"hello", "note.txt", "file_kind"),
        (PDF, "report.docx", "file_name"),
        (b"", "empty.pdf", "file_empty"),
    ],
)
def test_what_is_refused(store: DocumentStore, content: bytes, name: str, rule: str) -> None:
    assert refused(store, content, name) == rule


def test_a_kind_the_form_does_not_want(store: DocumentStore) -> None:
    assert refused(store, PNG, "a.png", kinds=["pdf", "docx"]) == "file_kind"


def test_a_file_too_large_stops_being_read(store: DocumentStore, tmp_path: Path) -> None:
    assert refused(store, PDF + b"x" * 3_000_000, "a.pdf", max_bytes=1_000_000) == "file_too_large"
    assert not (tmp_path / "files").exists()


def test_a_missing_file(store: DocumentStore) -> None:
    with pytest.raises(NotFound):
        store.open("ab/abcdef")


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("C:\\ของฉัน\\แผน งาน.pdf", "แผน งาน.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\u202efdp.exe\x00.pdf", "afdp.exe.pdf"),
        ("<b>.pdf", "b.pdf"),
        ("...", "file.pdf"),
        ("น้ำ.PDF", "น้ำ.PDF"),
        ("รายงาน", "รายงาน.pdf"),
        ("ก" * 400 + ".pdf", "ก" * 150 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, clean: str) -> None:
    assert clean_name(given, KINDS["pdf"]) == clean
