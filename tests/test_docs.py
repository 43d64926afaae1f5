"""docs/bpmn.md says what the rules say and names tests that are there; what the README and the map list is all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import conformance
from webui.cli import main

ELEMENTS = conformance.elements()
ROOT = Path(__file__).parent.parent


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


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in main.commands if f"`ruam {name}" not in readme] == []


def test_the_map_names_every_folder() -> None:
    pages = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = pages.partition("```")[2].partition("```")[0]
    folders = [one for part in ("engine", "webui", "bpmn") for one in (ROOT / part).iterdir() if one.is_dir() and one.name[0] not in "_."]
    assert [str(one.relative_to(ROOT)) for one in folders if f"{one.name}/" not in listed] == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    links = [(page, target) for page in pages for target in re.findall(r"\]\(([^)#:]+\.\w+)(?:#[^)]*)?\)", page.read_text("utf-8"))]
    assert len(links) > 30
    assert [f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()] == []
