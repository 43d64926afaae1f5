"""Two versions and a plan from one to the other: what is the same for every instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.migration.kinds import JOINS
from engine.migration.streams import Streams, branches

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.migration.plan import Plan
    from engine.spiff import Compiled


class Versions:
    """The elements of both, and which is which."""

    def __init__(self, old: Compiled, new: Compiled, plan: Plan) -> None:
        self.plan, self.old, self.new = plan, old, new
        self.images = plan.images
        self.before, self.after = Streams(old.process), Streams(new.process)
        self._branches: dict[str, dict[str, str]] = {}
        self.undoes_alike = all(self.images.get(id) == id and id in new.compensable for id in old.compensable)

    def branches(self, join: str, image: str) -> dict[str, str]:
        """New incoming flow by old one of a join."""
        if join not in self._branches:
            self._branches[join] = branches(self.before, join, self.after, image, self.images)
        return self._branches[join]

    def branch_of(self, element_id: str, join: str) -> str | None:
        """The flow of a join of the new version that is the branch an element was on; None where it was on none, or on several."""
        former = next(
            (old for old, image in self.images.items() if image == join and len(self.old.process.elements[old].incoming) > 1), None
        )
        if former is None or self.old.process.elements[former].type not in JOINS:
            return None
        on = [flow for flow in self.was(former).incoming if element_id in self.before.above(flow)]
        return self.branches(former, join).get(on[0]) if len(on) == 1 else None

    def was(self, element_id: str) -> Element:
        """An element of the version that is left."""
        return self.old.process.elements[element_id]

    def becomes(self, element_id: str) -> Element:
        """An element of the version that is moved to."""
        return self.new.process.elements[element_id]

    def name(self, element_id: str) -> str:
        """What people call an element of the version that is moved to, or that version's process."""
        element = self.new.process.elements.get(element_id)
        return (element.name or element.id) if element is not None else self.new.process.name or element_id
