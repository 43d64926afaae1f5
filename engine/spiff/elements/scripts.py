"""Scripts before and after an activity, as SpiffArena draws them: preScript, postScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.activity import Activity
from engine.spiff.elements.base import assign

if TYPE_CHECKING:
    from engine.spiff.token import Token


class Scripted(Activity):
    """Runs a script before the activity reads its inputs and another after it has written its outputs."""

    def read_inputs(self, token: Token) -> None:
        self._run_around(token, self.element.pre_script)
        super().read_inputs(token)

    def write_outputs(self, token: Token) -> None:
        super().write_outputs(token)
        self._run_around(token, self.element.post_script)

    def _run_around(self, token: Token, script: str | None) -> None:
        if script:
            assign(token, self.host_of(token).run_script(script, token.view()))
