"""Two versions of a decision: its rules by what they ask, its columns, how many may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.decisions.model import Cell, Decision, Input, Output, Rule, Table
from engine.differences.model import Change, Kind
from engine.differences.naming import sentence
from engine.differences.structures import ABSENT, Turn, told, turns
from engine.differences.words import Said, alike, named, quoted, short

_POLICY = Said("จำนวนแถวที่ใช้ได้พร้อมกัน (hit policy)", "how many rows may hold (hit policy)")
_FACTS = {"nameEn": Said("หัวคอลัมน์ภาษาอังกฤษ", "English heading")}
_NOTHING_ASKED = ("", "-")


def changes(old: Decision, new: Decision) -> Iterator[Change]:
    """What is another about a decision."""
    if old.name != new.name:
        yield told(Turn(("name",), old.name, new.name), Said("ชื่อ", "name"), "name")
    if old.name_en != new.name_en:
        yield told(Turn(("name_en",), old.name_en or ABSENT, new.name_en or ABSENT), Said("ชื่อภาษาอังกฤษ", "English name"), "name")
    if isinstance(old.logic, Table) and isinstance(new.logic, Table):
        yield from _tables(old.logic, new.logic)
    elif _bare(old.logic) != _bare(new.logic):
        both = isinstance(old.logic, Cell) and isinstance(new.logic, Cell)
        before, after = (decision.logic.text if both and isinstance(decision.logic, Cell) else "" for decision in (old, new))
        if both:
            yield told(Turn(("expression",), before, after), Said("สูตร", "expression"), "expression")
        else:
            yield Change(Kind.CHANGED, "expression", Said("วิธีตัดสินใจเปลี่ยนไป", "The decision is made in another way"))
    for name, label in (
        ("requires", Said("ตารางที่ใช้ก่อน", "decisions made first")),
        ("knowledge", Said("สูตรกลางที่ใช้", "knowledge it uses")),
        ("variable", Said("ตัวแปร", "variable")),
        ("type", Said("ชนิดข้อมูล", "kind of value")),
        ("version_tag", Said("ป้ายฉบับ", "version tag")),
    ):
        if getattr(old, name) != getattr(new, name):
            yield told(Turn((name,), getattr(old, name), getattr(new, name)), label, name)


def _tables(old: Table, new: Table) -> Iterator[Change]:
    if (old.policy, old.aggregation) != (new.policy, new.aggregation):
        policies = [" ".join(filter(None, (table.policy.value, table.aggregation))) for table in (old, new)]
        yield told(Turn(("policy",), *policies), _POLICY, "policy")
    yield from _columns({_label(one): _input(one) for one in old.inputs}, {_label(one): _input(one) for one in new.inputs})
    yield from _columns({_label(one): _output(one) for one in old.outputs}, {_label(one): _output(one) for one in new.outputs})
    then, now = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    same = _same_rules(then, now, old, new)
    for key, rule in then.items():
        if key not in same:
            row = _row(rule, old)
            said = Said(f"ตัดแถวที่ {rule.number} ({row.th}) ออก", f"row {rule.number} ({row.en}) removed")
            yield Change(Kind.REMOVED, "rule", sentence(said), row, None, None, key)
    for key, rule in now.items():
        if key not in same.values():
            row, gives = _row(rule, new), _gives(rule, new)
            said = Said(f"เพิ่มแถวที่ {rule.number}: {row.th} → {gives.th}", f"row {rule.number} added: {row.en} → {gives.en}")
            yield Change(Kind.ADDED, "rule", sentence(said), None, row, key)
    for then_key, now_key in same.items():
        yield from _rule(then[then_key], now[now_key], old, new)
    places = [now[key].number for key in same.values()]
    if places != sorted(places):
        yield Change(Kind.CHANGED, "order", Said("เปลี่ยนลำดับแถว", "The rows stand in another order"))


def _same_rules(then: dict[str, Rule], now: dict[str, Rule], old: Table, new: Table) -> dict[str, str]:
    """New rule by old: of the same id, else the only one that asks the same."""
    found = {key: key for key in then if key in now}
    for key, rule in then.items():
        if key not in found:
            asks = [cell.text for cell in rule.tests]
            alike_ones = [other for other, one in now.items() if other not in found.values() and [cell.text for cell in one.tests] == asks]
            if len(alike_ones) == 1:
                found[key] = alike_ones[0]
    return {key: found[key] for key in then if key in found}


def _rule(then: Rule, now: Rule, old: Table, new: Table) -> Iterator[Change]:
    row = _row(now, new)
    front = Said(f"แถวที่ {now.number} ({row.th})", f"row {now.number} ({row.en})")
    before, after = _cells(then, old), _cells(now, new)
    columns: tuple[Input | Output, ...] = (*new.inputs, *new.outputs)
    called = {_label(one): _called(one) for one in columns}
    for column in before.keys() & after.keys():
        if before[column] != after[column]:
            label = Said(short(called[column[1]].th, 60), short(called[column[1]].en, 60))
            change = told(Turn(("cell",), before[column] or "-", after[column] or "-"), label, "cell", front=front)
            yield Change(change.kind, "cell", change.sentence, change.before, change.after, now.id, then.id)


def _cells(rule: Rule, table: Table) -> dict[tuple[str, str], str]:
    asks = {("in", _label(one)): cell.text for one, cell in zip(table.inputs, rule.tests, strict=False)}
    return asks | {("out", _label(one)): cell.text for one, cell in zip(table.outputs, rule.results, strict=False)}


def _row(rule: Rule, table: Table) -> Said:
    """A row by what it asks."""
    asked = [(_called(one), cell) for one, cell in zip(table.inputs, rule.tests, strict=False) if cell.text not in _NOTHING_ASKED]
    return _listed(asked, " = ") if asked else Said("ทุกกรณี", "in every case")


def _gives(rule: Rule, table: Table) -> Said:
    return _listed([(_called(one), cell) for one, cell in zip(table.outputs, rule.results, strict=False)], " ")


def _listed(cells: list[tuple[Said, Cell]], between: str) -> Said:
    said = [(called, short(cell.text, 40)) for called, cell in cells]
    return Said(
        ", ".join(f"{short(called.th, 40)}{between}{text}" for called, text in said),
        ", ".join(f"{short(called.en, 40)}{between}{text}" for called, text in said),
    )


def _label(column: Input | Output) -> str:
    """What tells a column from the others of its side."""
    return column.label or (column.name if isinstance(column, Output) else "")


def _called(column: Input | Output) -> Said:
    """A column as people call it."""
    return named(_label(column), column.label_en)


def _input(column: Input) -> tuple[Said, dict[str, Any]]:
    return _called(column), {
        "expression": _bare(column.expression),
        "values": _bare(column.values),
        "type": column.type,
        "variable": column.variable,
        "nameEn": column.label_en or None,
    }


def _output(column: Output) -> tuple[Said, dict[str, Any]]:
    facts = {"name": column.name, "values": _bare(column.values), "default": _bare(column.default), "type": column.type}
    return _called(column), facts | {"nameEn": column.label_en or None}


def _columns(then: Mapping[str, tuple[Said, dict[str, Any]]], now: Mapping[str, tuple[Said, dict[str, Any]]]) -> Iterator[Change]:
    for label in then.keys() - now.keys():
        name = quoted(then[label][0])
        yield Change(Kind.REMOVED, "column", Said(f"ตัดคอลัมน์ {name.th} ออก", f"Column {name.en} removed"), name, None)
    for label in now.keys() - then.keys():
        name = quoted(now[label][0])
        yield Change(Kind.ADDED, "column", Said(f"เพิ่มคอลัมน์ {name.th}", f"Column {name.en} added"), None, name)
    for label in then.keys() & now.keys():
        name = quoted(now[label][0])
        front = Said(f"คอลัมน์ {name.th}", f"column {name.en}")
        for turn in turns(then[label][1], now[label][1]):
            yield told(turn, _FACTS.get(turn.path[0], alike(turn.path[0])), "column", front=front)


def _bare(found: Any) -> Any:
    """An expression without the line it stands in."""
    if isinstance(found, Cell):
        return found.text
    if is_dataclass(found):
        return {field.name: _bare(getattr(found, field.name)) for field in fields(found) if field.name != "line"}
    if isinstance(found, tuple):
        return [_bare(entry) for entry in found]
    return found
