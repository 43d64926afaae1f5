"""A decision table of 1,000 rules: ranges of numbers and dates, lists of texts; what one evaluation costs."""

from __future__ import annotations

import time

from engine.decisions import Decisions

RULES, ROUNDS = 1_000, 200
HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n"><decision id="d" name="d">'


def table() -> bytes:
    """The file: 1,000 rules over an amount, a region and a day; about 40 pass, and those are collected."""
    columns = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in ("amount", "region", "day"))
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in _cells(number))
        + f'<outputEntry><text>"rule {number}"</text></outputEntry></rule>'
        for number in range(RULES)
    )
    logic = f'<decisionTable hitPolicy="COLLECT">{columns}<output name="result"/>{rules}</decisionTable>'
    return f"{HEAD}{logic}</decision></definitions>".encode()


def _cells(number: int) -> tuple[str, str, str]:
    return (
        f"[{number}..{number + 300}]",
        f'"region {number % 7}", "region {number % 5}"',
        f'&gt;= date("2009-{number % 12 + 1:02}-01")',
    )


def evaluation() -> float:
    """CPU milliseconds an evaluation, the table being made ready."""
    decisions = Decisions.load(table(), "bench.dmn")
    decisions.evaluate("d", {"amount": 500, "region": "region 1", "day": "2009-06-15"})
    begin = time.process_time()
    for number in range(ROUNDS):
        decisions.evaluate("d", {"amount": number * 5, "region": f"region {number % 7}", "day": f"2009-06-{number % 28 + 1:02}"})
    return (time.process_time() - begin) / ROUNDS * 1000
