"""Where the bytes of documents are kept: one store (a folder by default, any fsspec URL), addressed by content.

A file is written before the row that names it, so a crash leaves at most a file nobody points to. What kinds of file
there are and how their content is recognised stands in `filekinds`.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast

import fsspec

from engine.errors import Invalid, NotFound, Problem
from engine.ids import new_id
from engine.papers import filekinds
from engine.storage.outages import file_outage

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
KEEP_IN_MEMORY = MEGABYTE  # an upload above this waits in a temporary file while it is inspected
NAME_LIMIT = 150  # characters


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store. `size` in bytes; `store_key` is what `DocumentStore.open` takes."""

    sha256: str
    size: int
    media_type: str
    store_key: str
    name: str


class DocumentStore:
    """Files by content: the same bytes are stored once, and nothing is ever overwritten."""

    def __init__(self, url: str) -> None:
        """`url`: a folder, or what fsspec understands (`s3://bucket/prefix`, `memory://x`)."""
        self.fs, self.root = fsspec.core.url_to_fs(url)

    def put(self, stream: IO[bytes], *, name: str, kinds: Collection[str] | None = None, max_bytes: int | None = None) -> Stored:
        """Check and store an upload of unknown content.

        `kinds`: keys of `filekinds.KINDS` that are welcome; None takes any of them. Raises Invalid (with problems), Unavailable.
        """
        with _telling(), tempfile.SpooledTemporaryFile(max_size=KEEP_IN_MEMORY) as spool:
            digest, size = _receive(stream, cast("IO[bytes]", spool), max_bytes)
            kind = filekinds.recognise(cast("IO[bytes]", spool), name=name, kinds=kinds)
            self._write(digest, cast("IO[bytes]", spool))
        return Stored(digest, size, kind.media_type, _key(digest), clean_name(name, kind))

    def put_bytes(self, content: bytes, *, name: str, media_type: str) -> Stored:
        """Store what the program itself made (a letter, a report): trusted, not inspected. Raises Unavailable."""
        digest = hashlib.sha256(content).hexdigest()
        with _telling(), tempfile.SpooledTemporaryFile(max_size=max(len(content), 1)) as spool:
            spool.write(content)
            self._write(digest, cast("IO[bytes]", spool))
        return Stored(digest, len(content), media_type, _key(digest), clean_name(name))

    def open(self, store_key: str) -> IO[bytes]:
        """A stream of a stored file's bytes. Raises NotFound, Unavailable."""
        with _telling():
            try:
                return cast("IO[bytes]", self.fs.open(self._path(store_key), "rb"))
            except FileNotFoundError:
                raise NotFound("The file is not in the store.", store_key=store_key, th="ไม่พบไฟล์ของเอกสารนี้ในที่เก็บ โปรดแจ้งผู้ดูแลระบบ") from None

    def _path(self, store_key: str) -> str:
        return f"{self.root}/{store_key}"

    def _write(self, digest: str, spool: IO[bytes]) -> None:
        """Under a temporary name first, then renamed: a half-written file is never found under its key."""
        path = self._path(_key(digest))
        if self.fs.exists(path):
            return
        self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        passing = f"{path}.{new_id()}.part"
        spool.seek(0)
        try:
            with self.fs.open(passing, "wb") as target:
                while block := spool.read(CHUNK):
                    target.write(block)
                _flush(target)
            self.fs.mv(passing, path)
        except OSError:
            if self.fs.exists(passing):
                self.fs.rm(passing)
            raise


class PassingStore(DocumentStore):
    """A store as it would be: what is put into it is found again while it is used, and nothing of it is kept."""

    def __init__(self, kept: DocumentStore) -> None:
        self.fs, self.root = kept.fs, kept.root
        self._passing: dict[str, bytes] = {}

    def open(self, store_key: str) -> IO[bytes]:
        """A stream of a file put into it, or kept before. Raises NotFound, Unavailable."""
        passing = self._passing.get(store_key)
        return super().open(store_key) if passing is None else io.BytesIO(passing)

    def _write(self, digest: str, spool: IO[bytes]) -> None:
        spool.seek(0)
        self._passing[_key(digest)] = spool.read()


@contextmanager
def _telling() -> Iterator[None]:
    """Say in our own words that the store is full or away."""
    try:
        yield
    except OSError as error:
        raise file_outage(error) from error


def clean_name(name: str, kind: filekinds.Kind | None = None) -> str:
    """A file name safe to show and to save under: no path, no control or direction-changing characters, the kind's suffix."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in '<>:"|?*')
    stem, dot, suffix = " ".join(kept.split()).strip(". ").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    if kind is not None and suffix.lower() not in kind.suffixes:
        stem, suffix = (f"{stem}.{suffix}" if suffix else stem), kind.suffixes[0]
    stem = stem[:NAME_LIMIT].strip(". ") or "file"
    return f"{stem}.{suffix}" if suffix else stem


def _receive(stream: IO[bytes], spool: IO[bytes], max_bytes: int | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(CHUNK):
        size += len(block)
        if max_bytes is not None and size > max_bytes:
            raise _refused(
                "file_too_large",
                f"The file is larger than {_megabytes(max_bytes)} MB. Make it smaller or send it in parts.",
                f"ไฟล์มีขนาดเกิน {_megabytes(max_bytes)} เมกะไบต์ กรุณาลดขนาดหรือแบ่งส่ง",
            )
        digest.update(block)
        spool.write(block)
    if not size:
        raise _refused("file_empty", "The file is empty.", "ไฟล์ว่างเปล่า")
    spool.seek(0)
    return digest.hexdigest(), size


def _refused(rule: str, message: str, message_th: str) -> Invalid:
    return Invalid(message, [Problem(message, message_th, rule=rule)])


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _flush(target: Any) -> None:
    """To the disk, where the store is a local folder: the row that names the file is as durable as the database."""
    target.flush()
    try:
        os.fsync(target.fileno())
    except (AttributeError, io.UnsupportedOperation, NotImplementedError):  # a remote store has no file descriptor
        return
