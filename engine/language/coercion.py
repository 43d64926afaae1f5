"""JUEL's reading of a text as the number or truth it is compared or calculated with (EL 2.2, 1.8 and 1.18)."""

from __future__ import annotations

from typing import Any

from engine.language.operators import is_number


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both operands as one type where one is a text that says the other's; unchanged where it does not."""
    if isinstance(left, str) and not isinstance(right, str):
        return _as(left, right), right
    if isinstance(right, str) and not isinstance(left, str):
        return left, _as(right, left)
    return left, right


def _as(text: str, other: Any) -> Any:
    written = text.strip()
    if isinstance(other, bool):
        return {"true": True, "false": False}.get(written.lower(), text)
    if not is_number(other) or not written.isascii():
        return text
    try:
        return int(written) if written.lstrip("+-").isdigit() else float(written)
    except ValueError:
        return text
