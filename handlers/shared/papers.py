"""Letters and reports: what every one of them says (agency, date, number), and how one is set and filed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from engine.context import Context
from engine.dates.thai import thai_digits

PDF = "application/pdf"


def agency(context: Context) -> dict[str, Any]:
    """Who the letters come from: `letters/agency.toml` of the deployed pack."""
    return tomllib.loads(context.resource("letters/agency.toml").decode("utf-8"))


def basis(context: Context, title: str, number: str | None = None) -> dict[str, Any]:
    """What every template needs."""
    variables = context.variables
    return {
        "agency": agency(context),
        "title": title,
        "number": number,
        "date": variables.get("letter_date") or context.now.isoformat(),
        "year": variables["year"],
        "signer": variables.get("signer"),
        "signer_position": variables.get("signer_position"),
        "note": variables.get("letter_note"),
    }


def number(context: Context, prefix: str) -> str:
    """The next number of the year's outgoing letters: นร ๑๒๐๐/๑๗."""
    return f"{prefix}/{thai_digits(context.next_number('letter-' + str(context.variables['year'])))}"


def file_letter(context: Context, template: str, title: str, content: bytes, *, unit: str, number: str) -> None:
    """File a letter that was set; its template's name says which letter it is."""
    context.documents.add(
        name=f"{title}.pdf", content=content, media_type=PDF, category="letter", unit=unit, deliverable=template, number=number
    )  # fmt: skip


def file_report(
    context: Context, template: str, title: str, facts: Mapping[str, Any],
    *, category: str, deliverable: str, name: str, unit: str | None = None,
) -> Any:  # fmt: skip
    """Set a report and file it as a PDF; returns the document. Papers of the file carry today's date, not that of a letter."""
    data = {**basis(context, title), "date": context.now.isoformat(), **facts}
    content = context.typeset(f"letters/{template}.typ", data)
    return context.documents.add(name=f"{name}.pdf", content=content, media_type=PDF, category=category, unit=unit, deliverable=deliverable)
