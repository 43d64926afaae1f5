"""Lists as clients ask for them (engine/views/searching.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from engine.people import Actor
from engine.running.transactions import Transactions
from engine.views import searching
from engine.views.searching import Conditions, Order, Searchable, Subject

T = TypeVar("T")


class SearchVerbs(Transactions):
    """Verbs of searching; what can be searched stands in engine/views/subjects."""

    def search(
        self,
        subject: Searchable[T],
        conditions: Conditions = (),
        order: Sequence[Order] = (),
        *,
        first: int = 0,
        limit: int | None = None,
        actor: Actor,
    ) -> tuple[T, ...]:
        """The things of a kind that the actor may know of and that meet all conditions. Raises Forbidden, Invalid."""
        return self._read(actor, lambda session: searching.search(session, subject, conditions, order, first=first, limit=limit))

    def count(self, subject: Searchable[Any], conditions: Conditions = (), *, actor: Actor) -> int:
        """How many there are. Raises Forbidden, Invalid."""
        return self._read(actor, lambda session: searching.count(session, subject, conditions))

    def tally(self, subject: Subject[Any], fields: Sequence[str], conditions: Conditions = (), *, actor: Actor) -> Counter[tuple[Any, ...]]:
        """How many there are of each combination of these fields' values. Raises Forbidden, Invalid."""
        return self._read(actor, lambda session: searching.tally(session, subject, fields, conditions))
