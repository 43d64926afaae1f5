"""The JSON of drafts, for the modeler: files with their revisions, checks, choices, who else is there (docs/designer.md)."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, request

from engine.drafts.files import SaveConflict, kind_of
from engine.drafts.states import Step
from engine.drafts.templates import content as from_template
from engine.drafts.views import FileContent, FileView, Presence, Saved
from engine.errors import Invalid, Problem, RuamError
from webui import current, names
from webui.errors import status_of
from webui.languages import pick

page = Blueprint("designer_api", __name__, url_prefix="/designer/api")
T = TypeVar("T", bound=msgspec.Struct)
Json = dict[str, Any]


class Save(msgspec.Struct):
    """A content, over the revision it was read at."""

    content: str
    revision: int
    encoding: str = ""
    note: str = ""


class Add(msgspec.Struct):
    """A new file: of a content, or as a template has it."""

    path: str
    content: str | None = None
    template: str | None = None
    title: str = ""
    title_en: str = ""


class Rename(msgspec.Struct):
    """A file's new path."""

    path: str
    to: str
    revision: int


class Remove(msgspec.Struct):
    """A file to be taken away."""

    path: str
    revision: int


class Restore(msgspec.Struct):
    """A former content to be brought back."""

    path: str
    to: int
    revision: int = 0


class Unsaved(msgspec.Struct):
    """Contents in the place of saved ones."""

    path: str | None = None
    content: str | None = None
    files: dict[str, str] = {}

    def contents(self) -> dict[str, bytes]:
        """All of them by path."""
        given = dict(self.files)
        if self.path is not None and self.content is not None:
            given[self.path] = self.content
        return {path: text.encode() for path, text in given.items()}


class Here(msgspec.Struct):
    """Which file one has open; None: nothing any more."""

    path: str | None = None


def read(kind: type[T]) -> T:
    """The request's body. Raises Invalid."""
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        message = f"The request cannot be read: {error}"
        raise Invalid(message, [Problem(message, "อ่านคำขอไม่ได้", rule="request")], th="อ่านคำขอไม่ได้") from error


@page.errorhandler(RuamError)
def refused(error: RuamError) -> tuple[Json, int]:
    """What was refused and why, in both languages."""
    told: Json = {"code": error.code, "message": error.message, "message_th": error.message_th or error.message}
    if isinstance(error, Invalid):
        told["problems"] = [finding(problem) for problem in error.problems]
    if isinstance(error, SaveConflict):
        facts = error.facts
        told["conflict"] = {
            "revision": facts["revision"],
            "changed": facts["changed"].isoformat(),
            "changed_by": person(facts["changed_by"]),
            "copy": facts.get("copy"),
        }
    return told, status_of(error)


# ---- a draft and its files


@page.get("/drafts/<draft_id>")
def draft(draft_id: str) -> Json:
    """The draft, its files, who else is there."""
    found = current.engine().draft(draft_id, actor=current.actor())
    one = found.draft
    return {
        "id": one.id,
        "title": one.title,
        "state": one.state,
        "editable": Step.SAVE in one.may,
        "revision": one.revision,
        "pack": one.pack,
        "base": {
            "deployment": one.base_id,
            "stale": [{"key": s.key, "th": s.name, "en": s.name_en or s.name, "began": s.began, "newest": s.newest} for s in found.stale],
        },
        "author": person(one.author),
        "changed": one.changed.isoformat(),
        "changed_by": person(one.changed_by),
        "files": [_file(file) for file in found.files],
        "presence": presence(found.presence),
        "may": sorted(one.may),
    }


@page.get("/drafts/<draft_id>/files/<path:path>")
def file(draft_id: str, path: str) -> Json:
    """One file with its content."""
    engine, me = current.engine(), current.actor()
    found, whole = engine.draft_file(draft_id, path, actor=me), engine.draft(draft_id, actor=me)
    others = [one for one in whole.presence if one.path == path]
    return {**_content(found), "editable": Step.SAVE in whole.draft.may, "presence": presence(others)}


@page.put("/drafts/<draft_id>/files/<path:path>")
def save(draft_id: str, path: str) -> Json:
    """Save it, over the revision that was read; 409 where somebody else has saved since."""
    body = read(Save)
    content = _decoded(body.content, body.encoding)
    saved = current.engine().save_draft_file(draft_id, path, content, revision=body.revision, note=body.note, actor=current.actor())
    return _saved(saved)


@page.post("/drafts/<draft_id>/files")
def add(draft_id: str) -> tuple[Json, int]:
    """A new file."""
    body = read(Add)
    content = (body.content or "").encode()
    if body.template is not None:
        content = from_template(body.template, body.path.rpartition("/")[2].partition(".")[0], body.title, body.title_en)
    current.engine().add_draft_files(draft_id, {body.path: content}, actor=current.actor())
    return file(draft_id, body.path), 201


@page.post("/drafts/<draft_id>/rename")
def rename(draft_id: str) -> Json:
    """Another path for a file."""
    body = read(Rename)
    current.engine().rename_draft_file(draft_id, body.path, body.to, revision=body.revision, actor=current.actor())
    return draft(draft_id)


@page.post("/drafts/<draft_id>/remove")
def remove(draft_id: str) -> Json:
    """A file less."""
    body = read(Remove)
    current.engine().remove_draft_file(draft_id, body.path, revision=body.revision, actor=current.actor())
    return draft(draft_id)


# ---- revisions


@page.get("/drafts/<draft_id>/revisions")
def revisions(draft_id: str) -> list[Json]:
    """What was saved, newest first."""
    found = current.engine().draft_revisions(draft_id, request.args.get("path"), actor=current.actor())
    return [
        {
            "path": one.path,
            "revision": one.revision,
            "kind": one.kind,
            "size": one.size,
            "note": one.note,
            "changed": one.changed.isoformat(),
            "changed_by": person(one.changed_by),
        }
        for one in found
    ]


@page.get("/drafts/<draft_id>/revisions/<int:revision>/<path:path>")
def former(draft_id: str, revision: int, path: str) -> Json:
    """A file as it was."""
    return _content(current.engine().draft_file(draft_id, path, revision=revision, actor=current.actor()))


@page.post("/drafts/<draft_id>/restore")
def restore(draft_id: str) -> Json:
    """A file as it was, again."""
    body = read(Restore)
    saved = current.engine().restore_draft_file(draft_id, body.path, to=body.to, revision=body.revision, actor=current.actor())
    return _saved(saved)


# ---- what the modeler asks while one draws


@page.post("/drafts/<draft_id>/check")
def check(draft_id: str) -> Json:
    """What is wrong with the draft as it would be with these contents; nothing is saved."""
    begun = time.perf_counter()
    found = current.engine().check_draft(draft_id, read(Unsaved).contents(), actor=current.actor())
    errors = sum(problem.severity == "error" for problem in found)
    return {
        "findings": [finding(problem) for problem in found],
        "errors": errors,
        "warnings": len(found) - errors,
        "milliseconds": round((time.perf_counter() - begun) * 1000),
    }


@page.route("/drafts/<draft_id>/choices", methods=["GET", "POST"])
def choices(draft_id: str) -> Json:
    """What the properties of an element may be."""
    unsaved = read(Unsaved).contents() if request.method == "POST" else {}
    return current.engine().draft_choices(draft_id, unsaved, actor=current.actor())


@page.get("/drafts/<draft_id>/standing/<process>/<element>")
def standing(draft_id: str, process: str, element: str) -> Json:
    """How many running instances of a process stand at an element now."""
    return {"instances": current.engine().standing_at(draft_id, process, element, actor=current.actor())}


@page.post("/drafts/<draft_id>/presence")
def here(draft_id: str) -> Json:
    """One has this file open; who else has."""
    return {"presence": presence(current.engine().at_draft(draft_id, read(Here).path, actor=current.actor()))}


# ---- words


def person(user_id: str) -> Json:
    """A user as JSON has him."""
    th, en = names.both_names(user_id)
    return {"id": user_id, "th": th, "en": en or th}


def presence(found: Iterable[Presence]) -> list[Json]:
    """Who else has what open."""
    return [{"person": person(one.user_id), "path": one.path, "seen": one.seen.isoformat()} for one in found]


def finding(problem: Problem) -> Json:
    """A problem as JSON has it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "element": problem.element_id,
        "element_name": pick(problem.element_name, problem.element_name_en) or None,
        "field": problem.field,
        "severity": problem.severity,
        "rule": problem.rule,
        "th": problem.message_th or problem.message,
        "en": problem.message,
    }


def _file(one: FileView) -> Json:
    return {
        "path": one.path,
        "kind": one.kind,
        "revision": one.revision,
        "size": one.size,
        "changed": one.changed.isoformat(),
        "changed_by": person(one.changed_by),
    }


def _content(one: FileContent) -> Json:
    told: Json = {"path": one.path, "kind": kind_of(one.path), "revision": one.revision}
    told |= {"changed": one.changed.isoformat(), "changed_by": person(one.changed_by)}
    try:
        return {**told, "content": one.content.decode()}
    except UnicodeDecodeError:
        return {**told, "content": base64.b64encode(one.content).decode(), "encoding": "base64"}


def _decoded(text: str, encoding: str) -> bytes:
    """The bytes of a posted content. Raises Invalid."""
    try:
        return base64.b64decode(text, validate=True) if encoding == "base64" else text.encode()
    except (binascii.Error, UnicodeError) as error:
        message = "The content is not what its encoding says."
        raise Invalid(message, [Problem(message, "เนื้อหาไม่ตรงกับรหัสที่ระบุ", field="content", rule="encoding")]) from error


def _saved(saved: Saved) -> Json:
    return {"path": saved.path, "revision": saved.revision, "changed": saved.changed.isoformat(), "saved": saved.saved}
