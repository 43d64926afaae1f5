"""What failed is said in Thai as well; notices about drafts know which"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ADDED = (("incident", "message_th", sa.Text()), ("job", "error_th", sa.Text()), ("outbox", "draft_id", sa.String(64)))


def upgrade() -> None:
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind))


def downgrade() -> None:
    for table, name, _kind in ADDED:
        op.drop_column(table, name)
