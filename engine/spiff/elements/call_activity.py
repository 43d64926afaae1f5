"""The call activity: an instance of its own, which this one waits for (BPMN 2.0.2, 10.3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import LanguageError
from engine.spiff.elements.activity import Activity
from engine.spiff.elements.base import assign
from engine.spiff.host import COUNTERS

if TYPE_CHECKING:
    from engine.diagrams.model import Call
    from engine.spiff.token import Token


class CallActivity(Activity):
    """Starts a child instance and takes what it declares to return."""

    @property
    def call(self) -> Call:
        if self.element.call is None:
            raise self.failed("does not say what it calls")
        return self.element.call

    def _run_hook(self, my_task: Token) -> bool | None:
        view, host = my_task.view(), self.host_of(my_task)
        inputs: dict[str, Any] = dict(view) if self.call.all_in else dict(my_task.data)
        inputs |= {mapping.target: host.template(mapping.source, view) for mapping in self.call.ins}
        host.start_child(my_task, self.element, view, inputs)
        return None

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        """The child has ended with `variables`."""
        host, results = self.host_of(token), self._shared(variables)
        results |= {mapping.target: host.template(mapping.source, variables) for mapping in self.call.outs}
        super().finish(token, results)

    def report(self, token: Token, variables: Mapping[str, Any]) -> None:
        """The child escalates and goes on: who catches that sees what it returns, as far as it has a value yet."""
        host, results = self.host_of(token), self._shared(variables)
        for mapping in self.call.outs:
            try:
                results[mapping.target] = host.template(mapping.source, variables)
            except LanguageError as error:
                if not error.facts.get("missing"):
                    raise
        assign(token, results)

    def _shared(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in variables.items() if name not in COUNTERS} if self.call.all_out else {}

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).cancel_child(my_task)
        super()._on_cancel(my_task)
