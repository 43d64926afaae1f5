"""What a worker outside costs the server: fetch one external task and complete it, over HTTP, however many others wait."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from engine.people import SYSTEM
from tests.bench import diagrams
from tests.bench.http import cpu, engine_in
from tests.bench.rest import Client
from tests.servers import served

ROUNDS = 200
TOPIC = "bench"
WANTED = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": TOPIC, "lockDuration": 60_000}]}


def fetch_and_complete(folder: Path, waiting: int) -> float:
    """Milliseconds of CPU a task, of one that is fetched and completed by itself, with so many others waiting; median."""
    home = folder / f"workers{waiting}"
    with engine_in(home, [f"topic:{TOPIC}"]) as engine:
        engine.deploy({"external.bpmn": diagrams.external(TOPIC)}, name="external", actor=SYSTEM)
        for number in range(waiting + ROUNDS):
            engine.start("external", variables={"number": number, "name": "สำนักงาน"}, business_key=str(number), actor=SYSTEM)
    with served(home) as server:
        worker = Client(server)
        done: list[str] = []
        spent = [cpu(server, lambda: done.extend(_do_one(worker))) for _ in range(ROUNDS)]
        assert len(set(done)) == ROUNDS
        worker.close()
        return median(spent[10:])


def _do_one(worker: Client) -> list[str]:
    """Fetch a task and complete it."""
    tasks = worker.post("/external-task/fetchAndLock", WANTED)
    for task in tasks:
        worker.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": {"sent": {"value": True}}})
    return [task["id"] for task in tasks]
