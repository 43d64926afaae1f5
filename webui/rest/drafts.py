"""Drafts: from what is deployed to what will be. Ours, not Camunda's."""

from __future__ import annotations

from typing import Annotated, Self

import msgspec
from flask import Response, request

from engine.drafts.views import DraftView, DraftWhole, FileView, Saved
from engine.errors import Problem
from webui import current
from webui.rest import dates, deployments
from webui.rest.answers import OCTETS, file_answer
from webui.rest.authentication import actor
from webui.rest.deployments import DeploymentWithDefinitions
from webui.rest.differences import Differences
from webui.rest.filters import NUMBER
from webui.rest.operations import Count, Dto, Resource
from webui.rest.reading import refused

resource = Resource(
    "draft",
    "Not in Camunda 7: drafts of processes, from what is deployed to what will be (docs/designer.md). For who drafts or approves; "
    "`may` tells what the one who asks may do with it now.",
)
PART = 50
CONTENT = {"type": "object", "properties": {"data": {"type": "string", "format": "binary"}}, "required": ["data"]}
WITH_FILES = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "pack": {"type": "string"}, **deployments.FILES["properties"]},
    "required": ["title"],
}


class Draft(Dto):
    """A draft."""

    id: str
    title: str
    name: str
    pack: str | None
    state: str
    revision: int
    reason: str | None
    activate_at: dates.Instant | None
    deployment_id: str | None
    author: str
    approved_by: str | None
    created: dates.Instant
    changed: dates.Instant
    changed_by: str
    may: list[str]

    @classmethod
    def of(cls, view: DraftView) -> Self:
        """A draft of the engine's."""
        return cls(
            id=view.id, title=view.title, name=view.name, pack=view.pack, state=view.state, revision=view.revision, reason=view.reason,
            activate_at=dates.text_or_none(view.activate_at), deployment_id=view.deployment_id, author=view.author,
            approved_by=view.approved_by, created=dates.text(view.created), changed=dates.text(view.changed), changed_by=view.changed_by,
            may=sorted(view.may),
        )  # fmt: skip


class DraftFile(Dto):
    """A file of a draft. `change`: against what it began from."""

    path: str
    kind: str
    revision: int
    size: int
    changed: dates.Instant
    changed_by: str
    change: str | None

    @classmethod
    def of(cls, view: FileView, whole: DraftWhole) -> Self:
        """A file of the engine's."""
        return cls(
            path=view.path, kind=view.kind, revision=view.revision, size=view.size, changed=dates.text(view.changed),
            changed_by=view.changed_by, change=whole.changes.get(view.path),
        )  # fmt: skip


class Finding(Dto):
    """What a check says, in English and Thai."""

    severity: str
    message: str
    message_th: str
    rule: str | None
    file: str | None
    line: int | None
    element_id: str | None

    @classmethod
    def of(cls, one: Problem) -> Self:
        """A finding of the engine's."""
        return msgspec.convert(one, cls, from_attributes=True)


class SavedFile(Dto):
    """What saving did. `saved` is false where the content was the same."""

    path: str
    revision: int
    saved: bool

    @classmethod
    def of(cls, one: Saved) -> Self:
        """What the engine saved."""
        return msgspec.convert(one, cls, from_attributes=True)


class Drafts(Dto):
    """Which drafts: those in work, or those that are over."""

    over: bool | None = None


class SomeDrafts(Drafts):
    """Which part of them."""

    first_result: NUMBER | None = None
    max_results: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None


class NewDraft(Dto):
    """A draft of what is deployed with a process's newest or given version, or (`empty`) of one small process of that key."""

    title: str
    process_definition_key: str
    version: NUMBER | None = None
    empty: bool | None = None


class FilePath(Dto):
    """A file of the draft."""

    path: str


class FileAt(FilePath):
    """A file, and the revision it was read at; 0: it is new."""

    revision: NUMBER
    note: str | None = None


class Note(Dto):
    """What the second person is to know."""

    note: str | None = None


class Reason(Dto):
    """Why."""

    reason: str


class Approval(Dto):
    """Of which revision. `replace`: over a newer version that somebody else has deployed."""

    revision: NUMBER
    reason: str | None = None
    replace: bool | None = None


class Refusal(Reason):
    """Of which revision, and why."""

    revision: NUMBER


class Activation(Dto):
    """`untestedReason`: why its process tests need not pass."""

    untested_reason: str | None = None


class Schedule(Dto):
    """When it is to be activated. `untestedReason`: why its process tests need not pass."""

    at: dates.Instant
    untested_reason: str | None = None


@resource.get("/draft")
def drafts(query: SomeDrafts) -> list[Draft]:
    """The drafts in work, or those that are over; the last changed first."""
    found = current.engine().drafts(
        over=bool(query.over), first=query.first_result or 0, limit=PART if query.max_results is None else query.max_results, actor=actor()
    )
    return [Draft.of(view) for view in found.items]


@resource.get("/draft/count")
def count(query: Drafts) -> Count:
    """How many drafts."""
    return Count(count=current.engine().drafts(over=bool(query.over), limit=1, actor=actor()).total)


@resource.post("/draft/create")
def create(body: NewDraft) -> Draft:
    """Begin a draft of what is deployed, or of one small process."""
    engine = current.engine()
    if body.empty:
        return get(engine.draft_empty(body.process_definition_key, title=body.title, actor=actor()))
    return get(engine.draft_deployed(body.process_definition_key, title=body.title, version=body.version, actor=actor()))


@resource.post("/draft/create-with-files", multipart=WITH_FILES)
def create_with_files() -> Draft:
    """Begin a draft of files from elsewhere."""
    form = request.form
    files = deployments.sent(("title", "pack"))
    return get(current.engine().draft_files(files, title=form.get("title", ""), pack=form.get("pack") or None, actor=actor()))


@resource.get("/draft/{id}")
def get(id: str) -> Draft:
    """One draft."""
    return Draft.of(current.engine().draft(id, actor=actor()).draft)


@resource.get("/draft/{id}/file")
def files(id: str) -> list[DraftFile]:
    """Its files."""
    whole = current.engine().draft(id, actor=actor())
    return [DraftFile.of(one, whole) for one in whole.files]


@resource.get("/draft/{id}/file/data", media=OCTETS)
def file_content(id: str, query: FilePath) -> Response:
    """What is in a file."""
    return file_answer(current.engine().draft_file(id, query.path, actor=actor()).content, query.path.rpartition("/")[2])


@resource.post("/draft/{id}/file/data", multipart=CONTENT)
def save_file(id: str, query: FileAt) -> SavedFile:
    """Save a file; 409 where somebody else has saved it since that revision."""
    sent = request.files.get("data")
    if sent is None and "data" not in request.form:
        raise refused("The part 'data' is missing.", "data", "ไม่มีส่วน “data” ในคำขอ")
    content = sent.stream.read() if sent is not None else request.form["data"].encode()
    engine = current.engine()
    if query.revision == 0:
        return SavedFile(path=query.path, revision=engine.add_draft_files(id, {query.path: content}, actor=actor()), saved=True)
    saved = engine.save_draft_file(id, query.path, content, revision=query.revision, note=query.note or "", actor=actor())
    return SavedFile.of(saved)


@resource.delete("/draft/{id}/file")
def remove_file(id: str, query: FileAt) -> None:
    """Take a file away; what it was stays among the revisions."""
    current.engine().remove_draft_file(id, query.path, revision=query.revision, actor=actor())


@resource.get("/draft/{id}/check")
def check(id: str) -> list[Finding]:
    """What deploying it would complain or warn about."""
    return [Finding.of(one) for one in current.engine().check_draft(id, actor=actor())]


@resource.get("/draft/{id}/differences")
def differences(id: str) -> Differences:
    """What it changes in what it was begun from."""
    return Differences.of(current.engine().draft_differences(id, actor=actor()))


@resource.post("/draft/{id}/submit")
def submit(id: str, body: Note) -> None:
    """Put it before a second person."""
    current.engine().submit_draft(id, body.note or "", actor=actor())


@resource.post("/draft/{id}/withdraw")
def withdraw(id: str, body: Reason) -> None:
    """Take it back to change it."""
    current.engine().withdraw_draft(id, body.reason, actor=actor())


@resource.post("/draft/{id}/approve")
def approve(id: str, body: Approval) -> None:
    """Approve it as of a revision; for approvers who have not changed it."""
    current.engine().approve_draft(id, revision=body.revision, reason=body.reason or "", replace=bool(body.replace), actor=actor())


@resource.post("/draft/{id}/return")
def send_back(id: str, body: Refusal) -> None:
    """Send it back with a reason; for approvers."""
    current.engine().return_draft(id, revision=body.revision, reason=body.reason, actor=actor())


@resource.post("/draft/{id}/reopen")
def reopen(id: str, body: Reason) -> None:
    """Change what was approved; it will have to be approved again."""
    current.engine().reopen_draft(id, body.reason, actor=actor())


@resource.post("/draft/{id}/activate")
def activate(id: str, body: Activation) -> DeploymentWithDefinitions:
    """Deploy all its files now, if its process tests pass, or for a reason why they need not."""
    return deployments.deployed(current.engine().activate_draft(id, untested=body.untested_reason or "", actor=actor()))


@resource.post("/draft/{id}/schedule")
def schedule(id: str, body: Schedule) -> None:
    """Have the clock activate it."""
    current.engine().schedule_draft(id, dates.parse(body.at, "at"), untested=body.untested_reason or "", actor=actor())


@resource.post("/draft/{id}/unschedule")
def unschedule(id: str, body: Reason) -> None:
    """Keep the clock from it."""
    current.engine().unschedule_draft(id, body.reason, actor=actor())


@resource.post("/draft/{id}/discard")
def discard(id: str, body: Reason) -> None:
    """Give it up; it can still be read."""
    current.engine().discard_draft(id, body.reason, actor=actor())
