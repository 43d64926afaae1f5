"""Activities that are suspended, notes about incidents"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ADDED = (("definition", "held"), ("instance", "held"), ("incident", "annotation"))


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.Text()))


def downgrade() -> None:
    for table, column in ADDED:
        op.drop_column(table, column)
