"""Figure 8: looking for what is due among many timers."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from engine.dates.clock import real_now
from engine.engine import Engine
from engine.ids import new_id
from engine.storage import model

TIMERS = 100_000
ROUNDS = 200


def due(folder: Path) -> float:
    """Milliseconds of CPU of one `Engine.run_due` that finds nothing due: leases looked at, due rows looked for, committed."""
    url = f"sqlite:///{folder}/timers.db"
    engine = Engine.open(url, home=folder)
    try:
        engine.upgrade()
        _fill(url)
        assert engine.run_due() == 0
        return median(_once(engine) for _ in range(ROUNDS)) * 1000
    finally:
        engine.close()


def _once(engine: Engine) -> float:
    begin = time.process_time()
    engine.run_due()
    return time.process_time() - begin


def _fill(url: str) -> None:
    now = real_now()
    rows = [
        {"id": new_id(), "kind": "timer", "state": "PENDING", "due": now + timedelta(hours=1, seconds=n), "created": now}
        for n in range(TIMERS)
    ]
    database = sa.create_engine(url)
    with database.begin() as connection:
        connection.execute(sa.insert(model.job), rows)
    database.dispose()
