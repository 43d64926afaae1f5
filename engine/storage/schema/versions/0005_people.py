"""People: what is done beside instances in a chain of its own, the last login, identities of an agency's own login, checks of the chains"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT, ID, KEY = sa.String(32), sa.String(64), sa.String(255)


def upgrade() -> None:
    op.add_column("user_", sa.Column("last_login", INSTANT))
    op.add_column("user_", sa.Column("subject", KEY))
    op.create_index("uq_user_subject", "user_", ["subject"], unique=True)
    op.create_index(op.f("ix_link_user_id_purpose"), "link", ["user_id", "purpose"])
    op.create_table(
        "system_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("subject", KEY),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_system_event")),
    )
    op.create_index(op.f("ix_system_event_time"), "system_event", ["time"])
    op.create_table(
        "chain",
        sa.Column("id", ID, nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
    )
    op.create_table(
        "verification",
        sa.Column("id", ID, nullable=False),
        sa.Column("started", INSTANT, nullable=False),
        sa.Column("started_by", KEY, nullable=False),
        sa.Column("beat", INSTANT, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended", INSTANT),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(op.f("ix_verification_started"), "verification", ["started"])


def downgrade() -> None:
    op.drop_table("verification")
    op.drop_table("chain")
    op.drop_table("system_event")
    op.drop_index(op.f("ix_link_user_id_purpose"), "link")
    op.drop_index("uq_user_subject", "user_")
    op.drop_column("user_", "subject")
    op.drop_column("user_", "last_login")
