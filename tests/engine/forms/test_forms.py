"""Forms: what a person posts, what is wrong with it in both languages, and where the values go."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from engine.errors import Invalid
from engine.forms import Form, from_form_data

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "ผลการพิจารณา",
    "x-en": {"title": "Decision"},
    "required": ["name", "decision", "reason", "day"],
    "properties": {
        "name": {"type": "string", "title": "ชื่อ", "x-en": {"title": "Name"}, "maxLength": 20},
        "count": {"type": "integer", "title": "จำนวน", "x-en": {"title": "Count"}, "minimum": 1, "maximum": 5},
        "share": {"type": "number", "title": "สัดส่วน", "x-en": {"title": "Share"}},
        "day": {"type": "string", "format": "date", "title": "วันที่", "x-en": {"title": "Day"}},
        "decision": {
            "type": "string",
            "title": "ผล",
            "x-en": {"title": "Decision"},
            "x-widget": "radio",
            "oneOf": [{"const": "accept", "title": "รับ", "x-en": {"title": "Accept"}}, {"const": "return", "title": "คืน"}],
        },
        "reason": {"type": "string", "title": "เหตุผล", "x-en": {"title": "Reason"}, "x-visible": "${decision == 'return'}"},
        "agreed": {"type": "boolean", "title": "ตกลง"},
        "people": {
            "type": "array",
            "title": "ผู้เข้าร่วม",
            "x-en": {"title": "People"},
            "items": {"type": "string"},
            "x-options": "${members}",
        },
        "rows": {
            "type": "array",
            "title": "ตาราง",
            "x-en": {"title": "Table"},
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["a"],
                "properties": {
                    "a": {"type": "number", "title": "เอ", "x-en": {"title": "A"}},
                    "on": {"type": "string", "format": "date", "title": "เมื่อ"},
                    "ok": {"type": "boolean", "title": "ใช่"},
                },
            },
        },
        "plan": {
            "type": "string",
            "title": "แผน",
            "x-document": {"category": "deliverable", "kinds": ["pdf"], "max_mb": 5, "deliverable": "plan"},
        },
        "score": {"type": "number", "title": "คะแนน", "minimum": 0, "x-sealed": {"category": "scores", "unit": "${province.id}"}},
    },
    "x-show": [
        {"th": "จังหวัด", "en": "Province", "value": "${province.id}"},
        {"th": "แผน", "en": "Plan", "document": "deliverable"},
        {"th": "ร่าง", "en": "Drafts", "document": "deliverable", "unit": "${[province.id, 'plan']}"},
    ],
    "x-sections": [{"th": "ส่วนแรก", "en": "First", "fields": ["name", "count"]}],
    "x-submit": {"th": "บันทึก", "en": "Save"},
    "x-instructions": {"th": "กรอกให้ครบ ${province.id}", "en": "Fill in ${province.id}"},
}
VARIABLES = {"members": [{"value": "m1", "th": "หนึ่ง", "en": "One"}, "m2"], "province": {"id": "TH-50"}}
VALID = {"name": "ก", "decision": "accept", "day": "2009-07-31"}


def load(schema: Any = SCHEMA) -> Form:
    return Form.load(json.dumps(schema).encode(), "forms/x.json")


FORM = load()


def rules(values: Any, **options: Any) -> dict[str, str]:
    return {problem.field or "": problem.rule or "" for problem in FORM.validate(values, VARIABLES, **options)}


def changed(**fields: Any) -> dict[str, Any]:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"].update(fields)
    return schema


def test_a_post_becomes_typed_values() -> None:
    posted = MultiDict(
        [
            ("name", " ก "),
            ("count", "๓"),
            ("share", "1,200.50"),
            ("day", "๓๑ ก.ค. ๒๕๕๒"),
            ("decision", "accept"),
            ("people", "m1"),
            ("people", "m2"),
            ("rows[0][a]", "1.5"),
            ("rows[0][on]", "1/6/2552"),
            ("rows[0][ok]", "on"),
            ("rows[7][a]", "x"),
            ("rows[2][a]", " "),
            ("score", "4"),
            ("plan", "d1"),
            ("csrf_token", "abc"),
            ("reason", ""),
        ]
    )
    values = FORM.from_strings(posted)
    assert values == {
        "name": "ก",
        "count": 3,
        "share": 1200.5,
        "day": "2009-07-31",
        "decision": "accept",
        "agreed": False,
        "people": ["m1", "m2"],
        "rows": [{"a": 1.5, "on": "2009-06-01", "ok": True}, {"a": "x", "ok": False}],
        "plan": "d1",
        "score": 4,
    }
    assert rules(values) == {"/rows/1/a": "type"}
    assert FORM.from_strings({"name": ["ก"], "count": "2"}) == {"name": "ก", "count": 2, "agreed": False}


def test_what_cannot_be_read_stays_and_is_named() -> None:
    values = FORM.from_strings({"count": "many", "day": "31/6/2552"})
    assert values["count"] == "many"
    problems = {problem.field: problem for problem in FORM.validate({**VALID, **values}, VARIABLES)}
    assert "whole number" in problems["/count"].message
    assert "จำนวนเต็ม" in problems["/count"].message_th
    assert "Day: There is no 31 June 2009" in problems["/day"].message
    assert "วันที่: ไม่มีวันที่ 31 มิถุนายน 2552" in problems["/day"].message_th


def test_valid_values_go_to_variables_sealed_rows_and_documents() -> None:
    values = {**VALID, "score": 4, "plan": "d1", "reason": "stale"}
    assert rules(values) == {}
    variables, sealed, documents = FORM.split(values, VARIABLES)
    assert variables == {**VALID, "plan": "d1"}
    assert sealed == [("score", "scores", "${province.id}", 4)]
    assert documents == [("plan", ["d1"], SCHEMA["properties"]["plan"]["x-document"])]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"/name": "required", "/decision": "required", "/day": "required"}),
        ({**VALID, "name": ""}, {"/name": "required"}),
        ({**VALID, "name": None}, {"/name": "required"}),
        ({**VALID, "decision": "return"}, {"/reason": "required"}),
        ({**VALID, "decision": "return", "reason": "because"}, {}),
        ({**VALID, "decision": "maybe"}, {"/decision": "enum"}),
        ({**VALID, "name": "ก" * 21}, {"/name": "maxLength"}),
        ({**VALID, "count": 9}, {"/count": "maximum"}),
        ({**VALID, "count": True}, {"/count": "type"}),
        ({**VALID, "count": 1.5}, {"/count": "type"}),
        ({**VALID, "share": float("nan")}, {"/share": "type"}),
        ({**VALID, "share": float("inf")}, {"/share": "type"}),
        ({**VALID, "share": 10**40}, {"/share": "maximum"}),
        ({**VALID, "day": "2552-07-31"}, {"/day": "format"}),
        ({**VALID, "day": "2009-06-31"}, {"/day": "format"}),
        ({**VALID, "day": "31/7/2552"}, {"/day": "format"}),
        ({**VALID, "people": ["m1", "zz"]}, {"/people/1": "options"}),
        ({**VALID, "bogus": 1}, {"/bogus": "unknown"}),
        ({**VALID, "rows": [{"b": 1}]}, {"/rows/0/a": "required", "/rows/0/b": "unknown"}),
        ({**VALID, "rows": [{"a": 1}] * 4}, {"/rows": "maxItems"}),
        ({**VALID, "typename": 1}, {"/typename": "reserved"}),
        ({**VALID, "rows": [{"a": {"__class__": 1}}]}, {"/rows/0/a/__class__": "reserved"}),
        ({**VALID, "a/b~c": 1}, {"/a~1b~0c": "unknown"}),
        ({**VALID, "name": "a\x00"}, {"/name": "text"}),
        ({**VALID, "name": "\ud800"}, {"/name": "text"}),
        ({**VALID, "name": "x" * 1_100_000}, {"": "size"}),
        ({**VALID, "name": b"x"}, {"/name": "type"}),
        ([], {"": "type"}),
        (None, {"": "type"}),
    ],
)
def test_problems_stand_at_their_field(values: Any, expected: dict[str, str]) -> None:
    assert rules(values) == expected
    for problem in FORM.validate(values, VARIABLES):
        assert problem.message
        assert problem.message_th


def test_depth_is_limited() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = {"a": deep}
    assert rules({**VALID, "rows": deep}) == {"": "size"}


def test_a_draft_may_be_incomplete_but_not_wrong() -> None:
    assert rules({}, partial=True) == {}
    assert rules({"rows": [{}]}, partial=True) == {}
    assert rules({"count": 9, "bogus": 1}, partial=True) == {"/count": "maximum", "/bogus": "unknown"}


def test_view_speaks_the_language() -> None:
    view = FORM.view("en", {"decision": "return"}, VARIABLES)
    fields = {field.name: field for field in view.fields}
    assert (view.title, view.submit, view.instructions) == ("Decision", "Save", "Fill in TH-50")
    assert [section.title for section in view.sections] == ["", "First"]
    assert [option.title for option in fields["decision"].options] == ["Accept", "คืน"]
    assert [(option.value, option.title) for option in fields["people"].options] == [("m1", "One"), ("m2", "m2")]
    assert fields["reason"].visible
    assert not FORM.view("en", {"decision": "accept"}, VARIABLES).fields[3].visible
    assert [field.widget for field in fields["rows"].columns] == ["number", "date", "checkbox"]
    assert [field.required for field in fields["rows"].columns] == [True, False, False]
    assert fields["plan"].document is not None
    assert (fields["plan"].widget, fields["plan"].document.max_mb) == ("file", 5)
    assert fields["score"].sealed
    assert [(shown.title, shown.value, shown.document) for shown in view.shown] == [
        ("Province", "TH-50", None),
        ("Plan", None, "deliverable"),
        ("Drafts", None, "deliverable"),
    ]
    assert [shown.units for shown in view.shown] == [None, None, ("TH-50", "plan")]
    assert FORM.view("th", {}, VARIABLES).title == "ผลการพิจารณา"


def test_a_form_opens_even_where_a_fact_is_missing() -> None:
    view = FORM.view("th", {}, {"members": []})
    assert view.shown[0].value is None
    assert any("province" in problem for problem in view.problems)


def test_defaults() -> None:
    form = load(
        changed(
            count={"type": "integer", "title": "จำนวน", "x-default": "${n + 1}"},
            agreed={"type": "boolean", "title": "ตกลง", "default": True},
        )
    )
    defaults = {field.name: field.default for field in form.fields("th", {}, {**VARIABLES, "n": 2})}
    assert (defaults["count"], defaults["agreed"], defaults["name"]) == (3, True, None)


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "array"}, "form-schema"),
        ({"type": "object", "properties": {"a": {"type": "strange"}}}, "form-schema"),
        ({"type": "object", "properties": {"typename": {"type": "string"}}}, "form-field"),
        ({"type": "object", "properties": {"a b": {"type": "string"}}}, "form-field"),
        ({"type": "object", "properties": {}, "required": ["x"]}, "form-field"),
        ({"type": "object", "properties": {}, "x-sections": [{"th": "ก", "fields": ["x"]}]}, "form-field"),
        (changed(x={"type": "string", "x-widget": "slider"}), "form-widget"),
        (changed(x={"type": "string", "x-widget": "file"}), "form-document"),
        (changed(x={"type": "string", "x-document": {}}), "form-document"),
        (changed(x={"type": "string", "x-document": {"category": "a", "kinds": ["exe"]}}), "form-document"),
        (changed(x={"type": "number", "x-sealed": True}), "form-sealed"),
        (changed(x={"type": "string", "x-visible": "${a ==}"}), "expression"),
        (changed(x={"type": "string", "x-options": "${bean.list()}"}), "expression"),
        (changed(x={"type": "string", "pattern": "(a+)+$"}), "form-pattern"),
        (changed(x={"type": "string", "pattern": "(a"}), "form-schema"),
        (changed(x={"$ref": "https://example.org/schema.json"}), "form-syntax"),
        (changed(x={"$ref": "#/$defs/none"}), "form-syntax"),
        ({**changed(x={"$ref": "#/$defs/a"}), "$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}}, "form-syntax"),
        (changed(x={"type": "object", "title": "ก", "patternProperties": {}}), "form-schema"),
    ],
)
def test_a_broken_form_is_refused(schema: Any, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(schema)
    assert rule in [problem.rule for problem in caught.value.problems]
    assert all(problem.file == "forms/x.json" and problem.message_th for problem in caught.value.problems)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff\xfe", b"[" * 100_000, b" " * 600_000])
def test_what_is_not_a_form_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        Form.load(content, "forms/x.json")


def test_a_pattern_is_not_tried_on_long_texts() -> None:
    form = load(changed(x={"type": "string", "title": "รหัส", "pattern": r"^\w+( \w+)?$"}))
    assert [problem.rule for problem in form.validate({**VALID, "x": "a" * 10_000 + "!"}, VARIABLES)] == ["maxLength"]
    assert [problem.rule for problem in form.validate({**VALID, "x": "!"}, VARIABLES)] == ["pattern"]


def test_a_widget_says_the_format() -> None:
    form = load(changed(x={"type": "string", "title": "วัน", "x-widget": "date"}))
    assert form.from_strings({"x": "31/6/2552"})["x"] == "31/6/2552"
    (problem,) = form.validate({**VALID, "x": "31/6/2552"}, VARIABLES)
    assert "30 days" in problem.message


def test_references_within_the_form_are_read() -> None:
    schema = {**changed(x={"$ref": "#/$defs/level", "title": "ระดับ"}), "$defs": {"level": {"type": "integer", "maximum": 3}}}
    form = load(schema)
    assert [problem.rule for problem in form.validate({**VALID, "x": 4}, VARIABLES)] == ["maximum"]


def test_fields_drawn_in_a_diagram() -> None:
    schema = from_form_data(
        [
            {
                "id": "amount",
                "label": "Amount",
                "type": "long",
                "defaultValue": "3",
                "validation": {"constraint": [{"name": "required"}, {"name": "max", "config": "5"}]},
            },
            {"id": "kind", "type": "enum", "value": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
            {"id": "when", "type": "date", "required": "true"},
            {"id": "sure", "type": "boolean", "defaultValue": "${true}"},
        ]
    )
    form = Form(schema)
    assert [problem for problem in form.problems() if problem.severity == "error"] == []
    assert {problem.field: problem.rule for problem in form.validate({"amount": 7, "kind": "c"})} == {
        "/when": "required",
        "/amount": "maximum",
        "/kind": "enum",
    }
    assert [field.default for field in form.fields()] == [3, None, None, True]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["a", "__x", "typename"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "bogus"]), json_values, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_values_are_checked_without_failing(values: dict[str, Any]) -> None:
    problems = FORM.validate(values, VARIABLES)
    assert all(problem.message and problem.message_th and problem.rule for problem in problems)
    if not problems:
        variables, _, _ = FORM.split(values, VARIABLES)
        json.dumps(variables, allow_nan=False)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "rows[0][a]", "rows[0][on]", "rows[x]"]), st.text(max_size=12), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_post_is_read_without_failing(texts: dict[str, str]) -> None:
    values = FORM.from_strings(MultiDict(texts))
    assert set(values) <= set(FORM.properties)
    FORM.validate(values, VARIABLES)
