"""`x.name(…)` of Java, Python and Camunda's Spin as calls of our functions; and what JUEL knows by name: `execution`, `variables:get(x)`.

What is not here is not part of the language: methods are never looked up on objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.language.limits import Fault
from engine.language.syntax import Attribute, Call, Change, Compare, Conditional, Default, Index, Literal, Name, Node, Unary

# x.name(…) → name(x, …)
METHODS: Mapping[str, str] = {
    "size": "len", "length": "len", "contains": "contains", "containsKey": "contains", "hasProp": "contains", "startsWith": "starts_with",
    "endsWith": "ends_with", "toLowerCase": "lower", "toUpperCase": "upper", "lower": "lower", "upper": "upper", "casefold": "lower",
    "trim": "trim", "strip": "strip", "lstrip": "strip_left", "rstrip": "strip_right", "title": "title", "capitalize": "capitalize",
    "isEmpty": "empty", "isBlank": "is_blank", "equals": "equals", "equalsIgnoreCase": "equals_ignoring_case", "get": "get",
    "getOrDefault": "get", "keys": "keys", "values": "values", "items": "items", "keySet": "keys", "entrySet": "entries",
    "startswith": "starts_with", "endswith": "ends_with", "join": "join", "split": "split", "splitlines": "lines",
    "replace": "replace_text",
    "replaceAll": "replace_pattern", "matches": "matches_whole", "toString": "string", "isoformat": "string", "indexOf": "position",
    "find": "position", "index": "index", "lastIndexOf": "last_position",
    "count": "occurrences", "substring": "between", "concat": "joined",
    "charAt": "character", "isdigit": "is_digits", "zfill": "padded", "format": "formatted", "compareTo": "compared", "intValue": "int",
    "longValue": "int", "doubleValue": "float", "booleanValue": "boolean", "elements": "list",
    "plusSeconds": "plus_seconds", "plusMinutes": "plus_minutes", "plusHours": "plus_hours", "plusDays": "plus_days",
    "plusWeeks": "plus_weeks", "plusMonths": "plus_months", "plusYears": "plus_years", "minusSeconds": "minus_seconds",
    "minusMinutes": "minus_minutes", "minusHours": "minus_hours", "minusDays": "minus_days", "minusWeeks": "minus_weeks",
    "minusMonths": "minus_months", "minusYears": "minus_years",
}  # fmt: skip

# methods that give what they are called on: our values are what they wrap
ITSELF = frozenset({"value", "stringValue", "numberValue", "boolValue", "toDate", "copy"})

# methods that change what they are called on: statements of a script only
CHANGES: Mapping[str, str] = {
    "append": "append", "add": "append", "extend": "concatenate", "addAll": "concatenate", "update": "merge", "putAll": "merge",
    "put": "put", "pop": "without", "remove": "without_item", "insert": "inserted", "sort": "sorted", "reverse": "reverse",
    "setdefault": "with_default",
}  # fmt: skip

# what `execution` says of the instance it runs in
_EXECUTION: Mapping[str, str] = {
    "processBusinessKey": "business_key", "businessKey": "business_key", "processInstanceId": "instance_id", "id": "instance_id",
    "rootProcessInstanceId": "root_id", "processDefinitionId": "definition_id",
}  # fmt: skip
_CLOCKS: Mapping[str, str] = {"now": "now", "utcnow": "now", "today": "today", "fromisoformat": "datetime"}
_COMPARISONS: Mapping[str, str] = {
    "equals": "==", "eq": "==", "notEquals": "!=", "ne": "!=", "lowerThan": "<", "lessThan": "<", "lt": "<", "lessThanOrEquals": "<=",
    "lowerThanOrEquals": "<=", "lte": "<=", "greaterThan": ">", "gt": ">", "greaterThanOrEquals": ">=", "gte": ">=",
}  # fmt: skip
# what Camunda's expressions know by name and is an object of Java
_BEANS = frozenset({
    "authorizationService", "caseService", "decisionService", "delegateTask", "externalTaskService", "filterService", "formService",
    "historyService", "identityService", "managementService", "processEngine", "repositoryService", "runtimeService", "taskService",
})  # fmt: skip
PREFIXES = frozenset({"variables", "vars", "var"})


def translated(receiver: Node, name: str, arguments: list[Node], named: list[tuple[str, Node]], position: int) -> Node:
    """A method call as what we have for it. Raises Fault where it is not part of the language."""
    known = _of_named(receiver, name, arguments, position)
    if known is not None:
        return known
    if name == "prop" and len(arguments) == 1:
        return Index(receiver, arguments[0], position=position)
    if name in ITSELF and not arguments:
        return receiver
    if name in CHANGES:
        call = Call(CHANGES[name], (receiver, *arguments), tuple(named), position=position)
        return Change(receiver, call, position=position)
    function = METHODS.get(name)
    if function is None:
        raise Fault(f"method '{name}' is not part of the language", position)
    if function == "empty" and not arguments:
        return Unary("empty", receiver, position=position)
    return Call(function, (receiver, *arguments), tuple(named), position=position)


def _of_named(receiver: Node, name: str, arguments: list[Node], position: int) -> Node | None:
    """Methods of what is known by its name alone: the execution, Python's clock, Flowable's."""
    if isinstance(receiver, Name) and receiver.name == "execution":
        return _execution(name, arguments, position)
    if isinstance(receiver, Name) and (receiver.name in _BEANS or _hands_over_the_execution(arguments)):
        raise Fault(
            f"{receiver.name}.{name}(…) calls Java, which is not executed: let a Python handler or a worker outside do it", position
        )
    if _dotted(receiver) in ("datetime", "datetime.datetime", "date", "datetime.date", "flowable") and name in _CLOCKS:
        return Call(_CLOCKS[name], tuple(arguments) if name == "fromisoformat" else (), position=position)
    if _dotted(receiver) == "datetime" and name == "timedelta":
        raise Fault("write timedelta(days=…) without its module", position)
    return None


def _hands_over_the_execution(arguments: list[Node]) -> bool:
    """As Camunda's expressions do where they call an object of Java."""
    return any(isinstance(argument, Name) and argument.name == "execution" for argument in arguments)


def _dotted(node: Node) -> str:
    if isinstance(node, Attribute) and isinstance(node.base, Name):
        return f"{node.base.name}.{node.name}"
    return node.name if isinstance(node, Name) else ""


def _execution(name: str, arguments: list[Node], position: int) -> Node:
    if name in ("getVariable", "getVariableLocal", "hasVariable", "hasVariableLocal"):
        if len(arguments) != 1 or not isinstance(arguments[0], Literal) or not isinstance(arguments[0].value, str):
            raise Fault("expected the name of a variable in quotes", position)
        variable = Name(arguments[0].value, position=arguments[0].position)
        if name.startswith("has"):
            return Unary("defined", variable, position=position)
        return Default(variable, Literal(None, position=position), position=position)
    found = execution_part(name[3:4].lower() + name[4:], position) if name.startswith("get") and not arguments else None
    if found is None and name in ("setVariable", "setVariableLocal", "setVariables", "removeVariable"):
        shown = arguments[0].value if arguments and isinstance(arguments[0], Literal) else "a"
        example = f"{shown} = None" if name == "removeVariable" else f"{shown} = 1"
        raise Fault(f"execution.{name} is not part of the language: assign to the variable in a script task, e.g. {example}", position)
    if found is None:
        raise Fault(f"execution.{name} is not part of the language: expressions read variables and change nothing", position)
    return found


def execution_part(name: str, position: int) -> Node | None:
    """`execution.processBusinessKey` and its like, as a call the engine answers."""
    part = _EXECUTION.get(name)
    return None if part is None else Call("execution", (Literal(part, position=position),), position=position)


def of_variable(function: str, arguments: list[Node], position: int) -> Node:
    """Flowable's `variables:get(x)`: a variable that may be missing. Raises Fault where it is not part of the language."""
    first = arguments[0] if arguments else None
    if isinstance(first, Literal) and isinstance(first.value, str):
        first = Name(first.value, position=first.position)
    if not isinstance(first, Name):
        raise Fault("expected the name of a variable", position)
    nothing = Literal(None, position=position)
    value = Default(first, arguments[1] if function == "getOrDefault" and len(arguments) > 1 else nothing, position=position)
    rest = tuple(arguments[1:])
    if function in _COMPARISONS and len(rest) == 1:
        return Compare(value, ((_COMPARISONS[function], rest[0]),), position=position)
    made = _ABOUT.get(function)
    if made is None:
        raise Fault(f"variables:{function} is not part of the language", position)
    return made(value, rest, position)


def _contains(word: str) -> Callable[[Node, tuple[Node, ...], int], Node]:
    def made(value: Node, rest: tuple[Node, ...], position: int) -> Node:
        several = Call(word, (value, *rest), position=position)
        return Conditional(Unary("empty", value, position=position), Literal(False, position=position), several, position=position)

    return made


_ABOUT: Mapping[str, Callable[[Node, tuple[Node, ...], int], Node]] = {
    "get": lambda value, rest, position: value,
    "getOrDefault": lambda value, rest, position: value,
    "exists": lambda value, rest, position: Compare(value, (("!=", Literal(None, position=position)),), position=position),
    "isEmpty": lambda value, rest, position: Unary("empty", value, position=position),
    "isNotEmpty": lambda value, rest, position: Unary("not", Unary("empty", value, position=position), position=position),
    "contains": _contains("contains_all"),
    "containsAny": _contains("contains_any"),
}
