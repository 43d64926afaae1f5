"""How commands print: JSON for programs, columns for people, and what was refused on the error stream."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

import click
from rich.cells import cell_len

from engine.dates.zone import in_bangkok
from engine.errors import Invalid, Problem, RuamError, Unavailable

LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set says the language, as everywhere on the command line


def pick(th: str | None, en: str) -> str:
    """The text in the language of who typed the command; the other one where it is missing."""
    thai = next((os.environ[name] for name in LOCALES if os.environ.get(name)), "").startswith("th")
    return (th if thai else en) or en or th or ""


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print a value, a view of the engine's or a list of them as JSON."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """What JSON can say of a value: views become objects, instants ISO text in Bangkok's zone."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime):
        return in_bangkok(value).isoformat(timespec="seconds")
    return value


def print_rows(rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Print attributes of each row as columns under their names."""
    lines = [tuple(columns), *(tuple(_cell(getattr(row, name)) for name in columns) for row in rows)]
    widths = [max(cell_len(line[n]) for line in lines) for n in range(len(columns))]
    for line in lines:
        click.echo("  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_facts(view: Any, names: Sequence[str]) -> None:
    """Print attributes of one view, a line each, without those that are empty."""
    for name in names:
        if text := _cell(getattr(view, name)):
            click.echo(f"{name:<16} {text}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return in_bangkok(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple | frozenset):
        return " ".join(map(str, value))
    return str(value)


def problem_line(problem: Problem) -> str:
    """`file:line: id (name): message [rule]`, as compilers say it, so that editors can jump there; what is not known is left out."""
    place = ":".join(str(part) for part in (problem.file, problem.line) if part is not None)
    element = problem.element_id or problem.field
    if element and problem.element_name and problem.element_name != element:
        element = f"{element} ({problem.element_name})"
    parts = [part for part in (place, element) if part]
    warning = "warning: " if problem.severity == "warning" else ""  # a word that editors look for: in one language
    rule = f" [{problem.rule}]" if problem.rule else ""
    return ": ".join([*parts, f"{warning}{pick(problem.message_th, problem.message)}{rule}"])


def tally(problems: Iterable[Problem]) -> str:
    """How many of them are errors, and how many warnings."""
    found = Counter("error" if problem.severity == "error" else "warning" for problem in problems)
    return ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in sorted(found.items()))


class Refused(click.ClickException):
    """Says on the error stream why something was refused, and makes the command exit with 1."""

    exit_code = 1

    def __init__(self, error: RuamError) -> None:
        super().__init__(pick(error.message_th, error.message))
        self.problems = error.problems if isinstance(error, Invalid) else ()
        # Who runs a command runs the machine: here, and not on pages, the driver's own words are shown.
        self.hint = str(error.facts.get("detail", "")).partition("\n")[0] if isinstance(error, Unavailable) else ""

    def show(self, file: Any = None) -> None:
        counted = f" ({tally(self.problems)})" if len(self.problems) > 1 else ""
        click.echo(f"ruam: {self.message}{counted}", err=True)
        for line in filter(None, [*map(problem_line, self.problems), self.hint]):
            click.echo(line, err=True)
