"""Documents and remarks."""

from __future__ import annotations

from typing import IO

from engine import papers
from engine.papers import DocumentView, comments
from engine.people import Actor
from engine.queries import (
    CommentView,
    Page,
)
from engine.running.transactions import Transactions


class DocumentVerbs(Transactions):
    """Verbs of documents and remarks."""

    def upload(self, task_id: str, field: str, name: str, stream: IO[bytes], *, actor: Actor) -> DocumentView:
        """Add a file for a form's field; content and size are checked. Raises Invalid."""
        stored = papers.receive(lambda work: self._read(actor, work), self._shared.store, task_id, field, name, stream)
        return self._write(actor, lambda session: papers.uploaded(session, task_id, field, stored))

    def open_document(self, document_id: str, *, actor: Actor) -> tuple[DocumentView, IO[bytes]]:
        """A document and a stream of its content. Raises NotFound, Forbidden."""
        view = self._read(actor, lambda session: papers.openable(session, document_id))
        return view, self._shared.store.open(view.store_key)

    def document(self, id: str, *, actor: Actor) -> DocumentView:
        """A document the actor may know of, be it by name only (`readable`). Raises NotFound."""
        return self._read(actor, lambda session: papers.view(session, id))

    def documents(
        self,
        root_id: str,
        *,
        actor: Actor,
        category: str | None = None,
        unit: str | None = None,
        deliverable: str | None = None,
        task_id: str | None = None,
        first: int = 0,
        limit: int = 200,
    ) -> Page[DocumentView]:
        """Documents of a root instance that the actor may see (administrators: their names)."""
        return self._read(
            actor,
            lambda session: papers.page(
                session, root_id, category=category, unit=unit, deliverable=deliverable, task_id=task_id, first=first, limit=limit
            ),
        )

    def comment(self, instance_id: str, text: str, *, task_id: str | None = None, actor: Actor) -> CommentView:
        """Add a remark."""
        return self._write(actor, lambda session: comments.add(session, instance_id, text, task_id))

    def comments(self, instance_id: str, *, actor: Actor, task_id: str | None = None, with_tasks: bool = False) -> list[CommentView]:
        """Remarks about an instance (`with_tasks`: and about its tasks), or about one task, oldest first."""
        return self._read(actor, lambda session: comments.listed(session, instance_id, task_id, with_tasks))
