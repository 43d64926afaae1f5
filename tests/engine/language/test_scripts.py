"""Scripts with `if` and `for`, as people write them for SpiffArena; and what mistakes and malice in them cost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import LanguageError
from engine.language import Limits, check, names, run_script

ORDER = {"items": [{"ชื่อ": "ปากกา", "n": 2, "price": 10}, {"ชื่อ": "กระดาษ", "n": 0, "price": 80}], "limit": 15}


@pytest.mark.parametrize(
    ("script", "set_"),
    [
        ("if limit > 10:\n    ok = True\nelse:\n    ok = False", {"ok": True}),
        ("if limit > 99:\n  a = 1\nelif limit > 10:\n  a = 2\nelse:\n  a = 3\nb = a", {"a": 2, "b": 2}),
        ("if limit: a = 1; b = 2\nelse: a = 3\nc = 4", {"a": 1, "b": 2, "c": 4}),
        ("if limit > 99:\n    a = 1", {}),
        ("if not items:\n\tpass\n\telse_ = 1\nelse:\n\ta = 1", {"a": 1}),
        ("total = 0\nfor item in items:\n    total += item.n * item['price']", {"total": 20}),
        ("for i in range(3):\n    pass", {}),
        ("xs = []\nfor i in range(5):\n    if i == 1:\n        continue\n    if i == 3:\n        break\n    xs.append(i)", {"xs": [0, 2]}),
        ("xs = []\nfor i, item in enumerate(items):\n    xs.append([i, item.ชื่อ])", {"xs": [[0, "ปากกา"], [1, "กระดาษ"]]}),
        ("d = {}\nfor k, v in items[0].items():\n    d[k] = v", {"d": ORDER["items"][0]}),  # type: ignore[index]
        ("ks = []\nfor k in items[0]:\n    ks.append(k)", {"ks": ["ชื่อ", "n", "price"]}),
        ("n = 7\nn //= 2\nn **= 3\nn %= 10\nn -= 1\nn *= 5\nn /= 2", {"n": 15}),
        ("xs = [1, 2, 3]\nxs[1] += 5\ndel xs[0]\nd = {'a': 1, 'b': {'c': 2}}\ndel d['a']\ndel d.b.c", {"xs": [7, 3], "d": {"b": {}}}),
        ("tmp = 4\na = tmp + 1\ndel tmp", {"a": 5}),
        ("del limit", {"limit": None}),
        ("a = 1\nfor a in [5, 6]:\n    pass", {"a": 6}),
        ("for x in [1, 2]:\n    x = x * 2\n    y = x", {"x": 4, "y": 4}),
        ("for x in [1, 2]:\n    y = x\nz = x", {"y": 2, "z": 2}),
        ("if True:\n    # why\n\n    a = 1\n\n# and then\nb = 2", {"a": 1, "b": 2}),
        ("        a = 1\n        if a:\n            b = 2\n        c = 3", {"a": 1, "b": 2, "c": 3}),
        ("pairs = []\nfor a in [1, 2]:\n  for b in [1, 2]:\n    if b == 2: break\n    pairs.append([a, b])", {"pairs": [[1, 1], [2, 1]]}),
        ("for (a, b) in [[1, 2]]:\n    c = a + b", {"c": 3}),
        ("ผลรวม = 0\nfor รายการ in items:\n    if รายการ.ชื่อ == 'ปากกา':\n        ผลรวม += รายการ.price", {"ผลรวม": 10}),
    ],
)
def test_blocks(script: str, set_: dict[str, Any]) -> None:
    assert check(script, "script") == []
    assert run_script(script, ORDER) == set_


def test_a_loop_may_change_the_items_of_a_variable_and_the_process_keeps_its_own_until_then() -> None:
    given_ = {"rows": [{"cells": [{"v": 1}, {"v": 2}]}, {"cells": []}], "other": {"rows": [{"n": 1}]}}
    inner = "    for cell in row.cells:\n        cell.v *= 10\n        cell.w = cell.v\n        del cell['v']"
    script = f"for row in rows:\n    row['count'] = len(row.cells)\n{inner}"
    assert run_script(script, given_) == {"rows": [{"cells": [{"w": 10}, {"w": 20}], "count": 2}, {"cells": [], "count": 0}]}
    assert run_script("for r in other.rows:\n    r.n += 1", given_) == {"other": {"rows": [{"n": 2}]}}
    assert run_script("for r in rows:\n    r.cells.append(5)", given_)["rows"][1] == {"cells": [5]}
    assert given_ == {"rows": [{"cells": [{"v": 1}, {"v": 2}]}, {"cells": []}], "other": {"rows": [{"n": 1}]}}


@pytest.mark.parametrize("source", ["sorted(xs, key=lambda x: x.n)", "[x for x in xs]"])
def test_what_would_change_a_copy_is_said(source: str) -> None:
    with pytest.raises(LanguageError, match="'x' is a copy here"):
        run_script(f"for x in {source}:\n    x.n = 2", {"xs": [{"n": 1}]})
    with pytest.raises(LanguageError, match="'v' is a copy here"):
        run_script("for k, v in d.items():\n    v.n = 2", {"d": {"a": {"n": 1}}})


def test_what_is_made_and_put_elsewhere_is_a_value_of_its_own() -> None:
    script = "ys = []\nfor x in xs:\n    ys.append(x)\nys[0].n = 5\nzs = ys\nzs.append(1)"
    assert run_script(script, {"xs": [{"n": 1}]}) == {"ys": [{"n": 5}], "zs": [{"n": 5}, 1]}
    assert run_script("xs.append(xs)\nxs.append(xs)", {"xs": []}) == {"xs": [[], [[]]]}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("if a:\nb = 1", "must be indented below"),
        ("if a:\n    b = 1\n  c = 2", "not indented as those around it"),
        ("if a:\n  b = 1\n    c = 2", "not indented as those around it"),
        ("b = 1; if a:\n  c = 2", "must begin a line of its own"),
        ("else:\n  a = 1", "found 'else'"),
        ("if a\n  b = 1", "expected ':'"),
        ("for x.y in xs:\n  pass", "expected 'in'"),
        ("for 1 in xs:\n  pass", "expected a name"),
        ("break", "stands in no loop"),
        ("if a:\n  continue", "stands in no loop"),
        ("del f(x)", "only a name"),
        ("while True:\n  pass", "'while' is not part of the language of scripts"),
        ("import os", "'import' is not part"),
        ("from os import path", "'from' is not part"),
        ("def f():\n  pass", "'def' is not part"),
        ("try:\n  a = 1", "'try' is not part"),
        ("with open('x') as f:\n  pass", "'with' is not part"),
        ("return a", "'return' is not part"),
        ("for x in xs:\n  y = xs.append(1)", "changes a value in place"),
        ("\n".join("  " * depth + "if a:" for depth in range(60)) + "\n" + "  " * 60 + "b = 1", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(script: str, why: str) -> None:
    found = check(script, "script")
    assert found
    assert why in found[0][0]


def test_errors_inside_a_block_name_the_line() -> None:
    with pytest.raises(LanguageError, match=r"there is no variable 'zz' \(at line 3, character 13"):
        run_script("for x in [1]:\n    if x:\n        y = zz", {})
    with pytest.raises(LanguageError, match="cannot go through a number"):
        run_script("for x in 5:\n    pass", {})


def test_which_variables_a_script_reads() -> None:
    assert names("if a:\n  b = c\nelse:\n  b = 1\nd = b", "script") == {"a", "c"}
    assert names("if a:\n  b = 1\nd = b", "script") == {"a", "b"}
    assert names("for x in xs:\n  y = x + z\ndel q", "script") == {"xs", "z", "q"}


@pytest.mark.parametrize(
    "script",
    [
        "for i in range(10**9):\n    pass",
        "for i in range(190000):\n    for j in range(190000):\n        pass",
        "\n".join("  " * depth + f"for i{depth} in range(50):" for depth in range(20)) + "\n" + "  " * 20 + "pass",
        "xs = [1]\nfor i in range(60):\n    xs.append(xs)",
        "s = 'ก'\nfor i in range(60):\n    s += s",
        "n = 2\nfor i in range(60):\n    n *= n",
        "big = 'x' * 500000\nxs = []\nfor i in range(1000):\n    xs.append(big)",
        "big = 'x' * 500000\nd = {}\nfor i in range(1000):\n    d[string(i)] = big",
        "xs = [{'a': 'x' * 500000}]\nfor i in range(3000):\n    for x in xs:\n        x[string(i)] = x.a",
        "xs = [0]\nfor x in xs:\n    xs.append(x)\n    for y in range(100000): xs.append(y)",
    ],
)
def test_whatever_is_asked_ends_soon(script: str) -> None:
    begun = time.thread_time()
    with pytest.raises(LanguageError):
        run_script(script, {})
    assert time.thread_time() - begun < 3


def test_a_loop_that_makes_a_long_list_costs_what_it_makes() -> None:
    made = run_script("xs = []\nfor i in range(10000):\n    xs.append({'n': i})", {}, limits=Limits(steps=200_000))["xs"]
    assert made == [{"n": number} for number in range(10_000)]


LINES = st.recursive(
    st.sampled_from(["a = a + 1", "if len(xs) < 9: xs.append(a)", "b = len(xs)", "break", "continue", "pass", "xs = []", "a += b"]).map(
        lambda line: [line]
    ),
    lambda inner: st.tuples(
        st.sampled_from(["if a > 2:", "if xs:", "for i in range(3):", "for x in xs:", "for a in [4, 1]:"]),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda block: [block[0], *(f"    {line}" for part in block[1] for line in part)]),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=4))
def test_it_does_what_python_does(parts: list[list[str]]) -> None:
    """Python is asked in the test alone, about scripts made here; what it refuses, a `break` outside a loop, so do we."""
    script = "a = 0\nb = 1\nxs = []\n" + "\n".join(line for part in parts for line in part)
    known: dict[str, Any] = {}
    try:
        code = compile(script.replace("in xs:", "in list(xs):"), "script", "exec")  # ours goes through what was there at the beginning
    except SyntaxError:
        assert check(script, "script")
        return
    exec(code, {"len": len, "range": range}, known)  # noqa: S102
    assert run_script(script, {}) == {name: known[name] for name in ("a", "b", "xs")}
