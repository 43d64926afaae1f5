"""Figures 6 and 7: what a page costs the server process, in CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from engine.engine import Engine
from engine.people import SYSTEM
from tests.bench import diagrams
from tests.servers import Client, Server, hidden, served

COMPLETIONS = 100
PAGES = 50
INSTANCES, EACH = 100, 100  # open tasks: their product
PASSWORD = "bench-bench-bench"


def completion(folder: Path) -> float:
    """Milliseconds a form post that completes a task, without the page before and after."""
    home = folder / "post"
    with _engine(home) as engine:
        engine.deploy({"form.bpmn": diagrams.one_form(), "forms/report.json": diagrams.FORM}, name="form", actor=SYSTEM)
        for _ in range(COMPLETIONS + 10):
            engine.start("form", actor=SYSTEM)
        tasks = [item.id for item in engine.tasks(actor=SYSTEM, limit=COMPLETIONS + 10).items]
    with served(home) as server:
        client = _logged_in(server)
        forms = [(task, hidden(client.get(f"/tasks/{task}")) | diagrams.VALUES) for task in tasks]
        for task, form in forms[:10]:
            _complete(client, task, form)
        measured = forms[10:]

        def posts() -> None:
            for task, form in measured:
                _complete(client, task, form)

        return _server_cpu(server, posts) / len(measured)


def inbox(folder: Path) -> float:
    """Milliseconds the inbox page, with 10,000 open tasks in the database."""
    home = folder / "inbox"
    with _engine(home) as engine:
        engine.deploy({"many.bpmn": diagrams.many(EACH)}, name="many", actor=SYSTEM)
        for _ in range(INSTANCES):
            engine.start("many", actor=SYSTEM)
        assert engine.tasks(actor=SYSTEM, limit=1).total == INSTANCES * EACH
    with served(home) as server:
        client = _logged_in(server)
        for _ in range(5):
            client.get("/inbox")
        return _server_cpu(server, lambda: [client.get("/inbox") for _ in range(PAGES)]) / PAGES


@contextmanager
def _engine(home: Path) -> Iterator[Engine]:
    """An engine on a new data folder, with the one who works there."""
    home.mkdir(parents=True)
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home)
    try:
        engine.upgrade()
        engine.add_user("worker", name="ผู้ทำงาน", password=PASSWORD, groups=["workers"], actor=SYSTEM)
        yield engine
    finally:
        engine.close()


def _logged_in(server: Server) -> Client:
    client = Client(server.url)
    client.log_in("worker", PASSWORD)
    return client


def _complete(client: Client, task: str, form: dict[str, str]) -> None:
    status = client.post(f"/tasks/{task}/complete", form)
    assert status in (302, 303), f"completing answered {status}"


def _server_cpu(server: Server, work: Callable[[], object]) -> float:
    """Milliseconds of CPU, user and system, that the server's process spends meanwhile."""
    process = psutil.Process(server.process.pid)
    before = process.cpu_times()
    work()
    after = process.cpu_times()
    return ((after.user - before.user) + (after.system - before.system)) * 1000
