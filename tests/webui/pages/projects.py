"""A project of `tests.projects` in the web application, and people who look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.engine import Engine
from engine.people import SYSTEM
from tests import projects
from tests.webui.pages.conftest import PASSWORD, Browser
from webui.application import create_app
from webui.settings import Settings


@dataclass(frozen=True)
class Site:
    """An application with one project that has begun."""

    engine: Engine
    root: str
    browser: Browser

    def as_user(self, name: str) -> Browser:
        """Another browser, logged in."""
        found = Browser(self.browser.http.application)
        found.log_in(name)
        return found


def site(folder: Path) -> Iterator[Site]:
    """The application over a database of its own."""
    engine = projects.opened(folder)
    people = [{"user_id": actor.user_id, "groups": sorted(actor.groups)} for actor in projects.EVERYBODY]
    people.append({"user_id": "admin", "roles": ["administrator"]})
    engine.add_users([{"name": f"ผู้ใช้ {one['user_id']}", "password": PASSWORD, **one} for one in people], actor=SYSTEM)
    root = projects.start(engine)
    app = create_app(engine, Settings(folder, "sqlite://"))
    app.testing = True
    yield Site(engine, root, Browser(app))
    engine.close()
