"""Names that hold ${…} read as the instance's variables say, wherever an element is named."""

from __future__ import annotations

from collections.abc import Callable

from engine.diagrams import read
from engine.people import SYSTEM
from engine.projects.naming import told
from engine.testing import Stage
from tests.drawing import draw

NAMED = (
    '<startEvent id="s"/><endEvent id="e"/>'
    '<userTask id="a" name="แจ้ง ${count(places)} จังหวัด" ruam:nameEn="Letters to ${count(places)} provinces" ruam:step="1"/>'
)


def test_names_say_what_the_variables_say(stage: Callable[..., Stage]) -> None:
    engine = stage({"p.bpmn": draw(NAMED, "s > a > e")}).engine
    one = engine.start("p", variables={"places": [1, 2, 3]}, actor=SYSTEM)
    (step,) = engine.progress(one.id, actor=SYSTEM)
    assert (step.name, step.name_en) == ("แจ้ง 3 จังหวัด", "Letters to 3 provinces")
    assert engine.diagram_state(one.id, actor=SYSTEM).names == {"a": ("แจ้ง 3 จังหวัด", "Letters to 3 provinces")}
    assert engine.activity(one.id, "a", actor=SYSTEM).name == "แจ้ง 3 จังหวัด"


def test_what_a_name_computes_is_left_open_where_it_cannot_be_told() -> None:
    elements = read(draw(NAMED, "s > a > e"), "p.bpmn").processes[0].elements.values()
    assert [element.name for element in told(elements, {}) if element.id == "a"] == ["แจ้ง … จังหวัด"]
