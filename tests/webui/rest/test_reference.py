"""The docs of the REST are as the code is."""

from __future__ import annotations

from pathlib import Path

from webui.rest import document, reference

DOCS = Path(__file__).parents[3] / "docs" / "rest.md"


def test_the_docs_are_made_from_the_code() -> None:
    assert DOCS.read_text("utf-8") == reference.page(), "python -m webui.rest.reference > docs/rest.md"


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    told = [operation for methods in document()["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in told}) == len(told)
    assert all(operation["summary"].endswith(".") for operation in told)
    assert len(told) > 150
