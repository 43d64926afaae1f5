"""Walks over the syntax tree: which variables an expression reads, which functions it calls, how high it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from engine.language.syntax import (
    Assignment,
    Attribute,
    Call,
    Change,
    Clause,
    Comprehension,
    DictOf,
    Filter,
    For,
    If,
    Index,
    Lambda,
    Literal,
    Name,
    Node,
    Quantified,
    Unpacking,
)


def children(node: Node | Clause) -> Iterator[Node | Clause]:
    """The nodes directly below."""
    for item in fields(node):
        yield from _nodes(getattr(node, item.name))


def _nodes(value: Any) -> Iterator[Node | Clause]:
    if isinstance(value, Node | Clause):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def free_names(node: Node) -> frozenset[str]:
    """The variables a tree reads. In a FEEL filter a name may turn out to be a key of the items; it is counted as a variable."""
    return frozenset(_free(node, frozenset()))


def _free(node: Node | Clause, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, Name):
        if node.name not in bound:
            yield node.name
    elif isinstance(node, Comprehension | Quantified):
        for clause in node.clauses:
            yield from _free(clause.source, bound)
            bound = bound | set(clause.names) | {"partial"}
            for condition in clause.conditions:
                yield from _free(condition, bound)
        rest = (node.condition,) if isinstance(node, Quantified) else (node.element, *([node.key] if node.key else []))
        for part in rest:
            yield from _free(part, bound)
    elif isinstance(node, Lambda):
        yield from _free(node.body, bound | set(node.parameters))
    elif isinstance(node, Filter):
        yield from _free(node.base, bound)
        yield from _free(node.condition, bound | {"item"})
    else:
        for child in children(node):
            yield from _free(child, bound)


def calls(node: Node) -> Iterator[tuple[str, int]]:
    """Names and positions of the functions a tree calls, without those it defines itself (entries of a context, parameters)."""
    pending: list[Node | Clause] = [node]
    found: list[tuple[str, int]] = []
    defined: set[str] = set()
    while pending:
        here = pending.pop()
        if isinstance(here, Call):
            found.append((here.function, here.position))
        elif isinstance(here, Lambda):
            defined.update(here.parameters)
        elif isinstance(here, DictOf):
            defined.update(str(key.value) for key, item in here.items if isinstance(key, Literal) and isinstance(item, Lambda))
        pending.extend(children(here))
    yield from ((name, at) for name, at in found if name not in defined)


def folded(name: str, variables: Mapping[str, Any]) -> str | None:
    """The variable that reads the same: Python folds ำ of its own names (NFKC), and keyboards write it in two ways."""
    wanted = unicodedata.normalize("NFKC", name)
    if wanted in variables:
        return wanted
    return next((known for known in variables if not known.isascii() and unicodedata.normalize("NFKC", known) == wanted), None)


def changes(node: Node) -> Iterator[Change]:
    """The changes in place that stand inside a tree, where they cannot be done."""
    pending: list[Node | Clause] = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Change):
            yield here
        pending.extend(children(here))


def height(node: Node) -> int:
    """Levels of a tree; not recursive, because it is asked before anything that is."""
    level: list[Node | Clause] = [node]
    levels = 0
    while level:
        levels += 1
        level = [child for parent in level for child in children(parent)]
    return levels


def reads(statements: Iterable[Node]) -> Iterator[str]:
    """The variables that statements read and have not certainly set before."""
    return _reads(statements, set())


def _reads(statements: Iterable[Node], known: set[str]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, If):
            yield from _reads_of_branches(statement, known)
        elif isinstance(statement, For):
            yield from free_names(statement.source) - known
            yield from _reads(statement.body, known | set(statement.names))
        elif isinstance(statement, Unpacking):
            yield from {name for value in statement.values for name in free_names(value)} - known
            known |= {target.name for target in statement.targets}
        elif isinstance(statement, Assignment):
            plain = isinstance(statement.target, Name) and statement.operator is None
            yield from free_names(statement.value if plain else statement) - known
            target = base(statement.target)
            known |= {target.name} if isinstance(target, Name) else set()
        else:
            yield from free_names(statement) - known


def _reads_of_branches(statement: If, known: set[str]) -> Iterator[str]:
    """What is certainly set after an `if` is what each of its branches sets."""
    after: list[set[str]] = []
    for condition, block in [*statement.branches, (None, statement.otherwise)]:
        if condition is not None:
            yield from free_names(condition) - known
        within = set(known)
        yield from _reads(block, within)
        after.append(within)
    known |= set.intersection(*after)


def base(target: Node) -> Node:
    """What a path like `a.b[0]` begins with."""
    while isinstance(target, Attribute | Index):
        target = target.base
    return target
