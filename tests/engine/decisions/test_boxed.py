"""Boxed expressions and business knowledge (DMN 1.3, 10.2.1), types of columns, and cells in JUEL."""

from __future__ import annotations

from typing import Any

import pytest

from engine.decisions import Decisions
from engine.errors import LanguageError
from tests.engine.decisions.test_decisions import NAMESPACE, decide, decision, file, load, table


def text(expression: str) -> str:
    written = expression.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression><text>{written}</text></literalExpression>"


def entry(name: str, logic: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_context_whose_entries_see_one_another() -> None:
    logic = f"<context>{entry('ฐาน', text('x * 2'))}{entry('รวม', text('ฐาน + 1'))}</context>"
    assert decide(logic, x=5) == [{"d": {"ฐาน": 10, "รวม": 11}}]
    assert decide(f"<context>{entry('a', text('x * 2'))}{entry('', text('a + 1'))}</context>", x=5) == [{"d": 11}]


def test_table_inside_a_context() -> None:
    inner = table([("< 10", '"small"'), (">= 10", '"large"')], inputs=("size",))
    logic = f"<context>{entry('size', text('x * 2'))}{entry('kind', inner)}{entry('', text('upper case(kind)'))}</context>"
    assert decide(logic, x=2) == [{"d": "SMALL"}]
    assert decide(logic, x=20) == [{"d": "LARGE"}]


def test_list_and_relation() -> None:
    assert decide(f"<list>{text('x')}{text('x + 1')}</list>", x=1) == [{"d": [1, 2]}]
    columns = '<column name="ชื่อ"/><column name="คะแนน"/>'
    rows = "<row>" + text('"ก"') + text("x") + "</row><row>" + text("name") + text("x + 1") + "</row>"
    assert decide(f"<relation>{columns}{rows}</relation>", x=1, name="ข") == [{"d": [{"ชื่อ": "ก", "คะแนน": 1}, {"ชื่อ": "ข", "คะแนน": 2}]}]


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (f"<conditional><if>{text('x > 1')}</if><then>{text('1')}</then><else>{text('2')}</else></conditional>", 1),
        (f'<for iteratorVariable="i"><in>{text("[1..x]")}</in><return>{text("i * i")}</return></for>', [1, 4, 9]),
        (f'<some iteratorVariable="i"><in>{text("[1, 2, x]")}</in><satisfies>{text("i > 2")}</satisfies></some>', True),
        (f'<every iteratorVariable="i"><in>{text("[1, 2, x]")}</in><satisfies>{text("i > 2")}</satisfies></every>', False),
        (f"<filter><in>{text('[1, 2, x]')}</in><match>{text('item > 1')}</match></filter>", [2, 3]),
    ],
)
def test_expressions_of_dmn_1_4(logic: str, expected: Any) -> None:
    assert decide(logic, x=3) == [{"d": expected}]


KNOWLEDGE = (
    '<businessKnowledgeModel id="bonus" name="คิด โบนัส"><encapsulatedLogic><formalParameter name="salary"/><formalParameter name="rate"/>'
    f"{text('salary * rate')}</encapsulatedLogic></businessKnowledgeModel>"
)
RATE = (
    '<businessKnowledgeModel id="rate" name="rate of"><variable name="rate_of"/><encapsulatedLogic><formalParameter name="grade"/>'
    f"{table([('> 5', '2')], inputs=('grade',))}</encapsulatedLogic></businessKnowledgeModel>"
)


def knowing(logic: str, *keys: str) -> str:
    needs = "".join(f'<knowledgeRequirement><requiredKnowledge href="#{key}"/></knowledgeRequirement>' for key in keys)
    return f'<decision id="d" name="d">{needs}{logic}</decision>'


def test_business_knowledge_is_called_by_name() -> None:
    known = load(KNOWLEDGE, RATE, knowing(text("คิด โบนัส(salary, rate_of(grade))"), "bonus", "rate"))
    assert known.evaluate("d", {"salary": 100, "grade": 7}) == [{"d": 200}]
    assert known.evaluate("d", {"salary": 100, "grade": 1}) == [{"d": None}]


def test_invocation_binds_by_name() -> None:
    bindings = "".join(
        f'<binding><parameter name="{name}"/>{text(value)}</binding>' for name, value in (("rate", "3"), ("salary", "salary"))
    )
    logic = f"<invocation>{text('คิด โบนัส')}{bindings}</invocation>"
    assert load(KNOWLEDGE, knowing(logic, "bonus")).evaluate("d", {"salary": 10}) == [{"d": 30}]
    wrong = logic.replace('name="rate"', 'name="other"')
    with pytest.raises(LanguageError, match="takes salary, rate"):
        load(KNOWLEDGE, knowing(wrong, "bonus")).evaluate("d", {"salary": 10})


def test_business_knowledge_that_is_missing_or_java_is_named() -> None:
    java = '<businessKnowledgeModel id="j" name="j"><encapsulatedLogic kind="Java"><context/></encapsulatedLogic></businessKnowledgeModel>'
    found = Decisions.load(file(java, knowing(text("f(1)"), "nowhere")), "rules.dmn").problems()
    assert sorted({problem.rule for problem in found}) == ["dmn-requirement", "dmn-unsupported", "expression"]


def test_knowledge_that_calls_itself_ends() -> None:
    endless = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="n"/>'
        f"{text('f(n + 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    with pytest.raises(LanguageError, match="too deeply"):
        load(endless, knowing(text("f(1)"), "f")).evaluate("d", {})


def typed(rows: list[tuple[str, ...]], input_type: str, output_type: str = "string") -> str:
    made = table(rows).replace("<inputExpression>", f'<inputExpression typeRef="{input_type}">')
    return made.replace('<output name="y">', f'<output name="y" typeRef="{output_type}">')


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("integer", "> 4", "5"),
        ("double", "[4.5..5.5]", "5"),
        ("string", '"5"', 5),
        ("boolean", "true", "TRUE"),
        ("date", '< date("2009-07-01")', "2009-06-30"),
        ("date", "?.month = 6", "2009-06-30"),
        ("dateTime", '> date and time("2009-06-30T00:00:00")', "2009-06-30T08:00:00"),
        ("time", '[time("08:00:00")..time("09:00:00")]', "08:30:00"),
        ("feel:days and time duration", '> duration("P1D")', "P2D"),
    ],
)
def test_a_value_is_made_into_the_type_of_its_column(kind: str, cell: str, value: Any) -> None:
    assert decide(typed([(cell, '"yes"')], kind), x=value) == [{"y": "yes"}]


def test_what_is_not_of_the_type_is_named() -> None:
    with pytest.raises(LanguageError, match=r"decision 'd', input 'x': 'ห้า' is not a number"):
        decide(typed([("> 4", "1")], "integer"), x="ห้า")
    with pytest.raises(LanguageError, match=r"rule 1 \(r1\), output 'y': 'ก' is not a number"):
        decide(typed([("> 4", "z")], "integer", "integer"), x=5, z="ก")


@pytest.mark.parametrize(
    ("kind", "cell", "told"),
    [
        ("integer", '"ก"', "rule 1 (r1), output 'y': 'ก' is not a number: \"ก\""),
        ("number", "true", "rule 1 (r1), output 'y': expected a number, not true/false: true"),
        ("integer", '"5"', None),
        ("integer", "z", None),  # a variable may be anything
        ("date", '"2009-06-01"', None),
        ("own", '"ก"', None),
    ],
)
def test_a_value_written_out_that_its_column_refuses_is_told_beforehand(kind: str, cell: str, told: str | None) -> None:
    problems = Decisions.load(file(decision(typed([("> 4", cell)], "integer", kind))), "f").problems()
    assert [(problem.message, problem.field) for problem in problems] == ([(told, "/rules/0/outputs/0")] if told else [])


def test_outputs_have_their_type() -> None:
    assert decide(typed([("-", '"5"')], "integer", "integer"), x=1) == [{"y": 5}]
    assert decide(typed([("-", "x")], "integer", "double"), x=1) == [{"y": 1.0}]
    assert decide(typed([("-", '"2009-06-01"')], "integer", "date"), x=1) == [{"y": "2009-06-01"}]


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ('< date("2009-06-15")', "2009-06-01", True),
        ('[date("2009-06-01")..date("2009-06-30")]', "2009-06-30T00:00:00+07:00", True),
        ('date("2009-06-01")', "2009-06-01", True),
        ('not(date("2009-06-01"))', "ก", True),
        ('< date("2009-06-15")', "ก", False),
        ("not(1, 2)", "ก", True),
        ("not(> 1)", "ก", True),
        ("> 1", "ก", False),
        ("!= 1", 2, True),
    ],
)
def test_dates_and_other_types_in_cells(cell: str, value: Any, *, passes: bool) -> None:
    assert bool(decide(table([(cell, "1")]), x=value)) is passes


def test_the_value_goes_by_the_name_camunda_gives_it() -> None:
    camunda = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:inputVariable="อายุ"'
    logic = table([("อายุ > 20 and อายุ < 60", '"adult"')]).replace('<input label="x">', f'<input label="x" {camunda}>')
    assert decide(logic, x=30) == [{"y": "adult"}]
    assert decide(table([("cellInput > 20", '"adult"')]), x=30) == [{"y": "adult"}]


def test_cells_in_juel() -> None:
    logic = table([("${cellInput > 20 && other}", "${x + 1}")])
    assert decide(logic, x=30, other=True) == [{"y": 31}]
    assert decide(logic, x=30, other=False) == []


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        NAMESPACE,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn(namespace: str) -> None:
    loaded = Decisions.load(file(decision(table([("> 1", "2")])), namespace=namespace), "x.dmn")
    assert loaded.problems() == []
    assert loaded.evaluate("d", {"x": 5}) == [{"y": 2}]
