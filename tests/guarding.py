"""Nothing a test started outlives the tests, even where they are killed: a shell waits for the end of a pipe that only we hold open."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

END_PROCESS = 'kill -s KILL "$0"'
END_POSTGRES = 'kill -s QUIT "$(head -n 1 "$0/postmaster.pid")"; sleep 1; rm -rf "$0"'


@contextmanager
def guarded(last_words: str, argument: object) -> Iterator[None]:
    """Have a shell command carried out should this process die inside the block; at its regular end nothing is."""
    command = ["sh", "-c", f"cat > /dev/null; {last_words}", str(argument)]
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        guard.kill()
        guard.wait()
        cast("IO[bytes]", guard.stdin).close()
