"""What service and business-rule tasks do: call a handler of the pack, or decide by a DMN table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import decisions
from engine.context import Context
from engine.deployment.decision_bindings import bound
from engine.errors import ExecutionFailed, Invalid, RuamError
from engine.language.times import parse_duration
from engine.spiff import DEFERRED, BpmnError, Deferred
from engine.storage.outages import DRIVERS, FULL_DISK, file_outage
from engine.values import check_values

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.running.outside import Outside

DEFAULT_RETRIES, DEFAULT_WAIT = 3, 60  # attempts; seconds before the second one
_ATTEMPTS = re.compile(r"R?(\d+)(?:/(P\S+))?")


def do(outside: Outside, element: Element, variables: Mapping[str, Any], token_id: str) -> dict[str, Any] | Deferred:
    """The variables that an element's work sets; or that it is to be done by a job. Raises BpmnError, ExecutionFailed."""
    task = element.work
    if task is None or task.kind == "none":
        return {}
    return DEFERRED if task.deferred or task.kind == "external" else perform(outside, element, variables, token_id)


def perform(outside: Outside, element: Element, variables: Mapping[str, Any], token_id: str) -> dict[str, Any]:
    """Do the work now."""
    task = element.work
    if task is None:
        return {}
    if task.kind == "decision":
        return _decide(outside, element, variables)
    handler = outside.session.shared.registry.handlers(outside.definition.pack).get(task.name or "")
    if handler is None:
        raise _unregistered(element, task.name or "")
    values = {name: outside.template(value, variables) for name, value in task.parameters.items()}
    problems = handler.problems(values)
    if problems:
        said = ["; ".join(one) for one in zip(*((problem.message, problem.message_th) for problem in problems), strict=True)]
        raise ExecutionFailed.at(element, *said)
    try:
        result = handler.run(Context(outside, element, variables, token_id), values)
    except (RuamError, BpmnError, *DRIVERS):  # a database that is away, or a race lost, is nothing the handler did
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise file_outage(error) from error
        raise _broke(element, task.name or "", error) from error
    return _as_variables(element, result)


def _as_variables(element: Element, result: Any) -> dict[str, Any]:
    name = element.work.result_variable if element.work is not None else None
    if result is None:
        return {}
    found = {name: result} if name else result
    if not isinstance(found, dict):
        kind = type(result).__name__
        raise ExecutionFailed.at(element, f"gave {kind}, not a dict of variables", f"ให้ผลเป็น {kind} ซึ่งไม่ใช่ชุดตัวแปร (dict)")
    try:
        check_values(found)
    except Invalid as error:
        reason = f"gave what a variable cannot hold: {error.message}"
        raise ExecutionFailed.at(element, reason, f"ให้ผลที่เก็บเป็นตัวแปรไม่ได้: {error.thai}") from error
    return found


def _decide(outside: Outside, element: Element, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The result in its variable; without one each output of the single result is a variable, as in Flowable and SpiffArena."""
    task = element.work
    if task is None:
        return {}
    key = str(outside.template(task.name or "", variables))
    version = None if task.version is None else str(outside.template(task.version, variables))
    session = outside.session
    tables = bound(session.shared.definitions, session.connection, outside.definition.deployment_id, key, task.binding, version)
    rows = decisions.evaluate(tables, key, variables, functions=outside.functions)
    if task.result_variable is not None:
        result = tables.value(key, rows) if task.map_result == "value" else decisions.map_result(rows, task.map_result)
        return {task.result_variable: result}
    if len(rows) > 1:
        raise ExecutionFailed.at(
            element,
            f"has {len(rows)} results of the decision '{key}', where one is expected: let one rule match, or name a variable for all",
            f"ได้ผลจากการตัดสินใจ “{key}” {len(rows)} ชุด ทั้งที่ต้องได้ชุดเดียว โปรดแก้ตารางให้ตรงกฎเดียว หรือตั้งชื่อตัวแปรไว้เก็บทุกชุด",
        )
    return dict(rows[0]) if rows else {}


def attempts(element: Element) -> dict[str, int]:
    """Of a job's row: how often it is tried, and how long is waited before the second time."""
    number, wait = retries(element)
    return {"retries": number, "retry_wait": wait}


def retries(element: Element) -> tuple[int, int]:
    """(attempts, seconds before the first retry) of a deferred handler: `R3/PT10M`, `R3`, `3`, or a wait a retry: `PT5M,PT10M`."""
    text = (element.work.retries or "").strip() if element.work is not None else ""
    match = _ATTEMPTS.fullmatch(text)
    if match is not None:
        return max(1, int(match[1])), _seconds(match[2]) if match[2] else DEFAULT_WAIT
    if text.startswith("P"):
        waits = text.split(",")
        return len(waits) + 1, _seconds(waits[0])
    return DEFAULT_RETRIES, DEFAULT_WAIT


def _seconds(text: str) -> int:
    duration = parse_duration(text.strip())
    return max(1, int(duration.total_seconds())) if isinstance(duration, timedelta) else DEFAULT_WAIT


def _unregistered(element: Element, handler: str) -> ExecutionFailed:
    return ExecutionFailed.at(
        element,
        f"names handler '{handler}', which is not registered: install the pack it belongs to and restart, or mend the diagram",
        f"ระบุตัวดำเนินการ “{handler}” ซึ่งระบบไม่มี โปรดติดตั้งชุดกระบวนการที่มีตัวดำเนินการนี้แล้วเริ่มระบบใหม่ หรือแก้แผนภาพ",
    )


def _broke(element: Element, handler: str, error: Exception) -> ExecutionFailed:
    """A handler raised what it was not written to raise: its own words are kept, for whoever maintains it."""
    said = f"{type(error).__name__}: {error}"
    return ExecutionFailed.at(element, f"failed in handler '{handler}': {said}", f"ตัวดำเนินการ “{handler}” ล้มเหลว: {said}")
