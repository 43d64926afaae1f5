"""What every command begins with: the settings, an engine on their database, values given as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from engine.engine import Engine
from engine.storage.database import read_url
from webui.settings import Settings

pass_settings = click.make_pass_decorator(Settings)


@contextmanager
def opened(settings: Settings, url: str | None = None) -> Iterator[Engine]:
    """The engine on the settings' database (or on another), closed at the end of the block. A new SQLite file gets its tables at once."""
    settings.home.mkdir(parents=True, exist_ok=True)
    place, _wait = read_url(url or settings.database_url)
    new = place.get_backend_name() == "sqlite" and not (place.database and Path(place.database).exists())
    engine = Engine.open(url or settings.database_url, home=settings.home, packs=settings.packs, limits=settings.limits)
    try:
        if new:
            engine.upgrade()
        yield engine
    finally:
        engine.close()


class JsonObject(click.ParamType[dict[str, Any]]):
    """A JSON object on the command line, or `@FILE` to read one from."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        try:
            found = json.loads(Path(value[1:]).read_text("utf-8") if value.startswith("@") else value)
        except (OSError, ValueError) as error:
            self.fail(f"not JSON: {error}", param, ctx)
        if not isinstance(found, dict):
            self.fail("a JSON object is needed", param, ctx)
        return found
