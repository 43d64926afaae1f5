"""Answers that are no JSON: a file's bytes, and a diagram."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

OCTETS = "application/octet-stream"


def file_answer(content: bytes, name: str, media: str = OCTETS) -> Response:
    """A file to be saved: never shown by a browser, whatever it says it is."""
    answer = Response(content, mimetype=media if "/" in media and media.isascii() and media.isprintable() else OCTETS)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return answer
