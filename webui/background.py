"""Long work that a page asks for and must not wait for: a program of its own, so that the pages keep their processor."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread

from webui import current


def rehearse(rehearsal_id: str) -> None:
    """Play a rehearsal that was begun; it tells the database how far it is."""
    _run("rehearse-draft", "--begun", rehearsal_id)


def verify(verification_id: str) -> None:
    """Recompute the chains for a check that was begun; it tells the database how far it is."""
    _run("audit", "verify", "--begun", verification_id)


def _run(*arguments: str) -> None:
    settings = current.settings()
    environment = {
        **os.environ,
        "RUAM_HOME": str(settings.home),
        "RUAM_DATABASE_URL": settings.database_url,
        "RUAM_PACKS": ",".join(settings.packs),
    }
    command = [sys.executable, "-m", "webui.cli", *arguments]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    Thread(target=child.wait, daemon=True).start()  # so that it leaves no trace when it ends
