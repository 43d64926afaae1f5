"""What instances keep of what they have done stands in piles: scopes stored before are rewritten, those that wait in them go on"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BEFORE, AFTER = 1, 2  # versions of a scope's blob
BATCH = 500
SCOPES = sa.text("SELECT id, blob FROM scope WHERE id > :last ORDER BY id LIMIT :batch")
SET = sa.text("UPDATE scope SET blob = :blob WHERE id = :id")

encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode


def upgrade() -> None:
    connection, last = op.get_bind(), ""
    while found := connection.execute(SCOPES, {"last": last, "batch": BATCH}).all():
        rewritten = [{"id": id, "blob": after} for id, blob in found if (after := rewrite(bytes(blob))) is not None]
        if rewritten:
            connection.execute(SET, rewritten)
        last = found[-1][0]


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM scope LIMIT 1")).first() is not None:
        raise CommandError("Instances run here that the release before cannot read: restore the backup made with it.")


def rewrite(blob: bytes) -> bytes | None:
    """A scope's blob with piles in the place of lists; none where it has them already, or is no scope's."""
    kept = decode(blob)
    if not isinstance(kept, list) or kept[0] != BEFORE:
        return None
    _version, variables, tokens, *more = kept
    for token in tokens:
        if token[5]:
            _rewrite_memory(token[5], token[4] or {})
    return encode([AFTER, variables, tokens, *([_records(more[0]), False] if more else [])])


def _rewrite_memory(memory: dict[str, Any], own: dict[str, Any]) -> None:
    """What a token keeps for itself."""
    if "results" in memory:
        memory["results"] = _pile([index, result] for index, result in enumerate(memory["results"]) if result is not None)
    if "items" in memory:  # those that have not begun, the next on top
        memory["items"] = _pile(reversed(memory["items"][own["nrOfCompletedInstances"] + 1 :]))
    if "insides" in memory:
        memory["insides"] = _insides(memory["insides"])
    if "undo" in memory:
        memory["undo"] = _pile([scope_id, *_record(record)] for scope_id, *record in memory["undo"])
    for kept in memory.get("ad_hoc", {}).values():
        if "results" in kept:
            kept["results"] = _pile(kept["results"])


def _records(records: list[Any]) -> list[Any]:
    return _pile(_record(record) for record in records)


def _record(record: list[Any]) -> list[Any]:
    element_id, insides, partial = record
    return [element_id, _insides(insides), partial]


def _insides(insides: list[bytes | None]) -> list[Any] | None:
    if insides == [None]:
        return None
    return _pile([variables, _records(records)] for variables, records in (decode(inside) for inside in insides if inside is not None))


def _pile(values: Iterable[Any]) -> list[Any]:
    return [None, [encode(value) for value in values]]
