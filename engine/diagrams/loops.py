"""Loops and multi-instance activities (BPMN 2.0.2, section 13.3.6 and 13.3.7), as the standard and each dialect write them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping

from engine.diagrams.catalog import Catalog
from engine.diagrams.data import variable_of
from engine.diagrams.events import read_events, referred
from engine.diagrams.model import EventDefinition, Loop
from engine.diagrams.namespaces import (
    ACTIVITI,
    FLOWABLE,
    RUAM,
    VENDORS,
    ZEEBE,
    Node,
    bpmn_child,
    bpmn_children,
    bpmn_text,
    flag,
    nodes,
    split,
    text_of,
)


def read_loop(node: Node, names: dict[str, str], catalog: Catalog) -> Loop | None:
    """The loop of an activity, if it has one; `names` gives the variable behind the id of a data object or data input."""
    standard = bpmn_child(node, "standardLoopCharacteristics")
    if standard is not None:
        return Loop(
            "loop",
            loop_condition=bpmn_text(standard, "loopCondition"),
            test_before=flag(standard.get("testBefore"), default=False),
            maximum=standard.get("loopMaximum"),
        )
    multiple = bpmn_child(node, "multiInstanceLoopCharacteristics")
    return None if multiple is None else _multiple(node, multiple, ChainMap(_own_data(node), names), catalog)


def _multiple(node: Node, loop: Node, names: Mapping[str, str], catalog: Catalog) -> Loop:
    zeebe: Node = next(loop.iter(f"{{{ZEEBE}}}loopCharacteristics"), {})
    gathered, gathering = _aggregation(loop)
    ref_in, ref_out = bpmn_text(loop, "loopDataInputRef"), bpmn_text(loop, "loopDataOutputRef")
    item_in, item_out = bpmn_child(loop, "inputDataItem"), bpmn_child(loop, "outputDataItem")
    output_name, behavior = None if item_out is None else variable_of(item_out), loop.get("behavior", "All")
    return Loop(
        "sequential" if flag(loop.get("isSequential"), default=False) else "parallel",
        cardinality=bpmn_text(loop, "loopCardinality"),
        collection=_vendor(loop, "collection") or zeebe.get("inputCollection") or (names.get(ref_in, ref_in) if ref_in else None),
        element_variable=_vendor(loop, "elementVariable")
        or zeebe.get("inputElement")
        or (None if item_in is None else variable_of(item_in)),
        index_variable=_vendor(loop, "elementIndexVariable"),
        completion_condition=bpmn_text(loop, "completionCondition"),
        behavior=behavior,
        event=referred(loop.get(f"{behavior.lower()}BehaviorEventRef"), loop, loop, catalog),
        complex_events=tuple(_complex(loop, catalog)),
        result_collection=_ruam(node, loop, "resultCollection")
        or zeebe.get("outputCollection")
        or gathered
        or (names.get(ref_out, ref_out) if ref_out else None),
        result_expression=_ruam(node, loop, "resultExpression")
        or zeebe.get("outputElement")
        or gathering
        or (f"${{{output_name}}}" if output_name else None),
    )


def _complex(loop: Node, catalog: Catalog) -> Iterator[tuple[str, EventDefinition]]:
    for node in bpmn_children(loop, "complexBehaviorDefinition"):
        event = bpmn_child(node, "event")
        for definition in read_events(event, catalog) if event is not None else ():
            yield bpmn_text(node, "condition") or "${true}", definition


def _vendor(loop: Node, name: str) -> str | None:
    for namespace in (*VENDORS, RUAM):
        value: str | None = loop.get(f"{{{namespace}}}{name}")
        if value:
            return value
    # Flowable and Activiti also read a collection given as a child: <flowable:collection><…:string>${list}</…:string>.
    for namespace in (FLOWABLE, ACTIVITI):
        for child in loop.iter(f"{{{namespace}}}{name}"):
            return text_of(child) or next((text_of(inner) for inner in child), None)
    return None


def _aggregation(loop: Node) -> tuple[str | None, str | None]:
    """Flowable's variableAggregation: where the results go, and a result of the variables it names."""
    for node in loop.iter(f"{{{FLOWABLE}}}variableAggregation"):
        found = [child for child in nodes(node) if split(child.tag)[1] == "variable"]
        named = ((child.get("target") or child.get("source"), child.get("source") or child.get("sourceExpression")) for child in found)
        values = (f'"{name}": {_plain(value)}' for name, value in named if name and value)
        return node.get("target"), f"= {{{', '.join(values)}}}"
    return None, None


def java_of(node: Node) -> dict[str, str]:
    """The Java classes and beans that Flowable would ask for a collection or a result, as properties for the rules to refuse."""
    loop = bpmn_child(node, "multiInstanceLoopCharacteristics")
    return {
        f"{prefix}:{name}": child.get(f"{{{namespace}}}{name}") or child.get(name)
        for namespace, prefix in ((FLOWABLE, "flowable"), (ACTIVITI, "activiti"))
        for child in (loop.iter(f"{{{namespace}}}collection", f"{{{namespace}}}variableAggregation") if loop is not None else ())
        for name in ("class", "delegateExpression")
        if child.get(f"{{{namespace}}}{name}") or child.get(name)
    }


def _plain(expression: str) -> str:
    """An expression without the `${…}` around it."""
    text = expression.strip()
    return text[2:-1] if text.startswith(("${", "#{")) and text.endswith("}") else text


def _ruam(node: Node, loop: Node, name: str) -> str | None:
    value: str | None = loop.get(f"{{{RUAM}}}{name}") or node.get(f"{{{RUAM}}}{name}")
    return value


def _own_data(node: Node) -> dict[str, str]:
    """The variable behind each data input and output the activity declares."""
    specification = bpmn_child(node, "ioSpecification")
    declared = bpmn_children(specification, "dataInput", "dataOutput")
    return {item.get("id"): variable_of(item) or "" for item in declared if item.get("id")}
