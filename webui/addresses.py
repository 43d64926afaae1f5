"""Addresses that are no pages but nearly: with a slash at the end, or of a form that was sent and is now asked for by itself."""

from __future__ import annotations

from flask import current_app, request

from webui import auth


def meant(status: int) -> str | None:
    """The page that is meant by an address that is none (404), or only takes what is sent to it (405: what was refused is loaded again)."""
    if request.method != "GET" or status not in (404, 405):
        return None
    path, query = request.path, request.query_string.decode("ascii", "replace")
    if status == 404:
        shorter = path.rstrip("/")
        found = shorter if shorter != path and _is_page(shorter) else None
    else:
        parents = (path.rsplit("/", count)[0] or "/" for count in range(1, path.count("/") + 1))
        found, query = next((parent for parent in parents if _is_page(parent)), None), ""
    return auth.safe_next(f"{found}?{query}" if found and query else found)


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and bool(path) and adapter.test(path, method="GET")
