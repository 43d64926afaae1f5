"""Who sits on a committee for one case: its members, without those who may not judge it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.context import Context


def members(context: Context, appointed: Iterable[str] | None, *groups: str) -> list[str]:
    """Those of the groups' members now who were appointed at the project's start; all of them where nobody (still there) was."""
    there = list(dict.fromkeys(member.id for group in groups for member in context.people(group)))
    chosen = set(appointed or ())
    return [user_id for user_id in there if user_id in chosen] or there


def without(context: Context, candidates: Iterable[str], *groups: str) -> list[str]:
    """The candidates who belong to none of the groups."""
    barred = {member.id for group in groups for member in context.people(group)}
    return [user_id for user_id in candidates if user_id not in barred]


def names(context: Context, *groups: str) -> dict[str, str]:
    """User id → name of the groups' members."""
    return {member.id: member.name for group in groups for member in context.people(group)}
