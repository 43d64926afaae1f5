"""One process as the modelers of Camunda 7, Camunda 8, Flowable and SpiffArena export it reads to the same model.

The drawings are our own, in the style of each tool: its prefixes, its order, its diagram interchange, its way of naming ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.diagrams import Context, check, read
from engine.diagrams.model import Diagram, Process

EXPORTS = Path(__file__).parent / "exports"
TOOLS = ("camunda7", "camunda8", "flowable", "spiffarena")


def export(tool: str) -> Diagram:
    return read((EXPORTS / f"{tool}.bpmn").read_bytes(), f"{tool}.bpmn", thorough=True)


def shape(process: Process) -> dict[str, Any]:
    """What must be the same whatever the tool: elements by name, and who leads to whom."""
    names = {key: element.name for key, element in process.elements.items()}
    flows = sorted((names[flow.source], names[flow.target], flow.name or "") for flow in process.flows.values())
    types = {
        element.name: (element.type, names.get(element.parent or ""), names.get(element.attached_to or ""))
        for element in process.elements.values()
    }
    return {"types": types, "flows": flows, "lanes": [name for _, name in process.lanes]}


def by_name(process: Process, name: str) -> Any:
    return next(element for element in process.elements.values() if element.name == name)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_draws_the_same_process(tool: str) -> None:
    (process,) = export(tool).processes
    assert shape(process) == shape(export("camunda7").processes[0])
    assert (process.id, process.name, process.executable) == ("leave", "ขอลาพักผ่อน", True)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_people_get_the_same_form(tool: str) -> None:
    (process,) = export(tool).processes
    task = by_name(process, "พิจารณาคำขอ").human
    assert task is not None
    assert task.form_key == "decision"
    groups = task.candidate_groups or (by_name(process, "พิจารณาคำขอ").lane,)
    assert groups == ("supervisor",)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_decision_and_the_same_wait(tool: str) -> None:
    (process,) = export(tool).processes
    gateway = by_name(process, "อนุมัติหรือไม่")
    conditional = [process.flows[key] for key in gateway.outgoing if process.flows[key].condition]
    assert [(flow.name, "approved" in (flow.condition or "")) for flow in conditional] == [("อนุมัติ", True)]
    assert process.flows[gateway.default].name == "ไม่อนุมัติ"
    (timer,) = by_name(process, "เกิน 3 วัน").events
    assert (timer.kind, timer.timer, timer.expression) == ("timer", "duration", "P3D")
    assert not by_name(process, "เกิน 3 วัน").interrupting


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_loop_over_days(tool: str) -> None:
    loop = by_name(export(tool).processes[0], "บันทึกวันลา").loop
    assert loop is not None
    assert (loop.kind, (loop.collection or "").strip("=${} "), loop.element_variable) == ("sequential", "days", "day")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_call(tool: str) -> None:
    call = by_name(export(tool).processes[0], "แจ้งผล").call
    assert call is not None
    assert call.called == "notify"


@pytest.mark.parametrize("tool", TOOLS)
def test_nothing_in_them_is_wrong(tool: str) -> None:
    context = Context(forms={"decision", "decision-uischema.json"}, parties={"supervisor", "staff"}, called={"notify"})
    assert [(problem.rule, problem.element_name) for problem in check([export(tool)], context)] == []
