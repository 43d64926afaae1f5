"""A decision of a draft tried before it is saved: which rules match, and what they give."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.decisions import Decisions
from engine.errors import LanguageError, RuamError
from webui import current, decisiontrial
from webui.pages.designer.api import Json, page, read


class Tried(msgspec.Struct):
    """A decision that is not saved yet, and what one types as the values of its variables."""

    path: str
    content: str
    decision: str
    values: dict[str, str] = {}


@page.post("/drafts/<draft_id>/decide")
def decide(draft_id: str) -> Json:
    """The variables it reads, the rules that match, what it gives or what stands against it. Raises NotFound, Invalid."""
    body = read(Tried)
    files = current.engine().draft_contents(draft_id, actor=current.actor())
    own = {path: content for path, content in files.items() if path.endswith(".dmn")} | {body.path: body.content.encode()}
    decisions = Decisions.load_all(_whole(own, body.path))
    told: Json = {"names": decisions.reads(body.decision), "matched": [], "rows": [], "fault": None}
    variables = {name: decisiontrial.typed(text) for name, text in body.values.items()}
    try:
        told["matched"] = decisions.matching(body.decision, variables, functions=current.functions())
        rows = decisions.evaluate(body.decision, variables, functions=current.functions())
        told["rows"] = [[{"name": name, "value": value} for name, value in row.items()] for row in rows]  # in the table's order
    except LanguageError as error:
        th, en = decisiontrial.fault(error)
        told["fault"] = {"th": th, "en": en}
    return told


def _whole(files: Mapping[str, bytes], asked: str) -> dict[str, bytes]:
    """The files that can be read; the one that is asked about whether it can or not."""
    found = {asked: files[asked]}
    for path, content in files.items():
        try:
            Decisions.load(content, path)
        except RuamError:
            continue
        found[path] = content
    return found
