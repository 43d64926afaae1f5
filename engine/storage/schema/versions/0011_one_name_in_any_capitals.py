"""User names that differ only in capitals are one: the database says so, too"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.String(255)


def upgrade() -> None:
    op.add_column("user_", sa.Column("lower_id", KEY))
    user, seen = sa.table("user_", sa.column("id", KEY), sa.column("lower_id", KEY)), set[str]()
    connection = op.get_bind()
    for id in connection.scalars(sa.select(user.c.id).order_by(user.c.id)).all():
        if id.lower() not in seen:  # of two that were let in before, the second goes on as it is, by its exact name
            seen.add(id.lower())
            connection.execute(sa.update(user).where(user.c.id == id).values(lower_id=id.lower()))
    op.create_index("uq_user_lower_id", "user_", ["lower_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_user_lower_id", "user_")
    op.drop_column("user_", "lower_id")
