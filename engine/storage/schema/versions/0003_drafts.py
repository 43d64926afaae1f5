"""Drafts of processes: their files with every saved content, their history, who has them open, their rehearsals"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT, ID, KEY = sa.String(32), sa.String(64), sa.String(255)
TABLES = ("draft_rehearsal", "draft_presence", "draft_event", "draft_file", "draft_revision")


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("pack", KEY),
        sa.Column("base_id", ID),
        sa.Column("base_versions", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer()),
        sa.Column("approved_by", KEY),
        sa.Column("reason", sa.Text()),
        sa.Column("activate_at", INSTANT),
        sa.Column("deployment_id", ID),
        sa.Column("author", KEY, nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("changed", INSTANT, nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_state_changed"), "draft", ["state", "changed"])
    _of_draft("draft_revision", ["draft_id", "path", "revision"], *_revision_columns())
    _of_draft(
        "draft_file", ["draft_id", "path"], sa.Column("path", KEY, nullable=False), sa.Column("revision", sa.Integer(), nullable=False)
    )
    _of_draft("draft_event", ["draft_id", "seq"], *_event_columns())
    _of_draft(
        "draft_presence",
        ["draft_id", "user_id", "path"],
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("seen", INSTANT, nullable=False),
    )
    _of_draft("draft_rehearsal", ["id"], *_rehearsal_columns())
    op.create_index(op.f("ix_draft_rehearsal_draft_id_started"), "draft_rehearsal", ["draft_id", "started"])


def _of_draft(name: str, key: list[str], *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("draft_id", ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f(f"fk_{name}_draft_id")),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _revision_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("path", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed", INSTANT, nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
    )


def _event_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _rehearsal_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("process", KEY, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("started", INSTANT, nullable=False),
        sa.Column("started_by", KEY, nullable=False),
        sa.Column("beat", INSTANT, nullable=False),
        sa.Column("ended", INSTANT),
    )


def downgrade() -> None:
    for name in (*TABLES, "draft"):
        op.drop_table(name)
