"""Several periods of somebody in one group"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(batch_op.f("pk_membership"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_membership"), ["user_id", "group_", "number"])
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.alter_column("number", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM membership WHERE number > 1")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("pk_membership"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_membership"), ["user_id", "group_"])
        batch_op.drop_column("number")
