"""Where a task belongs, in one line: its project, its step, and what it is about where its name does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from webui.languages import pick

if TYPE_CHECKING:
    from engine.queries import TaskItem


def where(item: TaskItem) -> str:
    """`โครงการ… 2552 · ขั้นตอนที่ 12 · เชียงใหม่`."""
    project = " ".join(text for text in (pick(item.root_name, item.root_name_en), (item.business_key or "").partition("/")[0]) if text)
    step = _("Step %(n)s", n=item.step) if item.step else ""
    name, facts = pick(item.name, item.name_en), about(item.context)
    return " · ".join(text for text in (project, step, "" if facts in name else facts) if text)


def about(context: Mapping[str, Any]) -> str:
    """What one of many tasks is about: the names its facts carry (`{"province": {"th": …, "en": …}}`)."""
    names = [pick(fact.get("th"), fact.get("en")) for fact in context.values() if isinstance(fact, Mapping)]
    return ", ".join(name for name in names if name)
