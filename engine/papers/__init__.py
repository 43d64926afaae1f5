"""The rows of documents: uploaded with a task, made by a handler, submitted, accepted or returned. Their bytes: engine.papers.documents.

DRAFT —the task is completed→ SUBMITTED —examined→ ACCEPTED or RETURNED. A new paper of a deliverable is its next version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, select

from engine import language
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.forms import schema
from engine.ids import new_id
from engine.people.authorization import may, readable, require_sight, visible
from engine.queries import FromRow, Page
from engine.running import usertasks
from engine.states import DocumentState, Event, Verb
from engine.storage import model
from engine.storage.session import RECORD, RECORD_SIZE, Record, Session

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.papers.documents import DocumentStore, Stored

T = TypeVar("T")
DEFAULT_MAX_MB = 50


@dataclass(frozen=True, slots=True)
class DocumentView(FromRow):
    """A document; `size` in bytes. `readable` says whether the actor may open it or only knows its name."""

    id: str
    root_id: str | None
    instance_id: str | None
    task_id: str | None
    name: str
    title: str | None  # what the form asked for; None of papers the process makes, whose name says it
    title_en: str | None
    media_type: str
    size: int
    sha256: str
    store_key: str
    category: str
    unit: str | None
    deliverable: str | None
    version: int
    number: str | None
    step: str | None
    state: str
    reason: str | None
    created: datetime
    created_by: str | None
    readable: bool = True


# ---- uploading


def receive(
    read: Callable[[Callable[[Session], T]], T], store: DocumentStore, task_id: str, field: str, name: str, stream: IO[bytes]
) -> tuple[Any, Stored]:
    """Check and store the bytes before any transaction writes; (the field's rules, the stored file). Raises Invalid, NotFound."""
    rules: Any = read(lambda session: _rules(session, task_id, field))  # type: ignore[arg-type,return-value]
    limit = int((rules.get("max_mb") or DEFAULT_MAX_MB) * 1024 * 1024)
    try:
        return rules, store.put(stream, name=name, kinds=rules.get("kinds"), max_bytes=limit)
    except Invalid as error:
        problems = [Problem(p.message, p.message_th, field=field, rule=p.rule) for p in error.problems]
        raise Invalid(error.message, problems) from error


def _rules(session: Session, task_id: str, field: str) -> dict[str, Any]:
    """`x-document` of a form's file field, with its texts filled in, for a task the actor may work on."""
    require_sight(session.connection, session.actor, model.task, task_id)
    row = session.connection.execute(select(model.task).where(model.task.c.id == task_id)).mappings().one()
    if row["state"] not in ("CREATED", "CLAIMED"):
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=row["state"])
    if not may(session.connection, session.actor, Verb.WORK, model.task, task_id):
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    definition = session.shared.definitions.get(session.connection, row["definition_id"])
    element = definition.element(row["element_id"])
    form = session.shared.definitions.form(session.connection, definition, element)
    rules = form.properties.get(field, {}).get("x-document") if form is not None else None
    if not isinstance(rules, Mapping):
        raise Invalid(
            f"The form has no file field {field!r}.",
            [Problem("No such file field.", "ไม่มีช่องแนบไฟล์นี้", field=field, rule="unknown")],
            th="แบบฟอร์มไม่มีช่องแนบไฟล์นี้",
        )
    from engine.views.inbox import seen_by_task

    variables = seen_by_task(session, row)
    if not session.actor.system:
        usertasks.refuse_barred(session, definition, element.human, variables, session.actor.user_id, session.actor.groups)
    filled = {
        name: language.template(value, variables, functions=session.functions) if isinstance(value, str) else value
        for name, value in rules.items()
    }
    asked: Any = form.properties[field] if form is not None else {}
    named = {"th": schema.title(asked, "th"), "en": schema.title(asked, "en")}
    return {"unit": row["unit"], **named, **_delivered(element, filled.get("deliverable")), **filled}


def _delivered(element: Element, key: Any) -> dict[str, str]:
    """What a paper of an instalment is called by the activity that makes it: as who examines it and the certificate call it."""
    found = next((one for one in element.deliverables if one.key == key and one.instalment is not None), None)
    return {} if found is None else {name: text for name, text in (("th", found.th), ("en", found.en)) if text}


OPEN_TASK = (
    f"SELECT {RECORD}, t.element_id, t.step FROM task t JOIN instance i ON i.id = t.instance_id "
    "WHERE t.id = ? AND t.state IN ('CREATED', 'CLAIMED')"
)


def uploaded(session: Session, task_id: str, field: str, received: tuple[Any, Stored]) -> DocumentView:
    """Write the row of an uploaded file: a DRAFT until its task is completed."""
    rules, stored = received
    row = session.read_locked(OPEN_TASK, task_id)
    if row is None:
        raise Conflict("This task is not open any more.", th="งานนี้ไม่ได้เปิดอยู่แล้ว")
    if not may(session.connection, session.actor, Verb.WORK, model.task, task_id):
        raise Conflict("Somebody else has taken this task.", th="มีผู้อื่นรับงานนี้ไปแล้ว")
    record, (element_id, step) = session.adopt(row[:RECORD_SIZE]), row[RECORD_SIZE:]
    view = add(
        session,
        record,
        stored,
        category=rules.get("category") or "document",
        unit=rules.get("unit"),
        deliverable=rules.get("deliverable"),
        number=None,
        element_id=element_id,
        step=step,
        state=DocumentState.DRAFT,
        task_id=task_id,
        title=rules["th"] or None,
        title_en=rules["en"] or None,
    )
    session.write()
    return view


def add(
    session: Session,
    record: Record,
    stored: Stored,
    *,
    category: str,
    unit: str | None,
    deliverable: str | None,
    number: str | None,
    element_id: str | None,
    step: str | None,
    state: DocumentState,
    task_id: str | None = None,
    title: str | None = None,
    title_en: str | None = None,
) -> DocumentView:
    """Add a document's row."""
    session.write()
    row = {
        "id": new_id(),
        "root_id": record.root_id,
        "instance_id": record.id,
        "task_id": task_id,
        "name": stored.name,
        "title": title,
        "title_en": title_en,
        "media_type": stored.media_type,
        "size": stored.size,
        "sha256": stored.sha256,
        "store_key": stored.store_key,
        "category": category,
        "unit": unit,
        "deliverable": deliverable,
        "version": _version(session, record.root_id, deliverable, unit),
        "number": number,
        "step": step,
        "state": state.value,
        "reason": None,
        "created": session.now,
        "created_by": session.actor.user_id,
    }
    session.add(model.document, row)
    facts = {
        "document": row["id"],
        "name": row["name"],
        "category": category,
        "unit": unit,
        "deliverable": deliverable,
        "version": row["version"],
        "number": number,
        "sha256": stored.sha256,
    }
    session.record(
        record,
        Event.DOCUMENT_ADDED,
        element_id=element_id,
        token_id=task_id,
        step=step,
        facts={name: value for name, value in facts.items() if value is not None},
    )
    return DocumentView.of(row)


def _version(session: Session, root_id: str, deliverable: str | None, unit: str | None) -> int:
    if deliverable is None:
        return 1
    table = model.document
    query = select(func.max(table.c.version)).where(
        table.c.root_id == root_id, table.c.deliverable == deliverable, table.c.unit.is_not_distinct_from(unit), table.c.state != "DRAFT"
    )
    return int(session.connection.scalar(query) or 0) + 1


def submit(session: Session, record: Record, task_id: str, fields: Mapping[str, str]) -> None:
    """The task is completed with these documents (by id, each with its field); drafts that were replaced go.

    Raises Invalid for others' documents.
    """
    wanted = list(fields)
    if not wanted and session.rows.one("SELECT 1 FROM document WHERE task_id = ?", (task_id,)) is None:
        return
    table = model.document
    rows = {row["id"]: row for row in session.connection.execute(select(table).where(table.c.id.in_(wanted))).mappings()}
    for id in wanted:
        row = rows.get(id)
        of_task = row is not None and row["task_id"] == task_id
        if row is None or not (
            of_task or (row["root_id"] == record.root_id and may(session.connection, session.actor, Verb.SEE, table, id))
        ):
            problem = Problem("Upload the file again.", "กรุณาแนบไฟล์อีกครั้ง", field=fields[id], rule="document")
            raise Invalid("This file was not uploaded here.", [problem], th="ไฟล์นี้ไม่ได้แนบไว้ในงานนี้ โปรดแนบใหม่")
        if of_task and row["state"] == DocumentState.DRAFT:
            version = _version(session, record.root_id, row["deliverable"], row["unit"])
            session.rows.run("UPDATE document SET state = 'SUBMITTED', version = ? WHERE id = ?", (version, id))
    marks = ", ".join("?" for _ in wanted) or "''"
    session.rows.run(f"DELETE FROM document WHERE task_id = ? AND state = 'DRAFT' AND id NOT IN ({marks})", (task_id, *wanted))


def mark(session: Session, record: Record, document_id: str, state: DocumentState, reason: str | None) -> None:
    """Say that a document was accepted or returned. Raises NotFound."""
    view = of_root(session, record.root_id, document_id)
    session.rows.run("UPDATE document SET state = ?, reason = ? WHERE id = ?", (state, reason, document_id))
    facts = {
        "document": document_id,
        "name": view.name,
        "before": view.state,
        "after": state.value,
        "reason": reason,
        "deliverable": view.deliverable,
    }
    session.record(record, Event.DOCUMENT_MARKED, facts=facts)


# ---- looking


def of_root(session: Session, root_id: str, document_id: str) -> DocumentView:
    """A document of a root instance. Raises NotFound."""
    table = model.document
    row = session.connection.execute(select(table).where(table.c.id == document_id, table.c.root_id == root_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such document.", th="ไม่พบเอกสารนี้ หรือท่านไม่มีสิทธิ์ดู")
    return DocumentView.of(row)


def find(
    session: Session,
    root_id: str,
    *,
    category: str | None = None,
    unit: str | None = None,
    deliverable: str | None = None,
    state: str | None = None,
) -> list[DocumentView]:
    """Documents of a root instance, oldest first, whoever may see them; no drafts unless asked for."""
    table = model.document
    where: list[Any] = [table.c.root_id == root_id, table.c.state == state if state is not None else table.c.state != "DRAFT"]
    wanted = {"category": category, "unit": unit, "deliverable": deliverable}
    where += [table.c[name] == value for name, value in wanted.items() if value is not None]
    query = select(table).where(*where).order_by(table.c.created, table.c.id)
    return [DocumentView.of(row) for row in session.connection.execute(query).mappings()]


def page(
    session: Session,
    root_id: str,
    *,
    category: str | None = None,
    unit: str | None = None,
    deliverable: str | None = None,
    task_id: str | None = None,
    first: int = 0,
    limit: int = 200,
) -> Page[DocumentView]:
    """Documents of a root instance that the actor may know of, newest first."""
    table, actor = model.document, session.actor
    wanted = {"root_id": root_id, "category": category, "unit": unit, "deliverable": deliverable, "task_id": task_id}
    where: list[Any] = [visible(actor, table), *(table.c[name] == value for name, value in wanted.items() if value is not None)]
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = (
        select(table, readable(actor).label("readable"))
        .where(*where)
        .order_by(table.c.created.desc(), table.c.id.desc())
        .offset(first)
        .limit(limit)
    )
    rows = session.connection.execute(query).mappings()
    return Page(tuple(_known(row) for row in rows), total)


def _known(row: Mapping[Any, Any]) -> DocumentView:
    """A document as the actor may know it: of one he may not read, neither size nor digest nor why it was returned."""
    if row["readable"]:
        return DocumentView.of(row, readable=True)
    return DocumentView.of(row, readable=False, size=0, sha256="", store_key="", reason=None)


def standing(papers: Iterable[DocumentView]) -> tuple[DocumentView, ...]:
    """Without those that were returned and have a newer version: each paper once for who examines it again."""
    found = tuple(papers)
    newest: dict[tuple[str, str | None, str | None], int] = {}
    for paper in found:
        if paper.state != DocumentState.DRAFT:
            newest[_chain(paper)] = max(paper.version, newest.get(_chain(paper), 0))
    return tuple(paper for paper in found if paper.state != DocumentState.RETURNED or paper.version == newest[_chain(paper)])


def _chain(paper: DocumentView) -> tuple[str, str | None, str | None]:
    return paper.category, paper.unit, paper.deliverable


def of_task(session: Session, task_id: str) -> tuple[DocumentView, ...]:
    """The documents uploaded with a task, oldest first."""
    table = model.document
    query = select(table).where(table.c.task_id == task_id).order_by(table.c.created, table.c.id)
    return tuple(DocumentView.of(row) for row in session.connection.execute(query).mappings())


def view(session: Session, document_id: str) -> DocumentView:
    """A document the actor may know of. Raises NotFound."""
    row = _known_row(session, document_id)
    if row is None:
        raise NotFound("There is no such document.", th="ไม่พบเอกสารนี้")
    return _known(row)


def _known_row(session: Session, document_id: str) -> Mapping[Any, Any] | None:
    table, actor = model.document, session.actor
    query = select(table, readable(actor).label("readable")).where(table.c.id == document_id, visible(actor, table))
    return session.connection.execute(query).mappings().first()


def openable(session: Session, document_id: str) -> DocumentView:
    """A document whose content the actor may read. Raises NotFound; Forbidden where he may know its name only."""
    row = _known_row(session, document_id)
    if row is None:
        raise NotFound("There is no such document.", th="ไม่พบเอกสารนี้")
    if not row["readable"]:
        raise Forbidden("You may see that this document is there, not what is in it.", th="ท่านทราบได้ว่ามีเอกสารนี้ แต่เปิดอ่านไม่ได้")
    return DocumentView.of(row, readable=True)
