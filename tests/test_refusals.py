"""Whatever is refused is said in Thai as well: the source is walked, because a page shows an error's Thai to whoever did it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from engine.errors import Conflict, Invalid, Problem, RuamError

ROOT = Path(__file__).parents[1]
PLACES = ("engine", "webui", "handlers")
# Who reads these reads English: commands, and the rehearsal that they start.
SPOKEN_TO_OPERATORS = ("webui/cli/", "engine/rehearsal/")
TOLD_OTHERWISE = {"Unavailable"}  # the database is away: webui/errors.py has its words


def words_of_its_own(kind: type[RuamError]) -> bool:
    """Whether an error is made without words: it says the same each time, in both languages."""
    return "__init__" in vars(kind) and kind is not Invalid


def names_of(kind: type[RuamError]) -> set[str]:
    inner = (names_of(one) for one in kind.__subclasses__() if one.__name__ not in TOLD_OTHERWISE and not words_of_its_own(one))
    return {kind.__name__}.union(*inner)


def refusals(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that make an error to be shown."""
    shown = names_of(RuamError)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in shown:
            yield node


def said_in_thai(call: ast.Call) -> bool:
    """With `th`; or by a problem that says the same; or in the reader's language already."""
    if any(keyword.arg in ("th", None) for keyword in call.keywords):
        return True
    said = call.args[0] if call.args else None
    if isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "_":  # gettext
        return True
    return len(call.args) > 1 and said is not None and _repeated(said, call.args[1])


def _repeated(said: ast.expr, problems: ast.expr) -> bool:
    """Whether problems begin with one whose message is the error's, and which has a Thai one."""
    if isinstance(problems, ast.Name):  # `Invalid(problems[0].message, problems)`
        return ast.unparse(said) == f"{problems.id}[0].message" or ast.unparse(said) == "error.message"
    if not (isinstance(problems, ast.List) and problems.elts and isinstance(problems.elts[0], ast.Call)):
        return False
    first = problems.elts[0]
    thai = len(first.args) > 1 or any(keyword.arg == "message_th" for keyword in first.keywords)
    return thai and ast.unparse(first.args[0]) == ast.unparse(said)


def test_every_refusal_is_said_in_thai() -> None:
    silent = []
    for path in sorted(file for place in PLACES for file in (ROOT / place).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(SPOKEN_TO_OPERATORS):
            tree = ast.parse(path.read_text("utf-8"))
            silent += [f"{name}:{call.lineno}: {ast.unparse(call)[:100]}" for call in refusals(tree) if not said_in_thai(call)]
    assert silent == []


def test_the_walk_sees_what_is_silent() -> None:
    def silent(text: str) -> list[bool]:
        return [not said_in_thai(call) for call in refusals(ast.parse(text))]

    assert silent("raise Conflict('No.')\nraise Conflict('No.', th='ไม่')\nraise ValueError('No.')") == [True, False]
    assert silent("raise Invalid('No.', [Problem('No.', 'ไม่')])\nraise Invalid('No.', [Problem('Nay.', 'ไม่')])") == [False, True]
    assert silent("raise Invalid(_('No.'))\nraise ExecutionFailed('No.')\nraise LanguageError('No.', th=thai)") == [False, True, False]


def test_an_error_takes_the_thai_of_the_problem_that_says_the_same() -> None:
    assert Invalid("No.", [Problem("No.", "ไม่")]).message_th == "ไม่"
    assert Invalid("No.", [Problem("Nay.", "ไม่")]).message_th == ""
    assert Invalid("No.", [Problem("No.", "ไม่")], th="ไม่ได้").message_th == "ไม่ได้"
    assert Conflict("No.", th="ไม่").message_th == "ไม่"
