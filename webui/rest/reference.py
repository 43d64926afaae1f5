"""`docs/rest.md`, made from the operations: `python -m webui.rest.reference` prints it; a test compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webui import rest

HEAD = """# REST, under `/engine-rest`

Camunda 7's names, bodies, typed values and paging, so that clients, workers and modelers for it work unchanged; also under
`/engine-rest/engine/default`. The same as OpenAPI: `/engine-rest/openapi.json`. This page is made from the code (`python -m
webui.rest.reference > docs/rest.md`) and a test compares them; what the tests show stands in `tests/webui/rest/`.

## Who asks
HTTP Basic with a local account, or a personal token as `Authorization: Bearer ruam_…` (account page, or `ruam user token NAME`). No
cookie is looked at, and a browser's page of another site is refused. Wrong passwords are throttled as on the login page. What one may
see and do is what one may on the pages: there is no second rule. A token outlives a change of password and ends when its owner is
deactivated, when it runs out, or when it is taken back.

## What is alike everywhere
- Lists: `firstResult`, `maxResults`, `sortBy` and `sortOrder`; as POST with `sorting` and `orQueries`. Each list has a `/count`. A
  parameter that is not listed here is refused, never ignored, unless it asks for nothing (null, false, empty).
- Values: `{"value", "type", "valueInfo"}` with String, Boolean, Short, Integer, Long, Double, Date, Json, Object (JSON text), File,
  Bytes, Null. A variable is JSON, so its type is read off its value: a Short comes back as Integer, an Object as Json; ISO 8601 text
  with a zone is a Date. Files and bytes (base64) are kept in the variable, all variables of a step together up to 1 MB; a File for a
  form's file field becomes a document. What an administrator sets is checked as on the page: no name with a space, no day that there is
  not or whose year is one of the Buddhist era.
- Dates: `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, told in the time of Bangkok; without a zone they are of Bangkok. A Date given for a field that
  asks for a day is the day in the zone it is written in (`Z`: in Bangkok); the variable is that day, `2009-06-01`.
- Errors: `{"type", "message", "code"}`. 400: not valid; 401, 403; 404: not there, or not for you to know of; 409: somebody was
  faster, or it is not possible now; 429; 500: the process could not go on, an incident shows it; 503: the database is away. Camunda 7
  answers some of the 404 and 409 with 500. A deployment that is refused lists its findings in `details`, errors and warnings by file,
  as Camunda's modeler shows them.
- Why something failed is told in English, as by Camunda 7, and in Thai beside it: `incidentMessageTh`, a job's `exceptionMessageTh`.
- There are no tenants and no cases: their fields are null, `withoutTenantId` changes nothing, a tenant that is named is refused.
- An instance is its own one execution, of the same id.
- A form of ours is asked of programs as of people: starting a process and completing a task are refused (400, each field named)
  where a required field is missing or a value does not fit. Camunda 7 leaves that to its task list. `form-variables` tells the fields,
  `startForm`, `deployed-start-form` and `deployed-form` the form. A form drawn for Camunda or Flowable is checked, too, but takes
  values that are none of its fields. `submit-form` fills in the `defaultValue` of fields drawn in the diagram (`camunda:formData`)
  that are left out; `start` and `complete` do not, as in Camunda 7. One that is required may be left out so.
- Lists end their order with the id, in the direction of the last `sortBy`.
- Kinds of elements (`activityType`) are called as Camunda 7 calls them: `noneEndEvent`, `boundaryTimer`, `intermediateMessageCatch`,
  `transaction`. There is no `multiInstanceBody`: each instance of a multi-instance activity stands for itself.
- A deployment with `deploy-changed-only` contains all files that were sent; diagrams that have not changed are no new versions.
- Reading variables is for who started the instance, groups with the category `variables`, and (of instances without a category)
  administrators. Who does a task reads the fields of its form.

## What of Camunda 7 is not here
Asked for, these are 404, or 405 where another method has the path; parameters and fields that are not listed below are 400.
- `authorization`, `tenant`, `filter`, `metrics`, `telemetry`, `schema/log`, `optimize`, `case-*` and `history/case-*`: there are no
  such things. Who may do what stands in packs and accounts (docs/people.md).
- Forms as HTML: `rendered-form`, and the key `startForm` and `form` give for it (`embedded:engine://…/rendered-form`): their key is that
  of a file, null for fields drawn in the diagram. `deployed-form` and `deployed-start-form` answer with the form as a JSON Schema, also
  where a form-js file was deployed.
- Sorting by variables (`processVariable`, `taskVariable`, `executionVariable`, `caseInstanceVariable` with `parameters`): refused. A
  variable is no column; the list would have to be read whole to be sorted. Filter by `processVariables` and sort what comes.
- Changing a task's name, description, owner, priority or follow-up date; tasks of one's own (`/task/create`).
- A form (`*.form`) deployed alone: forms belong to the deployment of the diagram that names them, whatever `formRefBinding` says.
- `decision-requirements-definition`, `history/decision-instance`, `history/batch`, `history/cleanup`, `history/job-log`,
  `history/external-task-log`, `history/identity-link-log`, reports and removal times: the history is kept whole, so that
  `historyTimeToLive` is null whatever a diagram says.
- `startInstructions` of `start`: a process starts at its start events (400). Who wants to begin further on starts it and moves it
  (`/process-instance/{id}/modification`), or starts an ended one once more from a step (`…/restart`).
- Comments of an instance (`/process-instance/{id}/comment`): a comment belongs to a task (`/task/{id}/comment`).
- `/task/report/candidate-group-count`: `/task/count` with `candidateGroup` answers for one group.
- Asynchronous bulk operations (`…-async`) and `modification/execute`: other than migrations, what is asked for is done at once.
"""


def page() -> str:
    """The whole page."""
    document = rest.document()
    lines = [HEAD]
    for tag in document["tags"]:
        lines.append(f"## {tag['name']}\n{tag['description']}\n")
        lines += _resource(document, tag["name"])
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _resource(document: Mapping[str, Any], tag: str) -> Iterable[str]:
    yield "| | | takes | answers |"
    yield "|---|---|---|---|"
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                yield f"| {method.upper()} `{path}` | {told['summary']} | {_takes(told)} | {_answers(told)} |"
    for path, methods in document["paths"].items():
        told = methods.get("get", {})
        told_to_sort = any(entry["name"] == "sortBy" for entry in told.get("parameters", ()))
        if tag in told.get("tags", ()) and path + "/count" in document["paths"] and told_to_sort:
            yield ""
            yield f"Filters of `{path}`: {_filters(told)}."
            yield f"Sorted by: {_sorts(told)}."


def _takes(told: Mapping[str, Any]) -> str:
    found = [_name(media["schema"]) for media in told.get("requestBody", {}).get("content", {}).values()]
    query = [entry["name"] for entry in told.get("parameters", ()) if entry["in"] == "query"]
    if "sortBy" in query:
        found.append("filters")
    elif query:
        found.append(", ".join(f"`{name}`" for name in query))
    return ", ".join(found)


def _answers(told: Mapping[str, Any]) -> str:
    (status, answer), *_ = told["responses"].items()
    names = [media if media != "application/json" else _name(entry["schema"]) for media, entry in answer.get("content", {}).items()]
    return " ".join([status, *names])


def _name(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"[{_name(schema['items'])}]"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"{{name: {_name(schema['additionalProperties'])}}}"
    if "anyOf" in schema:
        return _name(next(kind for kind in schema["anyOf"] if kind != {"type": "null"}))
    return "fields: " + ", ".join(f"`{name}`" for name in schema["properties"]) if "properties" in schema else "JSON"


PAGING = ("sortBy", "sortOrder", "firstResult", "maxResults")


def _filters(told: Mapping[str, Any]) -> str:
    return ", ".join(f"`{entry['name']}`" for entry in told["parameters"] if entry["in"] == "query" and entry["name"] not in PAGING)


def _sorts(told: Mapping[str, Any]) -> str:
    (by,) = (entry for entry in told["parameters"] if entry["name"] == "sortBy")
    return ", ".join(f"`{name}`" for name in by["schema"]["enum"])


if __name__ == "__main__":
    print(page(), end="")
