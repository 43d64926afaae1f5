"""Two versions and a plan from one to the other: what is the same for every instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    def was(self, element_id: str) -> Element:
        """An element of the version that is left."""
        return self.old.process.elements[element_id]

    def becomes(self, element_id: str) -> Element:
        """An element of the version that is moved to."""
        return self.new.process.elements[element_id]
