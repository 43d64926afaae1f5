"""The OpenAPI document: whatever it allows, and much that it does not, is answered without an error of ours, and as it says."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from engine.testing import Stage, linear
from tests.drawing import draw
from tests.webui.rest.conftest import PASSWORD, Site
from webui import rest

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "6"))  # an operation; now and then 300, which takes half an hour

DMN = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="fee" name="Fee">'
    b'<decisionTable id="t"><input id="i"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>'
    b'<output id="o" name="fee" typeRef="number"/><rule id="r1"><inputEntry id="e1"><text>&lt; 10</text></inputEntry>'
    b'<outputEntry id="x1"><text>1</text></outputEntry></rule><rule id="r2"><inputEntry id="e2"><text>&gt;= 10</text></inputEntry>'
    b'<outputEntry id="x2"><text>2</text></outputEntry></rule></decisionTable></decision></definitions>'
)
WAITING = draw(
    '<startEvent id="s"/><subProcess id="inside"><startEvent id="si"/><userTask id="t" camunda:candidateGroups="workers"/>'
    '<endEvent id="se"/>{flows:inside}</subProcess><boundaryEvent id="late" attachedToRef="inside" cancelActivity="false">'
    '<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="l"/>',
    "s > inside > e; late > l",
    key="waiting",
    inner={"inside": "si > t > se"},
)
FILES = {"letter.bpmn": linear("letter", "write", "check"), "waiting.bpmn": WAITING, "fee.dmn": DMN}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An application with something of everything in it."""
    home: Path = tmp_path_factory.mktemp("schema")
    stage = Stage(FILES, home=home)
    site = Site(stage, home)
    for number in range(3):
        stage.start("letter", business_key=str(number), amount=number, file={"$type": "File", "content": "YQ==", "filename": "a"})
        stage.start("waiting")
    stage.complete("write", note="x")
    yield site
    stage.close()


@pytest.fixture(scope="module")
def known(site: Site) -> list[str]:
    """Ids of what there is."""
    nouns = ("task", "process-instance", "process-definition", "deployment", "job", "decision-definition", "user", "group")
    ids = [row["id"] for noun in nouns for row in site.admin.get(f"/{noun}")]
    return [*ids, "letter", "fee", "amount", "file"]


@pytest.fixture(scope="module")
def openapi(site: Site, known: list[str]) -> Any:
    """Our own document; half of the made-up path parameters become ids of what there is."""
    schema = schemathesis.openapi.from_wsgi("/engine-rest/openapi.json", site.app)

    @schema.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        def replaced(value: Any) -> Any:
            number = zlib.crc32(repr(value).encode())
            return known[number // 2 % len(known)] if number % 2 else value

        return None if path_parameters is None else {name: replaced(value) for name, value in path_parameters.items()}

    return schema


CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
CALLS = sorted((method, path) for path, methods in rest.document()["paths"].items() for method in methods)


@pytest.mark.parametrize(("method", "path"), CALLS, ids=[f"{method} {path}" for method, path in CALLS])
def test_nothing_that_is_sent_makes_an_error_of_ours(openapi: Any, method: str, path: str) -> None:
    operation = openapi[path][method]

    @given(case=operation.as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(auth=("admin", PASSWORD), checks=CHECKS)

    ask()
