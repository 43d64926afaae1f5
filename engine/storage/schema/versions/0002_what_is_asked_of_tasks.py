"""Tasks say themselves whom they are offered to, and are indexed by what is asked of them

`candidate` becomes the one tree that inboxes look into; and of tasks there are indexes of those that are open, of those in somebody's
hands and of those somebody has done: what a completion writes stands in fewer places.
"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COLUMNS = {"group": "candidate_groups", "user": "candidate_users", "barred": "barred_groups"}
HAS_ASSIGNEE = sa.text("assignee IS NOT NULL")
PARTIAL = {
    "ix_task_open": (["root_id", "instance_id"], sa.text("ended IS NULL")),
    "ix_task_held": (["assignee"], sa.text("assignee IS NOT NULL AND ended IS NULL")),
    "ix_task_done": (["ended_by", "ended"], sa.text("ended_by IS NOT NULL")),
}


def upgrade() -> None:
    for name in ("ix_task_assignee_state", "ix_task_instance_id_state", "ix_task_root_id_state"):
        op.drop_index(name, table_name="task")
    op.create_index("ix_task_instance_id", "task", ["instance_id"])
    for name, (columns, where) in PARTIAL.items():
        op.create_index(name, "task", columns, sqlite_where=where, postgresql_where=where)
    for column in COLUMNS.values():
        op.add_column("task", sa.Column(column, sa.Text(), nullable=True))
    offered = _candidates()
    op.drop_table("candidate")
    _create_candidate("kind", "name", "task_id")
    _fill(offered)
    named: dict[tuple[str, str], list[str]] = {}
    for task_id, kind, name in offered:
        named.setdefault((kind, task_id), []).append(name)
    for (kind, task_id), names in named.items():
        text = sa.text(f"UPDATE task SET {COLUMNS[kind]} = :names WHERE id = :id")
        op.get_bind().execute(text, {"names": json.dumps(names, ensure_ascii=False), "id": task_id})


def downgrade() -> None:
    offered = _candidates()
    op.drop_table("candidate")
    _create_candidate("task_id", "kind", "name")
    op.create_index("ix_candidate_kind_name_task_id", "candidate", ["kind", "name", "task_id"])
    _fill(offered)
    with op.batch_alter_table("task") as task:
        for name in ("ix_task_instance_id", *PARTIAL):
            task.drop_index(name)
        for column in COLUMNS.values():
            task.drop_column(column)
    op.create_index("ix_task_root_id_state", "task", ["root_id", "state"])
    op.create_index("ix_task_instance_id_state", "task", ["instance_id", "state"])
    op.create_index("ix_task_assignee_state", "task", ["assignee", "state"], sqlite_where=HAS_ASSIGNEE, postgresql_where=HAS_ASSIGNEE)


def _create_candidate(*key: str) -> None:
    kinds = {"task_id": sa.String(64), "kind": sa.String(8), "name": sa.String(255)}
    op.create_table(
        "candidate",
        *(sa.Column(name, kinds[name], nullable=False) for name in key),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_candidate_task_id"),
        sa.PrimaryKeyConstraint(*key, name="pk_candidate"),
        sqlite_with_rowid=False,
    )


def _candidates() -> list[tuple[str, str, str]]:
    return [tuple(row) for row in op.get_bind().execute(sa.text("SELECT task_id, kind, name FROM candidate ORDER BY name"))]


def _fill(offered: list[tuple[str, str, str]]) -> None:
    rows = [{"task_id": task_id, "kind": kind, "name": name} for task_id, kind, name in offered]
    if rows:
        op.get_bind().execute(sa.text("INSERT INTO candidate (task_id, kind, name) VALUES (:task_id, :kind, :name)"), rows)
