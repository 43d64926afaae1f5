"""Remarks about tasks, and papers uploaded with them as Camunda's attachments."""

from __future__ import annotations

from typing import Self

from flask import Response, request

from engine.papers import DocumentView
from engine.queries import CommentView
from webui import current
from webui.rest import dates
from webui.rest.answers import file_answer
from webui.rest.authentication import actor
from webui.rest.finding import among
from webui.rest.operations import Dto, Link, Resource
from webui.rest.reading import refused
from webui.rest.tasks import find

resource = Resource("task-comment", "Remarks about tasks, and papers uploaded with them.")


class Comment(Dto):
    """A remark."""

    id: str
    user_id: str
    task_id: str | None
    process_instance_id: str | None
    time: dates.Instant
    message: str
    removal_time: dates.Instant | None
    root_process_instance_id: str | None
    links: list[Link]

    @classmethod
    def of(cls, view: CommentView) -> Self:
        """A remark of the engine's."""
        return cls(
            id=view.id, user_id=view.user_id, task_id=view.task_id, process_instance_id=view.instance_id, time=dates.text(view.created),
            message=view.text, removal_time=None, root_process_instance_id=None, links=[],
        )  # fmt: skip


class NewComment(Dto):
    """A remark to make."""

    message: str
    process_instance_id: str | None = None


class Attachment(Dto):
    """A paper uploaded with a task."""

    id: str
    name: str
    description: str | None
    task_id: str | None
    type: str
    url: str | None
    create_time: dates.Instant
    removal_time: dates.Instant | None
    root_process_instance_id: str | None
    links: list[Link]

    @classmethod
    def of(cls, view: DocumentView) -> Self:
        """A paper of the engine's."""
        return cls(
            id=view.id, name=view.name, description=view.category, task_id=view.task_id, type=view.media_type, url=None,
            create_time=dates.text(view.created), removal_time=None, root_process_instance_id=view.root_id, links=[],
        )  # fmt: skip


@resource.get("/task/{id}/comment")
def comments(id: str) -> list[Comment]:
    """The remarks about a task."""
    task = current.engine().task(id, actor=actor()).task
    return [Comment.of(view) for view in current.engine().comments(task.instance_id, task_id=id, actor=actor())]


@resource.get("/task/{id}/comment/{comment_id}")
def comment(id: str, comment_id: str) -> Comment:
    """One remark."""
    return among(comments(id), comment_id, "comment", "ข้อความ")


@resource.post("/task/{id}/comment/create")
def add_comment(id: str, body: NewComment) -> Comment:
    """Make a remark about a task; who sees the task reads it."""
    task = find(id)
    return Comment.of(current.engine().comment(task.instance_id, body.message, task_id=id, actor=actor()))


@resource.get("/task/{id}/attachment")
def attachments(id: str) -> list[Attachment]:
    """The papers uploaded with a task that one may know of."""
    return [Attachment.of(paper) for paper in _papers(id)]


UPLOAD = {
    "type": "object",
    "properties": {
        "attachment-name": {"type": "string", "description": "A file field of the task's form; needed where it has several."},
        "attachment-description": {"type": "string"},
        "attachment-type": {"type": "string"},
        "content": {"type": "string", "format": "binary"},
    },
}


@resource.post("/task/{id}/attachment/create", multipart=UPLOAD)
def add_attachment(id: str) -> Attachment:
    """Upload a paper for a file field of the task's form; its id is the value to complete the task with."""
    form = current.engine().asked(find(id).id, actor=actor()).form
    names = list(form.documents()) if form is not None else []
    wanted = request.form.get("attachment-name", "")
    file = request.files.get("content")
    if file is None or not (wanted in names or len(names) == 1):
        raise refused(f"Send `content` for one of the form's file fields: {', '.join(names) or 'it has none'}.", "attachment-name")
    name = wanted if wanted in names else names[0]
    return Attachment.of(current.engine().upload(id, name, file.filename or name, file.stream, actor=actor()))


@resource.get("/task/{id}/attachment/{attachment_id}")
def attachment(id: str, attachment_id: str) -> Attachment:
    """One of the papers."""
    return Attachment.of(_paper(id, attachment_id))


@resource.get("/task/{id}/attachment/{attachment_id}/data", media="application/octet-stream")
def attachment_content(id: str, attachment_id: str) -> Response:
    """What is in a paper."""
    view, stream = current.engine().open_document(_paper(id, attachment_id).id, actor=actor())
    with stream:
        return file_answer(stream.read(), view.name, view.media_type)


def _papers(id: str) -> tuple[DocumentView, ...]:
    task = current.engine().task(id, actor=actor()).task
    return current.engine().documents(task.root_id, task_id=id, actor=actor(), limit=1000).items


def _paper(id: str, attachment_id: str) -> DocumentView:
    return among(_papers(id), attachment_id, "attachment", "เอกสาร")
