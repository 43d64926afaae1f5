"""What a draft changes, in sentences; on the drawings it stands in webui/pages/differences.py."""

from __future__ import annotations

from flask import render_template

from webui import current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page


@page.get("/<draft_id>/difference")
def difference(draft_id: str) -> str:
    """From what it began from to what it is now."""
    head = parts.head(draft_id, "difference")
    return render_template(
        "designer/difference.html",
        head=head,
        draft=head.whole.draft,
        groups=current.engine().draft_differences(draft_id, actor=current.actor()).groups,
        states=parts.STATES,
        names=names,
    )
