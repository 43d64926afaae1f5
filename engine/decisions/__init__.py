"""DMN decisions: read from XML, made ready once, evaluated with the decisions they require. FEEL is engine.language."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.decisions import check
from engine.decisions.logic import ReadyBoxed, worth
from engine.decisions.model import Boxed, Cell, Decision, HitPolicy, Knowledge, Logic, Model, Table
from engine.decisions.reader import Reader
from engine.decisions.ready import CellFault, ReadyExpression
from engine.decisions.table import ReadyTable, Row
from engine.decisions.types import conversion
from engine.errors import LanguageError, NotFound, Problem
from engine.language.evaluation import Evaluator
from engine.language.invocation import MAX_DEPTH
from engine.language.limits import Budget, Fault, Limits
from engine.language.syntax import Dialect
from engine.language.thai import said

__all__ = ["Decisions", "HitPolicy", "Row", "evaluate", "map_result"]

Functions = Mapping[str, Callable[..., Any]]
Ready = ReadyTable | ReadyExpression | ReadyBoxed
T = TypeVar("T")
LIMITS = Limits()


class Decisions:
    """The decisions of a file or of a deployment's files together. Immutable but for what it makes ready on first use."""

    def __init__(self, model: Model, problems: list[Problem]) -> None:
        self.model = model
        self._problems = problems
        self._ready: dict[str, Ready] = {}

    @classmethod
    def load(cls, content: bytes, file: str) -> Decisions:
        """The decisions in a DMN file; what cannot be executed is in `problems`. Raises Invalid where it is not XML."""
        return cls.load_all({file: content})

    @classmethod
    def load_all(cls, files: Mapping[str, bytes]) -> Decisions:
        """The decisions of several DMN files, which may require one another. Raises Invalid where one is not XML."""
        found: dict[str, Decision] = {}
        knowledge: dict[str, Knowledge] = {}
        problems: list[Problem] = []
        for file, content in files.items():
            reader = Reader(content, file)
            for decision in reader.decisions():
                if decision.key in found:
                    message = f"The decision '{decision.key}' stands in {found[decision.key].file} too."
                    problems.append(_duplicate(decision, message, found[decision.key].file))
                else:
                    found[decision.key] = decision
            knowledge.update({known.key: known for known in reader.knowledge()})
            problems.extend(reader.problems)
        return cls(Model(found, knowledge), problems)

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
        self._found(key)
        return self._decided(key, variables, functions or {}, Budget(limits), {}, ())

    def matching(self, key: str, variables: Mapping[str, Any], *, functions: Functions | None = None, limits: Limits = LIMITS) -> list[int]:
        """The numbers of the rules that match, counted from 1, whatever the hit policy makes of them; none where it is no table.

        Raises NotFound, LanguageError as `evaluate`.
        """
        decision = self._found(key)
        evaluator = self._evaluator(decision, variables, functions or {}, Budget(limits), {}, ())
        return self._guarded(
            decision, evaluator, lambda ready: [row + 1 for row in ready.matching(evaluator)] if isinstance(ready, ReadyTable) else []
        )

    def reads(self, key: str) -> list[str]:
        """The variables a decision and those it requires read, its own first; what cannot be read is passed over. Raises NotFound."""
        names: dict[str, None] = {}
        own: set[str] = set()
        pending, seen = [self._found(key)], set[str]()
        while pending:
            decision = pending.pop(0)
            if decision.key not in seen:
                seen.add(decision.key)
                own |= {decision.key, decision.name, decision.variable} if len(seen) > 1 else set()
                names.update(dict.fromkeys(check.reads(decision)))
                pending += [self.model.decisions[required] for required in decision.requires if required in self.model.decisions]
        return [name for name in names if name not in own]

    def _found(self, key: str) -> Decision:
        if key not in self.model.decisions:
            raise NotFound(f"There is no decision '{key}'.", th=f"ไม่พบการตัดสินใจ “{key}” โปรดตรวจว่าไฟล์ DMN อยู่ในชุดเดียวกัน")
        return self.model.decisions[key]

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
            what, what_th = ("missing", "ไม่มีอยู่") if decision is None else ("made from it", "ทำจากการตัดสินใจนี้เอง")
            raise LanguageError(
                f"decision '{above[-1]}' requires '{key}', which is {what}",
                th=f"การตัดสินใจ “{above[-1]}” ต้องใช้ “{key}” ซึ่ง{what_th}",
                decision=key,
            )
        made[key] = self._rows(decision, self._evaluator(decision, variables, functions, budget, made, above))
        return made[key]

    def _evaluator(
        self,
        decision: Decision,
        variables: Mapping[str, Any],
        functions: Functions,
        budget: Budget,
        made: dict[str, list[Row]],
        above: tuple[str, ...],
    ) -> Evaluator:
        """What evaluates a decision: it sees those it requires, by their names, over the variables."""
        results: dict[str, Any] = {}
        for required in decision.requires:
            rows = self._decided(required, variables, functions, budget, made, (*above, decision.key))
            value = self.value(required, rows)
            needed = self.model.decisions[required]
            results.update({name: value for name in (needed.key, needed.name, needed.variable) if name})
        seen: Mapping[str, Any] = ChainMap(results, variables) if results else variables  # type: ignore[arg-type]
        return Evaluator(seen, functions, Dialect.FEEL, budget)

    def _rows(self, decision: Decision, evaluator: Evaluator) -> list[Row]:
        def rows(ready: Ready) -> list[Row]:
            if isinstance(ready, ReadyTable):
                return ready.evaluate(evaluator)
            convert = conversion(decision.type)
            found = ready.value(evaluator)
            return [{decision.variable: convert(found) if convert is not None and found is not None else found}]

        return self._guarded(decision, evaluator, rows)

    def _guarded(self, decision: Decision, evaluator: Evaluator, work: Callable[[Ready], T]) -> T:
        """What is made of a decision that is ready, with the functions it knows. Raises LanguageError with its place."""
        place, cell = "", None
        try:
            if decision.knowledge:
                evaluator.functions = {**evaluator.functions, **self._functions(decision, evaluator)}
            return work(self._made_ready(decision.key, decision.logic, self._spaced(decision)))
        except CellFault as error:
            fault, place, cell = error.fault, error.place, error.cell
        except Fault as found_fault:
            fault = found_fault
        except RecursionError:
            fault = Fault("is nested too deeply")
        raise _failed(decision, fault, cell, place)

    def _functions(self, decision: Decision, evaluator: Evaluator) -> dict[str, Callable[..., Any]]:
        """The business knowledge a decision calls, and what that calls, as functions by name."""
        found: dict[str, Callable[..., Any]] = {}
        pending, seen = list(decision.knowledge), set[str]()
        while pending:
            known = self.model.knowledge.get(key := pending.pop())
            if known is not None and key not in seen:
                seen.add(key)
                pending += known.requires
                found[known.name] = self._function(known, evaluator, found)
        return found

    def _function(self, known: Knowledge, outer: Evaluator, others: Functions) -> Callable[..., Any]:
        """It sees its parameters and the other business knowledge, nothing else (DMN 1.3, 10.2.1.6)."""

        def called(*arguments: Any, **named: Any) -> Any:
            unknown = [name for name in named if name not in known.parameters]
            if len(arguments) > len(known.parameters) or unknown:
                raise Fault(f"'{known.name}' takes {', '.join(known.parameters) or 'nothing'}")
            outer.depth += 1
            try:
                if outer.depth > MAX_DEPTH:
                    raise Fault("functions call one another too deeply")
                given = dict.fromkeys(known.parameters) | dict(zip(known.parameters, arguments, strict=False)) | named
                inner = Evaluator(given, {**outer.functions, **others}, Dialect.FEEL, outer.budget)
                spaced = frozenset(name for name in (*known.parameters, *others) if " " in name)
                ready = self._made_ready(f"knowledge {known.key}", known.logic, spaced)
                return worth(known.logic, ready.evaluate(inner)) if isinstance(ready, ReadyTable) else ready.value(inner)
            except CellFault as error:
                raise Fault(f"'{known.name}', {error.place}: {error.fault.message}") from error
            finally:
                outer.depth -= 1

        return called

    def _spaced(self, decision: Decision) -> frozenset[str]:
        names = {*decision.names, *(self.model.knowledge[key].name for key in decision.knowledge if key in self.model.knowledge)}
        return frozenset(name for name in names if " " in name)

    def _made_ready(self, key: str, logic: Logic, spaced: frozenset[str]) -> Ready:
        ready = self._ready.get(key)
        if ready is None:
            if isinstance(logic, Table):
                ready = ReadyTable(logic, spaced)
            elif isinstance(logic, Boxed):
                ready = ReadyBoxed(logic, spaced)
            else:
                ready = ReadyExpression(logic, "the expression", spaced)
            self._ready[key] = ready
        return ready

    def value(self, key: str, rows: list[Row]) -> Any:
        """What its rows are worth: of one output the value, else a context; a list where several rules count."""
        return worth(self.model.decisions[key].logic, rows)


def _duplicate(decision: Decision, message: str, other: str) -> Problem:
    return Problem(
        message, f"มีการตัดสินใจ “{decision.key}” ซ้ำใน {other}", rule="dmn-id", file=decision.file, line=decision.line, element_id=decision.key
    )


def _failed(decision: Decision, fault: Fault, cell: Cell | None, place: str) -> LanguageError:
    line = cell.line if cell is not None else decision.line
    where = f"{decision.file}:{line}: decision '{decision.key}'" + (f", {place}" if place else "")
    shown = f" (at character {(fault.position or 0) + 1} of: {cell.text[:80]})" if cell is not None and fault.position is not None else ""

    def thai() -> str:
        named = f"การตัดสินใจ “{decision.name or decision.key}” ({decision.file} บรรทัดที่ {line})" + (f" {said(place)}" if place else "")
        at = f" (อักษรที่ {(fault.position or 0) + 1} ของ {cell.text[:80]})" if cell is not None and fault.position is not None else ""
        return f"{named}: {said(fault.message)}{at}"

    return LanguageError(
        f"{where}: {fault.message}{shown}",
        th=thai,
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
        raise LanguageError(f"there is no decision result '{kind}'", th=f"ไม่มีรูปแบบผลการตัดสินใจ “{kind}”")
    if kind != "collectEntries" and len(rows) > 1:
        said_th = f"การตัดสินใจให้ผล {len(rows)} แถว ทั้งที่ {kind} ต้องมีแถวเดียว"
        raise LanguageError(f"the decision gave {len(rows)} rows where {kind} expects one", th=said_th)
    if kind == "singleResult":
        return rows[0] if rows else None
    if any(len(row) != 1 for row in rows):
        said_th = f"การตัดสินใจให้ผลหลายค่า ทั้งที่ {kind} ต้องมีค่าเดียว"
        raise LanguageError(f"the decision gave several outputs where {kind} expects one", th=said_th)
    values = [next(iter(row.values())) for row in rows]
    return values if kind == "collectEntries" else (values[0] if values else None)
