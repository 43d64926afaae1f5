"""What alembic runs: migrations on the connection that engine.storage.schema.upgrade hands over, in its transaction."""

from typing import Any, Literal

from alembic import context

from engine.storage.model import Instant, metadata


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Instants are text in the database."""
    return "sa.String(32)" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    render_item=render,
)
context.run_migrations()
