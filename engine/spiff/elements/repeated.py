"""What loops and multi-instance activities have in common: one scope a round (BPMN 2.0.2, 13.3.6 and 13.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.diagrams.model import Loop
from engine.spiff.elements.activity import Activity

if TYPE_CHECKING:
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token

COMPLETE = ("is complete", "ครบแล้ว")  # what a condition decides: English, Thai
GOES_ON = ("goes on", "ทำรอบต่อไป")
THROWS = ("throws an event", "ส่งเหตุการณ์")


class Repeated(Activity):
    """Its own token only counts; the rounds run in scopes of their own, in which `loopCounter` is the number of the round from 0."""

    inside = True
    apart = True

    @property
    def loop(self) -> Loop:
        if self.element.loop is None:
            raise self.failed("has no loop characteristics", "ไม่ได้กำหนดการทำซ้ำ")
        return self.element.loop

    def read_inputs(self, token: Token) -> None:
        """Each round reads its own."""

    def write_outputs(self, token: Token) -> None:
        """Each round writes its own."""

    def open_round(self, token: Token, index: int, variables: Mapping[str, Any]) -> None:
        """Open the scope of a round, with variables of its own, and start what is in it."""
        instance = token.workflow.instance
        scope = instance.open_scope(token, instance.compiled.scopes[self.element.id])
        scope.data["loopCounter"] = index
        scope.data.update(variables)
        if self.element.type == "subProcess":  # any other activity stands in the scope and reads its own
            for mapping in self.element.inputs:
                scope.data[mapping.target] = self.host_of(token).template(mapping.source, scope.view())
            self._run_script(scope, self.element.pre_script)
        scope.start()

    def write_outputs_of(self, token: Token, scope: Scope) -> None:
        """The output parameters of a sub-process's round, which has just ended."""
        if self.element.type == "subProcess":
            (scope if scope.closed else token.workflow).assign(self.output_values(token, scope.view()))
            self._run_script(scope, self.element.post_script)

    def _run_script(self, scope: Scope, script: str | None) -> None:
        if script and self.element.scripts_on_instances:
            scope.assign(scope.instance.host.run_script(script, scope.view()))

    def number(self, token: Token, expression: str) -> tuple[Any, int | None]:
        """What an expression gives, and the whole number it is; a text of digits is one too, as it comes from forms (JUEL 1.18.3)."""
        value = self.host_of(token).evaluate(expression, token.view())
        if isinstance(value, str) and value.strip().removeprefix("-").isdecimal():
            return value, int(value)
        whole = (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
        return value, int(value) if whole else None

    def decides(self, token: Token, what: tuple[str, str], condition: str, view: Mapping[str, Any]) -> bool:
        """Whether a condition of the loop holds; anything but true or false is an error that tells what was undecided (English, Thai)."""
        result = self.host_of(token).evaluate(condition, view)
        if not isinstance(result, bool):
            raise self.failed(
                f"cannot decide whether it {what[0]}: {condition} gives {result!r}, not true or false",
                f"ตัดสินไม่ได้ว่า{what[1]}หรือไม่: {condition} ให้ค่า {result!r} ไม่ใช่จริงหรือเท็จ (true/false)",
            )
        return result
