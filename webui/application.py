"""The web application over an open engine: each part of it registers itself. The command line does without it, but to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webui import acting, assets, auth, errors, headers, languages, navigation, oidc, pages, rendering, rest

if TYPE_CHECKING:
    from engine.engine import Engine
    from webui.settings import Settings

MAX_UPLOAD = 120 * 1024 * 1024  # bytes of one request: a form may carry several files; each field has a limit of its own
MAX_FORM_TEXT = 3 * 1024 * 1024  # bytes: a sheet of 2 MB that was looked at comes back as base64


def create_app(engine: Engine, settings: Settings) -> Flask:
    """The web application over an engine that is already open."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_TEXT,
        MAX_FORM_PARTS=5000,
    )
    app.extensions["ruam.engine"] = engine
    app.extensions["ruam.settings"] = settings
    if settings.secure:  # TLS ends at one proxy before us
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (assets, languages, rendering, auth, acting, oidc, headers, errors, pages, rest, navigation):
        part.register(app)
    return app
