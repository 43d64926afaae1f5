"""JUEL as Camunda 7 and Flowable write it, Python as SpiffArena does: what runs unchanged, and what is refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import LanguageError
from engine.language import check, evaluate, names, run_script, template

VARIABLES: dict[str, Any] = {
    "x": 5,
    "s": "Hello",
    "xs": [1, 2, 3],
    "d": {"a": 1, "list": ["p"]},
    "rows": [{"n": 2}, {"n": 1}],
    "จำนวน": "7",
    "none": None,
    "yes": "true",
}
FUNCTIONS = {
    "now": lambda: datetime(2009, 6, 1, 1, 30, tzinfo=UTC),
    "execution": {"business_key": "ปี 2552", "instance_id": "i1"}.__getitem__,
    "currentUser": lambda: "opdc-1",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${x eq 5 and not empty xs}", True),
        ("${x gt 3 ? 'a' : 'b'}", "a"),
        ("${x == '5'}", True),
        ("${'5' ge 3}", True),
        ("${จำนวน * 2}", 14),
        ("${yes == true}", True),
        ("${none > 1}", False),
        ("${missing == null or empty missing}", LanguageError),
        ("${d['list'][0]}", "p"),
        ("${s.equalsIgnoreCase('hELLO')}", True),
        ("${s.substring(1, 3)}", "el"),
        ("${s.concat('!').charAt(5)}", "!"),
        ("${s.matches('H.*o')}", True),
        ("${s.matches('H')}", False),
        ("${s.replaceAll('l+', 'L')}", "HeLo"),
        ("${s.lastIndexOf('l')}", 3),
        ("${d.entrySet()[0].value}", 1),
        ("${x.intValue() + x.compareTo(3)}", 6),
        ("${execution.getVariable('nobody')}", None),
        ("${execution.hasVariable('x')}", True),
        ("${execution.processBusinessKey}", "ปี 2552"),
        ("#{execution.getProcessInstanceId()}", "i1"),
        ("${currentUser()}", "opdc-1"),
        ("${dateTime().plusDays(3).toDate()}", "2009-06-04T01:30:00+00:00"),
        ("${now().minusMonths(1).plusHours(2)}", "2009-05-01T03:30:00+00:00"),
        ("${variables:get(x)}", 5),
        ("${variables:getOrDefault('nobody', 3)}", 3),
        ("${vars:exists(nobody)}", False),
        ("${var:eq(x, 5) && var:lt(nobody, 5)}", False),
        ("${variables:containsAny(xs, 7, 3)}", True),
        ("${variables:contains(nobody, 3)}", False),
        ("${JSON('{\"a\": [1]}').prop('a').elements()[0]}", 1),
        ("${S(d).hasProp('a') ? d.prop('a').numberValue() : 0}", 1),
    ],
)
def test_juel(text: str, expected: Any) -> None:
    if expected is LanguageError:
        with pytest.raises(LanguageError, match="there is no variable 'missing'"):
            template(text, VARIABLES, functions=FUNCTIONS)
    else:
        assert template(text, VARIABLES, functions=FUNCTIONS) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${bean.pay(x)}", "method 'pay' is not part of the language"),
        ("${execution.setVariable('x', 1)}", "assign to the variable in a script task, e.g. x = 1"),
        ("${execution.createIncident('x')}", "expressions read variables and change nothing"),
        ("${bean.pay(execution)}", "bean.pay(…) calls Java, which is not executed: let a Python handler"),
        ("${identityService.find('x')}", "calls Java, which is not executed"),
        ("${execution.getVariable(name)}", "name of a variable in quotes"),
        ("${xs.stream()}", "method 'stream'"),
        ("${xs.add(1)}", "changes a value in place"),
        ("${variables:base64(x)}", "variables:base64 is not part"),
        ("${x instanceof String}", "expected an operator"),
    ],
)
def test_juel_is_refused_with_a_reason(text: str, reason: str) -> None:
    assert reason in check(text, "template")[0][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d.get('z', 3)", 3),
        ("print('so far', x, sep=': ')", None),
        ("[i for i in xs if i > 1]", [2, 3]),
        ("{k: str(v) for k, v in {'a': 1}.items()}", {"a": "1"}),
        ("sorted(rows, key=lambda r: r['n'], reverse=True)[0]['n']", 2),
        ("sorted(xs, reverse=True)", [3, 2, 1]),
        ("f'{s}: {x:.2f} {x:>3}'", "Hello: 5.00   5"),
        ("'{} {1:,} {{}}'.format(s, 1000)", "Hello 1,000 {}"),
        ("s.title().count('l') + s.find('z')", 1),
        ("' a '.lstrip() + '|' + 'xax'.strip('x')", "a |a"),
        ("'7'.zfill(3)", "007"),
        ("xs.index(2) + xs.count(3)", 2),
        ("dict(a=1, b='ข')", {"a": 1, "b": "ข"}),
        ("set([1, 1, 2])", [1, 2]),
        ("datetime.now() + timedelta(days=1, hours=2)", "2009-06-02T03:30:00+00:00"),
        ("x if 'a' in d and x is not None else 0", 5),
    ],
)
def test_python(text: str, expected: Any) -> None:
    assert evaluate(text, VARIABLES, functions=FUNCTIONS) == expected


def test_python_statements_that_change() -> None:
    script = "xs.insert(0, 9)\nxs.pop()\nxs.remove(2)\nd.pop('a')\nd.setdefault('b', 1)\nxs.sort()\nrows.reverse()"
    assert run_script(script, VARIABLES) == {"xs": [1, 9], "d": {"list": ["p"], "b": 1}, "rows": [{"n": 1}, {"n": 2}]}


@pytest.mark.parametrize("text", ["f'{x:.999f}'", "f'{x:%Y}'", "xs.index(9)", "timedelta(years=1)", "'{} {}'.format(1)", "JSON('{')"])
def test_python_refuses(text: str) -> None:
    with pytest.raises(LanguageError):
        evaluate(text, VARIABLES)


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("a, b = 1, 'x'", {"a": 1, "b": "x"}),
        ("a, b = b, a", {"a": 2, "b": 1}),
        ("first, rest = xs", {"first": 7, "rest": 8}),
        ("pass", {}),
        ("pass; a = 3\npass", {"a": 3}),
    ],
)
def test_python_assigns_several_names_at_once_or_does_nothing(script: str, result: dict[str, Any]) -> None:
    assert run_script(script, {"a": 1, "b": 2, "xs": [7, 8]}) == result


def test_what_several_assigned_names_read_is_known() -> None:
    assert names("a, b = b, c\nd = a", "script") == {"b", "c"}


@pytest.mark.parametrize("script", ["a, b = 1, 2, 3", "a, b.c = 1, 2", "a, 1", "a, b = ", "pass 1"])
def test_several_names_that_cannot_be_assigned_are_refused_when_read(script: str) -> None:
    assert check(script, "script")


@pytest.mark.parametrize("script", ["a, b = xs", "a, b = 1"])
def test_several_names_need_as_many_values(script: str) -> None:
    with pytest.raises(LanguageError, match="as many values"):
        run_script(script, {"xs": [1, 2, 3]})
