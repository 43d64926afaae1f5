"""Boxed expressions made ready, and what a decision's rows are worth to those that require it."""

from __future__ import annotations

from typing import Any

from engine.decisions import boxed
from engine.decisions.model import Boxed, Cell, HitPolicy, Logic, Table
from engine.decisions.ready import CellFault
from engine.decisions.table import ReadyTable, Row
from engine.language.evaluation import Evaluator
from engine.language.limits import Fault
from engine.language.values import stored

_SEVERAL = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


class ReadyBoxed:
    """A boxed expression as one tree, with the tables that stand in it. Raises CellFault where a part cannot be read."""

    def __init__(self, logic: Boxed, spaced: frozenset[str]) -> None:
        tables: dict[str, Table] = {}
        self.cell = Cell("", logic.line)
        try:
            self.tree = boxed.tree(logic, spaced, tables)
        except Fault as fault:
            raise CellFault(fault, self.cell, "the expression") from fault
        self.tables = {name: ReadyTable(table, spaced) for name, table in tables.items()}

    def value(self, evaluator: Evaluator) -> Any:
        """The value, JSON-like. Raises CellFault."""
        if self.tables:
            made = {name: lambda table=table: worth(table.table, table.evaluate(evaluator)) for name, table in self.tables.items()}
            evaluator.functions = {**evaluator.functions, **made}
        try:
            return stored(evaluator.value(self.tree), evaluator.budget)
        except Fault as fault:
            raise CellFault(fault, self.cell, "the expression") from fault


def worth(logic: Logic, rows: list[Row]) -> Any:
    """What rows are worth to another decision: of one output its value, else a context; a list where several rules count."""
    values = [next(iter(row.values())) if len(row) == 1 else row for row in rows]
    if isinstance(logic, Table) and logic.policy in _SEVERAL and not logic.aggregation:
        return values
    return values[0] if values else None
