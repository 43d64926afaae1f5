"""What expressions mean, in each of the three surface forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import LanguageError, NotFound
from engine.language import check, evaluate, evaluate_feel, names, run_script, template

VARIABLES: dict[str, Any] = {
    "a": {"b": "x", "n": None},
    "c": False,
    "xs": [1, 2, 3],
    "จังหวัด": {"กำหนด": 5},
    "provinces": [{"id": "TH-50", "region": "north", "score": 7.5}, {"id": "TH-90", "region": "south", "score": 4}],
    "due": "2009-07-31",
    "empty_text": "",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${a.b == 'x' && !c}", True),
        ("#{a.b eq 'x' and not c}", True),
        ('= a.b = "x" and not(c)', True),
        ("a.b == 'x' and not c", True),
        ("[p.id for p in provinces if p.region == 'north']", ["TH-50"]),
        ('= provinces[region = "north"].id', ["TH-50"]),
        ("= for p in provinces return p.score * 2", [15.0, 8]),
        ("{p.id: p.score for p in provinces}", {"TH-50": 7.5, "TH-90": 4}),
        ("sum(p.score for p in provinces)", 11.5),
        ("${xs.size() > 2 ? 'many' : 'few'}", "many"),
        ("'many' if len(xs) > 2 else 'few'", "many"),
        ('= if count(xs) > 2 then "many" else "few"', "many"),
        ("2 in xs and 9 not in xs", True),
        ("= 2 in xs", True),
        ("= 5 in [1..10] and 5 in (> 4, 1) and not(5 in (5..9])", True),
        ("= 5 between 1 and 7", True),
        ("= some x in xs satisfies x > 2", True),
        ("= every x in xs satisfies x > 2", False),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("xs[0] + xs[-1]", 4),
        ("= xs[1] + xs[-1]", 4),
        ("xs[1:]", [2, 3]),
        ("xs[::-1]", [3, 2, 1]),
        ("xs + [4]", [1, 2, 3, 4]),
        ("= concatenate(xs, [4])", [1, 2, 3, 4]),
        ("= xs[item > 1]", [2, 3]),
        ("จังหวัด.กำหนด + 1", 6),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("7 // 2 + 7 % 2 + 7 / 2", 7.5),
        ("${7 div 2 + 7 mod 2}", 4.5),
        ("10 / 5", 2),
        ("null == None and true == True", True),
        ("1 == true", False),
        ("a.n is None and a.b is not None", True),
        ("${empty nothing and empty empty_text and not empty xs}", True),
        ("defined(a.b) and not defined(a.zz) and not defined(zz)", True),
        ("default(zz, 1) + default(a.zz, 2)", 3),
        ("get(a, 'zz', 9)", 9),
        ("${execution.getVariable('zz') == null}", True),
        ("= zz", None),
        ("= zz.yy + 1", None),
        ("= null and false", False),
        ("= null or true", True),
        ("= {a: 1, b: a + 1}.b", 2),
        ('= string length("abc") + count(["a"])', 4),
        ('= upper case("ab") + substring("hello", 2, 3)', "ABell"),
        ('= substring before("a-b", "-")', "a"),
        ("'จังหวัด'.startsWith('จัง')", True),
        ("', '.join(['a', 'b'])", "a, b"),
        ("round(2.5) + round(-2.5) + round(1.005, 2)", 1.01),
        ("floor(-1.5) + ceiling(1.2)", 0),
        ("sorted(provinces, 'score')[0].id", "TH-90"),
        ("unique([1, 1.0, 2, 'a', 'a', true])", [1, 2, "a", True]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("number('1,234.5') + number('๑๒')", 1246.5),
        ("min(3, 1, 2) + max(xs)", 4),
        ("all(x > 0 for x in xs) and any(x > 2 for x in xs)", True),
        ("[k + '=' + v for k, v in items({'a': 'x'})]", ["a=x"]),
        ("(1, 2)", [1, 2]),
        ("'\\u0e01' + 'a\\'b'", "กa'b"),
        ("f'{a.b}-{xs[0] + 1}{{}}'", "x-2{}"),
    ],
)
def test_value(text: str, expected: Any) -> None:
    assert evaluate(text, VARIABLES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date('2009-06-30') + duration('P1M')", "2009-07-30"),
        ("= date(due) + duration(\"P1D\")", "2009-08-01"),
        ("due + duration('P1D')", "2009-08-01"),
        ("date('2009-01-31') + duration('P1M')", "2009-02-28"),
        ("date(due) - date('2009-07-01')", "P30D"),
        ("days_between('2009-07-01', due)", 30),
        ("datetime('2009-06-01T08:30:00')", "2009-06-01T08:30:00+07:00"),
        ("datetime('2009-06-01T01:30:00Z') == datetime('2009-06-01T08:30:00')", True),
        ("due < now()", True),
        ("date(due) == due and date(due) >= '2009-07-31'", True),
        ("date(due).year_be", 2552),
        ('= @"2009-06-01" < @"2009-06-02T00:00:00"', True),
        ('= years and months duration(@"2009-01-31", @"2010-03-01")', "P1Y1M"),
        ("duration('PT90M') / duration('PT30M')", 3.0),
        ("duration('P1D') * 2", "P2D"),
    ],
)  # fmt: skip
def test_dates(text: str, expected: Any) -> None:
    now = {"now": lambda: datetime(2027, 6, 1, tzinfo=UTC)}
    assert evaluate(text, VARIABLES, functions=now) == expected


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("a.b.c", 4, "text has no key 'c'"),
        ("zz + 1", 0, "there is no variable 'zz'"),
        ("a.zz", 2, "there is no key 'zz'"),
        ("xs[9]", 2, "there is no item 9"),
        ("'a' + 1", 4, "string(…)"),
        ("a = 1", 2, "expected an operator or the end"),
        ("foo(1)", 0, "there is no function 'foo'"),
        ("a.foo()", 2, "method 'foo'"),
        ("1 +", 3, "expected a value"),
        ("'abc", 0, "text is not closed"),
        ("${a", 3, "not closed by '}'"),
        ("1 / 0", 2, "division by zero"),
        ("3x", 0, "neither a number nor a name"),
        ("b'x'", 0, "prefix"),
        ("f'{zz}'", 3, "no variable"),
        ("f'{1 +}'", 1, "in {1 +}"),
        ("xs.append(1)", 3, "statement of its own"),
        ("[1, 2] < 3", 7, "cannot compare"),
        ("().__class__", 1, "expected a value"),
        ("lambda: 1", 0, "cannot be stored"),
        ("now()", 0, "there is no function 'now'"),
        ("date('2009-06-31')", 0, "not a day of the calendar"),
    ],
)
def test_error_names_expression_and_place(text: str, position: int, reason: str) -> None:
    with pytest.raises(LanguageError) as caught:
        evaluate(text, VARIABLES)
    assert reason in caught.value.message
    assert text in caught.value.message
    assert caught.value.facts["position"] == position
    assert caught.value.facts["expression"] == text


@pytest.mark.parametrize("attribute", ["__class__", "__dict__", "keys", "format", "real", "__init__"])
@pytest.mark.parametrize("value", ["a", "xs", "due", "c", "1.5", "date(due)", "'x'"])
def test_no_attribute_of_python_is_reached(attribute: str, value: str) -> None:
    with pytest.raises(LanguageError):
        evaluate(f"({value}).{attribute}", VARIABLES)


def test_thai_names_are_not_folded() -> None:
    assert evaluate("กำหนด", {"กำหนด": 1}) == 1
    with pytest.raises(LanguageError):
        evaluate("กํำหนด", {"กำหนด": 1})


def test_template() -> None:
    assert template("plain text, 1 < 2", VARIABLES) == "plain text, 1 < 2"
    assert template("จังหวัด ${จังหวัด.กำหนด}/${c}/${a.n}/${xs}", VARIABLES) == "จังหวัด 5/false//[1, 2, 3]"
    assert template("${xs}", VARIABLES) == [1, 2, 3]
    assert template("  ${ {'k': '}'} } ", VARIABLES) == {"k": "}"}
    assert template('= "x" + a.b', VARIABLES) == "xx"
    assert template("\\${a}", VARIABLES) == "${a}"
    assert template("== heading ==", VARIABLES) == "== heading =="
    assert evaluate("${a.b}-${c}", VARIABLES) == "x-false"


def test_values_are_copies() -> None:
    variables = {"xs": [[1]]}
    result = evaluate("xs", variables)
    result[0].append(2)
    assert variables == {"xs": [[1]]}


def test_script() -> None:
    script = "k = 1; k += 2  # three\na.b = 'y'\nnorth = [p.id for p in provinces\n  if p.region == 'north']\nxs[0] = k\nwhen = date(due)"
    assert run_script(script, VARIABLES) == {
        "k": 3,
        "a": {"b": "y", "n": None},
        "north": ["TH-50"],
        "xs": [3, 2, 3],
        "when": "2009-07-31",
    }
    assert VARIABLES["a"] == {"b": "x", "n": None}
    assert VARIABLES["xs"] == [1, 2, 3]


def test_script_does_not_share_what_it_assigns() -> None:
    assert run_script("ys = xs; ys[0] = 9; zs = ys; zs[0] = 8", {"xs": [1]}) == {"ys": [9], "zs": [8]}


@pytest.mark.parametrize(
    "script", ["import os", "1 = 2", "f(x) = 1", "x = ", "xs[7] = 1", "zz.a = 1", "c.d = 1", "x = 1 y = 2", "[a for a in xs] = 1"]
)
def test_script_refuses(script: str) -> None:
    with pytest.raises(LanguageError):
        run_script(script, VARIABLES)


def test_methods_that_change_are_assignments() -> None:
    assert run_script("xs.append(4); a.list = []; a.list.extend(xs); d = {}\nd.update({'k': 1})", VARIABLES) == {
        "xs": [1, 2, 3, 4],
        "a": {"b": "x", "n": None, "list": [1, 2, 3, 4]},
        "d": {"k": 1},
    }
    for script in ("y = xs.append(4)", "[1].append(2)", "len(xs.append(1))"):
        with pytest.raises(LanguageError):
            run_script(script, VARIABLES)
    assert VARIABLES["xs"] == [1, 2, 3]


def test_error_in_a_script_names_its_line() -> None:
    with pytest.raises(LanguageError, match=r"line 2, character 9 of: b = a \+ zz"):
        run_script("a = 1\nb = a + zz\n", {})


def test_check() -> None:
    assert check("a.b == 'x'", "expression") == []
    assert check("now() + duration('P1D')", "expression") == []
    assert check("bean.doIt()", "expression") == [("method 'doIt' is not part of the language", 5)]
    assert check("foo(1) + bar(2)", "expression") == [("there is no function 'foo'", 0), ("there is no function 'bar'", 9)]
    assert check("[xs.append(1)]", "expression") == [("changes a value in place: write it as a statement of its own", 4)]
    assert check("text ${a b} text", "template") == [("expected an operator or the end, found 'b'", 9)]
    assert check("x = 1\ny = (", "script")[0][1] == 11
    assert check("> 5, [1..3], not", "tests") != []
    assert check('not("a", "b")', "tests") == []


def test_names() -> None:
    assert names("${a.b + xs[i]}") == {"a", "xs", "i"}
    assert names("[p.id for p in ps if p.x == q]") == {"ps", "q"}
    assert names("k = 1; m = k + n; o.p = 2; r += 1", "script") == {"n", "o", "r"}
    assert names("a ${b} ${c.d}", "template") == {"b", "c"}
    assert names("(((") == set()


def test_error_of_a_given_function_is_named() -> None:
    def broken(value: Any) -> Any:
        raise ValueError("no such day")

    def refuses() -> None:
        raise NotFound("nothing here")

    with pytest.raises(LanguageError, match="'broken' failed"):
        evaluate("broken(1)", {}, functions={"broken": broken})
    with pytest.raises(NotFound):
        evaluate("refuses()", {}, functions={"refuses": refuses})


def test_feel_without_its_sign() -> None:
    assert evaluate_feel("xs[2] = 2", VARIABLES) is True
