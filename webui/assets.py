"""The built front end: hashed names from its manifest, served with a year of caching."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory
from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"
YEAR = 365 * 24 * 3600


class NotBuilt(RuntimeError):
    """The front end is not built: run `make install`, or `python hatch_build.py`."""


def register(app: Flask) -> None:
    """Serve the bundle and give templates `asset(name)` and `icon(name)`."""
    names = manifest()
    app.add_url_rule("/static/<path:name>", "static", _serve)
    app.jinja_env.globals["asset"] = lambda name: f"/static/{names[name]}"
    sprite = f"/static/{names['icons.svg']}"

    @cache
    def icon(name: str, kind: str = "") -> Markup:
        """An icon beside words: drawn for the eye only."""
        return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(kind, sprite, name)

    app.jinja_env.globals["icon"] = icon


def manifest(folder: Path = DIST) -> dict[str, str]:
    """Names of the built files. Raises NotBuilt."""
    try:
        found: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        raise NotBuilt(NotBuilt.__doc__) from None
    return found


def _serve(name: str) -> Response:
    answer = send_from_directory(DIST, name, max_age=YEAR, conditional=True)
    answer.cache_control.immutable = True
    return answer
