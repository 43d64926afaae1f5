"""The files of a draft: nobody's text is lost, every content stays, what comes from outside is hostile until it was looked at."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable

import pytest

from engine.drafts import intake
from engine.drafts.files import SaveConflict
from engine.drafts.states import RevisionKind
from engine.drafts.templates import content
from engine.errors import Conflict, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import Stage, linear

FIRST = Actor("first", roles=frozenset({Role.DESIGNER}))
SECOND = Actor("second", roles=frozenset({Role.DESIGNER}))
Make = Callable[..., Stage]


@pytest.fixture
def drafted(stage: Make) -> tuple[Stage, str]:
    one = stage({"p.bpmn": linear("p", "a"), "forms/f.json": b'{"type": "object", "title": "f", "properties": {}}'})
    return one, one.engine.draft_deployed("p", title="t", actor=FIRST)


def text(one: Stage, draft: str, path: str = "p.bpmn", revision: int | None = None) -> bytes:
    return one.engine.draft_file(draft, path, revision=revision, actor=FIRST).content


def test_of_two_who_save_at_once_one_wins_and_the_others_text_is_kept(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    barrier, refused, saved = threading.Barrier(4), list[SaveConflict](), list[int]()

    def save(number: int) -> None:
        barrier.wait()
        content = f"<text{number}/>".encode()
        try:
            saved.append(
                one.engine.save_draft_file(draft, "p.bpmn", content, revision=1, actor=Actor(f"u{number}", roles=FIRST.roles)).revision
            )
        except SaveConflict as conflict:
            refused.append(conflict)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(saved), len(refused)) == (1, 3)
    kept = {text(one, draft, revision=revision) for revision in (*saved, *(conflict.facts["copy"] for conflict in refused))}
    assert kept == {f"<text{number}/>".encode() for number in range(4)}
    assert one.engine.audit_verify().ok


def test_the_same_text_is_no_revision_and_no_conflict(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    assert not one.engine.save_draft_file(draft, "p.bpmn", linear("p", "a"), revision=1, actor=FIRST).saved
    one.engine.save_draft_file(draft, "p.bpmn", b"<x/>", revision=1, actor=FIRST)
    same = one.engine.save_draft_file(draft, "p.bpmn", b"<x/>", revision=1, actor=SECOND)
    assert (same.saved, same.revision) == (False, 2)


def test_every_revision_can_be_read_and_brought_back(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    for number in range(2, 5):
        one.engine.save_draft_file(draft, "p.bpmn", f"<v{number}/>".encode(), revision=number - 1, note=f"n{number}", actor=FIRST)
    assert [(kept.revision, kept.note) for kept in one.engine.draft_revisions(draft, "p.bpmn", actor=FIRST)] == [
        (4, "n4"), (3, "n3"), (2, "n2"), (1, "")
    ]  # fmt: skip
    one.engine.restore_draft_file(draft, "p.bpmn", to=2, revision=4, actor=SECOND)
    assert (text(one, draft), text(one, draft, revision=4)) == (b"<v2/>", b"<v4/>")
    with pytest.raises(SaveConflict):
        one.engine.restore_draft_file(draft, "p.bpmn", to=3, revision=4, actor=FIRST)
    with pytest.raises(NotFound):
        one.engine.restore_draft_file(draft, "p.bpmn", to=99, revision=5, actor=FIRST)


def test_a_draft_can_be_read_as_of_any_revision(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    before = one.engine.draft_contents(draft, actor=FIRST)
    one.engine.remove_draft_file(draft, "forms/f.json", revision=1, actor=FIRST)
    one.engine.add_draft_files(draft, {"n.txt": b"n"}, actor=FIRST)
    one.engine.save_draft_file(draft, "p.bpmn", b"<new/>", revision=1, actor=FIRST)
    with pytest.raises(SaveConflict):
        one.engine.save_draft_file(draft, "p.bpmn", b"<lost/>", revision=1, actor=SECOND)
    now = one.engine.draft_contents(draft, actor=FIRST)
    assert now == {"p.bpmn": b"<new/>", "n.txt": b"n"}
    assert one.engine.draft_contents(draft, revision=1, actor=FIRST) == before
    assert one.engine.draft_contents(draft, revision=3, actor=FIRST) == {"p.bpmn": before["p.bpmn"], "n.txt": b"n"}
    assert one.engine.draft_contents(draft, revision=5, actor=FIRST) == now


def test_what_was_removed_comes_back_and_a_rename_is_told(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    one.engine.remove_draft_file(draft, "p.bpmn", revision=1, actor=FIRST)
    with pytest.raises(NotFound):
        text(one, draft)
    one.engine.restore_draft_file(draft, "p.bpmn", to=1, revision=0, actor=FIRST)
    number = one.engine.rename_draft_file(draft, "p.bpmn", "q.bpmn", revision=3, actor=FIRST)
    assert (text(one, draft, "q.bpmn"), number) == (linear("p", "a"), 4)
    kinds = [(kept.path, kept.kind) for kept in one.engine.draft_revisions(draft, actor=FIRST)][:2]
    assert sorted(kinds) == [("p.bpmn", RevisionKind.REMOVED), ("q.bpmn", RevisionKind.SAVED)]
    assert one.engine.draft(draft, actor=FIRST).changes == {"p.bpmn": "removed", "q.bpmn": "added"}
    with pytest.raises(Conflict):
        one.engine.rename_draft_file(draft, "q.bpmn", "forms/f.json", revision=4, actor=FIRST)


def test_who_has_a_file_open_is_seen_by_the_others_until_he_leaves(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    assert one.engine.at_draft(draft, "p.bpmn", actor=FIRST) == []
    assert [(there.user_id, there.path) for there in one.engine.at_draft(draft, "", actor=SECOND)] == [("first", "p.bpmn")]
    one.engine.at_draft(draft, None, actor=FIRST)
    assert one.engine.draft(draft, actor=SECOND).presence == ()
    with pytest.raises(NotFound):
        one.engine.at_draft("none", "p.bpmn", actor=FIRST)


@pytest.mark.parametrize("template", ["process", "form", "decision"])
def test_what_a_template_begins_with_is_right(stage: Make, template: str) -> None:
    one = stage()
    draft = one.engine.draft_empty("p", title='<ใหม่> & "เก่า"', actor=FIRST)
    path = {"process": "q.bpmn", "form": "forms/q.json", "decision": "q.dmn"}[template]
    one.engine.add_draft_files(draft, {path: content(template, "q", "ชื่อ <b>")}, actor=FIRST)
    assert [problem for problem in one.engine.check_draft(draft, actor=FIRST) if problem.severity == "error"] == []


@pytest.mark.parametrize("key", ["", "1a", "a b", "../x", "ก", "a" * 65, 'a"b'])
def test_a_key_that_is_none_begins_nothing(stage: Make, key: str) -> None:
    with pytest.raises(Invalid):
        stage().engine.draft_empty(key, title="t", actor=FIRST)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/x",
        "x/",
        "a//b",
        "../x",
        "a/../b",
        "./a",
        "a/.",
        "...",
        "a\\b",
        "C:x",
        "x\x00",
        "x\n",
        "x\u202e",
        " x",
        "x ",
        "x.",
        "a*",
        "a|b",
        "é" * 201,
    ],
)
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(Invalid):
        intake.check_path(path)


@pytest.mark.parametrize("path", ["p.bpmn", "forms/คำขอ.json", "letters/a b.typ", "a/b/c-d_e.1.txt"])
def test_paths_that_are_plain(path: str) -> None:
    intake.check_path(path)


def test_a_zip_that_says_less_than_it_holds_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 1_000_000)
    forged = out.getvalue().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Invalid):
        intake.unpacked(forged)


def test_many_zips_hold_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGEST_ALL", 1_500_000)
    zips = [intake.packed({"a.txt": b"0" * 1_000_000}, "p")] * 2
    assert len(intake.gathered([("one.zip", zips[0])])["a.txt"]) == 1_000_000
    with pytest.raises(Invalid, match="at most"):
        intake.gathered([(f"{number}.zip", content) for number, content in enumerate(zips)])


def test_a_file_too_large_is_not_saved(drafted: tuple[Stage, str]) -> None:
    one, draft = drafted
    with pytest.raises(Invalid):
        one.engine.save_draft_file(draft, "p.bpmn", b" " * (20 * 1024 * 1024 + 1), revision=1, actor=FIRST)
    assert one.engine.draft(draft, actor=SYSTEM).draft.revision == 1


def test_files_of_a_process_that_is_there_are_told_as_a_change_of_it(drafted: tuple[Stage, str]) -> None:
    one, _draft = drafted
    brought = one.engine.draft_files({"p.bpmn": linear("p", "a", "b")}, title="from outside", actor=SECOND)
    whole = one.engine.draft(brought, actor=SECOND)
    assert (whole.draft.name, whole.changes, whole.stale) == ("stage", {"p.bpmn": "changed", "forms/f.json": "removed"}, ())
    with pytest.raises(Conflict):
        one.engine.draft_empty("p", title="again", actor=SECOND)
