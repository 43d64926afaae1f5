"""Lists that grow with what an instance does, kept so that a step writes only their end.

A pile is `[below, top]`: the id of the page below, and the last entries as bytes. It stands where it is needed, in a scope's blob or a
token's data; what is more than a page is stored beside it, in a row of the scope table that is written once and names the page below
it. What completed activities leave behind (`elements/compensation.py`), what the instances of a repeated activity are for and what
they give (`elements/multi_instance.py`) are piles. Their pages are their scope's, and go with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.ids import new_id
from engine.spiff import codec

if TYPE_CHECKING:
    from engine.spiff.scope import Tokens

Pile = list[Any]
PAGE = 1_000  # bytes that may stand in the top: what a step may have to write once more


def new() -> Pile:
    """An empty pile."""
    return [None, []]


def empty(pile: Pile) -> bool:
    """Whether nothing is on it."""
    return pile[0] is None and not pile[1]


def push(scope: Tokens, pile: Pile, value: Any) -> None:
    """Put one value on top."""
    pile[1].append(codec.encode(value))
    if sum(map(len, pile[1])) > PAGE:
        _turn(scope, pile)


def fill(scope: Tokens, values: Iterable[Any]) -> Pile:
    """A pile of many values, the last on top."""
    pile, size = new(), 0
    for value in values:
        entry = codec.encode(value)
        pile[1].append(entry)
        size += len(entry)
        if size > PAGE:
            _turn(scope, pile)
            size = 0
    return pile


def pop(scope: Tokens, pile: Pile) -> Any:
    """Take the value on top."""
    if not pile[1]:
        page_id = pile[0]
        pile[:] = _page(scope, page_id)
        scope.instance.drop_page(page_id)
    return codec.decode(pile[1].pop())


def take(scope: Tokens, pile: Pile) -> list[Any]:
    """Take all, the first that was put on it first."""
    values: list[Any] = []
    while not empty(pile):
        values.append(pop(scope, pile))
    return values[::-1]


def peek(scope: Tokens, pile: Pile) -> list[Any]:
    """All of it, the top first; nothing is taken."""
    below, top = pile
    entries = top[::-1]
    while below is not None:
        below, top = _page(scope, below)
        entries += top[::-1]
    return [codec.decode(entry) for entry in entries]


def _turn(scope: Tokens, pile: Pile) -> None:
    page_id = new_id()
    scope.instance.pages[page_id] = codec.Page(scope.scope_id, codec.encode(pile))
    if not scope.paged:
        scope.paged = True
        scope.touch()
    pile[:] = [page_id, []]


def _page(scope: Tokens, page_id: str) -> Pile:
    pending = scope.instance.pages.get(page_id)
    pile: Pile = codec.decode(scope.instance.host.load_scope(page_id)[3] if pending is None else pending.blob)
    return pile


def hand_over(scope: Tokens, to: Tokens) -> None:
    """The pages of a scope that is going to close are from now on those of another, whose pile the rest of it is in."""
    if not scope.paged:
        return
    instance = scope.instance
    for page_id, page in list(instance.pages.items()):
        if page.scope_id == scope.scope_id:
            instance.pages[page_id] = codec.Page(to.scope_id, page.blob)
    instance.host.move_pages(scope.scope_id, to.scope_id)
    scope.paged = False
    to.paged = True
    to.touch()


def drop(scope: Tokens) -> None:
    """Forget the pages of a scope that has ended."""
    if not scope.paged:
        return
    instance = scope.instance
    for page_id in [page_id for page_id, page in instance.pages.items() if page.scope_id == scope.scope_id]:
        del instance.pages[page_id]
    instance.host.drop_pages(scope.scope_id)
    scope.paged = False
