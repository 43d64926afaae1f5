"""The variables that an instance's dates come from, as the files of its new version say: where its dates are to move with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.context import Context
from engine.errors import ExecutionFailed, RuamError
from engine.migration.plan import Due
from engine.storage.outages import DRIVERS
from engine.values import check_values

if TYPE_CHECKING:
    from engine.migration.moving import Route
    from engine.storage.session import Record, Session


def renew_dates(session: Session, record: Record, route: Route) -> None:
    """Ask the pack, if it says what the dates of the process come from. Raises ExecutionFailed."""
    dates = session.shared.registry.dates(route.new.pack, route.new.key)
    if route.plan.due != Due.RECALCULATE or dates is None:
        return
    root = session.execution.instance(record).scopes[record.id]
    element = next(iter(route.new.process.elements.values()))
    try:
        values = dates(Context(session.execution.outside(record), element, root.data, record.id))
    except (RuamError, *DRIVERS):
        raise
    except Exception as error:
        name = route.new.process.name or route.new.key
        raise ExecutionFailed(f"'{name}': its dates failed: {type(error).__name__}: {error}", th=f"คำนวณวันที่ของ “{name}” ไม่สำเร็จ") from error
    check_values(values)
    root.assign(values)
