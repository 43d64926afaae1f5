"""A class means one thing: two files that both describe it undo each other, on pages that neither thought of."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

STYLES = Path("webui/frontend/src/styles")
BESIDES = re.compile(r"/\*.*?\*/|\([^()]*\)|@media[^{]*\{([^{}]*\{[^{}]*\})*[^{}]*\}|@import[^;]*;", re.DOTALL)


def test_a_class_is_described_in_one_file() -> None:
    described = defaultdict(set)
    for name in re.findall(r'@import "\./(\w+\.css)"', (STYLES / "app.css").read_text("utf-8")):
        for selectors in re.findall(r"([^{}]+)\{", BESIDES.sub("", (STYLES / name).read_text("utf-8"))):
            for selector in selectors.split(","):
                described[selector.strip()].add(name)
    classes = {selector: files for selector, files in described.items() if selector.startswith(".")}
    assert len(classes) > 300
    assert {selector: files for selector, files in classes.items() if len(files) > 1} == {}
