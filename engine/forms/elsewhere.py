"""A form drawn for another engine while it is being made into one of ours: its fields, sections, texts, and what could not be taken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Problem

NAME = re.compile(r"[^\W\d][\w\u0e00-\u0e7f]*")
_MARKS = re.compile(r"^\s{0,3}#{1,6}\s+|\*\*|__|`", re.MULTILINE)
_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")
_INSERT = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@dataclass(slots=True)
class Draft:
    """What has been taken from the form so far."""

    file: str
    title: str = ""
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def schema(self) -> dict[str, Any]:
        """The form in our schema."""
        made: dict[str, Any] = {"type": "object", "title": self.title, "properties": self.properties, "required": self.required}
        if len(self.sections) > 1 or any(section["th"] for section in self.sections):
            made["x-sections"] = [section for section in self.sections if section["fields"]]
        if self.texts:
            made["x-instructions"] = "\n\n".join(self.texts)
        return made

    def add(self, name: str, made: dict[str, Any], *, required: bool = False) -> None:
        """Add a field to the section that is open."""
        if not self.sections:
            self.open("")
        self.properties[name] = made
        self.sections[-1]["fields"].append(name)
        if required:
            self.required.append(name)

    def open(self, title: str) -> None:
        """Begin a section."""
        self.sections.append({"th": title, "fields": []})

    def say(self, text: str) -> None:
        """A text of the form, shown above its fields; its Markdown is for the pages to draw."""
        marked = filled_in(_TAGS.sub("", text)).strip()
        if marked:
            self.texts.append(marked)

    def finding(self, place: str, message: str, message_th: str, severity: str = "error") -> None:
        """Something that is not taken over."""
        self.problems.append(Problem(message, message_th, field=place, rule="form-elsewhere", severity=severity, file=self.file or None))


def plain_text(text: str) -> str:
    """A text without the marks of Markdown and HTML; `{{name}}` becomes `${name}`."""
    return filled_in(_TAGS.sub("", _MARKS.sub("", text))).strip()


def filled_in(text: str) -> str:
    """`{{name}}` as `${name}`."""
    return _INSERT.sub(r"${\1}", text)


def filled_from(name: str, default: Any = None) -> dict[str, str]:
    """Fields of forms from elsewhere begin with the variable of their name; with a default where there is none."""
    return {"x-default": f"${{default({name}, {json.dumps(default, ensure_ascii=False)})}}"} if NAME.fullmatch(name) else {}


def has_default(name: str, field: Mapping[str, Any]) -> bool:
    """Whether a field was drawn with a default, and not only with what the variable of its name holds."""
    return "x-default" in field and field["x-default"] != filled_from(name).get("x-default")


def choices(items: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """(value, label) pairs as the choices of a field."""
    return [{"const": value, "title": str(label if label not in (None, "") else value)} for value, label in items]


def items_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing where it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A text, or none."""
    return value if isinstance(value, str) else ""
