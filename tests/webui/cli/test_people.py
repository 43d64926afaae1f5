"""`ruam user`: users from a sheet, one-time links; the agency's own login in the settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from engine.errors import Invalid
from engine.testing import process
from webui.cli import main
from webui.provider import Provider

Ruam = Callable[..., click.testing.Result]
OIDC = {"RUAM_OIDC_ISSUER": "https://login.example.org", "RUAM_OIDC_CLIENT_ID": "ruam", "RUAM_OIDC_GROUPS": "CM=province:TH-50, X = opdc"}


@pytest.fixture
def ruam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ruam:
    monkeypatch.setenv("RUAM_HOME", str(tmp_path / "home"))

    def run(*arguments: str, exits: int = 0) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(main, arguments)
        assert result.exit_code == exits, result.output
        return result

    return run


def test_a_sheet_is_told_and_then_done(ruam: Ruam, tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text("user,name,roles\nann,อรุณ,auditor\nben,บุญ,king\n", "utf-8")
    wrong = ruam("user", "import", str(sheet), exits=1)
    assert "people.csv:3: roles: There is no role 'king'." in wrong.stderr
    assert "nothing done: 1 added, 0 changed, 0 unchanged, 1 mistake" in wrong.stdout
    sheet.write_bytes("user,name,roles\nann,อรุณ,auditor\n".encode("cp874"))
    assert "nothing done: 1 added" in ruam("user", "import", str(sheet), "--dry-run").stdout
    assert "done: 1 added" in ruam("user", "import", str(sheet)).stdout
    again = json.loads(ruam("user", "import", str(sheet), "--json").stdout)
    assert [row["outcome"] for row in again["rows"]] == ["unchanged"]
    sheet.write_bytes(b"\x00" * 10)
    ruam("user", "import", str(sheet), exits=1)


def test_a_link_is_printed_once(ruam: Ruam) -> None:
    ruam("user", "add", "ann")
    assert ruam("user", "link", "ann").stdout.startswith("/password/")
    ruam("user", "link", "nobody", exits=1)
    assert "RUAM_PUBLIC_URL" in ruam("user", "link", "ann").stderr


def test_what_is_mistaken_is_told(ruam: Ruam) -> None:
    assert not ruam("user", "add", "ann", "--party", "topic:mail").stderr
    assert "nobodys: in no deployed pack's parties.toml" in ruam("user", "add", "ben", "--party", "nobodys").stderr
    assert "There is a user 'ann'" in ruam("user", "add", "Ann", exits=1).stderr
    assert "no e-mail address" in ruam("user", "add", "cy", "--email", "cy", exits=1).stderr
    assert "at most 36500" in ruam("user", "token", "ann", "--days", "99999999", exits=1).stderr


def test_the_agencys_login_is_read_from_the_environment() -> None:
    assert Provider.read({}) is None
    read = Provider.read(OIDC | {"RUAM_OIDC_CREATE": "yes", "RUAM_OIDC_CLIENT_SECRET": "hidden"})
    assert read is not None
    assert (read.user_claim, read.create, read.groups) == ("preferred_username", True, {"CM": "province:TH-50", "X": "opdc"})
    assert "hidden" not in repr(read)
    for wrong in ({"RUAM_OIDC_ISSUER": "http://login.example.org"}, {"RUAM_OIDC_CLIENT_ID": ""}):
        with pytest.raises(Invalid):
            Provider.read(OIDC | wrong)
    assert Provider.read(OIDC | {"RUAM_OIDC_ISSUER": "http://127.0.0.1:3000"}) is not None


def test_who_there_is_and_who_leaves(ruam: Ruam) -> None:
    for name, party in (("ann", "writers"), ("ben", "writers"), ("root", "office")):
        ruam("user", "add", name, "--party", party, *(("--role", "administrator") if name == "root" else ()))
    assert [line.split()[0] for line in ruam("user", "list").stdout.splitlines()] == ["id", "ann", "ben", "root"]
    found = json.loads(ruam("user", "list", "--party", "writers", "--search", "an", "--json").stdout)
    assert [(one["id"], one["groups"], one["locked"]) for one in found["items"]] == [("ann", ["writers"], True)]
    assert not {"password", "session"} & set(found["items"][0])
    ruam("user", "close", "ann", "--to", "ben", "--leave", "--reason", "x", exits=2)
    assert "ann may not log in any more; 0 handed over, 0 stay" in ruam("user", "close", "ann", "--reason", "moved away").stdout
    assert json.loads(ruam("user", "list", "--state", "inactive", "--json").stdout)["total"] == 1
    ruam("user", "close", "nobody", "--reason", "x", exits=1)


def test_whose_account_is_closed_says_who_does_his_work(ruam: Ruam, tmp_path: Path) -> None:
    for name, party in (("ann", "writers"), ("ben", "writers"), ("cy", "office"), ("dan", "writers")):
        ruam("user", "add", name, "--party", party)
    for key, offered in (("shared", "camunda:candidateGroups='writers'"), ("alone", "")):
        body = f'<startEvent id="s"/><userTask id="t" name="{key}" camunda:assignee="${{who}}" {offered}/><endEvent id="e"/>'
        (tmp_path / f"{key}.bpmn").write_bytes(process(key, body, "s -> t", "t -> e"))
        ruam("deploy", str(tmp_path / f"{key}.bpmn"))
        ruam("start", key, "--data", '{"who": "ann"}')
    ruam("start", "shared", "--data", '{"who": "dan"}')
    close = ("user", "close", "ann", "--reason", "moved away")
    assert "Nobody else may do this: alone" in ruam(*close, exits=1).stderr
    assert "cy does not work for writers" in ruam(*close, "--to", "cy", exits=1).stderr
    assert json.loads(ruam("user", "list", "--state", "inactive", "--json").stdout)["total"] == 0, "nothing by halves"
    assert "2 handed over, 0 stay" in ruam(*close, "--to", "cy", "--outside").stdout
    assert "1 handed over, 0 stay" in ruam("user", "close", "dan", "--reason", "x").stdout, "back to those it was offered to"
    assert "0 handed over, 2 stay" in ruam("user", "close", "cy", "--leave", "--reason", "x").stdout


def test_what_is_refused_is_told_in_the_language_of_who_asks(ruam: Ruam, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for locale, words in {"th_TH.UTF-8": "ไม่มีผู้ใช้ “nobody”", "C.UTF-8": "There is no user 'nobody'"}.items():
        monkeypatch.setenv("LANG", locale)
        assert words in ruam("user", "close", "nobody", "--reason", "x", exits=1).stderr
