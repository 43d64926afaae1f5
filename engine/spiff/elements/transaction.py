"""Transactions: a cancel end event stops all inside, undoes what has completed, leaves at the cancel boundary (BPMN 2.0.2, 10.7, 13.5.5).

An error that leaves a transaction is a hazard: it goes to its error boundary event, and nothing is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff import piles
from engine.spiff.elements import compensation
from engine.spiff.elements.base import FlowNode

if TYPE_CHECKING:
    from engine.spiff.token import Token


class CancelEnd(FlowNode):
    """Mixed into end events that cancel the transaction around them."""

    def _on_complete(self, my_task: Token) -> None:
        around: Token | None = my_task.workflow.host_token
        super()._on_complete(my_task)
        while around is not None and not around.element.transaction:
            around = around.workflow.host_token
        if around is None:
            raise self.failed("stands in no transaction", "ไม่ได้อยู่ในธุรกรรมใด")
        if not around.undoing:
            cancel(around)


def cancel(transaction: Token) -> None:
    """Stop all that runs in a transaction, of a repeated one in each instance, and begin to undo what has completed."""
    instance = transaction.workflow.instance
    transaction.internal_data["undoing"] = "cancel"
    transaction.touch()
    for scope in instance.scopes_of(transaction):
        compensation.gather(scope)
        scope.cancel_all()
        instance.idle.append(scope)
    for variables, records in piles.take(transaction.workflow, transaction.internal_data.pop("insides", piles.new())):
        compensation.restore(transaction, variables, records)


def undone(activity: Token) -> None:
    """All in an activity is undone. A transaction goes on at its cancel boundary event; without one the path ends."""
    if activity.internal_data["undoing"] == "cancel":
        _leave_cancelled(activity)
    else:
        compensation.ended(activity)


def _leave_cancelled(transaction: Token) -> None:
    scope = transaction.workflow
    for boundary in scope.spec.boundaries(transaction.element_id):
        if any(event.kind == "cancel" for event in boundary.events):
            scope.spec.node(boundary.id).catch(scope, transaction)
            return
    transaction.cancel()
