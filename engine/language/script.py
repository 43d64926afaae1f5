"""Running scripts: statements, one after another, each seeing what the ones before set.

A value has one owner. What is assigned is copied, so `ys = xs` are two lists from then on; the first change inside a variable's value
copies it out of the process, later ones are made in place. A loop's name is the list's own item where the loop changes what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.language import operators
from engine.language.evaluation import Evaluator
from engine.language.limits import Budget, Fault
from engine.language.names import base
from engine.language.syntax import (
    Assignment,
    Attribute,
    Call,
    Deletion,
    Dialect,
    For,
    If,
    Index,
    Leave,
    Name,
    Node,
    Nothing,
    Script,
    Unpacking,
)
from engine.language.values import measure, stored, type_name


class _Seen(Mapping[str, Any]):
    """The variables as the script sees them: names of loops, over what it set, over what was there."""

    def __init__(self, under: Mapping[str, Any]) -> None:
        self.under = under
        self.own: dict[str, Any] = {}
        self.loops: dict[str, Any] = {}  # are no variables of the process
        self.owned: set[str] = set()  # those of them that are items of a list of the script's own

    def __getitem__(self, name: str) -> Any:
        if name in self.loops:
            return self.loops[name]
        return self.own[name] if name in self.own else self.under[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.under or name in self.loops

    def __iter__(self) -> Any:
        yield from self.own
        yield from (name for name in self.under if name not in self.own)
        yield from (name for name in self.loops if name not in self.own and name not in self.under)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def set(self, name: str, value: Any) -> None:
        self.loops.pop(name, None)
        self.own[name] = value

    def bind(self, name: str, item: Any, shared: bool) -> None:
        """The next item of a loop."""
        self.loops[name] = item
        (self.owned.add if shared else self.owned.discard)(name)


def run(
    script: Script, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], budget: Budget, result: str | None = None
) -> dict[str, Any]:
    """What the script assigns; the given variables are not changed. `result` is assigned its last statement's value. Raises Fault."""
    return _Run(variables, functions, budget).all(script.statements, result)


class _Run:
    def __init__(self, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], budget: Budget) -> None:
        self.seen = _Seen(variables)
        self.budget = budget
        self.evaluator = Evaluator(self.seen, functions, Dialect.PLAIN, budget)
        self.last: Any = None  # value of the statement done last
        self.changed: set[str] = set()  # variables changed in place: their size is asked at the end

    def all(self, statements: tuple[Node, ...], result: str | None) -> dict[str, Any]:
        self.block(statements)
        for name in self.changed & self.seen.own.keys():
            self.budget.check_size(measure(self.seen.own[name], self.budget))
        if result is not None:
            self.seen.own[result] = stored(self.last, self.budget)
        return self.seen.own

    def block(self, statements: tuple[Node, ...]) -> Leave | None:
        """Do them; a `break` or `continue` that ends them early is given to the loop around."""
        for statement in statements:
            self.budget.charge()
            try:
                left = _METHODS.get(type(statement), _Run.plain)(self, statement)
            except Fault as fault:
                if fault.position is None:
                    fault.position = statement.position
                raise
            if left is not None:
                return left
        return None

    def plain(self, statement: Node) -> None:
        self.last = self.evaluator.value(statement)

    def nothing(self, statement: Nothing) -> None:
        self.last = None

    def leave(self, statement: Leave) -> Leave:
        return statement

    # ---- if, for

    def choose(self, statement: If) -> Leave | None:
        for condition, block in statement.branches:
            if self.evaluator.truth(condition):
                return self.block(block)
        return self.block(statement.otherwise)

    def loop(self, statement: For) -> Leave | None:
        shared = statement.changes and self.owned_list(statement.source)
        source = self.evaluator.value(statement.source)
        if not isinstance(source, list | tuple | Mapping):
            raise Fault(f"cannot go through {type_name(source)}", statement.source.position)
        for item in list(source):
            self.budget.charge()
            self.bind(statement, item, shared)
            left = self.block(statement.body)
            if left is not None and not left.goes_on:
                break
        return None

    def owned_list(self, source: Node) -> bool:
        """Whether a loop goes through what stands in a variable, which is then the script's own to change."""
        name = base(source)
        if not isinstance(name, Name) or name.name not in self.seen:
            return False
        if name.name in self.seen.loops:
            return name.name in self.seen.owned
        self.own(name)
        self.changed.add(name.name)
        return True

    def bind(self, statement: For, item: Any, shared: bool) -> None:
        names = statement.names
        values = [item] if len(names) == 1 else item
        if not isinstance(values, list | tuple) or len(values) != len(names):
            raise Fault(f"cannot take {len(names)} names from {type_name(item)}", statement.source.position)
        for name, value in zip(names, values, strict=True):
            if name in self.seen.own and not shared:  # the script's own variable
                self.seen.set(name, stored(value, self.budget))
            else:
                self.seen.bind(name, value, shared)

    # ---- assigning

    def unpack(self, statement: Unpacking) -> None:
        values = [stored(self.evaluator.value(value), self.budget) for value in statement.values]
        if len(values) == 1:
            values = values[0]
        if not isinstance(values, list) or len(values) != len(statement.targets):
            raise Fault(f"{len(statement.targets)} names need a list of as many values", statement.position)
        for target, value in zip(statement.targets, values, strict=True):
            self.seen.set(target.name, value)
        self.last = values

    def assign(self, statement: Assignment) -> None:
        if self.appends(statement):
            return
        value = self.evaluator.value(statement.value)
        if statement.operator is not None:
            value = operators.arithmetic(statement.operator, self.evaluator.value(statement.target), value, self.budget)
        value = self.last = stored(value, self.budget)
        if isinstance(statement.target, Name):
            self.seen.set(statement.target.name, value)
            return
        container, key = self.place(statement.target, reading=False)
        container[key] = value
        self.check_length(container)

    def appends(self, statement: Assignment) -> bool:
        """Do `xs.append(x)` in place, where it is that: a loop that makes a long list would copy it each time."""
        call = statement.value
        if not isinstance(call, Call) or call.function != "append" or call.arguments[0] is not statement.target or len(call.arguments) != 2:
            return False
        found = self.evaluator.value(statement.target)
        if not isinstance(found, list):
            return False
        item = stored(self.evaluator.value(call.arguments[1]), self.budget)
        if isinstance(statement.target, Name):
            container = self.own(statement.target)
        else:
            outer, key = self.place(statement.target, reading=True)
            container = outer[key]
        container.append(item)
        self.check_length(container)
        self.last = container
        return True

    def delete(self, statement: Deletion) -> None:
        """A variable that the process has cannot be taken away from it: it becomes null."""
        target, self.last = statement.target, None
        if not isinstance(target, Name):
            container, key = self.place(target, reading=True)
            del container[key]
            return
        self.evaluator.value(target)
        self.seen.loops.pop(target.name, None)
        self.seen.own.pop(target.name, None)
        if target.name in self.seen.under:
            self.seen.own[target.name] = None

    def own(self, name: Name) -> Any:
        """The value of a variable, the script's own to change."""
        seen = self.seen
        if name.name in seen.loops:
            if name.name not in seen.owned:
                raise Fault(f"'{name.name}' is a copy here, what is changed in it would be lost: go through a variable itself")
            return seen.loops[name.name]
        if name.name not in seen.own:
            seen.own[name.name] = stored(self.evaluator.value(name), self.budget)
        self.changed.add(name.name)
        return seen.own[name.name]

    def place(self, target: Node, *, reading: bool) -> tuple[Any, Any]:
        """The list or dict that a path leads into, and the key or position there."""
        path: list[Attribute | Index] = []
        name = target
        while isinstance(name, Attribute | Index):
            path.append(name)
            name = name.base
        assert isinstance(name, Name)  # the parser allows nothing else
        container = self.own(name)
        for step in reversed(path[1:]):
            container = container[self.key(container, step, reading=True)]
        return container, self.key(container, path[0], reading=reading)

    def key(self, container: Any, step: Attribute | Index, *, reading: bool) -> Any:
        """The key or position that a step of a path names; checked."""
        key = step.name if isinstance(step, Attribute) else self.evaluator.value(step.index)
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

    def check_length(self, container: Any) -> None:
        if len(container) > self.budget.limits.size:
            raise Fault(f"makes a value larger than {self.budget.limits.size}")


_METHODS: Mapping[type[Node], Callable[[_Run, Any], Leave | None]] = {
    Assignment: _Run.assign,
    Unpacking: _Run.unpack,
    Deletion: _Run.delete,
    If: _Run.choose,
    For: _Run.loop,
    Leave: _Run.leave,
    Nothing: _Run.nothing,
}
