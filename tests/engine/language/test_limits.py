"""Whatever is written, an expression ends soon, in a value or a LanguageError."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dates.zone import BANGKOK
from engine.errors import LanguageError
from engine.language import Limits, check, evaluate, names, run_script, template
from engine.language.timers import Cycle, parse_timer

VARIABLES: dict[str, Any] = {"a": {"b": 1}, "xs": [1, 2, 3], "s": "ก", "n": 7, "d": "2009-06-01"}
PIECES = [
    "a", ".b", "xs", "[", "]", "(", ")", "{", "}", "'x'", '"y"', "1", "2.5", "+", "-", "*", "/", "//", "%", "**", "==", "=",
    "!=", "<", ">=", "and", "or", "not", "in", "if", "else", "then", "for", "return", "some", "satisfies", "between", "${", "#{",
    "&&", "||", "!", "?", ":", ",", ";", "\n", "..", "x", "item", "ก", "ำ", "sum", "sorted(", "date(", "duration(", "range(",
    "string(", "get(", "round(", "null", "true", "d", "'P1M'", " ", "empty", "instance of", "@", "#", "\\", "'", "join(", "n",
    "10 ** 9",
]  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_value_or_a_language_error(text: str) -> None:
    for read in (evaluate, template, run_script):
        try:
            value = read(text, VARIABLES)
        except LanguageError as error:
            facts = error.facts
        else:
            assert is_json_like(value)
            continue
        assert facts["expression"] == text
        assert 0 <= facts["position"] <= len(text)
    for kind in ("expression", "template", "script", "feel", "tests"):
        assert isinstance(check(text, kind), list)
        assert isinstance(names(text, kind), set)


def is_json_like(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json_like(item) for key, item in value.items())
    if isinstance(value, list):
        return all(is_json_like(item) for item in value)
    return value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9",
        "(2 ** 4000) ** 2",
        "1e300 * 1e300",
        "'x' * 10 ** 9",
        "[0] * 10 ** 9",
        "range(10 ** 9)",
        "[x for x in range(1000) for y in range(1000) for z in range(1000)]",
        "= for x in 1..1000000000 return x",
        "= some x in 1..1000000000 satisfies x < 0",
        "len([[x] * 1000 for x in range(100000)])",
        "sum([1] * 900000 + [1] * 900000)",
        "(" * 5000 + ")" * 5000,
        "-" * 5000 + "1",
        "not " * 5000 + "true",
        "a" + ".b" * 5000,
        "1" + "+1" * 5000,
        "xs" + "[0]" * 5000,
        "1 if true else " * 3000 + "1",
        "= " + "if true then " * 3000,
        "[" * 3000,
        "x" * 100_000,
        "1" * 5000,
        "round(1.5, 10 ** 9)",
        "duration('P999999999Y')",
        "date('9999-12-31') + duration('P1D')",
        "days(10 ** 300)",
        "'a'.replace('', 'b' * 100000).replace('b', 'b' * 100000)",
        "join(['x' * 1000] * 100000, '')",
        "sorted(['x' * 990000] * 12000)",
        "max(['x' * 990000] * 12000)",
        "1" + " or 1" * 30000,
    ],
)
def test_what_costs_too_much_is_refused_soon(text: str) -> None:
    started = time.process_time()
    with pytest.raises(LanguageError) as caught:
        evaluate(text, VARIABLES)
    assert time.process_time() - started < 3
    assert len(caught.value.message) < 1000


def test_doubling_in_a_script_is_refused() -> None:
    for line in ("s = s + s", "xs = [xs, xs]", "n = n * n", "xs = xs + xs"):
        with pytest.raises(LanguageError):
            run_script("\n".join([line] * 60), VARIABLES)


def test_copies_are_paid_for() -> None:
    big = {"xs": list(range(100_000))}
    for copying in ("remove(xs, 1)", "reverse(xs)", "xs[1:]", "xs + xs", "sorted(xs)", "list(xs)", "put({'a': 1}, 'b', xs[:])"):
        with pytest.raises(LanguageError, match="takes more than"):
            evaluate(f"[{copying} for i in range(100000)]", big)


def test_shared_parts_are_counted_as_often_as_they_stand() -> None:
    text = "= {a: [1, 1]" + "".join(f", a{n + 1}: [a{n or ''}, a{n or ''}]" for n in range(30)) + "}"
    with pytest.raises(LanguageError):
        evaluate(text, {})
    with pytest.raises(LanguageError):
        evaluate(text.replace("= ", "= 1 = count(string(", 1) + "))", {})


def test_limits_are_the_callers() -> None:
    assert evaluate("sum(range(1000))", {}) == 499500
    with pytest.raises(LanguageError, match="100 steps"):
        evaluate("1" + " + 1" * 60, {}, limits=Limits(steps=100))
    with pytest.raises(LanguageError, match="larger than 10"):
        evaluate("'x' * 11", {}, limits=Limits(size=10))
    with pytest.raises(LanguageError, match="seconds"):
        evaluate("[x for x in range(100000)]", {}, limits=Limits(seconds=0.0))


numbers = st.integers(-50, 50)
operations = st.sampled_from([("+", "+"), ("-", "-"), ("*", "*")])


@st.composite
def conditions(draw: st.DrawFn, depth: int = 0) -> tuple[str, str, str]:
    """The same condition in plain text, JUEL and FEEL."""
    if depth == 3 or draw(st.booleans()):
        left, right = draw(sums()), draw(sums())
        plain, juel, feel = draw(st.sampled_from([("==", "eq", "="), ("!=", "ne", "!="), ("<", "lt", "<"), (">=", "ge", ">=")]))
        return f"{left} {plain} {right}", f"{left} {juel} {right}", f"{left} {feel} {right}"
    first, second = draw(conditions(depth + 1)), draw(conditions(depth + 1))
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return f"not ({first[0]})", f"!({first[1]})", f"not({first[2]})"
    if kind == 1:
        return tuple(f"({a}) {word} ({b})" for a, b, word in zip(first, second, ("and", "&&", "and"), strict=True))  # type: ignore[return-value]
    return (
        f"({first[0]}) if ({second[0]}) else ({first[0]})",
        f"({second[1]}) ? ({first[1]}) : ({first[1]})",
        f"(if ({second[2]}) then ({first[2]}) else ({first[2]}))",
    )


@st.composite
def sums(draw: st.DrawFn) -> str:
    pieces = [draw(st.sampled_from(["n", "a.b", "(1 + 2)", "3", "4.5", "-2"]))]
    for _ in range(draw(st.integers(0, 3))):
        pieces += [draw(st.sampled_from(["+", "-", "*"])), draw(st.sampled_from(["n", "a.b", "2", "7"]))]
    return " ".join(pieces)


@given(conditions())
@settings(max_examples=200, deadline=None)
def test_the_three_forms_agree(forms: tuple[str, str, str]) -> None:
    plain, juel, feel = forms
    value = evaluate(plain, VARIABLES)
    assert isinstance(value, bool)
    assert evaluate("${" + juel + "}", VARIABLES) is value
    assert evaluate("= " + feel, VARIABLES) is value


@given(sums())
@settings(max_examples=200, deadline=None)
def test_arithmetic_is_pythons(text: str) -> None:
    expected = eval(text.replace("a.b", "1").replace("n", "7"))  # noqa: S307  the oracle: digits and operators only
    assert evaluate(text, VARIABLES) == pytest.approx(expected)


@given(st.text(max_size=30), st.sampled_from(["date", "duration", "cycle"]))
@settings(max_examples=300, deadline=None)
def test_any_timer_is_a_time_or_a_language_error(text: str, kind: str) -> None:
    from datetime import datetime

    try:
        timer = parse_timer(kind, text, datetime(2009, 6, 1, tzinfo=BANGKOK))
    except LanguageError:
        return
    assert timer.due.tzinfo is not None


@given(st.integers(1, 5), st.sampled_from(["PT1S", "PT10M", "P1D", "P1M", "P1Y", "P1M2DT3H", "P0.5D"]), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_a_cycle_goes_forward_as_often_as_it_says(times: int, interval: str, days: int) -> None:
    from datetime import datetime, timedelta

    now = datetime(2009, 1, 31, 9, tzinfo=BANGKOK) + timedelta(days=days)
    timer = parse_timer("cycle", f"R{times}/{interval}", now)
    due = [timer.due]
    while timer is not None and timer.cycle is not None:
        assert Cycle.from_json(timer.cycle.to_json()) == timer.cycle
        following = timer.cycle.next(timer.due)
        if following is None:
            break
        timer = following
        due.append(timer.due)
    assert len(due) == times
    assert due == sorted(set(due))
