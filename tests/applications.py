"""What the applications of a test process share, as the requests of one server do: compiled templates and rules of addresses."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

COMPILED = ("arguments", "_parts", "_trace", "_converters", "_build", "_build_unknown")  # all that werkzeug's Rule.compile() sets


def share(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Until `patch` is undone, templates and rules are compiled once, not for each test. `folder`: for the code of templates."""
    made: dict[Hashable, dict[str, Any]] = {}
    compile_rule = Rule.compile

    def compile_once(rule: Rule) -> None:
        """It depends on how the rule is written, on nothing of the application it belongs to."""
        key = (rule.rule, rule.subdomain, rule.host, rule.strict_slashes, rule.merge_slashes, repr(rule.defaults))
        if key not in made:
            compile_rule(rule)
            made[key] = {name: getattr(rule, name) for name in COMPILED}
        vars(rule).update(made[key])

    patch.setattr(Rule, "compile", compile_once)
    patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(folder)))
