"""An application with people, and clients of its REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.people import SYSTEM, Actor
from engine.testing import Stage, linear
from webui.application import create_app
from webui.settings import Settings

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from engine.engine import Engine

PASSWORD = "correct horse battery"
PEOPLE: tuple[dict[str, Any], ...] = (
    {"user_id": "worker", "name": "ผู้ปฏิบัติงาน", "name_en": "Worker", "groups": ["workers"]},
    {"user_id": "second", "name": "ผู้ปฏิบัติงานสอง", "groups": ["workers"]},
    {"user_id": "stranger", "name": "คนนอก", "groups": ["elsewhere"]},
    {"user_id": "admin", "name": "ผู้ดูแลระบบ", "roles": ["administrator"]},
)


class Client:
    """Somebody who speaks to the REST of an application with his password."""

    def __init__(self, app: Flask, name: str, password: str = PASSWORD, prefix: str = "/engine-rest") -> None:
        self.http: FlaskClient = app.test_client(use_cookies=False)
        self.auth = (name, password)
        self.prefix = prefix

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        return self.http.open(self.prefix + path, method=method, auth=self.auth, **more)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that is to be good."""
        answer = self.ask("GET", path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 200, *, method: str = "POST", **query: Any) -> Any:
        """The JSON of an answer that is to have that code."""
        answer = self.ask(method, path, json=body, query_string=query) if body is not None else self.ask(method, path, query_string=query)
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None

    def put(self, path: str, body: Any = None, status: int = 204, **query: Any) -> Any:
        return self.post(path, body, status, method="PUT", **query)

    def delete(self, path: str, status: int = 204, **query: Any) -> Any:
        return self.post(path, None, status, method="DELETE", **query)

    def refused(self, method: str, path: str, status: int, body: Any = None, **query: Any) -> dict[str, Any]:
        """The error of an answer that is to be refused so."""
        answer = self.ask(method, path, query_string=query, **({"json": body} if body is not None else {}))
        assert answer.status_code == status, answer.text
        assert answer.json is not None
        assert set(answer.json) >= {"type", "message", "code"}
        return dict(answer.json)


class Site:
    """An application over a stage, and its clients."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self.stage = stage
        self.engine: Engine = stage.engine
        self.engine.add_users([{"password": PASSWORD, **one} for one in PEOPLE], actor=SYSTEM)
        self.app = create_app(self.engine, Settings(home, "sqlite://"))
        self.app.testing = True

    def as_user(self, name: str) -> Client:
        return Client(self.app, name)

    def actor(self, name: str) -> Actor:
        return self.engine.actor(name)

    @property
    def worker(self) -> Client:
        return self.as_user("worker")

    @property
    def admin(self) -> Client:
        return self.as_user("admin")

    @property
    def stranger(self) -> Client:
        return self.as_user("stranger")


@pytest.fixture
def site(engine_url: str, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes an application on a database of the test's own, with files deployed."""
    stages: list[Stage] = []

    def make(files: dict[str, bytes] | None = None, **options: Any) -> Site:
        files = files if files is not None else {"letter.bpmn": linear("letter", "write", "check")}
        stages.append(Stage(files, url=engine_url, home=tmp_path / "home", **options))
        return Site(stages[-1], tmp_path / "home")

    yield make
    for one in stages:
        one.close()
