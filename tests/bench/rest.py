"""What a client of the REST costs the server: its kept connection, and completing a task with the form's values."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tests.bench import diagrams
from tests.bench.http import PASSWORD, cpu, forms_in
from tests.servers import Server, served

VALUES = diagrams.VALUES | {"pages": 12, "final": True}  # a form is posted in text, JSON has types


def completion(folder: Path) -> float:
    """Milliseconds of CPU a `POST /task/{id}/complete`; median."""
    home = folder / "rest"
    tasks = forms_in(home)
    body = {"variables": {name: {"value": value} for name, value in VALUES.items()}}
    with served(home) as server:
        client = Client(server)
        spent = [cpu(server, lambda task=task: client.post(f"/task/{task}/complete", body)) for task in tasks]  # type: ignore[misc]
        client.close()
    return median(spent[10:])


class Client:
    """A client that keeps its connection, as workers do."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        token = base64.b64encode(f"worker:{PASSWORD}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def post(self, path: str, body: Any) -> Any:
        """The answer to a body, which must be a good one."""
        self._connection.request("POST", "/engine-rest" + path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 204), content
        return json.loads(content) if content else None

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
