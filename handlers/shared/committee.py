"""Who sits on a committee for one case: its members, without those who may not judge it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.context import Context


def members(context: Context, appointed: Iterable[Any] | None, *groups: str) -> list[str]:
    """The user ids appointed at the project's start (as text, or rows of the form: `{user}`), else the members of the groups."""
    chosen = [entry["user"] if isinstance(entry, dict) else entry for entry in appointed or ()]
    if not chosen:
        chosen = [member.id for group in groups for member in context.people(group)]
    return list(dict.fromkeys(chosen))


def without(context: Context, candidates: Iterable[str], *groups: str) -> list[str]:
    """The candidates who belong to none of the groups."""
    barred = {member.id for group in groups for member in context.people(group)}
    return [user_id for user_id in candidates if user_id not in barred]


def names(context: Context, *groups: str) -> dict[str, str]:
    """User id → name of the groups' members."""
    return {member.id: member.name for group in groups for member in context.people(group)}
