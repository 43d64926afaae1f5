"""Who is logged in: the session cookie, the rule that every page needs a login, throttling and CSRF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from engine.errors import NotFound
from webui import current
from webui.throttle import EngineStorage

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.queries import UserView

SESSION_LENGTH = timedelta(hours=12)
LOGIN_LIMITS = "5 per minute; 30 per hour"  # failed attempts for a name
LOGIN_LIMITS_ADDRESS = "20 per minute; 200 per hour"  # failed attempts from an address: an office shares one
PUBLIC = frozenset(
    {"static", "language.choose", "health.show"}
    | {f"login.{name}" for name in ("show", "log_in", "welcome", "first_administrator", "invitation", "accept")}
    | {"oidc.begin", "oidc.end"}
)
OWN_AUTHENTICATION = frozenset({"rest"})  # blueprints that ask for credentials themselves
_MISREAD = re.compile(r"[\\\x00-\x1f]")  # browsers read \ as /, and drop tabs and ends of lines

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri=f"{EngineStorage.STORAGE_SCHEME[0]}://", headers_enabled=False)
accounts = LoginManager()


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The user of a session, as flask-login wants one."""

    view: UserView
    actor: Actor

    def get_id(self) -> str:
        """Name and session mark: a new password ends the sessions that carry the old mark."""
        return f"{self.view.id} {self.view.session}"

    @property
    def locale(self) -> str | None:
        return self.view.locale


def register(app: Flask) -> None:
    """Put sessions, throttling and CSRF in front of every page."""
    app.config.update(
        SESSION_COOKIE_NAME="ruam",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.extensions["ruam.settings"].secure,
        PERMANENT_SESSION_LIFETIME=SESSION_LENGTH,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a long form may take an afternoon
        WTF_CSRF_FIELD_NAME="_csrf",
        RATELIMIT_ENABLED=True,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    accounts.session_protection = None  # the address of a phone changes; the mark in the session is what ends it
    accounts.user_loader(_load)
    accounts.init_app(app)
    app.before_request(_need_login)
    app.jinja_env.globals["csrf_input"] = csrf_input


def csrf_input() -> Markup:
    """The hidden field every form that changes something carries."""
    return Markup('<input type="hidden" name="_csrf" value="{}">').format(generate_csrf())


def sign_in(user_id: str) -> None:
    """Start a session of this user's, and none of what the one before left."""
    chosen = session.get("language")
    session.clear()
    session.permanent = True
    if chosen:
        session["language"] = chosen
    view, actor, g.now = current.engine().signed_in(user_id)
    login_user(SignedIn(view, actor))


def sign_out() -> None:
    """End the session; the language stays."""
    chosen = session.get("language")
    logout_user()
    session.clear()
    if chosen:
        session["language"] = chosen


def be_nobody() -> None:
    """Go on with this request as if nobody were logged in, without asking the database who is."""
    g._login_user = accounts.anonymous_user()  # where flask-login keeps the user of a request


def safe_next(target: str | None) -> str | None:
    """A page of ours to go on to, or nothing: never another site's address."""
    if not target or not target.startswith("/") or target.startswith("//") or _MISREAD.search(target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _load(session_id: str) -> SignedIn | None:
    user_id, _, mark = session_id.rpartition(" ")
    try:
        view, actor, g.now = current.engine().signed_in(user_id)
    except NotFound:
        return None
    return SignedIn(view, actor) if view.session == mark else None


def _need_login() -> Response | None:
    if request.endpoint in PUBLIC or request.endpoint is None or request.blueprint in OWN_AUTHENTICATION:
        return None
    if current_user.is_authenticated:
        return None
    if request.accept_mimetypes.best == "application/json":
        raise Unauthorized
    if request.method == "GET":
        going = request.full_path.rstrip("?") if request.path != "/" else None
    else:
        going = safe_next(urlsplit(request.referrer or "").path)  # the page it was sent from
    return redirect(url_for("login.show", next=going))
