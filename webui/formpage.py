"""A form of the engine as fields of a page, and what a browser posted as values of that form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.dates import thai
from engine.forms import Field as Asked
from webui import current, fields
from webui.fields import Choice, DateParts, Field, File, Row, Section, Wrong
from webui.languages import ENGLISH, language, pick
from webui.rendering import size

if TYPE_CHECKING:
    from engine.errors import Problem
    from engine.forms import Form, FormView
    from engine.papers import DocumentView

Values = Mapping[str, Any]
EMPTY_ROWS = 1  # rows a table starts with
MEGABYTE = 1024 * 1024
ACCEPT = {"jpg": ".jpg,.jpeg"}  # other kinds: their name is their suffix
_SAYS_SIZE = re.compile(r"\d\s*(MB|เมกะไบต์)")  # the form's author has said what may be sent
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ROW = re.compile(r"(.+)\[(\d{1,6})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills a form's fields: values, problems by field name, and the files kept so far by id."""

    values: Values
    problems: Mapping[str, str]
    files: Mapping[str, DocumentView]


def shown(form: Form, values: Values, variables: Values) -> FormView:
    """The form in the request's language."""
    return form.view(language(), values, variables, functions=current.functions())


def fresh(form: Form, values: Values, variables: Values) -> dict[str, Any]:
    """What a form nobody has touched starts with: its defaults under what is known already."""
    defaults = {item.name: item.default for item in shown(form, values, variables).fields if item.default is not None}
    return {**defaults, **{name: value for name, value in values.items() if value is not None}}


def sections(asked: Sequence[Any], filled: Filled) -> list[Section]:
    """The form's sections as the templates draw them."""
    return [
        Section(part.title, tuple(_field(item, item.name, filled.values.get(item.name), filled) for item in part.fields)) for part in asked
    ]


def wrongs(parts: Sequence[Section], filled: Filled) -> list[Wrong]:
    """The summary of errors: those of fields on the page lead to them, others stand alone."""
    found = fields.wrongs([field for part in parts for field in part.fields])
    placed = {wrong.words for wrong in found}
    return found + [Wrong(words) for words in filled.problems.values() if words not in placed]


def _field(item: Asked, name: str, value: Any, filled: Filled) -> Field:
    drawn: dict[str, Any] = {
        "name": name, "label": item.title, "widget": item.widget, "hint": item.hint, "error": filled.problems.get(name, ""),
        "value": _shown(value), "required": item.required or item.widget == "checkbox", "conditional": item.visible_when is not None,
        "visible": item.visible, "read_only": item.read_only, "longest": item.max_length, "whole": item.type == "integer",
    }  # fmt: skip
    if item.options:
        drawn["choices"] = _choices(item, value)
    special = _SPECIAL.get(item.widget)
    return Field(**drawn | (special(item, name, value, filled) if special else {}))


def _shown(value: Any) -> Any:
    """A number without the `.0` a computed value may have."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _choices(item: Asked, value: Any) -> tuple[Choice, ...]:
    chosen = {_text(entry) for entry in value} if isinstance(value, list) else {_text(value)}
    return tuple(Choice(_text(option.value), option.title, _text(option.value) in chosen, group=option.group) for option in item.options)


def _text(value: Any) -> str:
    """A choice's value as it stands in the page: `true`, not `True`."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _date(item: Asked, name: str, value: Any, filled: Filled) -> dict[str, Any]:
    typed = re.fullmatch(r"(\d*)/(\d*)/(\d*)", str(value or ""))
    if typed:
        return {"parts": DateParts(*typed.groups())}
    day = _day(value)
    if day is None:
        return {}
    shown = {"parts": DateParts(str(day.day), str(day.month), str(day.year if language() == ENGLISH else thai.be_year(day)))}
    return shown | ({"value": thai.format_date(day, "numeric", locale=language())} if "[" in name else {})


def _day(value: Any) -> date | None:
    """The day a value is; none where it only looks like one, or is anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _score(item: Asked, name: str, value: Any, filled: Filled) -> dict[str, Any]:
    return {"maximum": _shown(item.maximum)}


def _files(item: Asked, name: str, value: Any, filled: Filled) -> dict[str, Any]:
    limits = item.document
    ids = value if isinstance(value, list) else [value] if value else []
    kept = tuple(
        File(paper.id, paper.name, size(paper.size), document_url(paper.id))
        for id in ids
        if (paper := filled.files.get(str(id))) is not None
    )
    if limits is None:
        return {"files": kept}
    most = size(int(limits.max_mb * MEGABYTE))
    said = _("%(kinds)s, at most %(size)s", kinds=" ".join(kind.upper() for kind in limits.kinds), size=most)
    hint = item.hint if _SAYS_SIZE.search(item.hint) else " · ".join(text for text in (item.hint, said) if text)
    return {
        "files": kept, "hint": hint, "limit": most, "max_bytes": int(limits.max_mb * MEGABYTE),
        "accept": ",".join(ACCEPT.get(kind, f".{kind}") for kind in limits.kinds),
    }  # fmt: skip


def _table(item: Asked, name: str, value: Any, filled: Filled) -> dict[str, Any]:
    lines = value if isinstance(value, list) and value else [{}] * EMPTY_ROWS
    fixed = item.min_items is not None and item.min_items == item.max_items

    def row(number: int | str, line: Any) -> Row:
        place = f"{name}[{number}]"
        cells = line if isinstance(line, Mapping) else {}
        drawn = tuple(_field(column, f"{place}[{column.name}]", cells.get(column.name), filled) for column in item.columns)
        return Row(place, number + 1 if isinstance(number, int) else "", drawn)

    rows = tuple(row(number, line) for number, line in enumerate(lines))
    return {"rows": rows, "blank": None if fixed or item.read_only else row("__row__", {})}


def _group(item: Asked, name: str, value: Any, filled: Filled) -> dict[str, Any]:
    parts = value if isinstance(value, Mapping) else {}
    return {"fields": tuple(_field(part, f"{name}[{part.name}]", parts.get(part.name), filled) for part in item.columns)}


_SPECIAL: Mapping[str, Callable[[Asked, str, Any, Filled], dict[str, Any]]] = {
    "date": _date, "score": _score, "file": _files, "files": _files, "table": _table, "group": _group,
}  # fmt: skip


def document_url(document_id: str) -> str:
    """Where a document is opened."""
    return url_for("documents.show", document_id=document_id)


# ---- what was posted


def read(form: Form | None, posted: MultiDict[str, str]) -> dict[str, Any]:
    """The typed values of a post: dates put together, kept files under their field's name."""
    if form is None:
        return {}
    source = MultiDict(posted)
    for name, item in form.properties.items():
        parts = [posted.get(f"{name}.{part}", "").strip() for part in ("day", "month", "year")]
        if any(parts):
            source[name] = "/".join(parts)
        if "x-document" in item:
            removed = set(posted.getlist(f"{name}.remove"))
            source.setlist(name, [id for id in posted.getlist(f"{name}.kept") if id not in removed])
    return form.from_strings(source)


def reshapes(posted: MultiDict[str, str]) -> bool:
    """Whether a button was pressed that changes the form without sending it."""
    return any(name in posted for name in ("_add", "_remove", "_all", "_none"))


def reshaped(form: Form | None, values: dict[str, Any], variables: Values, posted: MultiDict[str, str]) -> dict[str, Any]:
    """The values after a button that adds or removes a row of a table, or ticks all choices or none, where no script did it."""
    if added := posted.get("_add"):
        values = {**values, added: [*(values.get(added) or [{}] * EMPTY_ROWS), {}]}
    elif ticked := posted.get("_all") or posted.get("_none"):
        values = _ticked(form, values, variables, ticked, everything="_all" in posted)
    elif removed := _ROW.fullmatch(posted.get("_remove", "")):
        name, number = removed[1], int(removed[2])
        rows = [row for place, row in enumerate(values.get(name) or []) if place != number]
        values = {**values, name: rows}
    return values


def _ticked(form: Form | None, values: dict[str, Any], variables: Values, place: str, *, everything: bool) -> dict[str, Any]:
    """Tick all choices of a field or none: `place` is its name, with `[2]` after it the choices under its third heading only."""
    under = _ROW.fullmatch(place)
    name = under[1] if under else place
    if form is None or name not in form.properties:
        return values
    options = form.options(name, values, variables, language(), functions=current.functions())
    if under:
        titles = list(dict.fromkeys(option.group for option in options))
        options = tuple(option for option in options if option.group in titles[int(under[2]) : int(under[2]) + 1])
    changed = [option.value for option in options]
    kept = [value for value in values.get(name) or [] if value not in changed]
    return {**values, name: kept + changed if everything else kept}


def problems_by_field(problems: Sequence[Problem]) -> dict[str, str]:
    """The first problem of each field, under the name its control has on the page; those of no field under ``""``."""
    found: dict[str, str] = {}
    for problem in problems:
        found.setdefault(control_name(problem.field or ""), pick(problem.message_th, problem.message))
    return found


def control_name(pointer: str) -> str:
    """`/judges/0/name` as `judges[0][name]`; a place in a plain list is the list's."""
    first, *rest = (part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/"))
    if len(rest) == 1 and rest[0].isdigit():
        rest = []
    return first + "".join(f"[{part}]" for part in rest)


def summary(asked: Sequence[Any], filled: Filled) -> list[tuple[str, str, str]]:
    """The answers to check before they are sent: (label, answer, id of its field)."""
    rows = []
    for part in asked:
        for item in part.fields:
            if item.visible and item.widget != "hidden":
                drawn = _field(item, item.name, filled.values.get(item.name), filled)
                rows.append((item.title, answer(item, filled.values.get(item.name), filled) or "–", drawn.id))
    return rows


def answer(item: Asked, value: Any, filled: Filled) -> str:
    """An answer as text."""
    if value in (None, "", []):
        return ""
    if item.options:
        words = {_text(option.value): option.title for option in item.options}
        return "\n".join(words.get(_text(entry), str(entry)) for entry in (value if isinstance(value, list) else [value]))
    if item.widget in ("file", "files"):
        ids = value if isinstance(value, list) else [value]
        return "\n".join(filled.files[str(id)].name for id in ids if str(id) in filled.files)
    if item.widget == "date":
        day = _day(value)
        return str(value) if day is None else thai.format_date(day, "weekday", locale=language())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "\n".join(_line(item, row, filled) for row in value)
    return _line(item, value, filled) if isinstance(value, Mapping) else str(_shown(value))


def _line(item: Asked, row: Any, filled: Filled) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    return " · ".join(
        text for column in item.columns if column.widget != "hidden" and (text := answer(column, row.get(column.name), filled))
    )
