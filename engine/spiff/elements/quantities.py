"""Activities that take or give more than one token (BPMN 2.0.2, 10.3 and 13.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.activity import Activity
from engine.spiff.elements.base import WAITING

if TYPE_CHECKING:
    from engine.diagrams.model import Flow
    from engine.spiff.token import Token


class Quantified(Activity):
    """Starts when `startQuantity` tokens have arrived, over whichever flows, and ends with `completionQuantity` on each flow it takes."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        arrived = my_task.internal_data.get("arrived")  # none where the activity is the beginning of its scope
        if arrived is not None:
            if sum(arrived.values()) < self.element.start_quantity:
                my_task._set_state(WAITING)
                return False
            del my_task.internal_data["arrived"], my_task.workflow.joins[self.element.id]  # what comes now is for another start
        return super()._update_hook(my_task)

    def flows_taken(self, token: Token) -> list[Flow]:
        return super().flows_taken(token) * self.element.completion_quantity
