"""The little Markdown that texts of forms are written in, as safe HTML: headings, lists, bold, italic, code. All else stays as typed."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.+?)\s*#*\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|(\d+)[.)])\s+(.+)")
_INLINE = (
    (re.compile(r"`([^`]+)`"), "code"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), "strong"),
    (re.compile(r"__(?=\S)(.+?)(?<=\S)__"), "strong"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])"), "em"),
)


def html(text: str) -> Markup:
    """The text as HTML; what is HTML in it is shown as typed."""
    made: list[str] = []
    open_list, paragraph = "", False
    for line in text.splitlines():
        item, heading = _ITEM.fullmatch(line), _HEADING.fullmatch(line)
        kind = "" if item is None else "ol" if item[1] else "ul"
        if kind != open_list:
            made.append(f"</{open_list}>" if open_list else "")
        if paragraph and (item or heading or not line.strip()):
            made.append("</p>")
            paragraph = False
        if item:
            made.append((f"<{kind}>" if kind != open_list else "") + f"<li>{_inline(item[2])}</li>")
        elif heading:
            made.append(f"<h2>{_inline(heading[1])}</h2>")
        elif line.strip():
            made.append(("<br>" if paragraph else "<p>") + _inline(line))
            paragraph = True
        open_list = kind
    made.append(f"</{open_list}>" if open_list else "</p>" if paragraph else "")
    return Markup("".join(made))


def _inline(text: str) -> str:
    found = str(escape(text))
    for mark, tag in _INLINE:
        found = mark.sub(rf"<{tag}>\1</{tag}>", found)
    return found
