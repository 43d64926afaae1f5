"""Calls: of the fixed table, of what the caller gives, and of functions written in an expression (`function(a) a`, `lambda a: a`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import RuamError
from engine.language.feel_functions import FEEL, PARAMETERS
from engine.language.functions import FUNCTIONS
from engine.language.limits import Fault
from engine.language.values import Closure

if TYPE_CHECKING:
    from engine.language.evaluation import Evaluator
    from engine.language.syntax import Call, Invoke, Lambda

MAX_DEPTH = 30  # of functions of an expression that call one another


def call(evaluator: Evaluator, node: Call) -> Any:
    """The value of a named function."""
    arguments = [evaluator.value(argument) for argument in node.arguments]
    named = {name: evaluator.value(argument) for name, argument in node.named}
    function, own = _function(evaluator, node.function)
    if named and own and node.function in PARAMETERS:
        arguments, named = _placed(node.function, arguments, named), {}
    try:
        result = function(evaluator.budget, *arguments, **named) if own else function(*arguments, **named)
    except Fault:
        if evaluator.feel and None in arguments:
            return None  # FEEL: a function that needs a value and is given null is null
        raise
    except RuamError:
        raise
    except TypeError as error:
        raise Fault(f"'{node.function}' was given wrong arguments ({error})") from error
    except (ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Fault(f"'{node.function}' failed ({error})") from error
    if isinstance(result, str | list | dict):
        evaluator.budget.check_size(len(result))  # copies cost memory, however quickly they are made
    return result


def _function(evaluator: Evaluator, name: str) -> tuple[Callable[..., Any], bool]:
    """What a name calls, and whether it is of our own table (and takes the budget)."""
    given = evaluator.functions.get(name)
    if given is not None:
        return given, False
    own = (FEEL.get(name) if evaluator.feel else None) or FUNCTIONS.get(name)
    if own is not None:
        return own, True
    found = next((scope[name] for scope in reversed(evaluator.scopes) if name in scope), None)
    if isinstance(found, Closure):
        return found, False
    raise Fault(f"there is no function '{name}'")


def _placed(function: str, arguments: list[Any], named: Mapping[str, Any]) -> list[Any]:
    """FEEL's named arguments in the order of the parameters."""
    parameters = PARAMETERS[function]
    for name in named:
        if name not in parameters:
            raise Fault(f"'{function.replace('_', ' ')}' has no parameter '{name}', but {', '.join(parameters)}")
    last = max(parameters.index(name) for name in named)
    return [*arguments, *(named.get(name) for name in parameters[len(arguments) : last + 1])]


def closure(evaluator: Evaluator, node: Lambda) -> Closure:
    """A function value: it sees what was in sight where it was written."""
    captured = list(evaluator.scopes)

    def body(*arguments: Any) -> Any:
        if len(arguments) != len(node.parameters):
            raise Fault(f"the function takes {len(node.parameters)} arguments, not {len(arguments)}", node.position)
        outer, evaluator.scopes = evaluator.scopes, [*captured, dict(zip(node.parameters, arguments, strict=True))]
        evaluator.depth += 1
        try:
            if evaluator.depth > MAX_DEPTH:
                raise Fault("functions call one another too deeply", node.position)
            return evaluator.value(node.body)
        finally:
            evaluator.depth -= 1
            evaluator.scopes = outer

    return Closure(body)


def invoke(evaluator: Evaluator, node: Invoke) -> Any:
    """`(function(a) a + 1)(2)`, `ctx.f(2)`."""
    function = evaluator.value(node.function)
    if not isinstance(function, Closure):
        if evaluator.feel and function is None:
            return None
        raise Fault("this is not a function")
    return function(*(evaluator.value(argument) for argument in node.arguments))
