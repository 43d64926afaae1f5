"""Forms drawn for Camunda (form-js, form fields), Flowable and SpiffArena: what they ask here, and what is said of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Invalid
from engine.forms import Form, from_form_data
from engine.forms.files import form_names, plain_key
from engine.people import SYSTEM
from engine.testing import Stage, process

FOLDER = Path(__file__).parent / "elsewhere"
INVOICE = (FOLDER / "invoice.form").read_bytes()
VISIT, VISIT_UI = (FOLDER / "visit-schema.json").read_bytes(), (FOLDER / "visit-uischema.json").read_bytes()
KNOWN = {"business": "กพร.", "units": [{"value": "opdc", "label": "สำนักงาน ก.พ.ร."}], "papers_known": ["plan"], "due": "2009-07-01"}


def form_js(*components: dict[str, Any]) -> Form:
    return Form.load(json.dumps({"type": "default", "components": components}).encode(), "x.form")


def test_form_js_is_a_form_of_ours() -> None:
    form = Form.load(INVOICE, "invoice.form")
    assert [problem for problem in form.problems() if problem.severity == "error"] == []
    view = form.view("th", {}, KNOWN)
    assert view.problems == ()
    assert view.instructions == "# ใบแจ้งหนี้\nโปรดตรวจ **ทุกช่อง** ของ กพร."
    shown = {field.name: field for field in view.fields}
    assert {name: field.widget for name, field in shown.items()} == {
        "ชื่อผู้ขาย": "text", "amount": "number", "copies": "number", "approved": "radio", "reason": "textarea", "unit": "select",
        "tags": "checkboxes", "papers": "checkboxes", "read": "checkbox", "due": "date", "address": "group", "lines": "table",
    }  # fmt: skip
    assert [section.title for section in view.sections] == ["", "การอนุมัติ", ""]
    assert (shown["copies"].type, shown["copies"].default, shown["due"].default) == ("integer", 2, "2009-07-01")
    assert [(option.value, option.title) for option in shown["unit"].options] == [("opdc", "สำนักงาน ก.พ.ร.")]
    assert [(option.value, option.title) for option in shown["papers"].options] == [("plan", "PLAN")]
    assert not shown["reason"].visible


def test_form_js_is_checked() -> None:
    form = Form.load(INVOICE, "invoice.form")
    good: dict[str, Any] = {"ชื่อผู้ขาย": "บริษัท ก", "amount": 10.5, "approved": "yes", "read": True, "address": {"city": "แพร่"}}
    assert form.validate(good, KNOWN) == []
    wrong = {**good, "approved": "no", "amount": -1, "read": False, "unit": "other", "lines": [{"price": 1}], "tags": ["odd"]}
    assert sorted(problem.field or "" for problem in form.validate(wrong, KNOWN)) == [
        "/amount", "/lines/0/item", "/read", "/reason", "/tags/0", "/unit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("component", "severity"),
    [
        ({"type": "filepicker", "key": "f"}, "error"),
        ({"type": "expression", "key": "e", "expression": "=a"}, "error"),
        ({"type": "image", "source": "https://example.org/x.png"}, "warning"),
        ({"type": "textfield", "key": "a.b"}, "error"),
        ({"type": "number", "key": "n", "validate": {"min": "=other"}}, "warning"),
        ({"type": "group", "path": "g", "components": [{"type": "select", "key": "s", "valuesKey": "xs"}]}, "error"),
    ],
)
def test_what_a_form_js_form_has_and_ours_have_not_is_said(component: dict[str, Any], severity: str) -> None:
    try:
        problems = form_js(component).problems()
    except Invalid as error:
        problems = list(error.problems)
    found = [problem for problem in problems if problem.rule == "form-elsewhere"]
    assert [problem.severity for problem in found] == [severity]
    assert found[0].file == "x.form"
    assert found[0].message_th


def test_json_schema_with_its_ui_schema() -> None:
    form = Form.load(VISIT, "visit-schema.json", ui=VISIT_UI)
    assert [problem.message for problem in form.problems()] == []
    variables = {"provinces": [{"value": "TH-54", "label": "แพร่"}], "note": "เดิม"}
    view = form.view("th", {}, variables)
    assert view.problems == ()
    shown = {field.name: field for field in view.fields}
    assert list(shown) == ["จังหวัด", "day", "kind", "score", "topics", "agrees", "people", "note", "why_again"]
    assert [shown[name].widget for name in ("จังหวัด", "day", "kind", "topics", "agrees", "people", "note")] == [
        "select", "date", "radio", "checkboxes", "radio", "table", "textarea",
    ]  # fmt: skip
    assert [option.title for option in shown["kind"].options] == ["ครั้งแรก", "ตรวจซ้ำ"]
    assert (view.submit, view.instructions, shown["note"].hint) == ("บันทึกผลการตรวจ", "บันทึกผลภายใน 3 วัน", "ไม่เกินหนึ่งหน้า")
    assert (shown["note"].default, shown["kind"].default) == ("เดิม", "first")
    assert [option.title for option in shown["จังหวัด"].options] == ["แพร่"]


def test_json_schema_asks_more_where_another_answer_says_so() -> None:
    form = Form.load(VISIT, "visit-schema.json", ui=VISIT_UI)
    variables = {"provinces": ["TH-54"]}
    first = {"จังหวัด": "TH-54", "score": 80, "kind": "first"}
    assert form.validate(first, variables) == []
    assert [problem.field for problem in form.validate({**first, "kind": "again"}, variables)] == ["/why_again"]
    assert form.split({**first, "why_again": "ลืมลบ"}, variables)[0] == first


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"properties": {"f": {"type": "string", "format": "data-url"}}}, "Files are not kept in variables"),
        ({"properties": {"xs": {"type": "array", "items": {"type": "string"}}}}, "a list of plain values"),
        ({"properties": {"d": {"type": "string", "format": "date", "minimumDate": "today"}}}, "'minimumDate' is not checked"),
        ({"properties": {"a": {"type": "string"}}, "if": {"properties": {"a": {"minLength": 3}}}, "then": {}}, "constants only"),
    ],
)
def test_what_a_json_schema_has_and_ours_have_not_is_said(schema: dict[str, Any], expected: str) -> None:
    content = json.dumps({"type": "object", "title": "t", **schema}).encode()
    try:
        problems = Form.load(content, "x.json").problems()
    except Invalid as error:
        problems = list(error.problems)
    assert any(expected in problem.message for problem in problems)


def test_conditions_of_a_json_schema() -> None:
    schema = {
        "type": "object", "title": "t", "properties": {"a": {"type": "string", "title": "a"}},
        "if": {"properties": {"a": {"const": "x"}}}, "then": {"properties": {"b": {"type": "string", "title": "b"}}, "required": ["b"]},
        "else": {"properties": {"c": {"type": "string", "title": "c"}}},
    }  # fmt: skip
    form = Form.load(json.dumps(schema).encode(), "x.json")
    assert form.visible({"a": "x"}) == {"a": True, "b": True, "c": False}
    assert [problem.field for problem in form.validate({"a": "x"})] == ["/b"]
    assert form.validate({"a": "y", "c": "z"}) == []


def test_fields_of_flowable() -> None:
    fields = [
        {"id": "a", "name": "ก", "type": "enum", "required": "true", "value": [{"id": "1", "name": "หนึ่ง"}, {"id": "2", "name": "สอง"}]},
        {"id": "b", "variable": "วันหยุด", "type": "long", "default": "3"},
        {"id": "c", "readable": "false"},
        {"id": "d", "expression": "${start.day}", "writable": "false", "type": "date", "datePattern": "yyyy-MM-dd"},
    ]
    form = Form(from_form_data(fields, "ลา"))
    shown = {field.name: field for field in form.view("th", {}, {"start": {"day": "2009-06-01"}}).fields}
    assert list(shown) == ["a", "วันหยุด", "d"]
    assert (shown["a"].required, [option.title for option in shown["a"].options]) == (True, ["หนึ่ง", "สอง"])
    assert (shown["วันหยุด"].default, shown["d"].default, shown["d"].read_only) == (3, "2009-06-01", True)
    assert form.default("วันหยุด", {"วันหยุด": 7}) == 7


def test_names_forms_go_by() -> None:
    files = {"forms/a.json": b"{}", "x/invoice.form": INVOICE, "visit.json": VISIT, "p.bpmn": b""}
    assert form_names(files) == {
        "a": "forms/a.json", "forms/a.json": "forms/a.json", "a.json": "forms/a.json", "ใบแจ้งหนี้": "x/invoice.form",
        "x/invoice.form": "x/invoice.form", "invoice.form": "x/invoice.form", "invoice": "x/invoice.form", "visit.json": "visit.json",
        "visit": "visit.json",
    }  # fmt: skip
    assert plain_key("camunda-forms:deployment:invoice.form") == "invoice.form"
    assert plain_key("camunda-forms:/forms/invoice.form") == "forms/invoice.form"


SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


@pytest.mark.parametrize(
    ("attributes", "extensions"),
    [
        ('camunda:formRef="ใบแจ้งหนี้" camunda:formRefBinding="deployment"', ""),
        ('camunda:formKey="camunda-forms:deployment:invoice.form"', ""),
        ("", f'<zeebe:formDefinition {ZEEBE} formId="ใบแจ้งหนี้"/><zeebe:userTask {ZEEBE}/>'),
        ("", f'<zeebe:formDefinition {ZEEBE} formKey="camunda-forms:bpmn:inside"/>'),
    ],
)
def test_a_task_with_a_form_js_form(stage: Callable[..., Stage], attributes: str, extensions: str) -> None:
    embedded = INVOICE.decode().replace("&", "&amp;").replace("<", "&lt;")
    body = (
        f'<extensionElements><zeebe:userTaskForm {ZEEBE} id="inside">{embedded}</zeebe:userTaskForm></extensionElements>'
        f'<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g" {attributes}>'
        f'<extensionElements>{extensions}</extensionElements></userTask><endEvent id="e"/>'
    )
    one = stage({"p.bpmn": process("p", body, "s -> t", "t -> e"), "invoice.form": INVOICE})
    instance = one.start("p", business="กพร.", units=[], papers_known=[])
    with pytest.raises(Invalid) as caught:
        one.complete("t", amount=1)
    assert {problem.field for problem in caught.value.problems} == {"/ชื่อผู้ขาย", "/approved", "/read", "/address"}
    one.complete("t", ชื่อผู้ขาย="ก ข", amount=1, approved="yes", read=True, address={"city": "แพร่"})
    assert one.variables(instance)["ชื่อผู้ขาย"] == "ก ข"
    assert one.state(instance) == "COMPLETED"


def test_a_task_with_a_form_of_spiffarena(stage: Callable[..., Stage]) -> None:
    properties = (
        '<spiffworkflow:property name="formJsonSchemaFilename" value="visit-schema.json"/>'
        '<spiffworkflow:property name="formUiSchemaFilename" value="visit-uischema.json"/>'
    )
    body = (
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g"><extensionElements>'
        f"<spiffworkflow:properties {SPIFF}>{properties}</spiffworkflow:properties>"
        '</extensionElements></userTask><endEvent id="e"/>'
    )
    one = stage({"p.bpmn": process("p", body, "s -> t", "t -> e"), "visit-schema.json": VISIT, "visit-uischema.json": VISIT_UI})
    instance = one.start("p", provinces=["TH-54"])
    one.complete("t", จังหวัด="TH-54", score=5, kind="again", why_again="ฝนตก")
    assert one.variables(instance)["why_again"] == "ฝนตก"


def test_what_is_wrong_with_a_form_from_elsewhere_stops_its_deployment(stage: Callable[..., Stage]) -> None:
    body = '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g" camunda:formKey="y"/><endEvent id="e"/>'
    broken = json.dumps({"id": "x", "components": [{"type": "filepicker", "key": "paper"}]}).encode()
    found = stage().engine.check({"p.bpmn": process("p", body, "s -> t", "t -> e"), "x.form": broken})
    assert [(problem.rule, problem.file) for problem in found if problem.severity == "error"] == [
        ("form-elsewhere", "x.form"), ("missing-form", "p.bpmn"),
    ]  # fmt: skip


CLIENTS_FORM = (
    '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g" camunda:formKey="embedded:app:x.html">{}</userTask><endEvent id="e"/>'
)


def test_a_form_alone_is_refused_with_what_to_do(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("p", '<startEvent id="s"/><endEvent id="e"/>', "s -> e")})
    with pytest.raises(Invalid) as refused:
        here.engine.deploy({"invoice.form": INVOICE}, name="alone", actor=SYSTEM)
    assert any("deployed together with the diagram" in problem.message for problem in refused.value.problems)


def test_a_form_that_only_a_client_has_is_left_to_the_client(stage: Callable[..., Stage]) -> None:
    one = stage()
    file = {"p.bpmn": process("p", CLIENTS_FORM.format(""), "s -> t", "t -> e")}
    assert [(problem.rule, problem.severity) for problem in one.engine.check(file)] == [("missing-form", "warning")]
    one.engine.deploy(file, name="p", actor=SYSTEM)
    instance = one.start("p")
    task = one.open("t")[0]
    assert (task.form_key, one.engine.asked(task.id, actor=SYSTEM).form) == ("embedded:app:x.html", None)
    one.complete("t", วันที่="2009-06-02")
    assert one.variables(instance) == {"วันที่": "2009-06-02"}


def test_fields_drawn_beside_a_form_that_is_not_there_are_asked(stage: Callable[..., Stage]) -> None:
    drawn = '<camunda:formData><camunda:formField id="score" label="คะแนน" type="long"/></camunda:formData>'
    body = CLIENTS_FORM.format(f"<extensionElements>{drawn}</extensionElements>")
    one = stage({"p.bpmn": process("p", body, "s -> t", "t -> e")})
    one.start("p")
    form = one.engine.asked(one.open("t")[0].id, actor=SYSTEM).form
    assert form is not None
    with pytest.raises(Invalid):
        one.complete("t", score="many")


@pytest.mark.parametrize(
    ("component", "title"),
    [
        ({"subtype": "date", "dateLabel": "When"}, "When"),
        ({"subtype": "time", "timeLabel": "At", "dateLabel": "not shown"}, "At"),
        ({"subtype": "datetime", "dateLabel": "When", "timeLabel": "At"}, "When, At"),
        ({"subtype": "date"}, "k"),
    ],
)
def test_a_date_of_form_js_has_the_labels_of_its_parts(component: dict[str, Any], title: str) -> None:
    content = json.dumps({"components": [{"type": "datetime", "key": "k", **component}]}).encode()
    assert Form.load(content, "a.form").properties["k"]["title"] == title
