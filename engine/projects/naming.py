"""What names say in one instance: those in a diagram may hold ${…}, as in "letters to ${count(provinces)} provinces"; those of units do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine import language
from engine.diagrams.model import Element
from engine.errors import LanguageError

if TYPE_CHECKING:
    from engine.deployment.packs import Party
    from engine.storage.session import Session


def told(elements: Iterable[Element], variables: Mapping[str, Any]) -> list[Element]:
    """The elements with their names as read with these variables; with `…` for what cannot be."""
    return [
        replace(element, name=_told(element.name, variables), name_en=_told(element.name_en, variables)) if _open(element) else element
        for element in elements
    ]


def told_in(session: Session, instance_id: str, elements: Iterable[Element]) -> list[Element]:
    """The same with the variables of an instance's root scope, read only if some name asks for them."""
    from engine.projects.windows import root_variables

    drawn = list(elements)
    return told(drawn, root_variables(session, instance_id)) if any(_open(element) for element in drawn) else drawn


def changed(session: Session, instance_id: str, elements: Iterable[Element]) -> dict[str, tuple[str, str]]:
    """Only the names that read otherwise than they are drawn: (Thai, English) by element id."""
    return {element.id: (element.name, element.name_en) for element in told_in(session, instance_id, filter(_open, elements))}


def party(parties: Mapping[str, Party], group: str, variables: Mapping[str, Any]) -> tuple[str, str]:
    """What people call a group, Thai and English; a unit by its name where the instance's variables tell it, else by its code."""
    key, _, unit = group.partition(":")
    found = parties.get(key)
    if found is None:
        return group, group
    if unit and found.of_unit is not None and _unit(found, variables) == unit:
        return _told(found.of_unit[0], variables), _told(found.of_unit[1], variables)
    return f"{found.th} {unit}".strip(), f"{found.en} {unit}".strip()


def _unit(party: Party, variables: Mapping[str, Any]) -> str | None:
    try:
        return str(language.evaluate(party.unit, variables)) if party.unit else None
    except LanguageError:
        return None


def _open(element: Element) -> bool:
    return "${" in element.name or "${" in element.name_en


def _told(text: str, variables: Mapping[str, Any]) -> str:
    try:
        return str(language.template(text, variables))
    except LanguageError:
        return language.left_open(text)
