"""What the rules must know besides the diagrams: the rest of the pack and how expressions are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.language import check as check_language


class Signature(Protocol):
    """The parameters of a handler; `engine.registry.Handler` is one."""

    @property
    def parameters(self) -> Mapping[str, Any]: ...

    @property
    def required(self) -> Collection[str]: ...


def first_fault(text: str, kind: str) -> str | None:
    """What our language says against a text."""
    return next((message for message, _ in check_language(text, kind)), None)


@dataclass(frozen=True, slots=True)
class Context:
    """What a diagram may refer to. None says that it is not known, and is not checked then.

    `check_expression(text, kind)` says what is wrong with a text, None if nothing: kind "expression" (`${a > b}`, `= a > b` or bare),
    "template" (text with `${…}`, or one expression after `=`), "script" (statements).
    """

    forms: Collection[str] | None = None  # keys
    handlers: Mapping[str, Signature] | None = None  # by name
    parties: Collection[str] | None = None  # keys
    decisions: Collection[str] | None = None  # ids
    called: Collection[str] | None = None  # keys of processes deployed already
    check_expression: Callable[[str, str], str | None] = first_fault
