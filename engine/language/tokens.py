"""Text to tokens. Our own: Python's folds identifiers (NFKC), and a Thai name with ำ would not be found among the variables."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from engine.language.limits import MAX_DIGITS, Fault

OPERATORS = (
    "**=", "//=", "**", "//", "%=", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "..", "->",
    "+", "-", "*", "/", "%", "<", ">", "=", "!", "(", ")", "[", "]", "{", "}", ",", ".", ":", "?", ";", "@",
)  # fmt: skip
_BY_FIRST = {first: tuple(op for op in OPERATORS if op[0] == first) for first in {op[0] for op in OPERATORS}}
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"', "/": "/", "\n": ""}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class Token(NamedTuple):
    """`kind`: name number string operator newline end."""

    kind: str
    value: str
    position: int


def is_name_start(char: str) -> bool:
    """Letters of any script, and underscore."""
    return char == "_" or char.isalpha() or unicodedata.category(char) in ("Mn", "Mc", "Nl")


def is_name_part(char: str) -> bool:
    """Letters, digits and combining marks (Thai vowels and tone marks), unfolded."""
    return char == "_" or char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "Nd", "Nl", "Pc")


def is_name(text: str) -> bool:
    """Whether a text is the name of a variable, as it stands."""
    return bool(text) and is_name_start(text[0]) and all(is_name_part(char) for char in text)


def tokenize(text: str, start: int = 0, *, embedded: bool = False, script: bool = False, feel: bool = False) -> tuple[list[Token], int]:
    """The tokens from `start`, ended by an "end" token, and the offset behind them.

    `embedded` stops at the brace that closes a `${`; `script` keeps line ends outside brackets and drops comments.
    """
    return _Tokenizer(text, start, embedded, script, feel).run()


class _Tokenizer:
    def __init__(self, text: str, start: int, embedded: bool, script: bool, feel: bool) -> None:
        self.text, self.position = text, start
        self.embedded, self.script, self.feel = embedded, script, feel
        self.tokens: list[Token] = []
        self.depth = 0

    def run(self) -> tuple[list[Token], int]:
        text = self.text
        while self.position < len(text):
            char = text[self.position]
            if char == "\n" and self.script and self.depth == 0:
                self._add("newline", "\n", 1)
            elif char.isspace():
                self.position += 1
            elif self._skip_comment():
                continue
            elif char in "'\"":
                self._string(char)
            elif match := _NUMBER.match(text, self.position):
                self._number(match.group())
            elif is_name_start(char):
                self._name()
            elif self.embedded and char == "}" and self.depth == 0:
                self.tokens.append(Token("end", "", self.position))
                return self.tokens, self.position + 1
            else:
                self._operator(char)
        if self.embedded:
            raise Fault("'${' is not closed by '}'", len(text))
        self.tokens.append(Token("end", "", len(text)))
        return self.tokens, len(text)

    def _add(self, kind: str, value: str, length: int) -> None:
        self.tokens.append(Token(kind, value, self.position))
        self.position += length

    def _skip_comment(self) -> bool:
        text, position = self.text, self.position
        if self.feel and text.startswith("/*", position):
            end = text.find("*/", position + 2)
            if end < 0:
                raise Fault("comment '/*' is not closed", position)
            self.position = end + 2
            return True
        if (self.script and text[position] == "#") or (self.feel and text.startswith("//", position)):
            end = text.find("\n", position)
            self.position = len(text) if end < 0 else end
            return True
        return False

    def _string(self, quote: str) -> None:
        parts: list[str] = []
        text, position = self.text, self.position + 1
        while position < len(text):
            char = text[position]
            if char == quote:
                self._add("string", "".join(parts), position + 1 - self.position)
                return
            if char == "\\" and position + 1 < len(text):
                piece, length = self._escape(position)
                parts.append(piece)
                position += length
            else:
                parts.append(char)
                position += 1
        raise Fault(f"text is not closed by {quote}", self.position)

    def _escape(self, position: int) -> tuple[str, int]:
        char = self.text[position + 1]
        if char == "u":
            digits = self.text[position + 2 : position + 6]
            if re.fullmatch("[0-9a-fA-F]{4}", digits) is None or 0xD800 <= int(digits, 16) <= 0xDFFF:
                raise Fault("\\u needs four hexadecimal digits of a character", position)
            return chr(int(digits, 16)), 6
        if char not in _ESCAPES and self.feel:
            return f"\\{char}", 2  # a pattern's: \s, \d
        if char not in _ESCAPES:
            raise Fault(f"unknown escape \\{char}", position)
        return _ESCAPES[char], 2

    def _number(self, digits: str) -> None:
        end = self.position + len(digits)
        if len(digits) > MAX_DIGITS:
            raise Fault("number is too long", self.position)
        if end < len(self.text) and is_name_part(self.text[end]):
            raise Fault(f"'{digits}{self.text[end]}' is neither a number nor a name", self.position)
        self._add("number", digits, len(digits))

    def _name(self) -> None:
        end = self.position + 1
        while end < len(self.text) and is_name_part(self.text[end]):
            end += 1
        self._add("name", self.text[self.position : end], end - self.position)

    def _operator(self, char: str) -> None:
        for operator in _BY_FIRST.get(char, ()):
            if operator == "//" and self.feel:
                continue
            if self.text.startswith(operator, self.position):
                break
        else:
            digit = " (write numbers with 0 to 9)" if char.isdigit() else ""
            raise Fault(f"unexpected character {char!r}{digit}", self.position)
        if operator in _OPENING:
            self.depth += 1
        elif operator in _CLOSING:
            self.depth -= 1
        self._add("operator", operator, len(operator))
