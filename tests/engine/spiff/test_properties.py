"""Whatever is built of well-formed blocks ends, and does the same whether its state is stored after every step or kept in memory."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagrams import read
from engine.spiff import Compiled
from engine.spiff.memory import Run
from tests.drawing import draw

BLOCKS = (
    *("task", "sequence", "parallel", "exclusive", "inclusive", "complex", "sub_process", "repeated", "looped", "ad_hoc", "called"),
    "quantities",
)


@dataclass
class Drawing:
    """Elements and flows of one level; sub-processes keep their own flows."""

    body: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    inner: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"


def block(pick: random.Random, drawing: Drawing, depth: int) -> tuple[str, str]:
    """Draw one block; return the ids of its first and last element."""
    kind = pick.choice(BLOCKS) if depth > 0 else "task"
    if kind == "sequence":
        first, middle = block(pick, drawing, depth - 1)
        follows, last = block(pick, drawing, depth - 1)
        drawing.flows.append(f"{middle} > {follows}")
        return first, last
    if kind in ("parallel", "exclusive", "inclusive"):
        return _split(pick, drawing, kind, depth)
    if kind == "complex":
        return _complex(pick, drawing, depth)
    if kind == "quantities":
        return _quantities(pick, drawing)
    if kind == "ad_hoc":
        return _ad_hoc(pick, drawing, depth)
    if kind in ("sub_process", "repeated", "looped"):
        return _sub_process(pick, drawing, depth, _characteristics(pick, kind))
    element_id = drawing.id("t")
    called = kind == "called"
    drawing.body.append(f'<callActivity id="{element_id}" calledElement="other"/>' if called else f'<userTask id="{element_id}"/>')
    return element_id, element_id


def _split(pick: random.Random, drawing: Drawing, kind: str, depth: int) -> tuple[str, str]:
    split, join = drawing.id("g"), drawing.id("g")
    drawing.body += [f'<{kind}Gateway id="{split}"/>', f'<{kind}Gateway id="{join}"/>']
    branches = [block(pick, drawing, depth - 1) for _ in range(pick.randint(2, 3))]
    for index, (first, last) in enumerate(branches):
        arrow = ">" if kind == "parallel" else ">*" if index == 0 else f">[{pick.choice(['true', 'false'])}]"
        drawing.flows += [f"{split} {arrow} {first}", f"{last} > {join}"]
    return split, join


def _complex(pick: random.Random, drawing: Drawing, depth: int) -> tuple[str, str]:
    """So many of the branches are enough; what comes later is taken and leads nowhere."""
    split, join = drawing.id("g"), drawing.id("g")
    branches = [block(pick, drawing, depth - 1) for _ in range(pick.randint(2, 3))]
    condition = pick.choice(["", f"<activationCondition>${{activationCount >= {pick.randint(1, len(branches))}}}</activationCondition>"])
    drawing.body += [f'<parallelGateway id="{split}"/>', f'<complexGateway id="{join}">{condition}</complexGateway>']
    drawing.flows += [flow for first, last in branches for flow in (f"{split} > {first}", f"{last} > {join}")]
    return split, join


def _quantities(pick: random.Random, drawing: Drawing) -> tuple[str, str]:
    first, last, times = drawing.id("t"), drawing.id("t"), pick.randint(1, 3)
    drawing.body += [f'<userTask id="{first}" completionQuantity="{times}"/>', f'<userTask id="{last}" startQuantity="{times}"/>']
    drawing.flows.append(f"{first} > {last}")
    return first, last


def _ad_hoc(pick: random.Random, drawing: Drawing, depth: int) -> tuple[str, str]:
    element_id = drawing.id("p")
    inside = Drawing(count=drawing.count * 100)
    for _ in range(pick.randint(1, 3)):
        block(pick, inside, depth - 2)
    condition = f"<completionCondition>{pick.choice(['true', '${true}'])}</completionCondition>" if pick.random() < 0.3 else ""
    attributes = f'ordering="{pick.choice(["Parallel", "Sequential"])}" cancelRemainingInstances="{pick.choice(["true", "false"])}"'
    content = "".join(inside.body) + f"{{flows:{element_id}}}{condition}"
    drawing.body.append(f'<adHocSubProcess id="{element_id}" {attributes}>{content}</adHocSubProcess>')
    drawing.inner |= inside.inner
    drawing.inner[element_id] = "; ".join(inside.flows)
    return element_id, element_id


def _characteristics(pick: random.Random, kind: str) -> str:
    if kind == "repeated":
        sequential = pick.choice(["true", "false"])
        cardinality = f"<loopCardinality>{pick.randint(0, 3)}</loopCardinality>"
        return f'<multiInstanceLoopCharacteristics isSequential="{sequential}">{cardinality}</multiInstanceLoopCharacteristics>'
    if kind == "looped":
        return f'<standardLoopCharacteristics testBefore="{pick.choice(["true", "false"])}" loopMaximum="{pick.randint(0, 3)}"/>'
    return ""


def _sub_process(pick: random.Random, drawing: Drawing, depth: int, characteristics: str) -> tuple[str, str]:
    element_id = drawing.id("p")
    inside = Drawing(count=drawing.count * 100)
    first, last = block(pick, inside, depth - 1)
    start, end = f"{element_id}s", f"{element_id}e"
    content = f'{characteristics}<startEvent id="{start}"/><endEvent id="{end}"/>' + "".join(inside.body) + f"{{flows:{element_id}}}"
    drawing.body.append(f'<subProcess id="{element_id}">{content}</subProcess>')
    drawing.inner |= inside.inner
    drawing.inner[element_id] = "; ".join([f"{start} > {first}", *inside.flows, f"{last} > {end}"])
    return element_id, element_id


def played(compiled: Compiled, seed: int, *, live: bool) -> list[str]:
    """Work an instance in a random but repeatable order; what completed, in order."""
    pick, run = random.Random(seed), Run(compiled, live=live).start()
    for _ in range(500):
        if run.instance.ended:
            assert not any(row for row in run.host.rows if row != "instance")
            return run.completed()
        event = pick.choice(run.waiting_for) if run.waiting_for and pick.random() < 0.05 else None
        if event is not None:
            run.occur(event)
            continue
        waiting = [*run.host.tasks.values(), *(token for token, _ in run.host.called.values())]
        token = pick.choice(waiting)
        run.complete(token.element_id, index=pick.randrange(sum(other.element_id == token.element_id for other in waiting)))
    raise AssertionError("it does not end")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_block_structured_processes_end_and_survive_storing(seed: int) -> None:
    drawing = Drawing()
    first, last = block(random.Random(seed), drawing, 4)
    flows = "; ".join([f"s > {first}", *drawing.flows, f"{last} > e"])
    content = draw('<startEvent id="s"/><endEvent id="e"/>' + "".join(drawing.body), flows, inner=drawing.inner)
    compiled = Compiled.build(read(content, "random.bpmn").processes[0])
    kept, stored = played(compiled, seed, live=True), played(compiled, seed, live=False)
    assert kept == stored
    assert kept.count("e") == 1
    assert kept[-1] == "e" or "<complexGateway" in content.decode()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_interrupted_at_any_moment_leaves_nothing_behind(seed: int) -> None:
    drawing = Drawing()
    first, last = block(random.Random(seed), drawing, 4)
    inside = '<startEvent id="s1"/><endEvent id="e1"/>' + "".join(drawing.body) + "{flows:whole}"
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    boundaries = f'<boundaryEvent id="stops" attachedToRef="whole">{timer}</boundaryEvent><userTask id="after"/><userTask id="beside"/>'
    boundaries += f'<boundaryEvent id="reminds" attachedToRef="whole" cancelActivity="false">{timer}</boundaryEvent>'
    body = f'<startEvent id="s"/><endEvent id="e"/><subProcess id="whole">{inside}</subProcess>{boundaries}'
    inner = {**drawing.inner, "whole": "; ".join([f"s1 > {first}", *drawing.flows, f"{last} > e1"])}
    content = draw(body, "s > whole > e; stops > after; reminds > beside", inner=inner)
    compiled = Compiled.build(read(content, "random.bpmn").processes[0])
    kept, stored = played(compiled, seed, live=True), played(compiled, seed, live=False)
    assert kept == stored
    assert kept.count("e") + kept.count("after") == 1
