"""All that was deployed together moves in one migration: what of it moves whole, why it is undone and by whom"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ID = sa.String(64)
ADDED = (("deployment_id", ID), ("undo_reason", sa.Text()), ("undone_by", sa.String(255)))
OF_ITEMS = ("source_id", "whole_id")
FILL = (
    "UPDATE migration_item SET whole_id = instance_id, "
    "source_id = (SELECT m.source_id FROM migration m WHERE m.id = migration_item.migration_id)"
)


def upgrade() -> None:
    for name, kind in ADDED:
        op.add_column("migration", sa.Column(name, kind))
    for name in OF_ITEMS:
        op.add_column("migration_item", sa.Column(name, ID, nullable=False, server_default=""))
    op.execute(FILL)
    with op.batch_alter_table("migration_item", schema=None) as batch_op:
        for name in OF_ITEMS:
            batch_op.alter_column(name, server_default=None)
    op.create_index(op.f("ix_migration_item_migration_id_whole_id"), "migration_item", ["migration_id", "whole_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_migration_item_migration_id_whole_id"), table_name="migration_item")
    for name in OF_ITEMS:
        op.drop_column("migration_item", name)
    for name, _kind in ADDED:
        op.drop_column("migration", name)
