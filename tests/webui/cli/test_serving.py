"""`ruam serve` and `ruam worker` as processes."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
from pathlib import Path

from tests.servers import START_SECONDS, Client, command, environment, hidden, served

PASSWORD = "a password that is long"


def test_a_database_without_an_administrator_is_given_to_its_first_one_once(tmp_path: Path) -> None:
    added = subprocess.run(command("user", "add", "clerk1"), env=environment(tmp_path), check=False)  # who comes by command is none
    assert added.returncode == 0
    with served(tmp_path, wait_for="/welcome/") as server:
        path = re.search(r"(/welcome/\S+)", server.printed)
        assert path is not None
        client = Client(server.url)
        form = hidden(client.get(path[1])) | {"user_id": "first", "name": "ผู้ดูแลคนแรก", "password": PASSWORD, "again": PASSWORD}
        assert client.post(path[1], form) == 302
        assert Client(server.url).post(path[1], form) in (400, 403)  # used up
        Client(server.url).log_in("first", PASSWORD)
    with served(tmp_path) as server:
        assert "welcome" not in server.printed
        second = command("serve", "--port", server.url.rpartition(":")[2])
        refused = subprocess.run(second, env=environment(tmp_path), capture_output=True, text=True, timeout=START_SECONDS, check=False)
        assert refused.returncode == 1
        assert "take another port" in refused.stderr


def test_the_secret_key_is_the_owner_s_alone(tmp_path: Path) -> None:
    with served(tmp_path, wait_for="/welcome/"):
        key = tmp_path / "secret-key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_text()) == 64


def test_a_worker_stops_when_told(engine_url: str, tmp_path: Path) -> None:
    process = subprocess.Popen(command("worker"), env=environment(tmp_path, engine_url), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "waiting for jobs" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close() if process.stdout else None
