"""The database or the disk fails, really: a clear answer, nothing lost, nothing half-done, and it works again afterwards."""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import click.testing
import pytest
import sqlalchemy as sa

from engine.context import Context
from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import Conflict, Outage, Unavailable
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.running.scheduler import Scheduler
from engine.testing import linear, process
from tests import hostile
from tests.databases import PostgresServer, create_schema, sqlite_url
from tests.servers import ADDRESS, Client, environment, hidden
from webui.application import create_app
from webui.cli import main
from webui.settings import Settings

ANN = Actor("ann", frozenset({"workers"}))
PASSWORD = "a password that is long"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PAPER = {
    "type": "object", "title": "รายงาน", "x-en": {"title": "Report"},
    "properties": {"paper": {"type": "string", "title": "เอกสาร", "x-document": {"category": "report", "kinds": ["pdf"], "max_mb": 20}}},
}  # fmt: skip
LETTERS = Pack("letters")


@LETTERS.handler("write_letters", parameters={})
def write_letters(context: Context) -> dict[str, Any]:
    """A letter larger than the disk has room for."""
    for number in range(4):
        context.documents.add(name=f"{number}.pdf", content=PDF + os.urandom(100_000), media_type="application/pdf", category="letter")
        context.record("noted", note="x" * 400_000)
    return {"written": 4}


FILES = {
    "two.bpmn": linear("two", "first", "second"),
    "paper.bpmn": process(
        "paper", '<startEvent id="s"/><userTask id="hand_in" camunda:formKey="paper" camunda:candidateGroups="workers"/><endEvent id="e"/>',
        "s -> hand_in", "hand_in -> e",
    ),
    "letters.bpmn": process(
        "writing", '<startEvent id="s"/><userTask id="agree" camunda:candidateGroups="workers"/>'
        '<serviceTask id="letters" name="ออกหนังสือ" ruam:handler="write_letters"/><userTask id="after" camunda:candidateGroups="workers"/>'
        '<endEvent id="e"/>', "s -> agree", "agree -> letters", "letters -> after", "after -> e",
    ),
    "forms/paper.json": json.dumps(PAPER).encode(),
    "parties.toml": '[workers]\nth = "ผู้ทำงาน"\nen = "Workers"\n'.encode(),
}  # fmt: skip


@contextmanager
def opened(url: str, home: Path, **options: Any) -> Iterator[Engine]:
    engine = Engine.open(url, home=home, packs=[LETTERS], clock=RealClock(), **options)
    try:
        yield engine
    finally:
        engine.close()


def prepared(engine: Engine) -> None:
    engine.deploy(FILES, name="faults", pack="letters", actor=SYSTEM)


def names(engine: Engine) -> list[str]:
    return sorted(task.element_id for task in engine.tasks(actor=SYSTEM, limit=1000).items)


def told(act: Callable[[], object], kind: Outage) -> Unavailable:
    """The outage that an act meets; none of it shows the inside."""
    with pytest.raises(Unavailable) as caught:
        act()
    assert caught.value.outage is kind, (caught.value.message, caught.value.facts)
    assert not hostile.internal(caught.value.message)
    assert "again" in caught.value.message or "restore" in caught.value.message or "Run" in caught.value.message, "the way out"
    return caught.value


# ---- locked

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
input()
"""


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_sqlite_that_another_process_holds_is_said_after_the_set_time(engine_url: str, tmp_path: Path) -> None:
    with opened(f"{engine_url}?timeout=0.2", tmp_path / "home") as engine:
        prepared(engine)
        engine.start("two", actor=SYSTEM)
        (task,) = engine.tasks(actor=SYSTEM).items
        command = [sys.executable, "-c", HOLD, str(tmp_path / "ruam.db")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            cast("IO[str]", other.stdout).readline()
            begun = time.monotonic()
            told(lambda: engine.complete_task(task.id, {"a": 1}, actor=ANN, key="k"), Outage.BUSY)
            assert time.monotonic() - begun < 5
            assert names(engine) == ["first"], "reading goes on"
            other.communicate("\n")
        engine.complete_task(task.id, {"a": 1}, actor=ANN, key="k")
        assert names(engine) == ["second"]
        assert engine.audit_verify().ok


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_row_that_another_session_holds_is_said_after_the_set_time(engine_url: str, tmp_path: Path) -> None:
    with opened(f"{engine_url}&timeout=0.2", tmp_path / "home") as engine:
        prepared(engine)
        instance = engine.start("two", actor=SYSTEM)
        (task,) = engine.tasks(actor=SYSTEM).items
        other = sa.create_engine(engine_url)
        with other.begin() as connection:
            connection.execute(sa.text("SELECT 1 FROM instance WHERE id = :id FOR UPDATE"), {"id": instance.id})
            told(lambda: engine.complete_task(task.id, actor=ANN), Outage.BUSY)
            assert names(engine) == ["first"]
        other.dispose()
        engine.complete_task(task.id, actor=ANN)
        assert names(engine) == ["second"]
        assert engine.audit_verify().ok


def test_an_address_that_names_no_database_of_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUAM_HOME", str(tmp_path))
    for url in ("mysql://somewhere/x", "nonsense", "sqlite:///x.db?timeout=soon", "sqlite:///x.db?timeout=-1"):
        monkeypatch.setenv("RUAM_DATABASE_URL", url)
        result = click.testing.CliRunner().invoke(main, ["instances"])
        assert result.exit_code == 1
        assert "sqlite:///FILE" in result.stderr


# ---- away


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this module's own, to stop."""
    server = PostgresServer()
    yield server
    server.stop()


def test_postgresql_that_is_stopped_is_said_and_used_again_when_it_is_back(own_server: PostgresServer, tmp_path: Path) -> None:
    url = own_server.create("away")
    create_schema(url)
    with opened(url, tmp_path / "home") as engine:
        prepared(engine)
        for _ in range(2):
            engine.start("two", actor=SYSTEM)
        engine.add_user("ann", name="ผู้ทำงาน", password=PASSWORD, groups=["workers"], actor=SYSTEM)
        first, other = (task.id for task in engine.tasks(actor=SYSTEM).items)
        app = create_app(engine, Settings(tmp_path / "home", url))
        browser = app.test_client()
        form = hidden(browser.get("/login").text)
        assert browser.post("/login", data=form | {"name": "ann", "password": PASSWORD}).status_code == 302
        page = hidden(browser.get(f"/tasks/{first}").text)
        with ThreadPoolExecutor(6) as pool:  # so that the pool keeps several connections
            list(pool.map(lambda _: engine.inbox(ANN), range(12)))
        with own_server.stopped():
            told(lambda: engine.complete_task(other, actor=ANN), Outage.AWAY)
            told(lambda: engine.inbox(ANN), Outage.AWAY)
            for answer in (browser.post(f"/tasks/{first}/complete", data=page), browser.get("/inbox"), browser.get("/health")):
                assert answer.status_code == 503
                assert "ขณะนี้เข้าถึงฐานข้อมูลไม่ได้" in answer.text, "Thai, with the way out"
                assert re.search("ลอง(ใหม่|อีกครั้ง)", answer.text)
                assert not hostile.internal(answer.text)
            assert app.test_client().get("/login").status_code in (200, 503)
            as_script = browser.get("/inbox", headers={"Accept": "application/json"})
            assert as_script.status_code == 503
            assert not hostile.internal(as_script.text)
        assert browser.get("/health").status_code == 200
        assert browser.post(f"/tasks/{first}/complete", data=page).status_code == 302, "the same form, sent again"
        assert names(engine) == ["first", "second"]
        with own_server.stopped():
            pass  # nobody asked while it was away: no connection kept from before may be met
        with ThreadPoolExecutor(6) as pool:
            assert all(found.total for found in pool.map(lambda _: engine.inbox(ANN), range(12)))
        engine.complete_task(other, actor=ANN)
        assert names(engine) == ["second", "second"]
        assert engine.audit_verify().ok


SENDING = Pack("sending")
UNDER_WAY, MAY_GO_ON = threading.Event(), threading.Event()


@SENDING.handler("send", parameters={})
def send(context: Context) -> dict[str, Any]:
    """Takes long enough for the database to go away meanwhile, the first time."""
    UNDER_WAY.set()
    assert MAY_GO_ON.wait(60)
    return {"sent": True}


SEND = process(
    "sending",
    '<startEvent id="s"/><serviceTask id="send" ruam:handler="send" ruam:deferred="true"/><endEvent id="e"/>',
    "s -> send",
    "send -> e",
)


def test_jobs_in_hand_when_postgresql_stops_run_as_soon_as_it_is_back(own_server: PostgresServer, tmp_path: Path) -> None:
    url = own_server.create("in_hand")
    create_schema(url)
    engine = Engine.open(url, home=tmp_path / "home", packs=[SENDING], clock=RealClock())
    engine.deploy({"send.bpmn": SEND}, name="sending", pack="sending", actor=SYSTEM)
    instances = [engine.start("sending", actor=SYSTEM) for _ in range(3)]
    scheduler = Scheduler(engine)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(scheduler.run)
        assert UNDER_WAY.wait(60)
        with own_server.stopped():
            MAY_GO_ON.set()
            assert running.result() == 0
            assert scheduler.beat() == 0, "it is still away"
    assert scheduler.beat() == 3
    assert [engine.instance(one.id, actor=SYSTEM).state for one in instances] == ["COMPLETED"] * 3
    assert engine.jobs(actor=SYSTEM).total == 0
    assert engine.audit_verify().ok
    engine.close()


# ---- full


@contextmanager
def room_for(pages: int) -> Iterator[None]:
    """Every SQLite connection opened in the block may let its file grow to so many pages, and no further."""

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(sa.pool.Pool, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(sa.pool.Pool, "connect", limit)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_full_database_keeps_all_it_has_and_takes_more_when_there_is_room(engine_url: str, tmp_path: Path) -> None:
    with opened(engine_url, tmp_path / "home") as engine:
        prepared(engine)
        for key in ("two", "two", "writing"):
            engine.start(key, actor=SYSTEM)
        tasks = {task.element_id: task.id for task in engine.tasks(actor=SYSTEM).items}
        heads = engine.audit_heads()
    database = sqlite3.connect(tmp_path / "ruam.db")
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.close()
    with room_for(pages + 6), opened(engine_url, tmp_path / "home") as engine:
        for _ in range(3):
            told(lambda: engine.complete_task(tasks["first"], {"text": "ก" * 300_000}, actor=ANN), Outage.FULL)
        told(lambda: engine.complete_task(tasks["agree"], actor=ANN), Outage.FULL)  # in the middle of a handler
        told(lambda: engine.start("two", variables={"text": "x" * 900_000}, actor=SYSTEM), Outage.FULL)
        assert names(engine) == ["agree", "first", "first"]
        assert engine.audit_heads() == heads
        assert engine.incidents(actor=SYSTEM).total == 0, "the process is not to blame"
        engine.complete_task(tasks["first"], {"text": "สั้น"}, actor=ANN)  # what still fits is still kept
    with opened(engine_url, tmp_path / "home") as engine:
        engine.complete_task(tasks["agree"], actor=ANN)
        assert names(engine) == ["after", "first", "second"]
        assert engine.audit_verify().ok


SMALL = """
import io, json, resource, sys
from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import Unavailable
from engine.people import SYSTEM, Actor
url, home, what, limit, task = sys.argv[1:]
ANN = Actor("ann", frozenset({"workers"}))
engine = Engine.open(url, home=home, clock=RealClock(), packs=["tests.stories.test_storage_faults:LETTERS"])
engine.inbox(ANN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))  # what a full disk says: this far and no further
pdf = b"%PDF-1.7\\n" + b"x" * 3_000_000
acts = {
    "upload": lambda: engine.upload(task, "paper", "large.pdf", io.BytesIO(pdf), actor=ANN),
    "complete": lambda: engine.complete_task(task, {"text": "x" * 900_000}, actor=ANN),
}
try:
    acts[what]()
except Unavailable as error:
    print(json.dumps([error.outage, error.message]))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if what == "complete":
    engine.complete_task(task, {"text": "x" * 900_000}, actor=ANN)
else:
    paper = acts[what]()
    engine.complete_task(task, {"paper": paper.id}, actor=ANN)
engine.close()
"""


@pytest.mark.parametrize(
    ("dialect", "what"), [("sqlite", "complete"), ("sqlite", "upload"), ("postgresql", "upload")], indirect=["dialect"]
)
def test_a_file_that_may_not_grow_is_said_and_the_same_process_goes_on_when_it_may(engine_url: str, what: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with opened(engine_url, home) as engine:
        prepared(engine)
        engine.start("two" if what == "complete" else "paper", actor=SYSTEM)
        (task,) = engine.tasks(actor=SYSTEM).items
        command = [sys.executable, "-c", SMALL, engine_url, str(home), what, "600000", task.id]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        outage, message = json.loads(done.stdout)
        assert outage == Outage.FULL, message
        assert not hostile.internal(message)
        assert names(engine) == (["second"] if what == "complete" else []), "and then it was done, in the same process"
        assert not list(home.rglob("*.part")), "no half file stays"
        assert len([path for path in (home / "documents").rglob("*") if path.is_file()]) == (0 if what == "complete" else 1)
        assert engine.audit_verify().ok


# ---- not ours


def test_a_file_that_is_damaged_or_of_another_program_is_refused_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUAM_HOME", str(tmp_path))
    run = click.testing.CliRunner().invoke
    paper, foreign, damaged = tmp_path / "paper.db", tmp_path / "foreign.db", tmp_path / "damaged.db"
    paper.write_bytes(PDF * 100)
    database = sqlite3.connect(foreign)
    with database:
        database.execute("CREATE TABLE songs (title TEXT)")
    database.close()
    create_schema(sqlite_url(damaged))
    content = bytearray(damaged.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    damaged.write_bytes(content)
    for file, command, said in (
        (paper, ["instances"], "damaged or none of ours"),
        (paper, ["db", "upgrade"], "damaged or none of ours"),
        (foreign, ["instances"], "ruam db upgrade"),
        (foreign, ["db", "upgrade"], "belongs to another program"),
        (damaged, ["instances"], "damaged or none of ours"),
    ):
        before = file.read_bytes()
        monkeypatch.setenv("RUAM_DATABASE_URL", sqlite_url(file))
        result = run(main, command)
        assert result.exit_code == 1, (file, command, result.output, result.exception)
        assert said in result.stderr, (file, command, result.stderr)
        assert "Traceback" not in result.output
        assert file.read_bytes() == before or file is foreign
    assert [row[0] for row in sqlite3.connect(foreign).execute("SELECT name FROM sqlite_master")] == ["songs"]


# ---- kill -9 of the server, over HTTP

NURSERY = """
import os, signal, sys
import webui.cli, webui.server, alembic.command, argon2, typst  # once, so that a server starts quickly
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        webui.cli.main(["serve", "--port", "0"], standalone_mode=False)
        os._exit(0)
    print("pid", child, flush=True)
    os.waitpid(child, 0)
"""


class Nursery:
    """Starts `ruam serve` again and again, each in a process of its own."""

    def __init__(self, home: Path, url: str) -> None:
        command = [sys.executable, "-c", NURSERY]
        self.process = subprocess.Popen(
            command, env=environment(home, url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )

    def serve(self) -> tuple[int, str]:
        """A new server: its pid and address."""
        pid, address = 0, None
        cast("IO[str]", self.process.stdin).write("\n")
        cast("IO[str]", self.process.stdin).flush()
        while not (pid and address):
            line = cast("IO[str]", self.process.stdout).readline()
            assert line, "the server ended"
            pid = int(line.split()[1]) if line.startswith("pid") else pid
            address = ADDRESS.search(line) or address
        return pid, address[1]

    def close(self) -> None:
        cast("IO[str]", self.process.stdin).close()
        self.process.wait(20)
        cast("IO[str]", self.process.stdout).close()


def work(address: str, cookie: Client, done: list[str]) -> None:
    """Complete tasks over HTTP until the server is gone."""
    client = Client(address)
    client.take_session(cookie)
    while True:
        try:
            for task in dict.fromkeys(re.findall(r'href="/tasks/([0-9a-f]{32})"', client.get("/inbox"))):
                if client.post(f"/tasks/{task}/complete", hidden(client.get(f"/tasks/{task}"))) == 302:
                    done.append(task)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in (404, 409):  # else the other worker was faster
                raise
        except (OSError, http.client.HTTPException):
            return


@pytest.mark.parametrize(("dialect", "kills"), [("sqlite", 15), ("postgresql", 5)], indirect=["dialect"])
def test_a_server_killed_amid_completions_loses_nothing_and_doubles_nothing(engine_url: str, kills: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    steps = [f"step{n}" for n in range(400)]
    with opened(engine_url, home) as engine:
        engine.deploy({"long.bpmn": linear("long", *steps)}, name="long", actor=SYSTEM)
        engine.add_user("ann", name="ผู้ทำงาน", password=PASSWORD, groups=["workers"], actor=SYSTEM)
        instances = [engine.start("long", actor=SYSTEM).id for _ in range(3)]
    nursery, answered, chance = Nursery(home, engine_url), list[str](), random.Random(7)
    session: Client | None = None
    try:
        for _round in range(kills):
            pid, address = nursery.serve()
            if session is None:
                session = Client(address)
                session.log_in("ann", PASSWORD)
            with ThreadPoolExecutor(2) as pool:
                workers = [pool.submit(work, address, session, answered) for _ in range(2)]
                wanted, latest = len(answered) + chance.randint(1, 6), time.monotonic() + 5
                while len(answered) < wanted and time.monotonic() < latest:
                    time.sleep(0.01)
                time.sleep(chance.uniform(0, 0.03))
                os.kill(pid, signal.SIGKILL)
                for worker in workers:
                    worker.result(20)
    finally:
        nursery.close()
    with opened(engine_url, home) as engine:
        assert engine.audit_verify().ok
        completed = [
            event.token_id
            for instance in instances
            for event in engine.history(instance, actor=SYSTEM, event="task.completed", limit=10_000).items
        ]
        assert len(answered) > kills, "work was done"
        assert len(set(completed)) == len(completed), "none twice"
        assert set(answered) <= set(completed), "what was answered was kept"
        assert len(completed) <= len(answered) + 2 * kills, "at most those whose answer was cut off"
        everything = [engine.tasks(actor=SYSTEM, instance_id=instance, open_only=False, limit=1000).items for instance in instances]
        for tasks in everything:
            done = [task.element_id for task in tasks if task.state == "COMPLETED"]
            (waiting,) = [task for task in tasks if task.state != "COMPLETED"]
            assert sorted(done) == sorted(steps[: len(done)]), "each step once, in order, and the next one waits"
            assert waiting.element_id == steps[len(done)]
            with pytest.raises(Conflict):
                engine.complete_task(next(task.id for task in tasks if task.state == "COMPLETED"), actor=ANN)
            following: str | None = waiting.id
            while following is not None and len(done) < 20:  # it goes on; the rest is the same
                following = engine.complete_task(following, actor=ANN).next_task_id
                done.append("")
        assert engine.audit_verify().ok


def test_uploads_and_documents_of_a_store_that_is_gone_are_said(engine: Engine, tmp_path: Path) -> None:
    prepared_files = {name: content for name, content in FILES.items() if name != "letters.bpmn"}
    engine.deploy(prepared_files, name="paper", actor=SYSTEM)
    engine.start("paper", actor=SYSTEM)
    (task,) = engine.tasks(actor=SYSTEM).items
    paper = engine.upload(task.id, "paper", "a.pdf", io.BytesIO(PDF), actor=ANN)
    store = tmp_path / "home" / "documents"
    store.rename(tmp_path / "elsewhere")
    store.write_text("a file where the folder should be")
    told(lambda: engine.upload(task.id, "paper", "b.pdf", io.BytesIO(PDF + b"b"), actor=ANN), Outage.AWAY)
    told(lambda: engine.open_document(paper.id, actor=ANN), Outage.AWAY)
    store.unlink()
    (tmp_path / "elsewhere").rename(store)
    view, stream = engine.open_document(paper.id, actor=ANN)
    with stream:
        assert stream.read() == PDF
    engine.complete_task(task.id, {"paper": paper.id}, actor=ANN)
