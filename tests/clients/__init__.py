"""Workers written with the public clients of Camunda 7, unmodified, and an OpenID provider.

`python -m tests.clients` installs what is from npm.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hatch_build import node, npm
from tests.guarding import END_PROCESS, guarded

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
WORKERS = {"python": "worker.py", "javascript": "worker.mjs"}


class NotInstalled(Exception):
    """The npm client is not here: `make install` installs it."""


def install() -> None:
    """Install the client from npm, as its lock file says, without running anything of it."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (FOLDER / "package-lock.json").stat().st_mtime:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=FOLDER)
        INSTALLED.touch()


@contextmanager
def working(kind: str, url: str, name: str, password: str, worker_id: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A worker at work until the end of the block. `url`: of the server, not of its REST. Raises NotInstalled."""
    if kind == "javascript" and not INSTALLED.exists():
        raise NotInstalled(NotInstalled.__doc__)
    program = [sys.executable] if kind == "python" else ["node"]
    arguments = [f"{url}/engine-rest", name, password, worker_id or kind]
    process = subprocess.Popen([*program, str(FOLDER / WORKERS[kind]), *arguments], env=node()[1], stdout=subprocess.DEVNULL)
    try:
        with guarded(END_PROCESS, process.pid):
            yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def providing(callback: str, logged_out: str) -> Iterator[str]:
    """An OpenID provider until the end of the block; its issuer. Its client `hasty` has a second for a code. Raises NotInstalled."""
    if not INSTALLED.exists():
        raise NotInstalled(NotInstalled.__doc__)
    command = ["node", str(FOLDER / "provider.mjs"), callback, logged_out]
    process = subprocess.Popen(command, env=node()[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        with guarded(END_PROCESS, process.pid):
            assert process.stdout is not None
            yield next(line.split()[-1] for line in process.stdout if line.startswith("provider at "))
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
