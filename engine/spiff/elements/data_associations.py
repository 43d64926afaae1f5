"""Data associations of an activity: from data objects to its inputs, from its outputs to data objects (BPMN 2.0.2, 10.4.2 and 13.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.activity import Activity

if TYPE_CHECKING:
    from engine.spiff.token import Token


class Associated(Activity):
    """Copies what is there: data nobody has given a value yet is passed over, since most diagrams draw more of it than they use."""

    def read_inputs(self, token: Token) -> None:
        view = token.view()
        for association in self.element.data_inputs:
            source = next((name for name in association.sources if name in view), None)
            if source is not None:
                token.data[association.targets[0]] = view[source]
        super().read_inputs(token)

    def write_outputs(self, token: Token) -> None:
        super().write_outputs(token)
        view = token.view()
        for association in self.element.data_outputs:
            source = next((name for name in association.sources if name in view), None)
            if source is not None:
                target = next((name for name in association.targets if name in view), association.targets[0])
                token.workflow.assign({target: view[source]})
