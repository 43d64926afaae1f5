"""What the files of a draft offer to whoever fills in an element's properties: parties, forms and their fields, handlers, papers, dates."""

from __future__ import annotations

import csv
import inspect
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.decisions import Decisions
from engine.decisions.model import Table
from engine.deployment import packs
from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.diagrams import read
from engine.differences.pack import own_step
from engine.differences.words import plain
from engine.drafts import bases
from engine.errors import RuamError
from engine.forms import Form, schema
from engine.forms.choices import read_table
from engine.forms.files import form_names
from engine.forms.view import fixed_options
from engine.storage import model

if TYPE_CHECKING:
    from engine.diagrams.model import Diagram, Element
    from engine.registry import Handler
    from engine.storage.session import Session

Choice = dict[str, Any]
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


def choices(session: Session, files: Mapping[str, bytes], pack: str | None) -> dict[str, Any]:
    """All of it, as docs/designer.md has it. What cannot be read is left out: the check says what is wrong with it."""
    tables = _tables(files)
    diagrams = [diagram for path, content in files.items() if path.endswith(DIAGRAM_SUFFIXES) for diagram in _diagram(path, content)]
    forms = list(_forms(files))
    deliverables = list(_deliverables(files, diagrams))
    schedule = _toml(files, "schedule.toml")
    windows = schedule.get("windows")
    return {
        "parties": [{"key": one.key, "th": one.th, "en": one.en, "unit": one.unit} for one in tables.parties.values()],
        "forms": forms,
        "handlers": [_handler(one) for one in session.shared.registry.handlers(tables.key or pack).values()],
        "letters": [{"path": path, "key": PurePosixPath(path).stem} for path in sorted(files) if path.endswith(".typ")],
        "decisions": list(_decisions(session, files)),
        "processes": list(_processes(session, diagrams)),
        "deliverables": deliverables,
        "instalments": sorted({one["instalment"] for one in deliverables if isinstance(one["instalment"], int)}),
        "windows": list(_windows(windows, diagrams)) if isinstance(windows, dict) else [],
        "reminders": {"before": tables.reminders.before, "after": tables.reminders.after, "escalate_to": tables.reminders.escalate_to},
        "tables": list(_csv_tables(files)),
        "texts": _texts(files),
        "variables": _variables(forms),
    }


def _tables(files: Mapping[str, bytes]) -> packs.PackFiles:
    try:
        return packs.read(files)
    except RuamError:
        return packs.PackFiles()


def _toml(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files.get(path, b"").decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def _diagram(path: str, content: bytes) -> Iterator[Diagram]:
    try:
        yield read(content, path)
    except RuamError:
        return


def _forms(files: Mapping[str, bytes]) -> Iterator[Choice]:
    """Each form once, by the first name it goes by."""
    seen: set[str] = set()
    for key, path in form_names(files).items():
        if path in seen or not (path.endswith(".form") or path.startswith("forms/")):
            continue
        seen.add(path)
        try:
            form = Form.load(files[path], path)
        except RuamError:
            continue
        titles = {"th": schema.title(form.schema, "th", key), "en": schema.title(form.schema, "en", key)}
        yield {"key": key, "path": path, **titles, "fields": [_field(form, name, item) for name, item in form.properties.items()]}


def _field(form: Form, name: str, item: Mapping[str, Any]) -> Choice:
    th, en = (fixed_options(item, locale) for locale in ("th", "en"))
    return {
        "name": name,
        "type": schema.kind_of(item),
        "format": item.get("format"),
        "widget": item.get("x-widget"),
        "th": schema.title(item, "th", name),
        "en": schema.title(item, "en", name),
        "required": name in form.required,
        "sealed": "x-sealed" in item,
        "choices": [{"value": one.value, "th": one.title, "en": other.title} for one, other in zip(th, en, strict=True)],
    }


def _handler(handler: Handler) -> Choice:
    about = (inspect.getdoc(handler.function) or "").partition("\n")[0]
    parameters = [{"name": name, "type": _type(kind), "required": name in handler.required} for name, kind in handler.parameters.items()]
    return {"name": handler.name, "about": about, "parameters": parameters}


def _type(declared: Any) -> str:
    """JSON Schema's word for a parameter's type; `any` where it may be whatever."""
    if isinstance(declared, Mapping):
        found = declared.get("type", "any")
        return found if isinstance(found, str) else "any"
    return TYPES.get(getattr(declared, "__origin__", declared), "any")


def _decisions(session: Session, files: Mapping[str, bytes]) -> Iterator[Choice]:
    own: set[str] = set()
    for path in (path for path in sorted(files) if path.endswith(".dmn")):
        try:
            found = Decisions.load(files[path], path).model.decisions.values()
        except RuamError:
            continue
        for decision in found:
            own.add(decision.key)
            table = decision.logic if isinstance(decision.logic, Table) else None
            ins = [one.label or one.expression.text for one in table.inputs] if table is not None else []
            outs = [one.name for one in table.outputs] if table is not None else [decision.variable]
            names = {"th": decision.name or decision.key, "en": decision.name_en or decision.name or decision.key}
            yield {"key": decision.key, **names, "path": path, "inputs": ins, "outputs": outs}


def _processes(session: Session, diagrams: Iterable[Diagram]) -> Iterator[Choice]:
    """Those of the files, then those deployed besides."""
    own: set[str] = set()
    for diagram in diagrams:
        for process in (one for one in diagram.processes if one.executable):
            own.add(process.id)
            th, en = process.name or process.id, process.name_en or process.name or process.id
            yield {"key": process.id, "th": th, "en": en, "path": diagram.file, "startable": process.startable}
    deployed = frozenset(session.connection.scalars(select(model.definition.c.key).distinct()))
    for key, row in sorted(bases.newest(session, deployed - own).items()):
        yield {"key": key, "th": row["name"] or key, "en": row["name_en"] or row["name"] or key, "path": None, "startable": False}


def _deliverables(files: Mapping[str, bytes], diagrams: Iterable[Diagram]) -> Iterator[Choice]:
    """Those of deliverables.toml, and those that only a diagram names."""
    seen: set[str] = set()
    for key, row in _toml(files, "deliverables.toml").items():
        if isinstance(row, dict):
            seen.add(key)
            yield {"key": key} | {name: row.get(name) for name in ("th", "en", "instalment", "step", "copies", "cds")}
    for element in (element for diagram in diagrams for process in diagram.processes for element in process.elements.values()):
        for one in element.deliverables:
            if one.key not in seen:
                seen.add(one.key)
                about = {"instalment": one.instalment, "step": element.step, "copies": one.copies, "cds": one.cds}
                yield {"key": one.key, "th": one.th or one.key, "en": one.en or one.th or one.key, **about}


def _windows(windows: Mapping[str, Any], diagrams: Iterable[Diagram]) -> Iterator[Choice]:
    """When each step opens and closes, and what it is called."""
    called: dict[str, Element] = {}
    for process in (process for diagram in diagrams for process in diagram.processes):
        for element in process.elements.values():
            if element.step is not None and element.name and own_step(process, element):
                called.setdefault(element.step, element)
    for step, row in windows.items():
        if isinstance(row, dict):
            th, en = (plain(called[step].name), plain(called[step].name_en)) if step in called else ("", "")
            yield {"step": step, "th": th, "en": en or th, "opens": str(row.get("opens", "")), "closes": str(row.get("closes", ""))}


def _csv_tables(files: Mapping[str, bytes]) -> Iterator[Choice]:
    for path in sorted(path for path in files if path.endswith(".csv")):
        try:
            rows = read_table(files[path])
        except (ValueError, csv.Error):
            continue
        yield {"path": path, "columns": list(rows[0]) if rows else []}


def _texts(files: Mapping[str, bytes]) -> list[Choice]:
    th, en = (_toml(files, f"texts/{name}.toml") for name in ("th", "en"))
    return [{"key": key, "th": _subject(th.get(key)), "en": _subject(en.get(key))} for key in dict.fromkeys((*th, *en))]


def _subject(text: Any) -> str:
    return str(text.get("subject", "")) if isinstance(text, Mapping) else ""


def _variables(forms: Iterable[Choice]) -> list[Choice]:
    """The fields of all forms, each name once; sealed ones never become variables."""
    found: dict[str, Choice] = {}
    for form in forms:
        for one in form["fields"]:
            if not one["sealed"]:
                about = {name: one[name] for name in ("name", "type", "format", "widget", "th", "en", "choices")}
                found.setdefault(one["name"], {**about, "from": form["path"]})
    return list(found.values())
