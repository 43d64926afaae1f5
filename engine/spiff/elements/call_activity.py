"""The call activity: an instance of its own, which this one waits for (BPMN 2.0.2, 10.3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import LanguageError
from engine.spiff.elements.activity import Activity
from engine.spiff.elements.base import assign
from engine.spiff.host import COUNTERS

if TYPE_CHECKING:
    from engine.diagrams.model import Call, DataMapping
    from engine.spiff.host import Host, Variables
    from engine.spiff.token import Token


def passed(host: Host, mapping: DataMapping, view: Variables) -> Any:
    """What goes from one instance to another: null for a variable that is not there, as in Camunda; an expression must have a value."""
    try:
        return host.template(mapping.source, view)
    except LanguageError as error:
        if mapping.or_null and error.facts.get("missing"):
            return None
        raise


class CallActivity(Activity):
    """Starts a child instance and takes what it declares to return."""

    @property
    def call(self) -> Call:
        if self.element.call is None:
            raise self.failed("does not say what it calls", "ไม่ได้ระบุกระบวนการที่จะเรียกใช้")
        return self.element.call

    def _run_hook(self, my_task: Token) -> bool | None:
        view, host = my_task.view(), self.host_of(my_task)
        inputs: dict[str, Any] = dict(view) if self.call.all_in else self._own(my_task)
        inputs |= {mapping.target: passed(host, mapping, view) for mapping in self.call.ins}
        host.start_child(my_task, self.element, view, inputs)
        return None

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        """The child has ended with `variables`."""
        host, results = self.host_of(token), self._shared(variables)
        kept = results if self.call.all_out_local else {}
        results = {} if self.call.all_out_local else results
        for mapping in self.call.outs:
            (kept if mapping.local else results)[mapping.target] = passed(host, mapping, variables)
        token.data.update(kept)  # for its output parameters alone
        super().finish(token, results)

    def report(self, token: Token, variables: Mapping[str, Any]) -> None:
        """The child escalates or fails: who catches that sees what it returns, as far as it has a value yet."""
        host, results = self.host_of(token), {} if self.call.all_out_local else self._shared(variables)
        for mapping in (mapping for mapping in self.call.outs if not mapping.local):
            try:
                results[mapping.target] = host.template(mapping.source, variables)
            except LanguageError as error:
                if not error.facts.get("missing"):
                    raise
        assign(token, results)

    def _own(self, token: Token) -> dict[str, Any]:
        """The variables of the activity alone: its input parameters, and with `local` those of the instance of many that it is."""
        around = token.workflow.host_token
        of_many = self.call.all_in_local and around is not None and around.element_id == self.element.id
        return {**token.workflow.data, **token.data} if of_many else dict(token.data)

    def _shared(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        shares = self.call.all_out or self.call.all_out_local
        return {name: value for name, value in variables.items() if name not in COUNTERS} if shares else {}

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).cancel_child(my_task)
        super()._on_cancel(my_task)
