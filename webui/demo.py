"""What only a demo database has: users by role whose password is known, and a clock one can move."""

from __future__ import annotations

from flask import g

from webui import current

SETTING = "demo"  # its value is the password of all demo users
PASSWORD = "ruam-demo-only"  # shown on the login page of a demo, refused everywhere else


def here() -> bool:
    """Whether this database is a demo."""
    return password() is not None


def password() -> str | None:
    """The password of the demo users, shown on the login page."""
    if "demo_password" not in g:
        g.demo_password = current.engine().setting(SETTING)
    return g.demo_password or None
