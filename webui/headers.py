"""The security headers of every answer. Nothing comes from elsewhere, nothing inline is run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from flask import Flask, Response, request

from webui.provider import Provider

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Set the headers after every request."""
    app.after_request(partial(_protect, {**HEADERS, "Content-Security-Policy": policy(app.extensions["ruam.settings"].provider)}))


def policy(provider: Provider | None, *more: str) -> str:
    """The content security policy of pages; `more`: of one that needs something besides."""
    place = urlsplit(provider.issuer) if provider is not None else None  # who logs out is sent on to end the session there
    forms = "form-action 'self'" if place is None else f"form-action 'self' {place.scheme}://{place.netloc}"
    return "; ".join((*POLICY, forms, *more))


def _protect(headers: Mapping[str, str], answer: Response) -> Response:
    for name, value in headers.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        answer.headers.setdefault("Cache-Control", "no-store")  # pages show what one user may see
    return answer
