"""The system: versions, which database, figures."""

from __future__ import annotations

import platform
from importlib import metadata

from flask import render_template

from webui import current
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

SHOWN = ("ruam", "SpiffWorkflow", "SQLAlchemy", "Flask", "typst", "waitress")


@page.get("/system")
def system() -> str:
    """Versions and figures, and when the history was checked last."""
    engine, me = current.engine(), current.actor()
    figures = {
        "instances": engine.instances(actor=me, limit=1).total,
        "tasks": engine.tasks(actor=me, limit=1).total,
        "jobs": engine.jobs(actor=me, limit=1).total,
        "users": engine.users(actor=me, limit=1).total,
    }
    return render_template(
        "pages/admin_system.html",
        tabs=parts.tabs("system"),
        versions=_versions(),
        database=_database(),
        figures=figures,
        checks=engine.verifications(actor=me, limit=1),
        simulated=engine.simulated,
        now=engine.clock_now(),
    )


def _versions() -> list[tuple[str, str]]:
    found = [("Python", platform.python_version())]
    for name in SHOWN:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return found


def _database() -> str:
    url = current.settings().database_url
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL" if url.startswith("postgres") else url.partition(":")[0]
