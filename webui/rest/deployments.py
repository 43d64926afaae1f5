"""Deployments: files together, all or none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from flask import Response, request

from engine.deployment.decision_definitions import DECISIONS
from engine.queries import Deployment as Deployed
from engine.queries import Resource as File
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.definitions import DEPLOYMENTS
from webui import current
from webui.rest import dates, filters, listing
from webui.rest.answers import file_answer
from webui.rest.authentication import actor
from webui.rest.decision_definitions import DecisionDefinition
from webui.rest.filters import like, moment, text
from webui.rest.finding import among
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Link, Resource
from webui.rest.process_definitions import ProcessDefinition
from webui.rest.reading import refused

resource = Resource("deployment", "Deployed files. Deploying is for administrators.")
FIELDS = (
    "deployment-name",
    "deployment-source",
    "enable-duplicate-filtering",
    "deploy-changed-only",
    "tenant-id",
    "deployment-activation-time",
    "untested-reason",
)
FILES: dict[str, Any] = {
    "type": "object",
    "properties": {"data": {"type": "string", "format": "binary", "description": "A file; as many as wanted, under any names."}},
}
MULTIPART = {
    "type": "object",
    "properties": {
        "deployment-name": {"type": "string"},
        "deployment-source": {"type": "string"},
        "enable-duplicate-filtering": {"type": "boolean", "description": "The same files under the same name again are no new deployment."},
        "deploy-changed-only": {"type": "boolean", "description": "Diagrams that have not changed are no new versions."},
        "tenant-id": {"type": "string", "description": "There are no tenants: anything given is refused."},
        "untested-reason": {
            "type": "string",
            "description": "Ours: why a pack's process tests need not pass; else one that fails refuses it.",
        },
        **FILES["properties"],
    },
}


class Deployment(Dto):
    """A deployment."""

    id: str
    name: str
    source: str | None
    tenant_id: str | None
    deployment_time: dates.Instant
    links: list[Link]

    @classmethod
    def of(cls, deployed: Deployed) -> Self:
        """A deployment of the engine's."""
        return cls(
            id=deployed.id,
            name=deployed.name,
            source=deployed.source,
            tenant_id=None,
            deployment_time=dates.text(deployed.created),
            links=[],
        )


class DeploymentWithDefinitions(Deployment):
    """A deployment and what is new by it."""

    deployed_process_definitions: dict[str, ProcessDefinition] | None = None
    deployed_decision_definitions: dict[str, DecisionDefinition] | None = None
    deployed_decision_requirements_definitions: dict[str, Any] | None = None
    deployed_case_definitions: dict[str, Any] | None = None


class DeploymentResource(Dto):
    """A file of a deployment."""

    id: str
    name: str
    deployment_id: str

    @classmethod
    def of(cls, file: File) -> Self:
        """A file of the engine's."""
        return cls(id=file.id, name=file.path, deployment_id=file.deployment_id)


FILTERS = (
    text("id", "id"), text("name", "name"), like("nameLike", "name"), text("source", "source"),
    filters.flag("withoutSource", "source", False, Operator.GIVEN),
    moment("before", "created", Operator.BEFORE), moment("after", "created", Operator.AFTER), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {"id": "id", "name": "name", "deploymentTime": "created"}
listing.register(resource, "/deployment", Listing("Deployment", DEPLOYMENTS, FILTERS, SORTS, Deployment, (Order("created"),)), post=False)


@resource.post("/deployment/create", multipart=MULTIPART)
def create() -> DeploymentWithDefinitions:
    """Deploy files, as Camunda Modeler does it."""
    if request.form.get("tenant-id"):
        raise refused("There are no tenants here: leave tenant-id out.", "tenant-id", "ระบบนี้ไม่มี tenant โปรดเว้นว่างไว้")
    if request.form.get("deployment-activation-time"):
        raise refused("A deployment is active at once: leave deployment-activation-time out.", "deployment-activation-time")
    changed_only = _yes("deploy-changed-only")
    made = current.engine().deploy(
        sent(FIELDS), name=request.form.get("deployment-name") or "REST", source=request.form.get("deployment-source") or None,
        same_again=not (changed_only or _yes("enable-duplicate-filtering")), changed_only=changed_only,
        tested=True, untested=request.form.get("untested-reason", ""), actor=actor(),
    )  # fmt: skip
    return deployed(made)


def deployed(made: Deployed) -> DeploymentWithDefinitions:
    """What deploying answers."""
    answer = DeploymentWithDefinitions.of(made)
    if made.new and made.definitions:
        answer.deployed_process_definitions = {one.id: ProcessDefinition.of(one) for one in made.definitions}
    if made.new:
        decisions = current.engine().search(DECISIONS, [Condition("deployment_id", Operator.IS, made.id)], actor=actor())
        answer.deployed_decision_definitions = {one.id: DecisionDefinition.of(one) for one in decisions} or None
    return answer


def _yes(name: str) -> bool:
    return request.form.get(name, "").lower() == "true"


def sent(fields: Collection[str] = ()) -> dict[str, bytes]:
    """The files of the request by name, all parts but these fields. Raises Invalid."""
    found: dict[str, bytes] = {}
    for field, file in request.files.items(multi=True):
        name = file.filename or field or ""  # a part may come without a name
        if name in found:
            raise refused(f"Two files are called '{name}'.", name, f"มีสองไฟล์ชื่อ “{name}”")
        found[name] = file.stream.read()
    for field, content in request.form.items(multi=True):  # Camunda takes a part without a file name as a file, too
        if field not in fields:
            found.setdefault(field or "", content.encode())
    if not found:
        raise refused("No deployment resources contained in the form upload.", None, "ไม่มีไฟล์ให้ติดตั้ง")
    return found


@resource.delete("/deployment/{id}")
def delete(id: str) -> None:
    """Take a deployment back that no instance ever ran of."""
    current.engine().delete_deployment(id, actor=actor())


@resource.get("/deployment/{id}/resources")
def resources(id: str) -> list[DeploymentResource]:
    """The files of a deployment; for administrators."""
    return [DeploymentResource.of(file) for file in current.engine().resources(id, actor=actor())]


@resource.get("/deployment/{id}/resources/{resource_id}")
def one_resource(id: str, resource_id: str) -> DeploymentResource:
    """One of the files; for administrators."""
    return DeploymentResource.of(_file(id, resource_id))


@resource.get("/deployment/{id}/resources/{resource_id}/data", media="application/octet-stream")
def resource_content(id: str, resource_id: str) -> Response:
    """What is in the file; for administrators."""
    file = _file(id, resource_id)
    return file_answer(current.engine().resource(file.deployment_id, file.path), file.path.rpartition("/")[2])


def _file(id: str, resource_id: str) -> File:
    return among(current.engine().resources(id, actor=actor()), resource_id, "file", "ไฟล์")
