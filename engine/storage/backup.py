"""Backups: one tar of all rows (JSON lines, a file a table) and all files.

It is the same for every database, so what was SQLite can be restored into PostgreSQL, and the other way.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Column, Connection, LargeBinary, Table, func, insert, select, text

from engine.dates.clock import real_now
from engine.errors import Conflict, Invalid, NotFound
from engine.papers.documents import DocumentStore
from engine.storage.database import Database
from engine.storage.model import Instant, document, metadata, to_text

FORMAT = 1
BATCH = 500
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """How much a backup holds."""

    rows: int
    files: int
    revision: str  # of the schema


def write(database: Database, store: DocumentStore, target: IO[bytes]) -> BackupSummary:
    """Write a backup of what the database says at one instant, while it goes on being used. Raises NotFound for a file that is gone."""
    with tarfile.open(fileobj=target, mode="w|gz") as archive, database.read() as connection:
        revision = _revision(connection)
        about = {"format": FORMAT, "revision": revision, "created": to_text(real_now())}
        _add(archive, MANIFEST, io.BytesIO(json.dumps(about).encode()))
        rows = sum(_add_table(archive, connection, table) for table in metadata.sorted_tables)
        keys = sorted(connection.scalars(select(document.c.store_key).distinct()))
        for key in keys:
            with store.open(key) as content:
                _add(archive, f"files/{key}", content)
    return BackupSummary(rows, len(keys), revision)


def restore(database: Database, store: DocumentStore, source: IO[bytes]) -> BackupSummary:
    """Fill an empty database (schema in place) from a backup, all or nothing.

    Raises Conflict where it is not empty, Invalid for a file that is no backup.
    """
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            return database.write(lambda connection: _restore(connection, store, archive))
    except (tarfile.TarError, EOFError, StopIteration, ValueError, KeyError, NotFound) as error:
        raise Invalid(f"This is not a whole backup: {error}.", th="ไฟล์สำรองไม่ครบถ้วน โปรดใช้ไฟล์อื่น") from error


def _restore(connection: Connection, store: DocumentStore, archive: tarfile.TarFile) -> BackupSummary:
    for table in metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                f"The database is not empty (table {table.name}): restore into a new one.", th="ฐานข้อมูลไม่ว่าง โปรดกู้คืนลงในฐานข้อมูลใหม่"
            )
    members = iter(archive)
    about = json.loads(_content(archive, next(members)))
    revision = _revision(connection)
    if (about["format"], about["revision"]) != (FORMAT, revision):
        theirs = f"schema {about['revision']}, this version's is {revision}"
        raise Invalid(
            f"The backup is of {theirs}: restore it with the version that wrote it; an older database is then brought to this one by"
            " `ruam db upgrade`.",
            th=f"ไฟล์สำรองนี้เป็นของ {theirs} โปรดกู้คืนด้วยโปรแกรมรุ่นที่สร้างไฟล์ แล้วปรับฐานข้อมูลรุ่นเก่าขึ้นมาด้วย ruam db upgrade",
        )
    rows = files = 0
    for member in members:
        folder, _, name = member.name.partition("/")
        if folder == "tables":
            rows += _fill(connection, metadata.tables[name.removesuffix(".jsonl")], archive, member)
        elif folder == "files":
            files += _keep(store, name, _content(archive, member))
    for key in connection.scalars(select(document.c.store_key).distinct()):
        store.open(key).close()
    return BackupSummary(rows, files, revision)


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    """A member whose size is known only when its content has been read."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as spool:
        while block := content.read(1 << 16):
            spool.write(block)
        entry = tarfile.TarInfo(name)
        entry.size = spool.tell()
        entry.mtime = int(real_now().timestamp())
        spool.seek(0)
        archive.addfile(entry, spool)


def _add_table(archive: tarfile.TarFile, connection: Connection, table: Table) -> int:
    rows = 0
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as spool:
        for row in connection.execute(select(table).execution_options(yield_per=BATCH)).mappings():
            spool.write(json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False).encode() + b"\n")
            rows += 1
        spool.seek(0)
        _add(archive, f"tables/{table.name}.jsonl", spool)
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return to_text(value) if isinstance(value, datetime) else value


def _fill(connection: Connection, table: Table, archive: tarfile.TarFile, member: tarfile.TarInfo) -> int:
    stream = archive.extractfile(member)
    assert stream is not None
    rows = 0
    batch: list[dict[str, Any]] = []
    for line in stream:
        row: Mapping[str, Any] = json.loads(line)
        batch.append({column.name: _typed(column, row[column.name]) for column in table.columns})
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            rows, batch = rows + len(batch), []
    if batch:
        connection.execute(insert(table), batch)
    return rows + len(batch)


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(column.type, Instant) else value


def _keep(store: DocumentStore, key: str, content: bytes) -> int:
    digest = hashlib.sha256(content).hexdigest()
    if key.rpartition("/")[2] != digest:
        raise Invalid(f"This is not a whole backup: the file {key} was changed.", th=f"ไฟล์สำรองไม่ครบถ้วน: ไฟล์ {key} ถูกแก้ไข")
    store.put_bytes(content, name=digest, media_type="application/octet-stream")
    return 1


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    assert stream is not None
    return stream.read()
