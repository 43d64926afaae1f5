"""Instants as Camunda 7 writes them: `2009-06-01T08:30:00.000+0700`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from engine.dates.zone import BANGKOK, in_bangkok
from webui.rest.reading import refused

PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?$"
Instant = Annotated[str, msgspec.Meta(pattern=PATTERN, description="yyyy-MM-dd'T'HH:mm:ss.SSSZ", examples=["2009-06-01T08:30:00.000+0700"])]
_FORM = re.compile(PATTERN)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def text(instant: datetime) -> str:
    """An instant as text, in the time of Bangkok."""
    local = in_bangkok(instant)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"


def text_or_none(instant: datetime | None) -> str | None:
    """The same, of what may be missing."""
    return None if instant is None else text(instant)


def parse(given: str, field: str | None = None) -> datetime:
    """The instant (aware, UTC) that a text means. Raises Invalid."""
    if _FORM.match(given):
        try:
            found = datetime.fromisoformat(given)
            return (found if found.tzinfo else found.replace(tzinfo=BANGKOK)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise refused(f"'{given[:60]}' is not a date like 2009-06-01T08:30:00.000+0700.", field, "วันที่ไม่ถูกต้อง")


def day(given: str) -> str:
    """The day (ISO) that a text means: in the zone it was written in, of `Z` and without a zone in Bangkok. Raises Invalid."""
    if _DAY.fullmatch(given):
        given += "T00:00:00"
    instant = parse(given)
    return (in_bangkok(instant).date() if given.endswith("Z") else datetime.fromisoformat(given).date()).isoformat()


def of_day(iso: str) -> datetime | None:
    """The beginning of a day in Bangkok; None where the text is no day."""
    try:
        return datetime.fromisoformat(f"{iso}T00:00:00").replace(tzinfo=BANGKOK) if _DAY.fullmatch(iso) else None
    except ValueError:
        return None


def milliseconds(start: datetime, end: datetime | None) -> int | None:
    """How long something took, if it is over."""
    return None if end is None else int((end - start).total_seconds() * 1000)
