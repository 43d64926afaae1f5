"""Everything wrong with files that are to be deployed, found at once: tables, diagrams, forms, decisions, and what they refer to."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.decisions import Decisions
from engine.deployment import packs
from engine.deployment.decision_bindings import known_keys
from engine.deployment.definitions import DIAGRAM_SUFFIXES
from engine.deployment.packs import LARGEST_FILE, PackFiles
from engine.diagrams import Context, check, read
from engine.errors import Invalid, LanguageError, Problem
from engine.forms import Form
from engine.forms.choices import read_table
from engine.forms.files import form_names, plain_key
from engine.language import check as check_language
from engine.packtests import checking as packtests
from engine.storage import model

if TYPE_CHECKING:
    from engine.diagrams.model import Diagram
    from engine.storage.session import Session

LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What files hold, and what is wrong with them."""

    pack: PackFiles
    diagrams: tuple[Diagram, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def ok(self) -> bool:
        return not self.errors


def checked(session: Session, files: Mapping[str, bytes], pack: str | None) -> Plan:
    """Read all files and check them together; `pack` names whose handlers they may use, else pack.toml does."""
    problems = _paths(files)
    tables = _attempt(problems, "", lambda: packs.read(files)) or PackFiles()
    if pack is not None and tables.key is None:
        tables = PackFiles(pack, tables.name, tables.name_en, tables.parties, tables.reminders)
    diagrams = []
    for path, content in files.items():
        if path.endswith(DIAGRAM_SUFFIXES):
            diagram = _attempt(problems, path, lambda content=content, path=path: _diagram(content, path))  # type: ignore[misc]
            if diagram is not None:
                diagrams.append(diagram)
    forms = _forms(files, diagrams, problems)
    problems += [*_drawn_forms(diagrams), *_tables(files)]
    decisions = _decisions({path: content for path, content in files.items() if path.endswith(".dmn")}, problems)
    wrong = any(problem.severity == "error" for problem in problems)
    if not diagrams and not wrong and not any(path.endswith(".dmn") for path in files):
        message, thai = (
            "There is neither a diagram (*.bpmn) nor a decision (*.dmn) among the files.",
            "ไม่มีแผนภาพ (*.bpmn) หรือตารางตัดสินใจ (*.dmn) ในชุดไฟล์",
        )
        if any(path.endswith(".form") for path in files):
            message += " A form is deployed together with the diagram that names it."
            thai += " แบบฟอร์มต้องนำขึ้นใช้พร้อมแผนภาพที่เรียกใช้"
        problems.append(Problem(message, thai, rule="nothing-to-deploy"))
    known = session.connection.scalars(select(model.definition.c.key).distinct())
    whole = tables.key is not None
    context = Context(
        forms=forms,
        handlers=session.shared.registry.handlers(tables.key),
        parties=frozenset(tables.parties) if whole else None,
        decisions=_deployed_too(session, decisions, diagrams),
        called=frozenset(known),
        check_expression=check_expression,
    )
    problems += check(diagrams, context)
    problems += packtests.problems(files, diagrams)
    return Plan(tables, tuple(diagrams), tuple(problems))


def check_expression(text: str, kind: str) -> str | None:
    """What is wrong with a text of our language, or None."""
    found = check_language(text, kind)
    return found[0][0] if found else None


def _paths(files: Mapping[str, bytes]) -> list[Problem]:
    problems = []
    for path, content in files.items():
        parts = path.split("/")
        if not path or len(path) > LONGEST_PATH or path.startswith("/") or "\\" in path or "\x00" in path or ".." in parts:
            problems.append(Problem(f"{path!r} is not a path inside a pack.", "เส้นทางไฟล์ไม่ถูกต้อง", rule="path", file=path))
        if len(content) > LARGEST_FILE:
            problems.append(Problem(f"{path} is larger than {LARGEST_FILE // 1024 // 1024} MB.", "ไฟล์ใหญ่เกินไป", rule="size", file=path))
    return problems


def _forms(files: Mapping[str, bytes], diagrams: Iterable[Diagram], problems: list[Problem]) -> frozenset[str]:
    """The names forms go by; what is wrong with our own, with form-js ones, and with what diagrams name besides."""
    names = form_names(files)
    wanted: dict[str, str | None] = {
        path: None for path in files if path.endswith(".form") or (path.startswith("forms/") and path.endswith(".json"))
    }
    for human in (element.human for diagram in diagrams for process in diagram.processes for element in process.elements.values()):
        path = names.get(plain_key(human.form_key)) if human is not None and human.form_key else None
        if path is not None:
            wanted[path] = names.get(human.form_ui) if human is not None and human.form_ui else None
    beside = {ui for ui in wanted.values() if ui is not None}
    for path in (path for path in wanted if path not in beside):
        ui = None if (drawn := wanted[path]) is None else files[drawn]
        problems += _form_problems(files[path], path, ui)
    return frozenset(names)


@lru_cache(maxsize=64)  # a draft is checked with every change of one of its files: the others are what they were
def _diagram(content: bytes, path: str) -> Diagram:
    return read(content, path, thorough=True)


@lru_cache(maxsize=256)
def _form_problems(content: bytes, path: str, ui: bytes | None) -> tuple[Problem, ...]:
    """Errors, or warnings where there are none."""
    problems: list[Problem] = []
    form = _attempt(problems, path, lambda: Form.load(content, path, ui=ui))
    return (*problems, *(form.problems() if form is not None else ()))


def _drawn_forms(diagrams: Iterable[Diagram]) -> Iterator[Problem]:
    """What is wrong with the forms whose fields stand in diagrams."""
    for diagram in diagrams:
        for element in (element for process in diagram.processes for element in process.elements.values()):
            schema = element.start_form_schema or (element.human.form_schema if element.human is not None else None)
            for problem in Form(schema).problems() if schema is not None else ():
                if problem.rule != "form-title":  # the element's name, which it may lack
                    at = replace(problem, file=diagram.file, line=element.line)
                    yield replace(at, element_id=element.id, element_name=element.name, element_name_en=element.name_en or None)


def _tables(files: Mapping[str, bytes]) -> Iterator[Problem]:
    for path, content in files.items():
        if path.endswith(".csv"):
            try:
                read_table(content)
            except (ValueError, csv.Error) as error:
                yield Problem(f"The table cannot be read: {error}.", f"อ่านตารางไม่ได้ ({error})", rule="table", file=path)


def _decisions(files: Mapping[str, bytes], problems: list[Problem]) -> frozenset[str]:
    found = _attempt(problems, "", lambda: Decisions.load_all(files))
    if found is None:
        return frozenset()
    problems += found.problems()
    return frozenset(found.keys())


def _deployed_too(session: Session, decisions: frozenset[str], diagrams: Iterable[Diagram]) -> frozenset[str]:
    """The decisions of these files, and those deployed before where a task names another."""
    works = (element.work for diagram in diagrams for process in diagram.processes for element in process.elements.values())
    named = {work.name for work in works if work is not None and work.kind == "decision" and work.name}
    if named <= decisions:
        return decisions
    return decisions | known_keys(session.shared.definitions, session.connection)


def _attempt(problems: list[Problem], path: str, work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Invalid as error:
        problems.extend(error.problems or [Problem(error.message, file=path or None)])
    except LanguageError as error:
        problems.append(Problem(error.message, file=path or None, rule="expression"))
    return None
