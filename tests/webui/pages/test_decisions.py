"""Deployed decisions: who asks them, their tables, and trying one."""

from __future__ import annotations

from engine.engine import Engine
from engine.people import SYSTEM
from tests.drawing import draw
from tests.webui.pages.conftest import Browser

DMN = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:r="urn:ruam:bpmn:1" id="d" name="d" namespace="x">
<decision id="risk" name="ความเสี่ยง" r:nameEn="Risk"><decisionTable id="t" hitPolicy="FIRST">
<input id="i" label="วงเงิน" r:nameEn="Amount of money">
<inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="level" typeRef="string"/>
<rule id="r1"><inputEntry id="a"><text>&gt; 100</text></inputEntry><outputEntry id="b"><text>"high"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="e"><text>"low"</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()
ASKS = draw(
    '<startEvent id="s"/><businessRuleTask id="b" camunda:decisionRef="risk" camunda:resultVariable="r"/><endEvent id="e"/>',
    "s > b > e",
    key="asks",
)


def test_a_decision_is_listed_read_and_tried(client: Browser, office: Engine) -> None:
    office.deploy({"asks.bpmn": ASKS, "risk.dmn": DMN}, name="asks", actor=SYSTEM)
    client.log_in("admin")
    listed = client.get("/administration/decisions").text
    decision = office.decision(key="risk")
    path = f"/administration/decisions/{decision.id}"
    assert path in listed
    assert "risk.dmn" in listed
    assert f"/administration/processes/{office.definitions(key='asks').items[0].id}" in listed
    shown = client.get(path).text
    assert "<code>&gt; 100</code>" in shown
    assert 'name="value.amount"' in shown
    tried = client.send(path, {"value.amount": "150"}).text
    assert '<code class="value">high</code>' in tried
    assert tried.count('<tr class="is-met">') == 2
    wrong = client.send(path, {"value.amount": "มาก"})
    assert wrong.status_code == 422
    assert 'value="มาก"' in wrong.text
    assert client.get(f"{path}/dmn").data == DMN
    assert "<h1>ความเสี่ยง</h1>" in shown
    client.post("/language", language="en")
    english = client.get(path).text
    assert "<h1>Risk</h1>" in english
    assert "<strong>Amount of money</strong>" in english


def test_decisions_are_for_administrators(client: Browser, office: Engine) -> None:
    office.deploy({"risk.dmn": DMN}, name="risk", actor=SYSTEM)
    client.log_in("writer")
    for path in ("", f"/{office.decision(key='risk').id}", f"/{office.decision(key='risk').id}/dmn"):
        assert client.get(f"/administration/decisions{path}").status_code == 403


def test_an_unknown_decision_is_not_found(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.get("/administration/decisions/none").status_code == 404
