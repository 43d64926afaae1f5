"""People: a module a page, all of one blueprint."""

from __future__ import annotations

from webui.pages.people import closing, importing, one, parties, users
from webui.pages.people.blueprint import page

MODULES = (users, one, closing, parties, importing)  # importing them adds their addresses to the blueprint

__all__ = ["MODULES", "page"]
