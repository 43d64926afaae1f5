"""Forms of the engine as fields of a page."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from webui.formpage import control_name, reshaped


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/subject", "subject"),
        ("subject", "subject"),
        ("/judges/0/name", "judges[0][name]"),
        ("/kinds/1", "kinds"),
        ("/address/road", "address[road]"),
        ("/a~1b", "a/b"),
    ],
)
def test_a_problem_finds_its_field(pointer: str, name: str) -> None:
    assert control_name(pointer) == name


def test_a_row_comes_and_goes_without_a_script() -> None:
    rows = {"judges": [{"name": "ก"}, {"name": "ข"}]}
    assert reshaped(None, rows, {}, MultiDict({"_add": "judges"}))["judges"] == [{"name": "ก"}, {"name": "ข"}, {}]
    assert reshaped(None, rows, {}, MultiDict({"_remove": "judges[0]"}))["judges"] == [{"name": "ข"}]
    assert reshaped(None, {}, {}, MultiDict({"_add": "judges"}))["judges"] == [{}, {}]
    assert reshaped(None, rows, {}, MultiDict({"_remove": "../../x"})) == rows
    assert reshaped(None, rows, {}, MultiDict({"_remove": f"judges[{'9' * 5_000}]"})) == rows
