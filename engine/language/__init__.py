"""Our expression language: one syntax tree, read from JUEL `${…}`, FEEL `= …` or Python-like text, interpreted within limits.

Never `eval`. Names are as written (Thai too), attribute access is a dict's key, functions are a fixed table. See docs/language.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from engine.errors import LanguageError
from engine.language.evaluation import Evaluator
from engine.language.functions import FUNCTIONS, HOST_FUNCTIONS
from engine.language.limits import Budget, Fault, Limits, Missing
from engine.language.names import calls, reads
from engine.language.reading import is_whole, read_expression, read_feel, read_script, read_template, read_tests
from engine.language.script import run
from engine.language.syntax import Dialect, Expression, Node, Template
from engine.language.thai import said
from engine.language.values import stored, to_text

__all__ = ["LanguageError", "Limits", "check", "evaluate", "evaluate_feel", "left_open", "names", "run_script", "template"]

T = TypeVar("T")
Functions = Mapping[str, Callable[..., Any]]
LIMITS = Limits()
COMPUTED = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")  # with what is in braces of its own


def evaluate(text: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS) -> Any:
    """The value of an expression, JSON-like (dates and durations as ISO text). Raises LanguageError."""
    return _guarded(text, lambda: _value(read_expression(text), variables, functions, Budget(limits)))


def evaluate_feel(text: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS) -> Any:
    """The value of a FEEL expression written without its leading `=`. Raises LanguageError."""
    return _guarded(text, lambda: _value(read_feel(text), variables, functions, Budget(limits)))


def template(text: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS) -> Any:
    """Text with its `${…}` parts filled in; the value itself where the text is one whole expression. Raises LanguageError."""
    if "{" not in text and "=" not in text:
        return text
    return _guarded(text, lambda: _value(read_template(text), variables, functions, Budget(limits)))


def left_open(text: str) -> str:
    """A template as people read it where nothing is known of what it computes: `…` in the place of each `${…}`."""
    return COMPUTED.sub("…", text)


def run_script(
    text: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS, result: str | None = None
) -> dict[str, Any]:
    """What a script assigns, by variable, JSON-like; `variables` stays as it is. Raises LanguageError.

    `result` names a variable that is given the value of the last statement. A script may be one expression, `= …` or `${…}`.
    """
    if is_whole(text):
        value = evaluate(text, variables, functions=functions, limits=limits)
        return {} if result is None else {result: value}
    return _guarded(text, lambda: run(read_script(text), variables, functions or {}, Budget(limits), result))


def check(text: str, kind: str, *, functions: Iterable[str] = HOST_FUNCTIONS) -> list[tuple[str, int]]:
    """What is wrong with a text, (message, position): grammar and unknown functions.

    `kind`: expression, template, script, feel (no leading `=`) or tests (a decision's cell). `functions`: names the caller will give.
    """
    try:
        trees = _trees(text, kind)
    except Fault as fault:
        return [(fault.message, fault.position or 0)]
    known = set(functions)
    found = [(name, at) for tree in trees for name, at in calls(tree) if name not in FUNCTIONS and name not in known]
    return [(f"there is no function '{name}'", at) for name, at in sorted(found, key=lambda pair: pair[1])]


def names(text: str, kind: str = "expression") -> set[str]:
    """The variables a text reads and does not itself set before; empty where it cannot be read."""
    try:
        trees = _trees(text, kind)
    except Fault:
        return set()
    return set(reads(trees))


def _trees(text: str, kind: str) -> list[Node]:
    if kind == "script" and is_whole(text):
        kind = "template"
    if kind == "script":
        return list(read_script(text).statements)
    if kind == "feel":
        return [read_feel(text).tree]
    if kind == "tests":
        return [read_tests(text)]
    read = read_template(text) if kind == "template" else read_expression(text)
    if isinstance(read, Expression):
        return [read.tree]
    return [part.tree for part in read.parts if isinstance(part, Expression)]


def _value(read: Expression | Template, variables: Mapping[str, Any], functions: Functions | None, budget: Budget) -> Any:
    if isinstance(read, Expression):
        return stored(Evaluator(variables, functions or {}, read.dialect, budget).value(read.tree), budget)
    evaluator = Evaluator(variables, functions or {}, Dialect.JUEL, budget)
    texts = [part if isinstance(part, str) else to_text(evaluator.value(part.tree), budget) for part in read.parts]
    budget.check_size(sum(len(part) for part in texts))
    return "".join(texts)


def _guarded(text: str, work: Callable[[], T]) -> T:
    try:
        return work()
    except Fault as fault:
        raise error(fault, text) from fault
    except RecursionError as failure:
        raise error(Fault("is nested too deeply", 0), text) from failure


def error(fault: Fault, text: str) -> LanguageError:
    """The LanguageError of a fault: its message names the place and the expression."""
    position = fault.position or 0
    start = text.rfind("\n", 0, position) + 1
    line = text[start:].split("\n", 1)[0]
    shown = line if len(line) <= 200 else f"{line[:200]}…"
    number, character = (text.count("\n", 0, position) + 1 if "\n" in text.strip() else None), position - start + 1
    line_of = f"line {number}, " if number else ""

    def thai() -> str:
        line_th = f"บรรทัดที่ {number} " if number else ""
        return f"{said(fault.message)} ({line_th}อักษรที่ {character} ของ {shown})"

    return LanguageError(
        f"{fault.message} (at {line_of}character {character} of: {shown})",
        th=thai,
        expression=text,
        position=position,
        reason=fault.message,
        missing=isinstance(fault, Missing),
    )
