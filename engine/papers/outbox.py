"""Notices: rows written with the step that causes them, read in the inbox. The column `sent` is for who mails them; nothing here does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine import language
from engine.errors import LanguageError, NotFound
from engine.queries import NoticeView, Page
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.storage.session import Record, Session

LANGUAGES = ("th", "en")
BUILT_IN: dict[str, dict[str, dict[str, str]]] = {
    "th": {
        "reminder": {"subject": "ใกล้ถึงกำหนด: ${task}", "body": "งาน “${task}” ครบกำหนด ${due}"},
        "escalation": {"subject": "เกินกำหนด: ${task}", "body": "งาน “${task}” ของ ${party} เกินกำหนด ${due} แล้ว"},
    },
    "en": {
        "reminder": {"subject": "Due soon: ${task_en}", "body": "The task “${task_en}” is due ${due_en}"},
        "escalation": {"subject": "Overdue: ${task_en}", "body": "The task “${task_en}” of ${party_en} was due ${due_en}"},
    },
}


def notify(
    session: Session,
    record: Record,
    definition: Definition,
    recipients: Iterable[str],
    text: str,
    facts: Mapping[str, Any],
    *,
    task_id: str | None = None,
) -> None:
    """Add a notice for each group or user. Raises NotFound for a text that neither the pack nor the engine has."""
    th, en = (_text(session, definition, language_key, text) for language_key in LANGUAGES)
    if th is None:
        raise NotFound(f"There is no text {text!r} in texts/th.toml.", th=f"ไม่มีข้อความ “{text}” ใน texts/th.toml")
    en = en or th
    body = "\n\n".join(_filled(part.get("body", ""), facts) for part in ([th] if en is th else [th, en]))
    for recipient in dict.fromkeys(recipients):
        session.notify(
            recipient, _filled(th["subject"], facts), _filled(en["subject"], facts), body.strip(), record=record, task_id=task_id
        )


def _text(session: Session, definition: Definition, language_key: str, text: str) -> Mapping[str, str] | None:
    texts = session.shared.definitions.texts(session.connection, definition.deployment_id, language_key)
    found = texts.get(text) or BUILT_IN[language_key].get(text)
    return found if isinstance(found, Mapping) and "subject" in found else None


def _filled(text: str, facts: Mapping[str, Any]) -> str:
    try:
        return str(language.template(text, facts))
    except LanguageError:
        return text  # a notice with a hole is better than a step that fails for it


def notices(session: Session, *, first: int = 0, limit: int = 20) -> Page[NoticeView]:
    """Notices for the actor and his groups, newest first."""
    table, actor = model.outbox, session.actor
    mine = (table.c.kind == "notice") & table.c.recipient.in_([actor.user_id, *sorted(actor.all_groups)])
    total = session.connection.scalar(select(func.count()).select_from(table).where(mine)) or 0
    query = select(table).where(mine).order_by(table.c.created.desc(), table.c.id.desc()).offset(first).limit(limit)
    return Page(tuple(NoticeView.of(row) for row in session.connection.execute(query).mappings()), total)
