"""Migrations of running instances to another version of their definition: what is planned, and what has become of each instance"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT, ID, KEY = sa.String(32), sa.String(64), sa.String(255)


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", ID, nullable=False),
        sa.Column("definition_key", KEY, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("ended", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index(op.f("ix_migration_state"), "migration", ["state"])
    op.create_index(op.f("ix_migration_definition_key_created"), "migration", ["definition_key", "created"])
    op.create_table(
        "migration_item",
        sa.Column("migration_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("problems", sa.Text()),
        sa.Column("seq", sa.Integer()),
        sa.Column("before", sa.LargeBinary()),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["migration_id"], ["migration.id"], name=op.f("fk_migration_item_migration_id_migration")),
        sa.PrimaryKeyConstraint("migration_id", "instance_id", name=op.f("pk_migration_item")),
    )
    op.create_index(op.f("ix_migration_item_migration_id_state"), "migration_item", ["migration_id", "state"])
    op.create_index(op.f("ix_migration_item_instance_id"), "migration_item", ["instance_id"])


def downgrade() -> None:
    op.drop_table("migration_item")
    op.drop_table("migration")
