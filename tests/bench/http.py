"""Figures 6 and 7: what a page costs the server process, in CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from engine.engine import Engine
from engine.people import SYSTEM
from tests.bench import diagrams
from tests.servers import Client, Server, hidden, served

COMPLETIONS = 100
PAGES = 50
GROUPS, EACH = 100, 100  # open tasks: their product, spread over so many groups
PASSWORD = "bench-bench-bench"


def completion(folder: Path) -> float:
    """Milliseconds a form post that completes a task, without the pages before and after; median."""
    home = folder / "post"
    tasks = forms_in(home)
    with served(home) as server:
        client = _logged_in(server)
        return median([_complete(server, client, task) for task in tasks][10:])


def inbox(folder: Path, mine: int) -> float:
    """Milliseconds the inbox page, with 10,000 open tasks in the database, of which those of so many of the 100 groups are mine; median."""
    home = folder / f"inbox{mine}"
    with engine_in(home, [f"group{n}" for n in range(mine)]) as engine:
        engine.deploy({"many.bpmn": diagrams.many(EACH)}, name="many", actor=SYSTEM)
        for n in range(GROUPS):
            engine.start("many", variables={"group": f"group{n}"}, actor=SYSTEM)
        assert engine.tasks(actor=SYSTEM, limit=1).total == GROUPS * EACH
        assert engine.inbox(engine.actor("worker")).total == mine * EACH
    with served(home) as server:
        client = _logged_in(server)
        return median([cpu(server, lambda: client.get("/inbox")) for _ in range(PAGES + 5)][5:])


def forms_in(home: Path) -> list[str]:
    """Open tasks with a form, in a new data folder; the first ten warm up."""
    with engine_in(home, ["workers"]) as engine:
        engine.deploy({"form.bpmn": diagrams.one_form(), "forms/report.json": diagrams.FORM}, name="form", actor=SYSTEM)
        for _ in range(COMPLETIONS + 10):
            engine.start("form", actor=SYSTEM)
        return [item.id for item in engine.tasks(actor=SYSTEM, limit=COMPLETIONS + 10).items]


@contextmanager
def engine_in(home: Path, groups: list[str]) -> Iterator[Engine]:
    """An engine on a new data folder, with the one who works there."""
    home.mkdir(parents=True)
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home)
    try:
        engine.upgrade()
        engine.add_user("worker", name="ผู้ทำงาน", password=PASSWORD, groups=groups, actor=SYSTEM)
        yield engine
    finally:
        engine.close()


def _logged_in(server: Server) -> Client:
    client = Client(server.url)
    client.log_in("worker", PASSWORD)
    return client


def _complete(server: Server, client: Client, task: str) -> float:
    form = hidden(client.get(f"/tasks/{task}")) | diagrams.VALUES
    answers: list[int] = []
    spent = cpu(server, lambda: answers.append(client.post(f"/tasks/{task}/complete", form)))
    assert answers in ([302], [303]), f"completing answered {answers}"
    return spent


def cpu(server: Server, work: Callable[[], object]) -> float:
    """Milliseconds of CPU, user and system, that the threads of the server's process spend meanwhile."""
    before = _nanoseconds(server)
    work()
    return (_nanoseconds(server) - before) / 1e6


def _nanoseconds(server: Server) -> int:
    """The scheduler's own count, because that of the process is in hundredths of a second."""
    threads = Path(f"/proc/{server.process.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)
