"""What a worker outside costs the server: fetch one external task and complete it, over HTTP, however many others wait."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from engine.people import SYSTEM
from tests.bench import diagrams
from tests.bench.http import PASSWORD, cpu, engine_in
from tests.servers import Server, served

ROUNDS = 200
TOPIC = "bench"


def fetch_and_complete(folder: Path, waiting: int) -> float:
    """Milliseconds of CPU a task, of one that is fetched and completed by itself, with so many others waiting; median."""
    home = folder / f"workers{waiting}"
    with engine_in(home, [f"topic:{TOPIC}"]) as engine:
        engine.deploy({"external.bpmn": diagrams.external(TOPIC)}, name="external", actor=SYSTEM)
        for number in range(waiting + ROUNDS):
            engine.start("external", variables={"number": number, "name": "สำนักงาน"}, business_key=str(number), actor=SYSTEM)
    with served(home) as server:
        worker = _Worker(server)
        spent = [cpu(server, worker.do_one) for _ in range(ROUNDS)]
        assert worker.done == ROUNDS
        worker.close()
        return median(spent[10:])


class _Worker:
    """A client that keeps its connection, as workers do."""

    def __init__(self, server: Server) -> None:
        self.done = 0
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        token = base64.b64encode(f"worker:{PASSWORD}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def do_one(self) -> None:
        """Fetch a task and complete it."""
        wanted = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": TOPIC, "lockDuration": 60_000}]}
        for task in self._post("/external-task/fetchAndLock", wanted):
            self._post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": {"sent": {"value": True}}})
            self.done += 1

    def _post(self, path: str, body: Any) -> Any:
        self._connection.request("POST", "/engine-rest" + path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 204), content
        return json.loads(content) if content else None

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
