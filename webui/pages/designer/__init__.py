"""Process design: a module a page, all of one blueprint; the modeler's JSON is another one (api.py)."""

from __future__ import annotations

from webui.pages.designer import (
    activation,
    approval,
    checks,
    deciding,
    difference,
    drafts,
    editing,
    files,
    history,
    overview,
    playing,
    preview,
    rehearsal,
    testing,
)
from webui.pages.designer.blueprint import page

MODULES = (
    drafts,
    overview,
    files,
    editing,
    preview,
    deciding,
    checks,
    difference,
    rehearsal,
    testing,
    playing,
    approval,
    activation,
    history,
)  # importing them adds their addresses

__all__ = ["MODULES", "page"]
