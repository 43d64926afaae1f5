"""An expression of a decision, read once."""

from __future__ import annotations

from typing import Any

from engine.decisions.model import Cell
from engine.decisions.types import Conversion
from engine.language.evaluation import Evaluator
from engine.language.limits import Fault
from engine.language.reading import read_expression, read_feel
from engine.language.syntax import Dialect, Expression, Literal
from engine.language.values import stored


class CellFault(Exception):
    """A Fault in a cell, with the place of the cell."""

    def __init__(self, fault: Fault, cell: Cell, place: str) -> None:
        super().__init__(fault.message)
        self.fault, self.cell, self.place = fault, cell, place


class ReadyExpression:
    """An expression of a decision, read once. Raises CellFault where it cannot be read."""

    def __init__(self, cell: Cell, place: str, spaced: frozenset[str], convert: Conversion | None = None) -> None:
        self.cell, self.place, self.convert = cell, place, convert
        try:
            read = read_expression(cell.text) if cell.language == "juel" else read_feel(cell.text, spaced)
        except Fault as fault:
            raise CellFault(fault, cell, place) from fault
        if not isinstance(read, Expression):
            raise CellFault(Fault("is not one expression", 0), cell, place)
        self.expression = read

    def value(self, evaluator: Evaluator, *, inside: bool = False) -> Any:
        """The value; JSON-like, or as the expressions of the same decision use it (`inside`). Raises CellFault."""
        expression, convert = self.expression, self.convert
        try:
            if isinstance(expression.tree, Literal):
                found = expression.tree.value
                return found if convert is None or found is None else stored(convert(found), evaluator.budget)
            found = self._of(evaluator)
            if convert is not None and found is not None:
                found = convert(found)
            return found if inside else stored(found, evaluator.budget)
        except Fault as fault:
            raise CellFault(fault, self.cell, self.place) from fault

    def _of(self, evaluator: Evaluator) -> Any:
        expression = self.expression
        if expression.dialect is evaluator.dialect or expression.dialect is Dialect.PLAIN:
            return evaluator.value(expression.tree)
        other = Evaluator(evaluator.variables, evaluator.functions, expression.dialect, evaluator.budget)
        other.scopes = evaluator.scopes
        return other.value(expression.tree)
