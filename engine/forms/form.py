"""A form: what a task asks, checks and hands on. One JSON Schema with our `x-` keywords (docs/architecture.md, Forms)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from referencing import Registry

from engine import language
from engine.errors import Invalid, LanguageError, Problem
from engine.forms import check, choices, elsewhere, formjs, messages, posted, rjsf, schema, shape
from engine.forms.view import DocumentLimits, Field, FormView, Option, Shown, document_limits, field_view, fixed_options, option, sections

Functions = Mapping[str, Callable[..., Any]]
Tables = Mapping[str, list[dict[str, str]]]
NONE: Mapping[str, Any] = {}
OURS = "forms/"  # where forms of our own stand
T = TypeVar("T")
_INCOMPLETE = frozenset({"required", "minItems", "minLength", "const", "minProperties"})  # what a draft need not keep yet
_REGISTRY: Registry[Any] = Registry()  # empty: nothing is ever fetched


class Form:
    """An immutable form. Expressions see the form's fields (missing ones as null) over the variables."""

    def __init__(self, content: Mapping[str, Any], file: str = "", tables: Tables = NONE, found: Sequence[Problem] = ()) -> None:
        """`tables`: the pack's own, which its expressions read as `table('name.csv')`. `found`: what translating it has found."""
        self.file = file
        self._found = tuple(found)
        self._own: Functions = {"table": choices.table(tables)}
        self.schema = schema.inlined(content, file)
        self.properties = schema.properties(self.schema)
        required = self.schema.get("required")
        self.required = frozenset(required) if isinstance(required, list) else frozenset()
        self.takes_more = self.schema.get("additionalProperties") is True  # values beside its fields, as forms from Camunda and Flowable do
        self._validator: Any = None

    @classmethod
    def load(cls, content: bytes, file: str = "", tables: Tables = NONE, ui: bytes | None = None) -> Form:
        """The form in a file: ours, form-js, or a JSON Schema with its UI schema `ui`. Raises Invalid whose problems name the file."""
        read, found = schema.read(content, file), list[Problem]()
        if formjs.is_form_js(read):
            read, found = formjs.translated(read, file)
        elif ui is not None or (file and not file.startswith(OURS)):
            read, found = rjsf.translated(read, schema.read(ui, file) if ui is not None else NONE, file)
        form = cls(read, file, tables, found)
        problems = [problem for problem in form.problems() if problem.severity == "error"]
        if problems:
            raise Invalid(problems[0].message, problems)
        return form

    def problems(self) -> list[Problem]:
        """Everything wrong with the form itself, for the check at deployment."""
        return [*self._found, *check.problems(self.schema, self.file)]

    # values
    def validate(
        self, values: Any, variables: Mapping[str, Any] = NONE, *, partial: bool = False, functions: Functions | None = None
    ) -> list[Problem]:
        """What is wrong with values, each problem with the JSON pointer of its field. `partial`: a draft, which may be incomplete."""
        found = shape.problems(values)
        if found:
            return found
        found = self.unknown(values)
        try:
            kept = self.visible_values(values, variables, functions=functions)
            if not partial:
                found.extend(self._missing(kept, variables, functions))
            found.extend(self._wrong_options(kept, variables, functions))
        except LanguageError as error:
            found.append(_failed(error))
            return found
        for finding in self.validator.iter_errors(_filled(kept)):
            if not (partial and finding.validator in _INCOMPLETE):
                found.append(messages.problem(finding, self.schema))
        return found

    def unknown(self, values: Mapping[str, Any]) -> list[Problem]:
        """A problem for each value that is no field's, unless the form takes such."""
        return [] if self.takes_more else [messages.unknown_field([name]) for name in values if name not in self.properties]

    @property
    def validator(self) -> Any:
        """The jsonschema validator, made on first use."""
        if self._validator is None:
            prepared = schema.for_validation({**self.schema, "additionalProperties": True})
            self._validator = messages.Validator(prepared, format_checker=messages.FORMATS, registry=_REGISTRY)
        return self._validator

    def _missing(self, values: Mapping[str, Any], variables: Mapping[str, Any], functions: Functions | None) -> Iterator[Problem]:
        visible = self.visible(values, variables, functions=functions)
        for name in self.properties:
            if name in self.required and visible[name] and values.get(name) in (None, "", []):
                yield messages.missing_field([name], self.schema)

    def _wrong_options(self, values: Mapping[str, Any], variables: Mapping[str, Any], functions: Functions | None) -> Iterator[Problem]:
        for name, field in self.properties.items():
            value = values.get(name)
            if value in (None, "", []):
                continue
            if "x-options" in field:
                allowed = _values(self.options(name, values, variables, "th", functions=functions))
                chosen: list[tuple[list[str | int], Any]] = [([name], value)]
                if isinstance(value, list):
                    chosen = [([name, number], item) for number, item in enumerate(value)]
                yield from (messages.wrong_choice(path, self.schema) for path, item in chosen if item not in allowed)
            for column, part in schema.columns(field).items():
                if "x-options" in part and isinstance(value, list):
                    allowed = _values(self._computed(part, values, variables, "th", functions))
                    cells = [(number, row.get(column)) for number, row in enumerate(value) if isinstance(row, Mapping)]
                    wrong = [number for number, cell in cells if cell not in (None, "") and cell not in allowed]
                    yield from (messages.wrong_choice([name, number, column], self.schema) for number in wrong)

    def from_strings(self, source: posted.MultiDict | Mapping[str, Any]) -> dict[str, Any]:
        """The typed values of an HTML form post; what cannot be read stays text, for `validate` to name."""
        return posted.read(self.schema, source)

    def _seen(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as expressions see them."""
        return {name: values.get(name) for name in self.properties}

    def visible(
        self,
        values: Mapping[str, Any],
        variables: Mapping[str, Any] = NONE,
        *,
        functions: Functions | None = None,
        otherwise: bool | None = None,
    ) -> dict[str, bool]:
        """Which fields are shown. A hidden field counts as empty for those after it.

        `otherwise`: what a condition says that cannot be worked out; None: it raises LanguageError.
        """
        seen = self._seen(values)
        found: dict[str, bool] = {}
        for name, item in self.properties.items():
            condition = item.get("x-visible")
            shown = condition is None or condition is True
            if isinstance(condition, str):
                try:
                    shown = bool(language.evaluate(condition, _over(seen, variables), functions=self._with(functions)))
                except LanguageError:
                    if otherwise is None:
                        raise
                    shown = otherwise
            found[name] = shown
            if not shown:
                seen[name] = None
        return found

    def visible_values(
        self, values: Mapping[str, Any], variables: Mapping[str, Any] = NONE, *, functions: Functions | None = None
    ) -> dict[str, Any]:
        """The values without those of hidden fields, and of none unless the form takes such. Raises LanguageError."""
        shown = self.visible(values, variables, functions=functions)
        return {name: value for name, value in values.items() if shown.get(name, self.takes_more)}

    def split(
        self, values: Mapping[str, Any], variables: Mapping[str, Any] = NONE, *, functions: Functions | None = None
    ) -> tuple[dict[str, Any], list[tuple[str, str, str | None, Any]], list[tuple[str, list[str], Mapping[str, Any]]]]:
        """(variables, sealed, documents) of valid values.

        Sealed: (field, category template, unit template, value), never a variable. Documents: (field, document ids, `x-document`);
        the ids are variables too. Hidden fields are dropped.
        """
        plain: dict[str, Any] = {}
        sealed: list[tuple[str, str, str | None, Any]] = []
        documents: list[tuple[str, list[str], Mapping[str, Any]]] = []
        for name, value in self.visible_values(values, variables, functions=functions).items():
            field = self.properties.get(name, NONE)
            document = field.get("x-document")
            if isinstance(document, Mapping) and value not in (None, "", []):
                documents.append((name, [str(item) for item in value] if isinstance(value, list) else [str(value)], document))
            seal = field.get("x-sealed")
            if isinstance(seal, Mapping):
                if value is not None:
                    sealed.append((name, str(seal.get("category", "")), seal.get("unit"), value))
            else:
                plain[name] = value
        return plain, sealed, documents

    def default(self, name: str, variables: Mapping[str, Any], *, functions: Functions | None = None) -> Any:
        """The value a field starts with. Raises LanguageError."""
        field = self.properties[name]
        if isinstance(field.get("x-default"), str):
            return language.template(field["x-default"], variables, functions=self._with(functions))
        return field.get("default")

    def with_defaults(
        self, values: Mapping[str, Any], variables: Mapping[str, Any], *, functions: Functions | None = None
    ) -> dict[str, Any]:
        """Values, and the defaults drawn with the fields that none was given for. Raises LanguageError."""
        absent = [name for name, field in self.properties.items() if name not in values and elsewhere.has_default(name, field)]
        return {**values, **{name: self.default(name, variables, functions=functions) for name in absent}}

    @property
    def days(self) -> frozenset[str]:
        """The fields that ask for a day."""
        return frozenset(
            name for name, field in self.properties.items() if field.get("format") == "date" or field.get("x-widget") == "date"
        )

    def documents(self) -> dict[str, DocumentLimits]:
        """What may be uploaded, by file field."""
        return {name: limits for name, field in self.properties.items() if (limits := document_limits(field)) is not None}

    def options(
        self, name: str, values: Mapping[str, Any], variables: Mapping[str, Any], locale: str, *, functions: Functions | None = None
    ) -> tuple[Option, ...]:
        """The choices of a field: fixed ones, or those its `x-options` computes. Raises LanguageError."""
        return self._computed(self.properties[name], values, variables, locale, functions)

    def column_options(
        self, name: str, values: Mapping[str, Any], variables: Mapping[str, Any], locale: str, *, functions: Functions | None = None
    ) -> dict[str, tuple[Option, ...]]:
        """The choices of a table's or group's columns that have some; the same in every row. Raises LanguageError."""
        columns = schema.columns(self.properties[name])
        found = {column: self._computed(part, values, variables, locale, functions) for column, part in columns.items()}
        return {column: options for column, options in found.items() if options}

    def _computed(
        self, field: Mapping[str, Any], values: Mapping[str, Any], variables: Mapping[str, Any], locale: str, functions: Functions | None
    ) -> tuple[Option, ...]:
        found = field.get("x-options")
        if found is None:
            return fixed_options(field, locale)
        if isinstance(found, str):
            found = language.evaluate(found, _over(self._seen(values), variables), functions=self._with(functions))
        if not isinstance(found, list):
            title = field.get("title", "")
            raise LanguageError(
                f"the choices of '{title}' are not a list",
                th=f"ตัวเลือกของ “{title}” ไม่ใช่รายการ",
                expression=str(field["x-options"]),
                position=0,
            )
        return tuple(option(item, locale) for item in found)

    def _with(self, functions: Functions | None) -> Functions:
        """The caller's functions and the pack's tables."""
        return {**(functions or {}), **self._own}

    # for pages
    def view(
        self,
        locale: str = "th",
        values: Mapping[str, Any] = NONE,
        variables: Mapping[str, Any] = NONE,
        *,
        functions: Functions | None = None,
    ) -> FormView:
        """The form as a page shows it, filled with `values`; what could not be computed is named in its `problems`."""
        return Rendering(self, locale, values, variables, functions).view()

    def fields(
        self,
        locale: str = "th",
        values: Mapping[str, Any] = NONE,
        variables: Mapping[str, Any] = NONE,
        *,
        functions: Functions | None = None,
    ) -> tuple[Field, ...]:
        """The fields as a page shows them."""
        return self.view(locale, values, variables, functions=functions).fields


class Rendering:
    """One form made into a view. A task must open even where one of its facts cannot be computed, so failures are collected."""

    def __init__(
        self, form: Form, locale: str, values: Mapping[str, Any], variables: Mapping[str, Any], functions: Functions | None
    ) -> None:
        self.form, self.locale, self.values, self.variables, self.functions = form, locale, values, variables, form._with(functions)
        self.failed: list[str] = []

    def view(self) -> FormView:
        """The view."""
        form, locale = self.form, self.locale
        everything = dict.fromkeys(form.properties, True)
        visible = self.tried(lambda: form.visible(self.values, self.variables, functions=self.functions), everything)
        fields = {name: self.field(name, visible[name]) for name in form.properties}
        instructions = schema.both(form.schema.get("x-instructions"), locale)
        return FormView(
            title=schema.title(form.schema, locale),
            description=schema.hint(form.schema, locale),
            instructions=str(self.template(instructions, instructions)),
            submit=schema.both(form.schema.get("x-submit"), locale) or ("Submit" if locale == "en" else "ส่ง"),
            confirm=form.schema.get("x-confirm") is True,
            sections=tuple(sections(form.schema, fields, locale)),
            shown=tuple(self.shown()),
            problems=tuple(self.failed),
        )

    def field(self, name: str, visible: bool) -> Field:
        form = self.form
        none: tuple[Option, ...] = ()
        nowhere: dict[str, tuple[Option, ...]] = {}
        options = self.tried(lambda: form.options(name, self.values, self.variables, self.locale, functions=self.functions), none)
        columns = self.tried(lambda: form.column_options(name, self.values, self.variables, self.locale, functions=self.functions), nowhere)
        default = self.tried(lambda: form.default(name, self.variables, functions=self.functions), None)
        return field_view(name, form.properties[name], self.locale, name in form.required, visible, default, options, columns)

    def shown(self) -> Iterator[Shown]:
        for item in self.form.schema.get("x-show") or []:
            value = item.get("value")
            if isinstance(value, str):
                value = self.template(value, None)
            units = self.template(item.get("unit"), ())
            listed = tuple(map(str, units if isinstance(units, list | tuple) else (units,))) if units is not None else None
            yield Shown(schema.both(item, self.locale), value, item.get("document"), listed)

    def template(self, text: str, otherwise: Any) -> Any:
        return self.tried(lambda: language.template(text, self.variables, functions=self.functions), otherwise) if text else text

    def tried(self, compute: Callable[[], T], otherwise: T) -> T:
        try:
            return compute()
        except LanguageError as error:
            self.failed.append(error.message)
            return otherwise


def _over(fields: Mapping[str, Any], variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form's fields over the variables."""
    return ChainMap(fields, variables)  # type: ignore[arg-type]


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the validator sees: an empty field is an absent one."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _values(options: tuple[Option, ...]) -> list[Any]:
    return [choice.value for choice in options]


def _failed(error: LanguageError) -> Problem:
    return Problem(
        f"The form cannot be checked: {error.message}.",
        f"ตรวจสอบแบบฟอร์มไม่ได้ โปรดแจ้งผู้ดูแลระบบ ({error.message})",
        field="",
        rule="expression",
    )
