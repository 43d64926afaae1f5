"""DMN decisions: read from XML, made ready once, evaluated with the decisions they require. FEEL is engine.language."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from engine.decisions import check
from engine.decisions.model import Cell, Decision, HitPolicy, Model, Table
from engine.decisions.reader import Reader
from engine.decisions.table import CellFault, ReadyExpression, ReadyTable, Row
from engine.errors import LanguageError, NotFound, Problem
from engine.language.evaluation import Evaluator
from engine.language.limits import Budget, Fault, Limits
from engine.language.syntax import Dialect

__all__ = ["Decisions", "HitPolicy", "Row", "evaluate", "map_result"]

Functions = Mapping[str, Callable[..., Any]]
LIMITS = Limits()


class Decisions:
    """The decisions of a file or of a deployment's files together. Immutable but for what it makes ready on first use."""

    def __init__(self, model: Model, problems: list[Problem]) -> None:
        self.model = model
        self._problems = problems
        self._ready: dict[str, ReadyTable | ReadyExpression] = {}

    @classmethod
    def load(cls, content: bytes, file: str) -> Decisions:
        """The decisions in a DMN file; what cannot be executed is in `problems`. Raises Invalid where it is not XML."""
        return cls.load_all({file: content})

    @classmethod
    def load_all(cls, files: Mapping[str, bytes]) -> Decisions:
        """The decisions of several DMN files, which may require one another. Raises Invalid where one is not XML."""
        found: dict[str, Decision] = {}
        problems: list[Problem] = []
        for file, content in files.items():
            reader = Reader(content, file)
            for decision in reader.decisions():
                if decision.key in found:
                    message = f"The decision '{decision.key}' stands in {found[decision.key].file} too."
                    problems.append(_duplicate(decision, message, found[decision.key].file))
                else:
                    found[decision.key] = decision
            problems.extend(reader.problems)
        return cls(Model(found), problems)

    def keys(self) -> list[str]:
        """The keys of the decisions."""
        return list(self.model.decisions)

    def problems(self) -> list[Problem]:
        """Everything wrong, with file, line, decision and rule, for the check at deployment."""
        return [*self._problems, *check.problems(self.model)]

    def evaluate(self, key: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS) -> list[Row]:
        """The rows that a decision gives: a dict of outputs each, JSON-like; a literal expression gives one row.

        Required decisions are made first and are variables by their name. Raises NotFound, and LanguageError whose facts name
        file, line, decision and rule.
        """
        if key not in self.model.decisions:
            raise NotFound(f"There is no decision '{key}'.")
        return self._decided(key, variables, functions or {}, Budget(limits), {}, ())

    def _decided(
        self,
        key: str,
        variables: Mapping[str, Any],
        functions: Functions,
        budget: Budget,
        made: dict[str, list[Row]],
        above: tuple[str, ...],
    ) -> list[Row]:
        """The rows of a decision; `made` keeps those already decided, `above` is the chain of those that wait for it."""
        if key in made:
            return made[key]
        decision = self.model.decisions.get(key)
        if decision is None or key in above:
            raise LanguageError(
                f"decision '{above[-1]}' requires '{key}', which is {'missing' if decision is None else 'made from it'}", decision=key
            )
        results: dict[str, Any] = {}
        for required in decision.requires:
            rows = self._decided(required, variables, functions, budget, made, (*above, key))
            value = self._value(required, rows)
            needed = self.model.decisions[required]
            results.update({name: value for name in (needed.key, needed.name, needed.variable) if name})
        seen: Mapping[str, Any] = ChainMap(results, variables) if results else variables  # type: ignore[arg-type]
        made[key] = self._rows(decision, Evaluator(seen, functions, Dialect.FEEL, budget))
        return made[key]

    def _rows(self, decision: Decision, evaluator: Evaluator) -> list[Row]:
        try:
            ready = self._made_ready(decision)
            if isinstance(ready, ReadyTable):
                return ready.evaluate(evaluator)
            return [{decision.variable: ready.value(evaluator)}]
        except CellFault as error:
            raise _failed(decision, error.fault, error.cell, error.place) from error
        except Fault as fault:
            raise _failed(decision, fault, None, "") from fault

    def _made_ready(self, decision: Decision) -> ReadyTable | ReadyExpression:
        ready = self._ready.get(decision.key)
        if ready is None:
            if isinstance(decision.logic, Table):
                ready = ReadyTable(decision, decision.logic)
            else:
                spaced = frozenset(name for name in decision.names if " " in name)
                ready = ReadyExpression(decision.logic, "the expression", spaced)
            self._ready[decision.key] = ready
        return ready

    def _value(self, key: str, rows: list[Row]) -> Any:
        """What a decision is worth to another: of one output its value, else a context; a list where several rules count."""
        logic = self.model.decisions[key].logic
        values = [next(iter(row.values())) if len(row) == 1 else row for row in rows]
        several = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
        if isinstance(logic, Table) and logic.policy in several and not logic.aggregation:
            return values
        return values[0] if values else None


def _duplicate(decision: Decision, message: str, other: str) -> Problem:
    return Problem(
        message, f"มีการตัดสินใจ “{decision.key}” ซ้ำใน {other}", rule="dmn-id", file=decision.file, line=decision.line, element_id=decision.key
    )


def _failed(decision: Decision, fault: Fault, cell: Cell | None, place: str) -> LanguageError:
    line = cell.line if cell is not None else decision.line
    where = f"{decision.file}:{line}: decision '{decision.key}'" + (f", {place}" if place else "")
    shown = f" (at character {(fault.position or 0) + 1} of: {cell.text[:80]})" if cell is not None and fault.position is not None else ""
    return LanguageError(
        f"{where}: {fault.message}{shown}",
        expression=cell.text if cell is not None else "",
        position=fault.position or 0,
        reason=fault.message,
        file=decision.file,
        line=line,
        decision=decision.key,
        rule=place,
    )


def evaluate(decisions: Decisions, key: str, variables: Mapping[str, Any], *, functions: Functions | None = None) -> list[Row]:
    """`decisions.evaluate(key, variables)`."""
    return decisions.evaluate(key, variables, functions=functions)


def map_result(rows: list[Row], kind: str) -> Any:
    """Camunda's shapes of a result: singleEntry, singleResult, collectEntries, resultList. Raises LanguageError where it does not fit."""
    if kind == "resultList":
        return rows
    if kind not in ("singleEntry", "singleResult", "collectEntries"):
        raise LanguageError(f"there is no decision result '{kind}'")
    if kind != "collectEntries" and len(rows) > 1:
        raise LanguageError(f"the decision gave {len(rows)} rows where {kind} expects one")
    if kind == "singleResult":
        return rows[0] if rows else None
    if any(len(row) != 1 for row in rows):
        raise LanguageError(f"the decision gave several outputs where {kind} expects one")
    values = [next(iter(row.values())) for row in rows]
    return values if kind == "collectEntries" else (values[0] if values else None)
