"""Which file of a deployment is the form a diagram names, whatever engine it was drawn for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

_PREFIXES = ("camunda-forms:deployment:", "camunda-forms:", "deployment:")


def form_names(files: Mapping[str, bytes]) -> dict[str, str]:
    """Path of each form by every name it goes by: ours `forms/x.json` by x, a form-js file by its id, any by its path and file name.

    Our own names come first where two files would go by one.
    """
    found: dict[str, str] = {}
    own = [path for path in files if path.startswith("forms/") and path.endswith(".json")]
    for path in own:
        found[path.removeprefix("forms/").removesuffix(".json")] = path
    for path in [*own, *(path for path in files if path.endswith((".form", ".json")) and path not in own)]:
        names = [path, PurePosixPath(path).name, PurePosixPath(path).stem]
        for name in [_id_of(files[path]), *names] if path.endswith(".form") else names:
            if name:
                found.setdefault(name, path)
    return found


def _id_of(content: bytes) -> str | None:
    """The id of a form-js form, which `formRef` and `formId` name."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return None
    found = schema.get("id") if isinstance(schema, dict) else None
    return found if isinstance(found, str) else None


def plain_key(key: str) -> str:
    """A form key without what Camunda writes before the path: `camunda-forms:deployment:invoice.form`."""
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return key.removeprefix(prefix).lstrip("/")
    return key
