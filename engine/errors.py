"""The errors of the engine: few, each carrying what a page needs to say what happened and what to do. HTTP codes: webui/errors.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Thai = str | Callable[[], str]  # what is said to people; made when it is asked for, where many such errors are caught unseen


class RuamError(Exception):
    """Something that was asked cannot be done."""

    code = "error"

    def __init__(self, message: str = "", *, th: Thai = "", **facts: Any) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.message = str(self.args[0])
        self._th = th
        self.facts = facts

    @property
    def message_th(self) -> str:
        """The message in Thai; nothing where it is said to no people."""
        return self._th if isinstance(self._th, str) else self._th()

    @property
    def thai(self) -> str:
        """The message in Thai, else as it is."""
        return self.message_th or self.message


class NotFound(RuamError):
    """There is no such thing, or you may not know of it."""

    code = "not_found"


class Forbidden(RuamError):
    """You may not do this."""

    code = "forbidden"


class Conflict(RuamError):
    """Somebody else changed this in the meantime."""

    code = "conflict"


class Invalid(RuamError):
    """What was given is not valid; `problems` says what and where. Its Thai is that of a problem that says the same."""

    code = "invalid"

    def __init__(self, message: str = "", problems: Sequence[Problem] = (), *, th: Thai = "", **facts: Any) -> None:
        same = (problem.message_th for problem in problems if problem.message == message)
        super().__init__(message, th=th or next(same, ""), **facts)
        self.problems = tuple(problems)


class Named(Protocol):
    """What an error is about: an element of a diagram."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class Outage(StrEnum):
    """Why the database cannot be used."""

    AWAY = "away"  # does not answer, cannot be opened
    BUSY = "busy"  # locked for longer than one waits
    FULL = "full"  # no room on the disk
    DAMAGED = "damaged"  # not a database, or not whole
    NO_SCHEMA = "no_schema"  # ours are not among its tables
    UNCERTAIN = "uncertain"  # it went away during the commit: what was asked may have been done


class Unavailable(RuamError):
    """The database is away, locked or full; nothing was changed. Try again. Facts: outage, detail (for the log alone)."""

    code = "unavailable"

    @property
    def outage(self) -> Outage:
        """Why."""
        return Outage(self.facts.get("outage", Outage.AWAY))


class ExecutionFailed(RuamError):
    """The process could not go on; facts: element_id, element_name, element_name_en. The state before is kept and an incident shows it."""

    code = "execution_failed"

    @classmethod
    def at(cls, element: Named, reason: str, th: str, **facts: Any) -> ExecutionFailed:
        """That an element failed, and why, said in both languages behind its name in each."""
        return cls(
            f"'{element.name_en or element.name or element.id}' ({element.id}) {reason}",
            th=f"“{element.name or element.id}” ({element.id}) {th}",
            element_id=element.id,
            element_name=element.name,
            element_name_en=element.name_en,
            reason=reason,
            **facts,
        )


class LanguageError(RuamError):
    """An expression cannot be read or evaluated; facts: expression, position."""

    code = "expression"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was given: a form field, a line of a diagram, a row of a sheet."""

    message: str  # English
    message_th: str = ""
    field: str | None = None  # name or JSON pointer of the field
    rule: str | None = None  # stable name of the rule
    severity: str = "error"  # or "warning"
    file: str | None = None
    line: int | None = None
    element_id: str | None = None
    element_name: str | None = None
    element_name_en: str | None = None  # where the diagram has one
