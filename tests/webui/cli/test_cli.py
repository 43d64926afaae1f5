"""The commands of CONTRACT's table, run as a user runs them, on an SQLite database in a data folder of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest

from engine.testing import process
from tests.bench import diagrams
from webui.cli import main

Ruam = Callable[..., click.testing.Result]
BROKEN = diagrams.linear(1).replace(b'targetRef="last"', b'targetRef="nowhere"')


@pytest.fixture
def ruam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ruam:
    """Runs `ruam` with these arguments and, unless told otherwise, expects it to exit with 0."""
    monkeypatch.setenv("RUAM_HOME", str(tmp_path / "home"))

    def run(*arguments: str, exits: int = 0, typed: str | None = None) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(main, arguments, input=typed)
        assert result.exit_code == exits, result.output
        return result

    return run


@pytest.fixture
def deployed(ruam: Ruam, tmp_path: Path) -> Ruam:
    """A database with one process of two tasks, and one who may do them."""
    file = tmp_path / "linear.bpmn"
    file.write_bytes(diagrams.linear(2))
    ruam("deploy", str(file))
    ruam("user", "add", "worker", "--party", "workers")
    return ruam


def printed(result: click.testing.Result) -> Any:
    return json.loads(result.stdout)


def test_a_process_from_deployment_to_its_end(deployed: Ruam) -> None:
    started = printed(deployed("start", "linear", "--business-key", "2570", "--data", '{"a": "ก"}', "--json"))
    for name in ("task1", "task2"):
        (task,) = printed(deployed("tasks", "--user", "worker", "--instance", started["id"], "--json"))["items"]
        assert task["element_id"] == name
        assert printed(deployed("complete", task["id"], "--user", "worker", "--json"))["task_id"] == task["id"]
    shown = printed(deployed("show", started["id"], "--json"))
    assert shown["instance"]["state"] == "COMPLETED"
    assert shown["instance"]["business_key"] == "2570"
    assert shown["variables"] == {"a": "ก"}
    assert "2570" in deployed("instances").stdout


def test_refusals_exit_with_1_and_say_why(deployed: Ruam) -> None:
    assert "linear" not in deployed("start", "nothing", exits=1).stdout
    (task,) = (deployed("start", "linear"), printed(deployed("tasks", "--json"))["items"])[1]
    deployed("user", "add", "stranger")
    result = deployed("complete", task["id"], "--user", "stranger", exits=1)
    assert result.stderr.startswith("ruam: ")
    deployed("show", "no-such-instance", exits=1)
    deployed("retry", "no-such-incident", exits=1)


def test_wrong_usage_exits_with_2(deployed: Ruam, tmp_path: Path) -> None:
    deployed("start", exits=2)
    deployed("start", "linear", "--data", "{not json", exits=2)
    deployed("start", "linear", "--data", "[1]", exits=2)
    deployed("deploy", str(tmp_path / "missing.bpmn"), exits=2)
    deployed("nonsense", exits=2)


def test_check_says_file_line_element_message_and_rule(ruam: Ruam, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(diagrams.linear(1))
    bad.write_bytes(BROKEN)
    assert "error" not in ruam("check", str(good)).stdout
    output = ruam("check", str(bad), exits=1).stdout
    line = next(line for line in output.splitlines() if "nowhere" in line)
    assert line.startswith("bad.bpmn:")
    assert line.split(":")[1].isdecimal()
    assert line.endswith("]")
    assert any(problem["severity"] == "error" for problem in printed(ruam("check", str(bad), "--json", exits=1)))
    named = tmp_path / "named.bpmn"
    waiting = '<bpmn:intermediateCatchEvent id="last" name="รอ"/>'.encode()
    named.write_bytes(diagrams.linear(1).replace(b'<bpmn:endEvent id="last"/>', waiting))
    (line,) = [line for line in ruam("check", str(named), exits=1).stdout.splitlines() if "last" in line]
    assert line.endswith(": last (รอ): The event does not say what it waits for. [event-without-definition]")


def test_a_deployment_with_an_error_changes_nothing(deployed: Ruam, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(BROKEN)
    assert "bad.bpmn:" in deployed("deploy", str(bad), exits=1).stderr
    deployed("start", "linear")


def test_passwords_are_asked_for_and_short_ones_refused(deployed: Ruam) -> None:
    deployed("user", "password", "worker", typed="long enough, surely\nlong enough, surely\n")
    assert "10" in deployed("user", "password", "worker", typed="short\nshort\n", exits=1).stderr
    deployed("user", "password", "nobody", typed="long enough, surely\nlong enough, surely\n", exits=1)
    assert deployed("user", "token", "worker", "--days", "30").stdout.startswith("ruam_")
    deployed("user", "token", "nobody", exits=1)


def test_nothing_is_due_and_nothing_went_wrong(deployed: Ruam) -> None:
    assert printed(deployed("run-due", "--json")) == {"run": 0}
    assert printed(deployed("incidents", "--json"))["items"] == []


def test_incidents_are_told_in_the_language_of_who_asks(deployed: Ruam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        '<startEvent id="s"/><userTask id="ask" camunda:candidateGroups="workers"/>'
        '<scriptTask id="count" name="นับ"><script>b = nothing</script></scriptTask><endEvent id="e"/>'
    )
    file = tmp_path / "c.bpmn"
    file.write_bytes(process("counting", body, "s -> ask", "ask -> count", "count -> e"))
    deployed("deploy", str(file))
    deployed("start", "counting")
    (task,) = printed(deployed("tasks", "--json"))["items"]
    deployed("complete", task["id"], "--user", "worker", exits=1)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    for locale, words in {"th_TH.UTF-8": "“นับ” (count) ทำไม่สำเร็จ: ไม่มีตัวแปร 'nothing'", "C.UTF-8": "'นับ' (count) failed"}.items():
        monkeypatch.setenv("LANG", locale)
        assert words in deployed("incidents").stdout
    (incident,) = printed(deployed("incidents", "--json"))["items"]
    assert incident["message"].startswith("'นับ'")
    assert incident["message_th"].startswith("“นับ”")


def test_the_audit_notices_a_changed_row_and_a_cut_end(deployed: Ruam, tmp_path: Path) -> None:
    import sqlite3

    deployed("start", "linear")
    heads = tmp_path / "heads.json"
    heads.write_text(deployed("audit", "heads").stdout)
    assert printed(deployed("audit", "verify", "--heads", str(heads), "--json"))["ok"] is True, "as columns"
    heads.write_text(deployed("audit", "heads", "--json").stdout)
    assert printed(deployed("audit", "verify", "--heads", str(heads), "--json"))["ok"] is True
    database = sqlite3.connect(tmp_path / "home" / "ruam.db")
    with database:
        database.execute("UPDATE history SET actor = 'somebody else' WHERE seq = 1")
    assert "NOT" in deployed("audit", "verify", exits=1).stdout
    with database:
        database.execute("DELETE FROM history")
        database.execute("UPDATE instance SET history_seq = 0, history_head = ''")
    database.close()
    deployed("audit", "verify")
    deployed("audit", "verify", "--heads", str(heads), exits=1)
    heads.write_text("[1]")
    deployed("audit", "verify", "--heads", str(heads), exits=2)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_database_without_tables_says_what_to_do(ruam: Ruam, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUAM_DATABASE_URL", empty_url)
    assert "ruam db upgrade" in ruam("instances", exits=1).stderr
    assert "brought from nothing to " in ruam("db", "upgrade").stdout
    assert "nothing was to be done" in ruam("db", "upgrade").stdout
    ruam("instances")


def test_what_waits_for_a_worker_outside_is_shown(deployed: Ruam, tmp_path: Path) -> None:
    task = '<startEvent id="s"/><serviceTask id="x" camunda:type="external" camunda:topic="mail"/><endEvent id="e"/>'
    (tmp_path / "outside.bpmn").write_bytes(process("outside", task, "s -> x", "x -> e"))
    deployed("deploy", str(tmp_path / "outside.bpmn"))
    started = deployed("start", "outside").stdout.strip()
    (waiting,) = printed(deployed("show", started, "--json"))["external_tasks"]
    assert (waiting["topic"], waiting["state"], waiting["worker_id"]) == ("mail", "FREE", None)
    shown = deployed("show", started).stdout
    assert "external tasks" in shown
    assert "mail" in shown


def test_an_instance_that_waits_for_its_time_says_so(deployed: Ruam, tmp_path: Path) -> None:
    timer = '<intermediateCatchEvent id="t" name="Delivery"><timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition>'
    body = f'<startEvent id="s"/>{timer}</intermediateCatchEvent><endEvent id="e"/>'
    (tmp_path / "pausing.bpmn").write_bytes(process("pausing", body, "s -> t", "t -> e"))
    deployed("deploy", str(tmp_path / "pausing.bpmn"))
    started = deployed("start", "pausing").stdout.strip()
    (waiting,) = printed(deployed("show", started, "--json"))["jobs"]
    assert (waiting["kind"], waiting["element_id"], waiting["error"]) == ("timer", "t", None)
    assert "Delivery" in deployed("show", started).stdout


def test_what_is_deployed_is_looked_at_where_that_is_asked(deployed: Ruam, tmp_path: Path) -> None:
    caller = tmp_path / "caller.bpmn"
    body = '<startEvent id="s"/><callActivity id="c" calledElement="linear"/><endEvent id="e"/>'
    caller.write_bytes(process("caller", body, "s -> c", "c -> e"))
    alone = deployed("check", str(caller), exits=1)
    assert "[missing-called-process]" in alone.stdout
    assert alone.stderr == "1 error\n"
    assert "missing-called-process" not in deployed("check", "--deployed", str(caller)).stdout
    assert "--deployed" in deployed("check", "--help").stdout
    caller.write_bytes(
        process("caller", body.replace("linear", "no").replace("<endEvent", '<userTask id="u"/><endEvent'), "s -> c", "c -> e")
    )
    assert deployed("check", str(caller), exits=1).stderr == "1 error, 2 warnings\n"
    assert "(1 error, 2 warnings)" in deployed("deploy", str(caller), exits=1).stderr


def test_a_process_is_started_by_somebody(deployed: Ruam) -> None:
    id = deployed("start", "linear", "--user", "worker").stdout.strip()
    assert printed(deployed("show", id, "--json"))["instance"]["started_by"] == "worker"
    deployed("start", "linear", "--user", "nobody", exits=1)


def test_no_command_waits_for_what_only_a_server_needs() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, webui.cli; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not {"flask", "waitress", "authlib", "apscheduler", "alembic"} & set(loaded.stdout.split())
