"""OpenID Connect: authorization code with PKCE, state and nonce (Authlib), against the provider that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from engine.errors import Forbidden
from engine.people.identities import Identity
from webui import current
from webui.provider import Provider

MARK = "oidc"  # in the session of who came this way
BEGUN, MOST_BEGUN = "_state_agency_", 3  # where Authlib keeps a login that was begun; of how many one may come back
SECONDS = 10  # for an answer of the provider
SIGNED_WITH = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"})
LOST = "The login did not come to its end. Begin it again."
LOST_TH = "การเข้าสู่ระบบไม่สำเร็จ โปรดเริ่มใหม่อีกครั้ง"
AWAY = "The agency's login does not answer. Try again later, or log in with a password."
AWAY_TH = "ระบบยืนยันตัวตนของหน่วยงานไม่ตอบสนอง โปรดลองใหม่ภายหลัง หรือเข้าสู่ระบบด้วยรหัสผ่าน"
NAMELESS = "The agency's login does not say who you are here."
NAMELESS_TH = "ระบบยืนยันตัวตนของหน่วยงานไม่ได้ส่งชื่อผู้ใช้มา"


def register(app: Flask) -> None:
    """Give the application its client of the provider, where one is set."""
    provider: Provider | None = app.extensions["ruam.settings"].provider
    if provider is None:
        return
    clients = OAuth(app)
    clients.register(
        "agency",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )
    app.extensions["ruam.oidc"] = clients


def begin(next_page: str | None) -> Response:
    """To the provider; what is needed when one comes back waits in the session. Raises Forbidden."""
    session["oidc.next"] = next_page or "/"
    begun = sorted((key for key in session if key.startswith(BEGUN)), key=lambda key: session[key]["exp"])
    for key in begun[: 1 - MOST_BEGUN]:  # a cookie has room for few
        session.pop(key)
    try:
        return cast(Response, _client().authorize_redirect(_address("oidc.end")))
    except (AuthlibBaseError, RequestException, RuntimeError) as error:
        raise Forbidden(AWAY, th=AWAY_TH) from error


def end() -> tuple[str, str]:
    """Who came back, and where he was going. Raises Forbidden where anything is not as it was begun, or he may not come in."""
    provider = _provider()
    try:
        client = _client()
        metadata = client.load_server_metadata()
        if metadata.get("issuer", "").rstrip("/") != provider.issuer.rstrip("/"):
            raise Forbidden(LOST, th=LOST_TH)
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in SIGNED_WITH]
        claims = client.authorize_access_token().get("userinfo")
    except RequestException as error:
        raise Forbidden(AWAY, th=AWAY_TH) from error
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError) as error:
        current.engine().login_failed("", MARK)
        raise Forbidden(LOST, th=LOST_TH) from error
    if not claims or not claims.get("sub"):
        raise Forbidden(LOST, th=LOST_TH)
    going = session.get("oidc.next") or "/"
    return current.engine().come_in(_identity(provider, claims), create=provider.create, mapped=set(provider.groups.values())), going


def session_to_end() -> str | None:
    """Where the provider's own session is ended, if this one came from there."""
    if not session.get(MARK):
        return None
    try:
        client = _client()
        if client.load_server_metadata().get("end_session_endpoint"):
            left = client.create_logout_url(_address("login.show"), client_id=_provider().client_id)
            return str(left["url"])
    except (AuthlibBaseError, RequestException, RuntimeError):
        pass  # we log out all the same
    return None


def _identity(provider: Provider, claims: Mapping[str, Any]) -> Identity:
    name = claims.get(provider.user_claim)
    if not isinstance(name, str) or not name or (provider.user_claim == "email" and not claims.get("email_verified")):
        raise Forbidden(NAMELESS, th=NAMELESS_TH)
    said = claims.get(provider.groups_claim) if provider.groups_claim else None
    values = said if isinstance(said, list) else str(said or "").split()
    groups = {provider.groups[value] for value in values if isinstance(value, str) and value in provider.groups}
    email = claims.get("email") if isinstance(claims.get("email"), str) else None
    return Identity(f"{provider.issuer.rstrip('/')}#{claims['sub']}"[:255], name, str(claims.get("name") or ""), email, groups)


def _provider() -> Provider:
    provider = current.settings().provider
    if provider is None:
        raise Forbidden("There is no agency's login here.", th="ระบบนี้ไม่ได้เชื่อมต่อกับระบบยืนยันตัวตนของหน่วยงาน")
    return provider


def _client() -> Any:
    _provider()
    return current_app.extensions["ruam.oidc"].agency


def _address(endpoint: str) -> str:
    public = current.settings().public_url.rstrip("/")
    return public + url_for(endpoint) if public else url_for(endpoint, _external=True)
