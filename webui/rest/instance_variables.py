"""An instance's variables, for who may read what is in it. Changing them is a repair, for administrators."""

from __future__ import annotations

from typing import Any

from webui import current
from webui.rest.authentication import actor
from webui.rest.operations import Resource
from webui.rest.process_instances import running
from webui.rest.variables_of import VariablesOf, in_instance

resource = Resource(
    "process-instance-variable", "What is in an instance, for who may read it. Changing it is a repair, for administrators."
)


def _all(id: str) -> dict[str, Any]:
    return current.engine().variables(running(id).id, actor=actor())


of_instances = VariablesOf(_all, in_instance(lambda id: running(id).id))
of_instances.register(resource, "/process-instance/{id}/variables")
of_instances.register(resource, "/execution/{id}/localVariables")  # an instance is its own one execution
