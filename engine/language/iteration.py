"""Comprehensions, FEEL's `for … return`, `some` and `every`: going through lists and ranges, every round paid for."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from engine.language import operators
from engine.language.limits import Fault
from engine.language.values import Interval, type_name

if TYPE_CHECKING:
    from engine.language.evaluation import Evaluator
    from engine.language.syntax import Clause, Comprehension, Node, Quantified


def comprehension(evaluator: Evaluator, node: Comprehension) -> Any:
    """A list made from others; a dict where the comprehension has a key."""
    if node.key is not None:
        pairs: dict[str, Any] = {}
        with closing(_rounds(evaluator, node.clauses)) as rounds:
            for _ in rounds:
                pairs[evaluator.key(node.key)] = evaluator.value(node.element)
        return pairs
    found: list[Any] = []
    with closing(_rounds(evaluator, node.clauses, partial=found)) as rounds:
        for _ in rounds:
            found.append(evaluator.value(node.element))  # `partial` sees it grow
    return found


def quantified(evaluator: Evaluator, node: Quantified) -> bool:
    """Whether some (or every) combination satisfies the condition."""
    with closing(_rounds(evaluator, node.clauses)) as rounds:
        for _ in rounds:
            if evaluator.truth(node.condition) is not node.every:
                return not node.every
    return node.every


def _rounds(evaluator: Evaluator, clauses: tuple[Clause, ...], partial: list[Any] | None = None) -> Generator[None, None, None]:
    """Every combination of the clauses' names, in sight while the caller looks at it. To be closed: a fault may end it early."""
    clause, rest = clauses[0], clauses[1:]
    for item in _items(evaluator, clause.source):
        evaluator.scopes.append(_bound(evaluator, clause, item, partial))
        try:
            if all(evaluator.truth(condition) for condition in clause.conditions):
                if rest:
                    yield from _rounds(evaluator, rest, partial)
                else:
                    yield
        finally:
            evaluator.scopes.pop()


def _bound(evaluator: Evaluator, clause: Clause, item: Any, partial: list[Any] | None) -> dict[str, Any]:
    if len(clause.names) == 1:
        scope = {clause.names[0]: item}
    elif isinstance(item, list | tuple) and len(item) == len(clause.names):
        scope = dict(zip(clause.names, item, strict=True))
    else:
        raise Fault(f"cannot take {len(clause.names)} names from {type_name(item)}", clause.source.position)
    if evaluator.feel and partial is not None:
        scope["partial"] = partial
    return scope


def _items(evaluator: Evaluator, node: Node) -> Iterator[Any]:
    source, budget = evaluator.value(node), evaluator.budget
    if isinstance(source, Interval):
        yield from operators.through(source, budget)
        return
    if source is None and evaluator.feel:
        return
    if not isinstance(source, list | tuple | Mapping):
        if not evaluator.feel:
            raise Fault(f"cannot go through {type_name(source)}", node.position)
        source = [source]
    for item in list(source):
        budget.charge()
        yield item
