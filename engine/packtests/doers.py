"""Who did what in a process that was played, as the people of a test: by their party, never by their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Doers:
    """The people of a test, made of those who did something. `acted`: user id → the groups he acted for, the first first."""

    def __init__(self, acted: Mapping[str, Iterable[str]]) -> None:
        groups = {user_id: tuple(dict.fromkeys(many)) for user_id, many in acted.items()}
        of_group: dict[str, list[str]] = {}
        for user_id, many in groups.items():
            for group in many:
                of_group.setdefault(group, []).append(user_id)
        self.people: dict[str, tuple[str, ...]] = {}
        self._as: dict[str, str] = {}  # who a step is done by
        self._called: dict[str, str] = {}  # the user a test knows him as
        for user_id, many in groups.items():
            if not many:
                continue
            if len(many) == 1 and len(of_group[many[0]]) == 1:
                self._as[user_id], self._called[user_id] = many[0], person_of(many[0])
                continue
            name = next(name for name in _numbered(person_of(many[0])) if name not in self.people)
            self.people[name] = many
            self._as[user_id] = self._called[user_id] = name

    def by(self, user_id: str | None) -> str | None:
        """The group or person of the test that stands for somebody; None: whoever may."""
        return None if user_id is None else self._as.get(user_id)

    def told(self, value: Any) -> Any:
        """A value in which those who did something are called as the test calls them."""
        if isinstance(value, str):
            return self._called.get(value, value)
        if isinstance(value, list):
            return [self.told(one) for one in value]
        return {key: self.told(one) for key, one in value.items()} if isinstance(value, Mapping) else value

    def knows(self, value: Any) -> bool:
        """Whether a value names one of them."""
        return isinstance(value, str) and value in self._called


def person_of(group: str) -> str:
    """What somebody of a group is called where a test names nobody."""
    name = group.replace(":", "-")
    return name if len(name) > 1 else f"{name}-1"


def _numbered(name: str) -> Iterable[str]:
    yield from (f"{name}-{number}" for number in range(1, 10_000))
