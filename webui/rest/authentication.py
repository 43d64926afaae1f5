"""Who asks: HTTP Basic with a local account, or a personal token as bearer. No cookie is looked at.

argon2 takes some 50 ms by intent, so a right password is remembered for some minutes: as a keyed digest over name, password and the
account's session mark. The mark changes with the password and when the account is closed, so nothing has to be forgotten elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request
from flask_limiter.util import get_remote_address
from limits import parse_many
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden as NotAllowed
from werkzeug.exceptions import TooManyRequests, Unauthorized

from engine.errors import Forbidden, NotFound
from webui import auth, current

if TYPE_CHECKING:
    from engine.people import Actor

REALM = "Ruam REST"  # a text with a space is quoted, as old clients want it
REMEMBERED = 300.0  # seconds
TOLD = "rest_told"  # among the application's extensions
HOUR = 3600.0  # who comes is told to the journal once in it, not at each request
MOST = 2000
OTHER_SITES = frozenset({"cross-site", "same-site"})  # a browser that kept a password sends it along for others' pages, too
NAME_LIMITS, ADDRESS_LIMITS = parse_many(auth.LOGIN_LIMITS), parse_many(auth.LOGIN_LIMITS_ADDRESS)


class Remembered:
    """What was shown a while ago and found right, as digests that only this process can make."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def knows(self, name: str, mark: str, password: str) -> bool:
        """Whether this password was right a short while ago, and the account is as it was."""
        return self._until.get(self._digest(name, mark, password), 0.0) > time.monotonic()

    def keep(self, name: str, mark: str, password: str) -> None:
        """It was right."""
        self._until[self._digest(name, mark, password)] = time.monotonic() + self._seconds
        while len(self._until) > MOST:
            self._until.popitem(last=False)

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)


remembered = Remembered(REMEMBERED)


def actor() -> Actor:
    """Who asks."""
    return cast("Actor", g.rest_actor)


def authenticate() -> None:
    """Find out who asks. Raises Unauthorized, TooManyRequests, and Forbidden for a page of another site."""
    if request.headers.get("Sec-Fetch-Site") in OTHER_SITES:
        raise NotAllowed("This is not for pages of other sites.")
    given = request.authorization
    if given is not None and given.type == "basic":
        g.rest_actor = _by_password(given.username or "", given.password or "")
        _tell(g.rest_actor, "", None)
    elif given is not None and given.type == "bearer":
        g.rest_actor = _by_token(given.token or "")
        _tell(g.rest_actor, given.token or "", given.token)
    else:
        raise _unauthorized()


def _tell(who: Actor, shown: str, secret: str | None) -> None:
    """That a program came in for somebody, for the journal."""
    told: Remembered = current_app.extensions[TOLD]
    if not told.knows(who.user_id, "", shown):
        current.engine().came_by_program(who.user_id, secret)
        told.keep(who.user_id, "", shown)


def _unauthorized() -> Unauthorized:
    ways = [WWWAuthenticate("basic", {"realm": REALM}), WWWAuthenticate("bearer", {"realm": REALM})]
    return Unauthorized("Name and password, or a token, are needed and are to be right.", www_authenticate=ways)


def _by_password(name: str, password: str) -> Actor:
    engine, mark = current.engine(), ""
    try:
        view, found, g.now = engine.signed_in(name)
        mark = view.session
        if remembered.knows(name, mark, password):
            return found
    except NotFound:
        pass  # checking takes as long for a name that is not there
    try:
        checked = _throttled(name, lambda: engine.check_password(name, password, demo=current.demonstrates()))
    except Forbidden:
        raise _unauthorized() from None
    remembered.keep(name, mark, password)
    return checked


def by_token() -> bool:
    """Whether who asks has shown a token, and no password."""
    return request.authorization is not None and request.authorization.type == "bearer"


def right(name: str, password: str) -> bool:
    """Whether a password is a user's. Raises TooManyRequests."""
    try:
        _throttled(name, lambda: current.engine().check_password(name, password, demo=current.demonstrates()))
    except Forbidden:
        return False
    return True


def _by_token(token: str) -> Actor:
    try:
        found, g.now = current.engine().bearer(token)
    except Forbidden:
        raise _unauthorized() from None
    return found


def _throttled(name: str, check: Callable[[], Actor]) -> Actor:
    """Check, unless there were too many failures for the name or from the address, and count a failure. Raises what `check` raises."""
    counted = [(limit, "rest login " + name.strip().casefold()) for limit in NAME_LIMITS]
    counted += [(limit, "rest login from " + get_remote_address()) for limit in ADDRESS_LIMITS]
    strategy = auth.limiter.limiter
    if not all(strategy.test(limit, subject) for limit, subject in counted):
        raise TooManyRequests("Too many attempts. Wait a minute, then try again.")
    try:
        return check()
    except Forbidden:
        for limit, subject in counted:
            strategy.hit(limit, subject)
        raise
