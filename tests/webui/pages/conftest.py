"""A small process with every kind of field, people who work in it, and a browser without a screen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.engine import Engine
from engine.people import SYSTEM
from tests.drawing import draw
from webui.application import create_app
from webui.demo import SETTING
from webui.settings import Settings

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


def titled(th: str, en: str, **more: Any) -> dict[str, Any]:
    """A field's schema with its names."""
    return {"type": "string", "title": th, "x-en": {"title": en}, **more}


def choice(value: str, th: str, en: str) -> dict[str, Any]:
    """One of the answers to choose from."""
    return {"const": value, "title": th, "x-en": {"title": en}}


LETTER = {
    "type": "object",
    "title": "ร่างหนังสือ",
    "x-en": {"title": "Draft a letter"},
    "x-submit": {"th": "ส่งร่างให้ผู้ตรวจ", "en": "Send the draft to the checker"},
    "required": ["subject", "day", "kind", "reason", "copies", "places"],
    "properties": {
        "subject": titled("เรื่อง", "Subject", maxLength=80),
        "body": titled("ข้อความ", "Text", **{"x-widget": "textarea"}),
        "day": titled("วันที่", "Date", format="date"),
        "kind": titled("ชนิด", "Kind", **{"x-widget": "radio"}, oneOf=[
            choice("plain", "ทั่วไป", "Plain"), choice("urgent", "ด่วน", "Urgent"),
        ]),
        "reason": titled("เหตุที่ด่วน", "Why urgent", **{"x-visible": "${kind == 'urgent'}"}),
        "copies": {"type": "integer", "minimum": 1, "title": "จำนวนฉบับ", "x-en": {"title": "Copies"}, "default": 2},
        "paper": titled("เอกสารแนบ", "Attachment", **{"x-document": {"category": "letter", "kinds": ["pdf"], "max_mb": 0.3}}),
        "places": {
            "type": "array", "title": "ผู้รับ", "x-en": {"title": "Receivers"}, "x-widget": "table", "minItems": 1,
            "items": {"type": "object", "required": ["name"], "properties": {
                "name": titled("ชื่อ", "Name"), "sent": titled("ส่งวันที่", "Sent on", format="date"),
            }},
        },
    },
}  # fmt: skip
CHECK = {
    "type": "object", "title": "ตรวจร่าง", "x-en": {"title": "Check the draft"}, "x-confirm": True, "required": ["verdict"],
    "x-show": [{"th": "เรื่อง", "en": "Subject", "value": "${subject}"}, {"th": "เอกสาร", "en": "Papers", "document": "letter"}],
    "x-submit": {"th": "บันทึกผลการตรวจ", "en": "Record the verdict"},
    "properties": {"verdict": titled("ผล", "Verdict", **{"x-widget": "radio"}, oneOf=[
        choice("good", "ผ่าน", "Good"), choice("bad", "ไม่ผ่าน", "Bad"),
    ])},
}  # fmt: skip
START = {
    "type": "object", "title": "เริ่มหนังสือ", "x-en": {"title": "Begin a letter"}, "required": ["year"],
    "properties": {"year": {"type": "integer", "minimum": 2500, "title": "ปี", "x-en": {"title": "Year"}}},
}  # fmt: skip
BODY = (
    '<startEvent id="s" ruam:startForm="start"/>'
    '<userTask id="write" name="ร่างหนังสือ" ruam:nameEn="Draft a letter" camunda:formKey="letter" '
    'camunda:candidateGroups="writers" camunda:dueDate="P1D"/>'
    '<userTask id="check" name="ตรวจร่าง" ruam:nameEn="Check the draft" camunda:formKey="check" '
    'camunda:candidateGroups="writers,checkers"/>'
    '<endEvent id="e"/>'
)
FILES = {
    "letter.bpmn": draw(BODY, "s > write > check > e", key="letter"),
    "forms/letter.json": json.dumps(LETTER).encode(),
    "forms/check.json": json.dumps(CHECK).encode(),
    "forms/start.json": json.dumps(START).encode(),
}
PEOPLE = (
    ("writer", ["writers"], []),
    ("writer2", ["writers"], []),
    ("checker", ["checkers"], []),
    ("stranger", [], []),
    ("admin", [], ["administrator"]),
)


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Pages are tested on one database; the engine on both."""
    return str(request.param)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """An engine with the process and the people."""
    engine.deploy(FILES, name="letter", actor=SYSTEM)
    everybody = [
        {"user_id": name, "name": f"ผู้ใช้ {name}", "name_en": f"User {name}", "password": PASSWORD, "groups": groups, "roles": roles}
        for name, groups, roles in PEOPLE
    ]
    engine.add_users(everybody, actor=SYSTEM)
    return engine


@pytest.fixture
def app(office: Engine, tmp_path: Path) -> Flask:
    """The web application over it."""
    made = create_app(office, Settings(tmp_path / "home", "sqlite://"))
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> Browser:
    """Nobody yet."""
    return Browser(app)


class Browser:
    """Asks for pages, sends their forms with the token that stands in them."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str) -> TestResponse:
        """A page, after redirects."""
        answer = self.http.get(path, follow_redirects=True)
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form; redirects are not followed."""
        values = {name.replace("__", "."): value for name, value in fields.items()}
        return self.http.post(path, data={"_csrf": self.token, **values}, content_type="multipart/form-data")

    def send(self, path: str, fields: dict[str, Any]) -> TestResponse:
        """The same, for names that are no identifiers."""
        return self.http.post(path, data={"_csrf": self.token, **fields}, content_type="multipart/form-data")

    def log_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Start a session."""
        self.get("/login")
        answer = self.post("/login", name=name, password=password)
        self.get("/inbox")
        return answer


def as_demo(engine: Engine) -> None:
    """Make the database a demo's."""
    engine.put_setting(SETTING, PASSWORD, actor=SYSTEM)
