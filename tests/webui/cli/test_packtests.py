"""`ruam test`: each test of a pack, said in both languages, in JSON and in JUnit's XML; the packs that are shipped pass theirs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.webui.cli.test_cli import Ruam, printed
from tests.webui.cli.test_cli import ruam as ruam

PACKS = Path(__file__).parents[3] / "bpmn"


@pytest.fixture
def leave(tmp_path: Path) -> Path:
    """A copy of the leave pack, one of whose tests fails."""
    folder = tmp_path / "leave"
    shutil.copytree(PACKS / "leave", folder)
    approved = folder / "tests" / "approved.toml"
    approved.write_text(approved.read_text("utf-8").replace("days == 5", "days == 6"), "utf-8")
    return folder


@pytest.mark.parametrize("pack", ["leave", "participation"])
def test_the_packs_that_are_shipped_pass(ruam: Ruam, pack: str) -> None:
    found = printed(ruam("test", str(PACKS / pack), "--json"))
    assert found
    assert all(test["passed"] and test["th"] and test["en"] for test in found)


def test_what_fails_is_said_in_both_languages(ruam: Ruam, leave: Path, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    result = ruam("test", str(leave), "--junit", str(junit), exits=1)
    assert "FAIL approved: Approved at once" in result.stdout
    assert "tests/approved.toml:17: step 2 (complete “Record the leave of …”): expected days == 6; found days = 5" in result.stdout
    assert "ขั้นที่ 2 (ทำงาน “บันทึกวันลา”): คาดว่า days == 6 แต่พบว่า days = 5" in result.stdout
    assert "ok   returned" in result.stdout
    assert "3 passed, 1 failed" in result.stderr
    suite = ET.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    assert [case.get("name") for case in suite if case.find("failure") is not None] == ["approved"]


def test_those_that_are_named(ruam: Ruam, leave: Path) -> None:
    assert [test["name"] for test in printed(ruam("test", str(leave), "hurried", "returned", "--json"))] == ["hurried", "returned"]
    assert "no test 'nothing'" in ruam("test", str(leave), "nothing", exits=1).stderr
    (failed,) = printed(ruam("test", str(leave), "approved", "--json", exits=1))
    assert (failed["failure"]["step"], failed["failure"]["line"]) == (2, 17)
    assert failed["failure"]["th"]
    ruam("test", str(leave / "nowhere"), exits=2)


def test_deploying_plays_them_or_takes_a_reason(ruam: Ruam, leave: Path) -> None:
    refused = ruam("deploy", str(leave), exits=1)
    assert "tests/approved.toml:17: record: The test 'Approved at once' fails" in refused.stderr
    assert "[process-test]" in refused.stderr
    ruam("deploy", str(leave), "--no-tests", "the count of days is being mended")
    assert (
        printed(
            ruam(
                "start",
                "leave",
                "--data",
                '{"name": "a", "kind": "sick", "first_day": "2026-06-01", "last_day": "2026-06-01", "reason": "r"}',
                "--json",
            )
        )["state"]
        == "ACTIVE"
    )


def test_a_pack_without_tests(ruam: Ruam, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "has no tests" in ruam("test", str(tmp_path / "empty")).stderr


def test_one_that_expects_nothing_is_refused_by_name(ruam: Ruam, leave: Path) -> None:
    (leave / "tests" / "idle.toml").write_text('process = "leave"\n[[step]]\ncomplete = "approve"\n')
    assert "The test 'idle' expects nothing" in ruam("test", str(leave), exits=1).stderr
    assert "The test 'idle' expects nothing" in ruam("check", str(leave), exits=1).stdout


def test_what_was_played_is_written_as_a_test(ruam: Ruam, leave: Path, tmp_path: Path) -> None:
    shutil.rmtree(leave / "tests")
    ruam("deploy", str(leave))
    answers = {"name": "นายสมปอง", "kind": "sick", "first_day": "2026-06-02", "last_day": "2026-06-03", "reason": "ไข้หวัด"}
    instance = ruam("start", "leave", "--data", json.dumps(answers)).stdout.strip()
    written = ruam("record", instance).stdout
    assert 'kind = "sick"' in written
    assert "สมปอง" not in written
    assert "สมปอง" in ruam("record", instance, "--texts").stdout
    (leave / "tests").mkdir()
    file = leave / "tests" / "recorded.toml"
    ruam("record", instance, "-o", str(file), "--title", "ขอลา")
    ruam("record", instance, "-o", str(file), exits=2)
    assert [test["passed"] for test in printed(ruam("test", str(leave), "--json"))] == [True]
