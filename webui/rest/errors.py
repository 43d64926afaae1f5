"""Errors as Camunda 7 tells them: `{"type", "message", "code"}`. HTTP codes: webui.errors, but 400 for what is not valid."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, LanguageError, NotFound, RuamError, Unavailable
from engine.storage.outages import FULL_DISK, file_outage
from webui.errors import status_of
from webui.rest.operations import JSON, Dto

Headers = Sequence[tuple[str, str]]  # a name may come twice
log = logging.getLogger(__name__)

TYPES: dict[type[RuamError], str] = {
    NotFound: "InvalidRequestException",
    Forbidden: "AuthorizationException",
    Conflict: "OptimisticLockingException",
    Invalid: "InvalidRequestException",
    Unavailable: "ProcessEnginePersistenceException",
    ExecutionFailed: "ProcessEngineException",
    LanguageError: "ScriptEvaluationException",
    RuamError: "ProcessEngineException",
}
CODES = {"OptimisticLockingException": 1}  # Camunda's built-in ones; 0 for the rest


class Error(Dto):
    """What was refused, or failed."""

    type: str
    message: str
    code: int = 0
    details: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    validation_report: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Reported(Invalid):
    """Not valid, with a report of which thing is not and why."""

    def __init__(self, kind: str, message: str, report: dict[str, Any]) -> None:
        super().__init__(message)
        self.kind, self.report = kind, report


def register(blueprint: Blueprint) -> None:
    """Answer what operations raise."""
    blueprint.register_error_handler(RuamError, of_engine)
    blueprint.register_error_handler(HTTPException, of_http)
    blueprint.register_error_handler(Exception, _crash)


def answer(status: int, kind: str, message: str, details: Mapping[str, Any] | None = None, headers: Headers = ()) -> Response:
    """An error as an answer."""
    error = Error(type=kind, message=message, code=CODES.get(kind, 0), details=dict(details) if details is not None else msgspec.UNSET)
    return Response(msgspec.json.encode(error), status, mimetype=JSON, headers=list(headers))


def of_engine(error: RuamError) -> Response:
    """An error of the engine."""
    if isinstance(error, Reported):
        told = Error(type=error.kind, message=error.message, validation_report=error.report)
        return Response(msgspec.json.encode(told), 400, mimetype=JSON)
    status = 400 if isinstance(error, Invalid | LanguageError) else status_of(error)
    if status >= 500:
        log.error("%s %s: %s %s", request.method, request.path, error.message, error.facts.get("detail", ""))
    kind = next(TYPES[kind] for kind in type(error).__mro__ if kind in TYPES)
    if isinstance(error, Invalid) and error.problems and any(problem.file for problem in error.problems):
        return answer(status, "ParseException", _message(error), _details(error))
    return answer(status, kind, _message(error))


def _message(error: RuamError) -> str:
    """What happened, and with what is not valid every place."""
    if not isinstance(error, Invalid) or not error.problems:
        return error.message
    if len(error.problems) == 1 and error.problems[0].message == error.message:
        return error.message
    wrong = [problem for problem in error.problems if problem.severity == "error"]
    told = [": ".join(part for part in (problem.element_id or problem.field, problem.message) if part) for problem in wrong]
    return " ".join(dict.fromkeys([error.message, *told]))


def _details(error: Invalid) -> dict[str, Any]:
    """The findings by file, as Camunda's modeler shows them."""
    found: dict[str, Any] = {}
    for problem in error.problems:
        of_file = found.setdefault(problem.file or "", {"errors": [], "warnings": []})
        entry = {
            "message": " / ".join(part for part in (problem.message, problem.message_th) if part),
            "line": problem.line or 0,
            "column": 0,
            "mainElementId": problem.element_id,
            "elementIds": [problem.element_id] if problem.element_id else [],
        }
        of_file["errors" if problem.severity == "error" else "warnings"].append(entry)
    return found


def of_http(error: HTTPException) -> Response:
    """An error of HTTP: no such path, a method that is not there, a body too large."""
    status = error.code or 500
    kind = "InvalidRequestException" if status in (400, 404, 413, 415) else "RestException"
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "WWW-Authenticate", "Retry-After")]
    return answer(status, kind, _of_http(status, error), headers=headers)


def _of_http(status: int, error: HTTPException) -> str:
    """What is wrong in the words of the REST, not in those for people at a browser."""
    if status == 404:
        return f"There is no resource {request.path[:200]} here; docs/rest.md and /engine-rest/openapi.json tell those there are."
    if status == 405:
        return f"{request.path[:200]} does not take {request.method}."
    return error.description or error.name


def _crash(error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in FULL_DISK:
        return of_engine(file_outage(error))
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return answer(500, "RestException", "Internal error.")
