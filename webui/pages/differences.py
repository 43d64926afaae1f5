"""What is different between two versions of a process, or between a draft and what it was begun from: in words, and on the drawings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from engine.diagrams import as_text
from engine.differences import Change, Differences, Group, Kind, Subject
from engine.errors import NotFound
from webui import current
from webui.languages import pick

if TYPE_CHECKING:
    from engine.queries import DefinitionView

page = Blueprint("differences", __name__, url_prefix="/differences")
MOST_VERSIONS = 200


@dataclass(slots=True)
class Section:
    """The changes of one step of a process; of no step: what belongs to none."""

    step: str | None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two drawings: where its file is, and what to colour."""

    name: str
    words: str
    url: str | None
    marks: dict[str, list[str]]


@page.get("/processes/<key>")
def of_versions(key: str) -> str:
    """Two versions of a process, chosen by `?from=` and `?to=`; by default the newest and the one before."""
    engine = current.engine()
    versions = engine.definitions(key=key, limit=MOST_VERSIONS).items
    if not versions:
        raise NotFound(f"There is no process {key!r}.", th="ไม่มีกระบวนการนี้")
    after = _version("to", versions, versions[0].version)
    older = [one.version for one in versions if one.version < after]
    before = _version("from", versions, older[0] if older else after)
    found = engine.differences(key, before, after, actor=current.actor())
    newest = next(one for one in versions if one.version == after)

    def drawing(version: int, file: str) -> str:
        return url_for("differences.version_file", key=key, version=version, file=file)

    return _page(
        found,
        key,
        (lambda file: drawing(before, file), _("version %(n)s", n=before)),
        (lambda file: drawing(after, file), _("version %(n)s", n=after)),
        versions=versions,
        before=before,
        after=after,
        title=pick(newest.name, newest.name_en) or key,
        back=_back(newest),
    )


@page.get("/processes/<key>/<int:version>/file")
def version_file(key: str, version: int) -> Response:
    """A diagram deployed with a version, `?file=` its path, as text for the viewer."""
    return _file(current.engine().pack_files(key, version=version, actor=current.actor()))


@page.get("/drafts/<draft_id>")
def of_draft(draft_id: str) -> str:
    """A draft, and what it was begun from."""
    engine, me = current.engine(), current.actor()
    found = engine.draft_differences(draft_id, actor=me)
    draft = engine.draft(draft_id, actor=me).draft
    return _page(
        found,
        "",
        (lambda file: url_for("differences.draft_file", draft_id=draft_id, side="base", file=file), _("what it was begun from")),
        (lambda file: url_for("differences.draft_file", draft_id=draft_id, side="draft", file=file), _("the draft")),
        title=draft.title,
        back=None,
    )


@page.get("/drafts/<draft_id>/<any(base, draft):side>/file")
def draft_file(draft_id: str, side: str) -> Response:
    """A diagram of a draft, or of what it was begun from."""
    engine, me = current.engine(), current.actor()
    return _file(engine.draft_base(draft_id, actor=me) if side == "base" else engine.draft_contents(draft_id, actor=me))


def _back(newest: DefinitionView) -> tuple[str, str]:
    """To the process's page, which is for administrators; for others to the drafts."""
    if current.actor().administrator:
        return url_for("administration.definition", definition_id=newest.id), pick(newest.name, newest.name_en) or newest.key
    return url_for("designer.show"), _("Process design")


def _version(name: str, versions: Iterable[DefinitionView], default: int) -> int:
    """The version chosen, if there is such a one."""
    chosen = request.args.get(name, type=int)
    return chosen if chosen in {one.version for one in versions} and chosen is not None else default


def _file(files: dict[str, bytes]) -> Response:
    content = files.get(request.args.get("file", ""))
    if content is None:
        raise NotFound("There is no such file.", th="ไม่มีไฟล์นี้")
    return Response(as_text(content), mimetype="application/xml")


def _page(found: Differences, key: str, old: Any, new: Any, **facts: Any) -> str:
    drawn = [group for group in found.groups if group.subject is Subject.PROCESS]
    wanted = request.args.get("process") or key
    chosen = next((group for group in drawn if group.key == wanted), drawn[0] if drawn else None)
    compared = {name: facts[fact] for name, fact in (("from", "before"), ("to", "after")) if fact in facts}

    def link(process: str, element: str | None = None) -> str:
        """The same page with that process's drawings, on an element of it."""
        chosen_ones = {**(request.view_args or {}), **compared, "process": process, "element": element}
        return url_for(request.endpoint or "", _anchor="drawing", **chosen_ones)

    return render_template(
        "pages/differences.html",
        link=link,
        groups=[(group, _sections(group)) for group in found.groups],
        drawn=drawn,
        chosen=chosen,
        sides=_sides(chosen, old, new) if chosen is not None else [],
        element=request.args.get("element"),
        numbers=_counts(found),
        kinds=_kinds(),
        **{"versions": (), "before": None, "after": None, **facts},
    )


def _sections(group: Group) -> list[Section]:
    """By step where the group is a process, in the order of the process; what belongs to none comes first."""
    if group.subject is not Subject.PROCESS:
        return [Section(None, list(group.changes))]
    found: dict[str | None, Section] = {None: Section(None)}
    for change in group.changes:
        found.setdefault(change.step, Section(change.step)).changes.append(change)
    return [section for section in found.values() if section.changes]


def _sides(group: Group, old: Any, new: Any) -> list[Side]:
    marks = group.marks
    assert marks is not None
    flows = [change.flow for change in group.changes if change.flow is not None]
    was = {"removed": marks.removed, "changed": (*marks.old_changed, *flows), "drawn": marks.old_drawn}
    now = {"added": marks.added, "changed": (*marks.changed, *flows), "drawn": marks.drawn}
    return [
        Side(
            name,
            words,
            url(file) if file is not None else None,
            {kind: list(ids) for kind, ids in coloured.items()},
        )
        for name, (url, words), file, coloured in (("old", old, group.old_file, was), ("new", new, group.file, now))
    ]


def _counts(found: Differences) -> dict[Kind, int]:
    counts = {kind: sum(1 for change in found if change.kind is kind) for kind in Kind}
    return {kind: number for kind, number in counts.items() if number}


def _kinds() -> dict[Kind, tuple[str, str]]:
    """A sign and a word for each kind, the same as on the drawings."""
    return {
        Kind.ADDED: ("+", _("added")),
        Kind.REMOVED: ("−", _("removed")),
        Kind.CHANGED: ("≠", _("changed")),
        Kind.DRAWN: ("↔", _("drawing only")),
    }
