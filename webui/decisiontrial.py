"""Trying a decision: what somebody means who types a value, and what stood against it in both languages."""

from __future__ import annotations

import json
from typing import Any

from engine.errors import LanguageError
from engine.language.thai import said


def typed(text: str) -> Any:
    """What somebody means who types `60`, `true` or a text; a list or an object as JSON has it; nothing: null."""
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        return text


def fault(error: LanguageError) -> tuple[str, str]:
    """Why there was no answer, Thai and English."""
    reason = str(error.facts.get("reason", error.message))
    return said(reason), reason
