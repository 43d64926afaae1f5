"""Script tasks: assignments, one after another, each seeing what the ones before set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.language import operators
from engine.language.evaluation import Evaluator
from engine.language.limits import Budget, Fault
from engine.language.syntax import Assignment, Attribute, Dialect, Index, Name, Node, Nothing, Script, Unpacking
from engine.language.values import stored, type_name


class _Assigned(Mapping[str, Any]):
    """The variables as the script sees them: what it set, over what was there."""

    def __init__(self, under: Mapping[str, Any]) -> None:
        self.under = under
        self.own: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.own[name] if name in self.own else self.under[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.under

    def __iter__(self) -> Any:
        yield from self.own
        yield from (name for name in self.under if name not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def run(
    script: Script, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], budget: Budget, result: str | None = None
) -> dict[str, Any]:
    """What the script assigns; the given variables are not changed. `result` is assigned its last statement's value. Raises Fault."""
    seen = _Assigned(variables)
    evaluator = Evaluator(seen, functions, Dialect.PLAIN, budget)
    value = None
    for statement in script.statements:
        value = _do(statement, seen, evaluator)
    if result is not None:
        seen.own[result] = stored(value, budget)
    return seen.own


def _do(statement: Node, seen: _Assigned, evaluator: Evaluator) -> Any:
    if isinstance(statement, Assignment):
        return _assign(statement, seen, evaluator)
    if isinstance(statement, Unpacking):
        return _unpack(statement, seen, evaluator)
    return None if isinstance(statement, Nothing) else evaluator.value(statement)


def _unpack(statement: Unpacking, seen: _Assigned, evaluator: Evaluator) -> list[Any]:
    values = [stored(evaluator.value(value), evaluator.budget) for value in statement.values]
    if len(values) == 1:
        values = values[0]
    if not isinstance(values, list) or len(values) != len(statement.targets):
        raise Fault(f"{len(statement.targets)} names need a list of as many values", statement.position)
    seen.own.update(zip((target.name for target in statement.targets), values, strict=True))
    return values


def _assign(statement: Assignment, seen: _Assigned, evaluator: Evaluator) -> Any:
    budget = evaluator.budget
    try:
        value = evaluator.value(statement.value)
        if statement.operator is not None:
            value = operators.arithmetic(statement.operator, evaluator.value(statement.target), value, budget)
        value = stored(value, budget)
        if isinstance(statement.target, Name):
            seen.own[statement.target.name] = value
        else:
            _put(statement.target, value, seen, evaluator)
        return value
    except Fault as fault:
        if fault.position is None:
            fault.position = statement.position
        raise


def _put(target: Node, value: Any, seen: _Assigned, evaluator: Evaluator) -> None:
    """Set a key or item inside a variable, in a copy of the variable's value."""
    path: list[Attribute | Index] = []
    base = target
    while isinstance(base, Attribute | Index):
        path.append(base)
        base = base.base
    assert isinstance(base, Name)  # the parser allows nothing else
    if base.name not in seen.own:
        seen.own[base.name] = stored(evaluator.value(base), evaluator.budget)
    container = seen.own[base.name]
    for step in reversed(path[1:]):
        container = container[_place(container, step, evaluator, reading=True)]
    container[_place(container, path[0], evaluator, reading=False)] = value
    evaluator.budget.check_size(len(container))


def _place(container: Any, step: Attribute | Index, evaluator: Evaluator, *, reading: bool) -> Any:
    """The key or position that a step of an assignment's target names; checked."""
    key = step.name if isinstance(step, Attribute) else evaluator.value(step.index)
    if isinstance(container, dict):
        if not isinstance(key, str):
            raise Fault(f"a key must be text, not {type_name(key)}", step.position)
        if reading and key not in container:
            raise Fault(f"there is no key '{key}'", step.position)
        return key
    if isinstance(container, list):
        position = operators.whole(key)
        if not -len(container) <= position < len(container):
            raise Fault(f"there is no item {position}, there are {len(container)}", step.position)
        return position
    raise Fault(f"{type_name(container)} has no keys to assign", step.position)
