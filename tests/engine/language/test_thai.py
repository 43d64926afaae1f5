"""What reading a text may say is said in Thai, too: the source is walked for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import language
from engine.language.thai import UNKNOWN, in_thai

FOLDER = Path(language.__file__).parent
READING = ("tokens", "parser", "reading", "statements", "feel", "literals", "methods")


def faults(module: str) -> Iterator[str]:
    """The messages of a module's faults, with 'x' for what is not known before."""
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("Fault", "unexpected"):
                said = _rendered(node.args[0])
                yield f"{said}, found the end" if name == "unexpected" else said


def _rendered(message: ast.expr) -> str:
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in parts)


@pytest.mark.parametrize("module", READING)
def test_every_fault_of_reading_has_its_thai(module: str) -> None:
    messages = [said for said in faults(module) if "'x', found 'x'" not in said]  # `unexpected` itself
    assert messages
    assert [said for said in messages if in_thai(said) == UNKNOWN] == []


@pytest.mark.parametrize(
    ("text", "thai"),
    [
        ("${a > }", "ต้องเป็น ค่า แต่พบ จบข้อความ"),
        ("${a b}", "ต้องเป็น เครื่องหมายหรือจบข้อความ แต่พบ 'b'"),
        ("${nothing(1)}", "ไม่มีฟังก์ชัน 'nothing'"),
        ("${f'{a +}'}", "ต้องเป็น ค่า แต่พบ จบข้อความ (ใน {a +})"),
        ("${a", "'${' ไม่มี '}' ปิด"),
    ],
)
def test_a_sentence_is_thai_throughout(text: str, thai: str) -> None:
    ((message, _position),) = language.check(text, "template")
    assert in_thai(message) == thai


def test_what_the_catalogue_does_not_know_is_said_to_be_wrong() -> None:
    assert in_thai("a message of tomorrow") == UNKNOWN
