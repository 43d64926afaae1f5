"""The REST under `/engine-rest`: Camunda 7's names over the engine's verbs. One module a resource."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Blueprint, Flask, Response, request

from webui import auth
from webui.rest import (
    activity_instances,
    authentication,
    batches,
    comments,
    decision_definitions,
    deployments,
    differences,
    drafts,
    errors,
    event_subscriptions,
    events,
    executions,
    external_tasks,
    incidents,
    instance_variables,
    job_definitions,
    jobs,
    migration,
    modifications,
    openapi,
    people,
    process_definitions,
    process_instances,
    task_variables,
    tasks,
    variable_instances,
)
from webui.rest import version as version_resource
from webui.rest.history import activities, details, instances
from webui.rest.history import incidents as historic_incidents
from webui.rest.history import operations as operation_log
from webui.rest.history import tasks as historic_tasks
from webui.rest.history import variables as historic_variables
from webui.rest.operations import JSON, Operation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/engine-rest"
ENGINE = f"{PREFIX}/engine/{version_resource.NAME}/"  # Camunda's other path to its one engine
RESOURCES = (
    deployments.resource,
    process_definitions.resource,
    differences.resource,
    drafts.resource,
    process_instances.resource,
    activity_instances.resource,
    modifications.resource,
    instance_variables.resource,
    executions.resource,
    variable_instances.resource,
    tasks.resource,
    task_variables.resource,
    comments.resource,
    external_tasks.resource,
    events.messages,
    events.signals,
    events.conditions,
    event_subscriptions.resource,
    incidents.resource,
    jobs.resource,
    migration.resource,
    batches.resource,
    job_definitions.resource,
    decision_definitions.resource,
    instances.resource,
    activities.resource,
    historic_tasks.resource,
    historic_variables.resource,
    details.resource,
    historic_incidents.resource,
    operation_log.resource,
    people.users,
    people.groups,
    people.identity,
    version_resource.resource,
)


def register(app: Flask) -> None:
    """Put the REST beside the pages."""
    blueprint = Blueprint("rest", __name__, url_prefix=PREFIX)
    app.extensions[authentication.TOLD] = authentication.Remembered(authentication.HOUR)
    app.before_request(_unknown)
    blueprint.before_request(_authenticate)
    errors.register(blueprint)
    blueprint.add_url_rule("/openapi.json", "openapi", _openapi)
    for resource in RESOURCES:
        for operation in resource.operations:
            _add(blueprint, operation)
    auth.csrf.exempt(blueprint)  # no cookie is looked at
    app.register_blueprint(blueprint)
    app.wsgi_app = _of_one_engine(app.wsgi_app)  # type: ignore[assignment, method-assign]


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return openapi.document(RESOURCES, PREFIX, version_resource.installed())


def _unknown() -> Response | None:
    """No such path or method of the REST is said as the REST says it."""
    error = request.routing_exception
    if error is None or (error.code or 500) < 400 or not request.path.startswith(PREFIX + "/"):
        return None
    return errors.of_http(error)


def _of_one_engine(application: WSGIApplication) -> WSGIApplication:
    """Takes the engine's name out of a path: half the rules to make and to match."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(ENGINE):
            environ["PATH_INFO"] = f"{PREFIX}/{path.removeprefix(ENGINE)}"
        return application(environ, start_response)

    return respond


def _add(blueprint: Blueprint, operation: Operation) -> None:
    blueprint.add_url_rule(
        operation.rule, operation.name, operation.respond, methods=[operation.method], provide_automatic_options=False,
        strict_slashes=False,  # Camunda's documentation writes PUT /task/{id}/
    )  # fmt: skip


def _authenticate() -> None:
    if request.endpoint != "rest.openapi":
        authentication.authenticate()


@cache
def _document() -> bytes:
    return msgspec.json.encode(document())


def _openapi() -> Response:
    return Response(_document(), mimetype=JSON)
