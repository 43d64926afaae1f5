"""What reading and evaluating a text may say, and deciding by a table, is said in Thai, too: the source is walked for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import decisions, language
from engine.language.thai import UNKNOWN, in_thai, said

FOLDERS = [Path(package.__file__).parent for package in (language, decisions)]
MODULES = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))
RAISED = ("Fault", "Missing", "ValueError", "_Over", "unexpected")
OURS = ("now needs a zone: 'x'",)  # mistakes of the program, not of a text


def faults(module: Path) -> Iterator[str]:
    """The messages of a module's faults, with 'x' for what is not known before."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in RAISED:
                told = _rendered(node.args[0])
                yield f"{told}, found the end" if name == "unexpected" else told


def _rendered(message: ast.expr) -> str:
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in parts)


def test_every_fault_has_its_thai() -> None:
    messages = [
        one for module in MODULES for one in faults(module) if "'x', found 'x'" not in one and one not in OURS
    ]  # `unexpected` itself
    assert len(messages) > 170
    assert [one for one in messages if in_thai(one) == UNKNOWN] == []


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


@pytest.mark.parametrize(
    ("text", "thai"),
    [
        ("${price * 2}", "ไม่มีตัวแปร 'price' (อักษรที่ 3 ของ ${price * 2})"),
        ("${1 + 'a'}", "คำนวณตัวเลข + ข้อความไม่ได้ หากต้องการต่อข้อความ โปรดเขียน string(…) (อักษรที่ 5 ของ ${1 + 'a'})"),
        ("${date('2009-02-30')}", "ไม่มีวันที่ '2009-02-30' ในปฏิทิน (อักษรที่ 3 ของ ${date('2009-02-30')})"),
    ],
)
def test_what_fails_as_it_is_evaluated_is_said_in_thai(text: str, thai: str) -> None:
    with pytest.raises(language.LanguageError) as raised:
        language.evaluate(text, {})
    assert raised.value.message_th == thai


def test_words_of_the_author_stay_as_they_are() -> None:
    assert said("hand it in first") == "hand it in first"


def test_what_the_catalogue_does_not_know_is_said_to_be_wrong() -> None:
    assert in_thai("a message of tomorrow") == UNKNOWN
