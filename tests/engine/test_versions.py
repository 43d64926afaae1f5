"""Versions of a deliverable's papers: each number once, also where two are added at the same moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.context import Context
from engine.registry import Pack
from engine.testing import SYSTEM, Stage, process

NAMES = ("a", "b", "c")
PLAN = process(
    "plan",
    """<startEvent id="start"/><callActivity id="write" calledElement="paper"><extensionElements>
    <camunda:in source="name" target="name"/></extensionElements>
    <multiInstanceLoopCharacteristics camunda:collection="names" camunda:elementVariable="name"/></callActivity><endEvent id="end"/>""",
    "start -> write",
    "write -> end",
)
PAPER = process(
    "paper",
    '<startEvent id="start"/><serviceTask id="make" ruam:handler="make" ruam:deferred="true"/><endEvent id="end"/>',
    "start -> make",
    "make -> end",
)
pack = Pack("papers")


@pack.handler("make")
def make(context: Context) -> None:
    """Adds a paper and takes its time, so that the others add theirs before this transaction ends."""
    context.documents.add(
        name=f"{context.variables['name']}.txt", content=b"x", media_type="text/plain", category="paper", deliverable="plan"
    )
    time.sleep(0.2)


def test_papers_added_at_once_by_several_instances_are_versions_one_after_the_other(stage: Callable[..., Stage]) -> None:
    made = stage({"plan.bpmn": PLAN, "paper.bpmn": PAPER}, packs=[pack], pack="papers")
    root = made.start("plan", names=list(NAMES))
    engine = made.engine
    with ThreadPoolExecutor(len(NAMES)) as pool:
        assert sum(pool.map(lambda _: engine.run_due(limit=1), NAMES)) == len(NAMES)
    versions = sorted((document.version, document.state) for document in engine.documents(root.id, actor=SYSTEM).items)
    assert versions == [(1, "SUBMITTED"), (2, "SUBMITTED"), (3, "SUBMITTED")]
    assert made.state(root) == "COMPLETED"
