"""A plan as it is drawn: what may wait in the version that is left, and where it goes on in the other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.migration.choosing import Spots
from engine.migration.kinds import unfit
from engine.migration.plan import Way
from engine.migration.validating import may_start, waits
from engine.migration.views import Drawn, Stand

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.migration.moving import Route


def drawn(route: Route) -> Drawn:
    """Of what may wait: where it goes on, and where it could go on as it is."""
    old, new = route.old, route.new
    targets = [element for element in new.process.elements.values() if may_start(element) and element.type != "startEvent"]
    spots, found = Spots(old), []
    for element in old.process.elements.values():
        if not waits(element):
            continue
        said = route.plan.instructions.get(element.id)
        target, way = (said.target, said.way) if said is not None else (None, Way.MAP)
        fitting = tuple(one.id for one in targets if unfit(element, one) is None)
        found.append(Stand(spots.element(element.id), target, way, fitting))
    return Drawn(tuple(found), tuple(one.id for one in targets), (_inside(old), _inside(new)))


def _inside(definition: Definition) -> dict[str, str]:
    return {element.id: element.parent for element in definition.process.elements.values() if element.parent is not None}
