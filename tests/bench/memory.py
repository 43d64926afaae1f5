"""Figures 1 and 2: a step in memory, ours and stock."""

from __future__ import annotations

import gc
import time
from statistics import median

from engine.diagrams.reader import read
from engine.spiff import Compiled, Instance
from engine.spiff.memory import MemoryHost
from tests.bench import diagrams, naive

ROUNDS = 3


def ours(provinces: int, tasks: int) -> float:
    """Milliseconds of CPU a step, on average over all steps of an instance; median of some instances."""
    process = read(diagrams.inside(provinces, tasks), "inside.bpmn").processes[0]
    compiled = Compiled.build(process)
    return median(_ours(compiled) for _ in range(ROUNDS))


def _ours(compiled: Compiled) -> float:
    host = MemoryHost()
    instance = Instance(compiled, host, "instance")
    instance.start()
    gc.collect()  # what was measured before is not swept up at this one's expense
    steps, begin = 0, time.process_time()
    while host.tasks:
        for token in list(host.tasks.values()):
            instance.complete(token.scope_id, token.id)
            steps += 1
    spent = time.process_time() - begin
    assert instance.ended
    return spent * 1000 / steps


def stock(provinces: int, tasks: int, limit: int) -> float:
    """The same on stock SpiffWorkflow, over the first `limit` steps at most (later ones are slower, its tree only grows)."""
    workflow = naive.start({"inside.bpmn": diagrams.inside(provinces, tasks)}, "inside")
    gc.collect()
    steps, spent = 0, 0.0
    while steps < limit and (found := naive.open_tasks(workflow)):
        begin = time.process_time()
        for task in found:
            naive.step(workflow, task.id)
        spent += time.process_time() - begin
        steps += len(found)
    return spent * 1000 / steps
