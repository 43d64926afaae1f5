"""Administration: a module a page, all of one blueprint."""

from __future__ import annotations

from webui.pages.administration import (
    clock,
    decisions,
    definitions,
    incidents,
    instances,
    jobs,
    migrations,
    moving,
    recording,
    repair,
    system,
    tasks,
    together,
    variables,
    workers,
)
from webui.pages.administration.blueprint import page

MODULES = (
    clock,
    decisions,
    definitions,
    incidents,
    instances,
    jobs,
    migrations,
    moving,
    recording,
    repair,
    system,
    tasks,
    together,
    variables,
    workers,
)  # importing them adds their addresses to the blueprint

__all__ = ["MODULES", "page"]
