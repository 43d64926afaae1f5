"""What a deployment says about decisions: cells that cannot be read or are no value of their column, functions and required decisions that
are not there, circles."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions.boxed import cells
from engine.decisions.column import CELL_INPUT
from engine.decisions.model import Boxed, Cell, Decision, Logic, Model, Table
from engine.decisions.table import place
from engine.decisions.types import conversion
from engine.errors import Problem
from engine.language.functions import FUNCTIONS, HOST_FUNCTIONS
from engine.language.limits import Fault
from engine.language.names import calls, free_names
from engine.language.reading import read_expression, read_feel, read_tests
from engine.language.syntax import Expression, Literal, Node
from engine.language.thai import in_thai

Where = tuple[str, str, str]  # what a cell is called, in English and in Thai, and its JSON pointer in the table


def problems(model: Model) -> Iterator[Problem]:
    """Everything wrong with the decisions that could be read."""
    named = frozenset(known.name for known in model.knowledge.values())
    for decision in model.decisions.values():
        for key in decision.requires:
            if key not in model.decisions:
                yield _problem(
                    decision,
                    decision.line,
                    "dmn-requirement",
                    f"The decision '{key}' it requires is not there.",
                    f"ไม่มีการตัดสินใจ “{key}” ที่ต้องใช้",
                )
        if _in_circle(decision, model):
            yield _problem(decision, decision.line, "dmn-circle", "The decision requires itself.", "การตัดสินใจอ้างถึงตัวเองเป็นวงกลม")
        for key in decision.knowledge:
            if key not in model.knowledge:
                yield _problem(
                    decision, decision.line, "dmn-requirement", f"The business knowledge '{key}' is not there.", f"ไม่มีองค์ความรู้ “{key}”"
                )
        for cell, kind, where in _cells(decision.logic):
            yield from _cell(decision, cell, kind, where, named)
        for cell, type_ref, where in _results(decision.logic):
            yield from _constant(decision, cell, type_ref, where)
    for known in model.knowledge.values():
        names = frozenset((*known.parameters, *named))
        for cell, kind, where in _cells(known.logic):
            yield from _cell(
                Decision(known.key, known.name, known.name, known.file, known.line, known.logic, names=names), cell, kind, where, named
            )


def reads(decision: Decision) -> Iterator[str]:
    """The variables its cells read, in their order."""
    spaced = frozenset(name for name in decision.names if " " in name)
    for cell, kind, _where in _cells(decision.logic):
        if kind != "result" or cell.text not in ("", "-"):
            try:
                yield from sorted(free_names(_tree(cell, kind, spaced)) - {CELL_INPUT, "?"})
            except Fault:
                continue


def _in_circle(decision: Decision, model: Model) -> bool:
    pending, seen = list(decision.requires), set[str]()
    while pending:
        key = pending.pop()
        if key == decision.key:
            return True
        if key not in seen and key in model.decisions:
            seen.add(key)
            pending.extend(model.decisions[key].requires)
    return False


def _cells(logic: Logic) -> Iterator[tuple[Cell, str, Where]]:
    """Every text of a decision with its kind and what to call it."""
    if isinstance(logic, Boxed):
        for part in cells(logic):
            yield from _cells(part)
        return
    if isinstance(logic, Cell):
        yield logic, "expression", ("the expression", "นิพจน์", "")
        return
    table = logic
    for column, item in enumerate(table.inputs):
        input_, input_th, at = f"input '{item.label_en or item.label}'", f"ช่องรับ “{item.label}”", f"/inputs/{column}"
        yield item.expression, "expression", (input_, input_th, f"{at}/expression")
        if item.values is not None:
            yield item.values, "tests", (f"values of {input_}", f"ค่าที่เป็นได้ของ{input_th}", f"{at}/values")
    for column, output in enumerate(table.outputs):
        output_, output_th, at = f"output '{output.name}'", f"ช่องผล “{output.name}”", f"/outputs/{column}"
        if output.values is not None:
            yield output.values, "tests", (f"values of {output_}", f"ค่าที่เป็นได้ของ{output_th}", f"{at}/values")
    for row, rule in enumerate(table.rules):
        named, named_th = place(rule), f"กฎที่ {rule.number}"
        for column, (cell, item) in enumerate(zip(rule.tests, table.inputs, strict=False)):
            said = (f"{named}, input '{item.label_en or item.label}'", f"{named_th} ช่องรับ “{item.label}”")
            yield cell, "tests", (*said, f"/rules/{row}/inputs/{column}")
    yield from ((cell, "result", where) for cell, _type_ref, where in _results(table))


def _results(logic: Logic) -> Iterator[tuple[Cell, str | None, Where]]:
    """What the rules of a table give: each cell with the type of its column and what to call it."""
    if not isinstance(logic, Table):
        return
    for column, output in enumerate(logic.outputs):
        if output.default is not None:
            said = (f"default of output '{output.name}'", f"ค่าตั้งต้นของช่องผล “{output.name}”")
            yield output.default, output.type, (*said, f"/outputs/{column}/default")
    for row, rule in enumerate(logic.rules):
        for column, (cell, output) in enumerate(zip(rule.results, logic.outputs, strict=False)):
            said = (f"{place(rule)}, output '{output.name}'", f"กฎที่ {rule.number} ช่องผล “{output.name}”")
            yield cell, output.type, (*said, f"/rules/{row}/outputs/{column}")


def _constant(decision: Decision, cell: Cell, type_ref: str | None, where: Where) -> Iterator[Problem]:
    """A value written out that its column's type refuses whenever the rule is taken."""
    convert, (at, at_thai, pointer) = conversion(type_ref), where
    try:
        tree = _tree(cell, "result", frozenset()) if convert is not None and cell.text not in ("", "-") else None
    except Fault:
        return  # said already, or a name of several words
    if convert is not None and isinstance(tree, Literal) and tree.value is not None:
        try:
            convert(tree.value)
        except Fault as fault:
            message, thai = f"{at}: {fault.message}: {cell.text[:80]}", f"{at_thai}: {in_thai(fault.message)}: {cell.text[:80]}"
            yield _problem(decision, cell.line, "expression", message, thai, pointer)


def _cell(decision: Decision, cell: Cell, kind: str, where: Where, functions: frozenset[str]) -> Iterator[Problem]:
    if kind == "result" and cell.text in ("", "-"):
        return
    at, at_thai, pointer = where
    try:
        tree = _tree(cell, kind, frozenset(name for name in decision.names | functions if " " in name))
    except Fault as fault:
        message = f"{at}: {fault.message} (at character {(fault.position or 0) + 1} of: {cell.text[:80]})"
        thai = f"{at_thai}: อ่านนิพจน์ “{cell.text[:80]}” ไม่ได้ ({in_thai(fault.message)})"
        yield _problem(decision, cell.line, "expression", message, thai, pointer)
        return
    for name, _ in calls(tree):
        if name not in FUNCTIONS and name not in HOST_FUNCTIONS and name not in functions:
            message, thai = f"{at}: there is no function '{name}'.", f"{at_thai}: ไม่มีฟังก์ชัน “{name}”"
            yield _problem(decision, cell.line, "expression", message, thai, pointer)


def _tree(cell: Cell, kind: str, spaced: frozenset[str]) -> Node:
    if kind == "tests" and cell.language != "juel":
        return read_tests(cell.text, spaced)
    if cell.language == "juel":
        read = read_expression(cell.text)
        if not isinstance(read, Expression):
            raise Fault("is not one expression", 0)
        return read.tree
    return read_feel(cell.text or "null", spaced).tree


def _problem(decision: Decision, line: int | None, rule: str, message: str, message_th: str, field: str = "") -> Problem:
    return Problem(
        message,
        message_th,
        rule=rule,
        file=decision.file,
        line=line,
        field=field or None,
        element_id=decision.key,
        element_name=decision.name or decision.key,
        element_name_en=decision.name_en or None,
    )
