"""Random edits of a diagram that leave it one a checker passes: what an administrator may do to it."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
GROUPS = "{http://camunda.org/schema/1.0/bpmn}candidateGroups"


class Edited:
    """A diagram under the hands of somebody."""

    def __init__(self, content: bytes, pick: random.Random) -> None:
        self.root, self.pick, self.count = etree.fromstring(content), pick, 0

    def content(self) -> bytes:
        return etree.tostring(self.root)

    def edit(self) -> str:
        """One edit; its name."""
        kind = self.pick.choice(EDITS)
        kind(self)
        return kind.__name__

    def new_id(self) -> str:
        self.count += 1
        return f"new{self.count}x{self.pick.randrange(10**6)}"

    def add(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, BPMN + tag, attributes)

    def flow(self, parent: etree._Element, source: str, target: str) -> etree._Element:
        return self.add(parent, "sequenceFlow", id=self.new_id(), sourceRef=source, targetRef=target)

    def flows(self) -> list[etree._Element]:
        return list(self.root.iter(BPMN + "sequenceFlow"))

    def tasks(self) -> Iterator[tuple[etree._Element, etree._Element, etree._Element]]:
        """The user tasks between one flow and another, with nothing attached to them."""
        hosts = {boundary.get("attachedToRef") for boundary in self.root.iter(BPMN + "boundaryEvent")}
        for task in self.root.iter(BPMN + "userTask"):
            into = [flow for flow in self.flows() if flow.get("targetRef") == task.get("id")]
            out = [flow for flow in self.flows() if flow.get("sourceRef") == task.get("id")]
            if task.get("id") not in hosts and len(into) == len(out) == 1 and "Quantity" not in "".join(map(str, task.keys())):
                yield task, into[0], out[0]

    def task(self) -> tuple[etree._Element, etree._Element, etree._Element] | None:
        found = list(self.tasks())
        return self.pick.choice(found) if found else None


def add_a_step(diagram: Edited) -> None:
    flow = diagram.pick.choice(diagram.flows())
    parent, id = flow.getparent(), diagram.new_id()
    assert parent is not None
    diagram.add(parent, "userTask", id=id)
    diagram.flow(parent, id, str(flow.get("targetRef")))
    flow.set("targetRef", id)


def remove_a_step(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        task, into, out = found
        into.set("targetRef", str(out.get("targetRef")))
        for gone in (task, out):
            parent = gone.getparent()
            assert parent is not None
            parent.remove(gone)


def rename_a_step(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        task, into, out = found
        task.set("id", diagram.new_id())
        into.set("targetRef", str(task.get("id")))
        out.set("sourceRef", str(task.get("id")))


def rename_the_flows(diagram: Edited) -> None:
    defaults = {str(one.get("default")): one for one in diagram.root.iter() if one.get("default")}
    for flow in diagram.flows():
        former = str(flow.get("id"))
        flow.set("id", diagram.new_id())
        if former in defaults:
            defaults[former].set("default", str(flow.get("id")))


def split_a_step(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        task, into, out = found
        parent = task.getparent()
        assert parent is not None
        fork, join, half = diagram.new_id(), diagram.new_id(), diagram.new_id()
        diagram.add(parent, "parallelGateway", id=fork)
        diagram.add(parent, "parallelGateway", id=join)
        diagram.add(parent, "userTask", id=half)
        into.set("targetRef", fork)
        out.set("sourceRef", join)
        for source, target in ((fork, str(task.get("id"))), (fork, half), (str(task.get("id")), join), (half, join)):
            diagram.flow(parent, source, target)


def put_a_step_into_a_sub_process(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        task, into, out = found
        parent = task.getparent()
        assert parent is not None
        box = diagram.add(parent, "subProcess", id=diagram.new_id())
        start = diagram.add(box, "startEvent", id=diagram.new_id())
        end = diagram.add(box, "endEvent", id=diagram.new_id())
        box.append(task)
        diagram.flow(box, str(start.get("id")), str(task.get("id")))
        diagram.flow(box, str(task.get("id")), str(end.get("id")))
        into.set("targetRef", str(box.get("id")))
        out.set("sourceRef", str(box.get("id")))


def add_an_alarm(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        task, _into, out = found
        parent = task.getparent()
        assert parent is not None
        alarm = diagram.add(parent, "boundaryEvent", id=diagram.new_id(), attachedToRef=str(task.get("id")))
        timer = diagram.add(diagram.add(alarm, "timerEventDefinition"), "timeDuration")
        timer.text = "PT1H"
        chase = diagram.add(parent, "userTask", id=diagram.new_id())
        merge = diagram.add(parent, "exclusiveGateway", id=diagram.new_id())
        out.set("sourceRef", str(merge.get("id")))
        for source, target in ((alarm, chase), (chase, merge), (task, merge)):
            diagram.flow(parent, str(source.get("id")), str(target.get("id")))


def change_a_party(diagram: Edited) -> None:
    found = diagram.task()
    if found is not None:
        found[0].set(GROUPS, diagram.new_id())


def take_a_sub_process_away(diagram: Edited) -> None:
    boxes = [box for box in diagram.root.iter(BPMN + "subProcess") if box.find(BPMN + "startEvent") is not None]
    hosts = {boundary.get("attachedToRef") for boundary in diagram.root.iter(BPMN + "boundaryEvent")}
    plain = [box for box in boxes if box.get("id") not in hosts and not any("oopCharacteristics" in str(child.tag) for child in box)]
    if plain:
        box = diagram.pick.choice(plain)
        parent = box.getparent()
        assert parent is not None
        start, end = box.find(BPMN + "startEvent"), box.find(BPMN + "endEvent")
        assert start is not None
        assert end is not None
        first = next(flow for flow in box.findall(BPMN + "sequenceFlow") if flow.get("sourceRef") == start.get("id"))
        last = next(flow for flow in box.findall(BPMN + "sequenceFlow") if flow.get("targetRef") == end.get("id"))
        if first is last:  # nothing is in it
            return
        for flow in diagram.flows():
            if flow.get("targetRef") == box.get("id"):
                flow.set("targetRef", str(first.get("targetRef")))
        for flow in diagram.flows():
            if flow.get("sourceRef") == box.get("id"):
                flow.set("sourceRef", str(last.get("sourceRef")))
        for child in list(box):
            if child not in (start, end, first, last):
                parent.append(copy.deepcopy(child))
        parent.remove(box)


EDITS: tuple[Callable[[Edited], None], ...] = (
    add_a_step, remove_a_step, rename_a_step, rename_the_flows, split_a_step, put_a_step_into_a_sub_process, add_an_alarm, change_a_party,
    take_a_sub_process_away,
)  # fmt: skip
