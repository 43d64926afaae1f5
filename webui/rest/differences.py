"""What is different between two versions of a process, or between a version and files: ours, not Camunda's."""

from __future__ import annotations

from typing import Self

import msgspec

from engine.differences import Differences as Found
from engine.queries import DefinitionView
from webui import current
from webui.rest import deployments
from webui.rest.addressed import Addressed
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource
from webui.rest.process_definitions import by_id, newest
from webui.rest.reading import refused

resource = Resource(
    "difference",
    "Not in Camunda 7: what is different between versions of a process, with all files deployed with each; in Thai and English. "
    "For who drafts, approves or administers.",
)


class Said(Dto):
    """The same in Thai and in English."""

    th: str
    en: str


class Change(Dto):
    """One difference. `aspect`: which side of the thing; `element`: its id in the new version, of a form its field."""

    kind: str
    aspect: str
    sentence: Said
    before: Said | None
    after: Said | None
    element: str | None
    old_element: str | None
    name: Said | None
    step: str | None
    flow: str | None


class ChangeGroup(Dto):
    """The changes of one process, form, decision or file. `key`: of the process or decision, else the file."""

    subject: str
    key: str
    title: Said
    changes: list[Change]
    file: str | None
    old_file: str | None


class Differences(Dto):
    """All that is different."""

    groups: list[ChangeGroup]

    @classmethod
    def of(cls, found: Found) -> Self:
        """Differences of the engine's."""
        return msgspec.convert(found, cls, from_attributes=True)


class From(Dto):
    """What to compare with: another version of the process by its id; without it the one before."""

    from_: str | None = msgspec.field(default=None, name="from")


def differences(view: DefinitionView, query: From) -> Differences:
    """What has changed in a version since another (`from`), or since the one before it."""
    earlier = by_id(query.from_) if query.from_ is not None else _before(view)
    if earlier.key != view.key:
        raise refused(f"{earlier.id} is no version of '{view.key}'.", "from", f"{earlier.id} ไม่ใช่ฉบับของ “{view.key}”")
    return Differences.of(current.engine().differences(view.key, earlier.version, view.version, actor=actor()))


def _before(view: DefinitionView) -> DefinitionView:
    older = [one for one in current.engine().definitions(key=view.key, limit=view.version).items if one.version < view.version]
    if not older:
        raise refused(f"{view.id} is the first version: there is nothing before it.", "from", "นี่คือฉบับแรก จึงไม่มีฉบับก่อนหน้าให้เทียบ")
    return older[0]


def differences_with(view: DefinitionView) -> Differences:
    """What would change if these files were deployed in the place of a version's."""
    return Differences.of(current.engine().differences_with(view.key, deployments.sent(), version=view.version, actor=actor()))


definitions = Addressed(resource, "/process-definition", by_id, newest)
definitions.add("GET", "/differences", differences)
definitions.add("POST", "/differences", differences_with, multipart=deployments.FILES)
