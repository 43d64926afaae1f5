"""What the names in a diagram say in one instance: they may hold ${…}, as in "letters to ${count(provinces)} provinces"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine import language
from engine.diagrams.model import Element
from engine.errors import LanguageError

if TYPE_CHECKING:
    from engine.session import Session


def told(elements: Iterable[Element], variables: Mapping[str, Any]) -> list[Element]:
    """The elements with their names as read with these variables; as they are drawn where that cannot be."""
    return [
        replace(element, name=_told(element.name, variables), name_en=_told(element.name_en, variables)) if _open(element) else element
        for element in elements
    ]


def told_in(session: Session, instance_id: str, elements: Iterable[Element]) -> list[Element]:
    """The same with the variables of an instance's root scope, read only if some name asks for them."""
    from engine.windows import root_variables

    drawn = list(elements)
    return told(drawn, root_variables(session, instance_id)) if any(_open(element) for element in drawn) else drawn


def changed(session: Session, instance_id: str, elements: Iterable[Element]) -> dict[str, tuple[str, str]]:
    """Only the names that read otherwise than they are drawn: (Thai, English) by element id."""
    return {element.id: (element.name, element.name_en) for element in told_in(session, instance_id, filter(_open, elements))}


def _open(element: Element) -> bool:
    return "${" in element.name or "${" in element.name_en


def _told(text: str, variables: Mapping[str, Any]) -> str:
    try:
        return str(language.template(text, variables))
    except LanguageError:
        return text
