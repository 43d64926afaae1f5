"""docs/bpmn.md says what the rules say and names tests that are there."""

from __future__ import annotations

import pytest

from tests import conformance

ELEMENTS = conformance.elements()


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.key)
def test_what_is_executed_is_shown_by_a_test(element: conformance.Element) -> None:
    assert element.status != "executed" or element.tests, f'mark a test with @pytest.mark.bpmn("{element.key}")'
    assert not element.noted or element.status == "noted"


def test_marks_are_keys_of_the_table() -> None:
    assert set(conformance.marked()) <= {element.key for element in ELEMENTS}
    assert len({element.key for element in ELEMENTS}) == len(ELEMENTS)
    assert {element.group for element in ELEMENTS} == set(conformance.GROUPS)


def test_the_page_is_of_today() -> None:
    text = conformance.PAGE.read_text("utf-8")
    assert text == conformance.page(text), "run `make docs`"
