"""A form as a page shows it: frozen, in one language, with its expressions evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.forms import schema

KINDS = ("pdf", "docx", "xlsx", "jpg", "png", "zip")
MAX_MB = 20  # of a file where the form says nothing


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: Any
    title: str
    group: str = ""  # the heading it stands under


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What may be uploaded into a file field. `category`, `unit` and `deliverable` are texts that may hold ${…}."""

    category: str
    unit: str | None = None
    deliverable: str | None = None
    kinds: tuple[str, ...] = KINDS
    max_mb: float = MAX_MB


@dataclass(frozen=True, slots=True)
class Field:
    """One field (or column of a table)."""

    name: str
    type: str  # string number integer boolean array object
    widget: str  # text textarea number checkbox radio select checkboxes date datetime time email file files table score group
    title: str
    hint: str = ""
    required: bool = False
    visible: bool = True
    visible_when: str | None = None  # the expression, where it has one
    default: Any = None
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    read_only: bool = False
    sealed: bool = False
    document: DocumentLimits | None = None
    columns: tuple[Field, ...] = ()  # of a table or group


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under a heading; the first may have none."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A fact or document shown beside the form."""

    title: str
    value: Any = None
    document: str | None = None  # category of the documents to list
    units: tuple[str, ...] | None = None  # of these units; None: of the task's


@dataclass(frozen=True, slots=True)
class FormView:
    """The whole form."""

    title: str
    description: str
    instructions: str
    submit: str
    confirm: bool
    sections: tuple[Section, ...]
    shown: tuple[Shown, ...]
    problems: tuple[str, ...] = ()  # expressions of defaults, facts or instructions that failed; for administrators

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in the order of the sections."""
        return tuple(field for section in self.sections for field in section.fields)


def fixed_options(field: Mapping[str, Any], locale: str) -> tuple[Option, ...]:
    """The choices that stand in the form; of a list those of its items."""
    holder = field.get("items") if field.get("type") == "array" and isinstance(field.get("items"), Mapping) else field
    assert isinstance(holder, Mapping)
    choices = holder.get("oneOf")
    if isinstance(choices, list):
        return tuple(Option(item["const"], schema.title(item, locale, str(item["const"]))) for item in choices if "const" in item)
    return tuple(Option(value, str(value)) for value in holder.get("enum") or [])


def option(item: Any, locale: str) -> Option:
    if isinstance(item, Mapping):
        value = item.get("value", item.get("id"))
        title = schema.both(item, locale) or str(item.get("title") or item.get("label", value))
        return Option(value, title, schema.both(item.get("group"), locale))
    return Option(item, str(item))


def document_limits(field: Mapping[str, Any]) -> DocumentLimits | None:
    """The limits of a file field."""
    document = field.get("x-document")
    if not isinstance(document, Mapping):
        return None
    return DocumentLimits(
        category=str(document.get("category", "")),
        unit=document.get("unit"),
        deliverable=document.get("deliverable"),
        kinds=tuple(document.get("kinds") or KINDS),
        max_mb=document.get("max_mb", MAX_MB),
    )


def sections(form: Mapping[str, Any], fields: dict[str, Field], locale: str) -> Iterator[Section]:
    """The fields by section; those in none come first."""
    listed = form.get("x-sections") or []
    placed = {name for section in listed for name in section.get("fields", [])}
    loose = tuple(item for name, item in fields.items() if name not in placed)
    if loose:
        yield Section("", loose)
    for section in listed:
        yield Section(schema.both(section, locale), tuple(fields[name] for name in section.get("fields", []) if name in fields))


def field_view(
    name: str, item: Mapping[str, Any], locale: str, required: bool, shown: bool, default: Any, options: tuple[Option, ...],
    column_options: Mapping[str, tuple[Option, ...]] = MappingProxyType({}),
) -> Field:  # fmt: skip
    holder = item.get("items") if schema.kind_of(item) == "array" and isinstance(item.get("items"), Mapping) else item
    assert isinstance(holder, Mapping)
    needed = holder.get("required") or []
    columns = tuple(
        field_view(column, part, locale, column in needed, True, part.get("default"), column_options.get(column, ()))
        for column, part in schema.columns(item).items()
    )
    condition = item.get("x-visible")
    return Field(
        name=name,
        type=schema.kind_of(item),
        widget=widget(item, bool(options), bool(columns)),
        title=schema.title(item, locale, name),
        hint=schema.hint(item, locale),
        required=required,
        visible=shown,
        visible_when=condition if isinstance(condition, str) else None,
        default=default,
        options=options,
        minimum=item.get("minimum", item.get("exclusiveMinimum")),
        maximum=item.get("maximum", item.get("exclusiveMaximum")),
        step=item.get("multipleOf", 1 if item.get("type") == "integer" else None),
        min_length=item.get("minLength"),
        max_length=item.get("maxLength"),
        min_items=item.get("minItems"),
        max_items=item.get("maxItems"),
        pattern=item.get("pattern"),
        read_only=item.get("readOnly") is True,
        sealed="x-sealed" in item,
        document=document_limits(item),
        columns=columns,
    )


_BY_FORMAT = {"date": "date", "date-time": "datetime", "time": "time", "email": "email"}
_BY_TYPE = {"number": "number", "integer": "number", "boolean": "checkbox"}


def widget(field: Mapping[str, Any], has_options: bool, has_columns: bool) -> str:
    """How a field is shown where it does not say so itself."""
    kind = schema.kind_of(field)
    if isinstance(field.get("x-widget"), str):
        return str(field["x-widget"])
    if "x-document" in field:
        return "files" if kind == "array" else "file"
    if kind == "array":
        return "checkboxes" if has_options else "table"
    if kind == "object" and has_columns:
        return "group"
    if has_options:
        return "select"
    return _BY_FORMAT.get(str(field.get("format")), _BY_TYPE.get(kind, "text"))
