"""Administration: what is deployed and running, what went wrong, the clock. For administrators; contents and scores are not here."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from engine.errors import Forbidden
from webui import current

page = Blueprint("administration", __name__, url_prefix="/administration")


@page.before_request
def administrators_only() -> None:
    """Nobody else sees these pages."""
    if not current.actor().administrator:
        raise Forbidden("This is for administrators.", th="เฉพาะผู้ดูแลระบบเท่านั้น")


@page.get("")
def show() -> Response:
    """What needs an administrator first: the incidents."""
    return redirect(url_for("administration.incidents"))
