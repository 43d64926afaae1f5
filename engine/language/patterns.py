"""Regular expressions, by RE2: its time grows with the text, whatever the pattern, so no pattern can take for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from engine.language.arguments import a_text
from engine.language.limits import Budget, Fault

LONGEST = 1_000  # characters of a pattern
_GROUP = re.compile(r"\$(\d)")
_FLAGS = {"i": "i", "s": "s", "m": "m"}


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern) > LONGEST:
        raise Fault(f"the pattern is longer than {LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    kept = "".join(_FLAGS[flag] for flag in flags if flag in _FLAGS)
    if "x" in flags:  # XPath's: white space in the pattern means nothing
        pattern = re.sub(r"\s+", "", pattern)
    try:
        return re2.compile(f"(?{kept}){pattern}" if kept else pattern, options)
    except re2.error as error:
        raise Fault(f"the pattern cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def compiled(budget: Budget, pattern: Any, flags: Any, text: Any) -> Any:
    """The pattern made ready for a text, which is paid for. Raises Fault."""
    found = _compiled(a_text(pattern), a_text(flags) if flags is not None else "")
    budget.charge(1 + len(a_text(text)) * (1 + len(pattern) // 16) // 64)
    return found


def matches(budget: Budget, value: Any, pattern: Any, flags: Any = None) -> bool:
    """FEEL's: whether the pattern is found anywhere in the text."""
    return compiled(budget, pattern, flags, value).search(value) is not None


def matches_whole(budget: Budget, value: Any, pattern: Any) -> bool:
    """Java's `matches`: the whole text."""
    return compiled(budget, pattern, None, value).fullmatch(value) is not None


def replace(budget: Budget, value: Any, pattern: Any, replacement: Any, flags: Any = None) -> str:
    """FEEL's `replace`; `$1` is the first group."""
    ready = compiled(budget, pattern, flags, value)
    text = a_text(replacement)
    found = list(ready.finditer(value))
    budget.check_size(len(value) + len(found) * len(text))
    parts: list[str] = []
    end = 0
    for match in found:
        parts += [value[end : match.start()], _GROUP.sub(lambda group, match=match: _group(match, int(group[1])), text)]  # type: ignore[misc]
        budget.check_size(sum(map(len, parts[-2:])))
        end = match.end()
    made = "".join([*parts, value[end:]])
    budget.check_size(len(made))
    return made


def _group(match: Any, number: int) -> str:
    if number > match.re.groups:
        return ""
    return match[number] or ""


def split(budget: Budget, value: Any, pattern: Any) -> list[str]:
    """FEEL's `split`."""
    pieces: list[str] = []
    end = 0
    for match in compiled(budget, pattern, None, value).finditer(value):
        if match.end() > match.start():
            pieces.append(value[end : match.start()])
            end = match.end()
    return [*pieces, value[end:]]


def extract(budget: Budget, value: Any, pattern: Any) -> list[str]:
    """All that match, in order."""
    return [match[0] for match in compiled(budget, pattern, None, value).finditer(value)]
