"""Real server processes for tests and figures: `ruam serve` on a free port, stopped by its own pid."""

from __future__ import annotations

import html
import http.cookiejar
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tests.guarding import END_PROCESS, guarded

ADDRESS = re.compile(r"Ruam is at (http://\S+)")
HIDDEN = re.compile(r"<input\b[^>]*\btype=\"hidden\"[^>]*>")
ATTRIBUTE = re.compile(r"(\w+)=\"([^\"]*)\"")
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running `ruam serve`: its address, its process, what it printed on the way."""

    url: str
    process: subprocess.Popen[str]
    printed: str


def command(*arguments: str) -> list[str]:
    """The command line of `ruam` in this environment."""
    return [sys.executable, "-m", "webui.cli", *arguments]


def environment(home: Path, url: str | None = None) -> dict[str, str]:
    """An environment in which `ruam` works on a data folder of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RUAM_")}
    return own | {"RUAM_HOME": str(home), "PYTHONUNBUFFERED": "1"} | ({"RUAM_DATABASE_URL": url} if url else {})


@contextmanager
def served(home: Path, url: str | None = None, *, wait_for: str = "") -> Iterator[Server]:
    """A server on that data folder, until the end of the block. `wait_for`: text printed after the address that belongs to the start."""
    process = subprocess.Popen(command("serve", "--port", "0"), env=environment(home, url), stdout=subprocess.PIPE, text=True)
    try:
        with guarded(END_PROCESS, process.pid):
            yield _started(process, wait_for)
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        cast("IO[str]", process.stdout).close()


def _started(process: subprocess.Popen[str], wait_for: str) -> Server:
    printed = ""
    for line in cast("IO[str]", process.stdout):
        printed += line
        if (found := ADDRESS.search(printed)) and wait_for in printed:
            return Server(found[1], process, printed)
    raise RuntimeError(f"the server ended with {process.wait()}: {printed}")


class Client:
    """A browser without a screen: cookies, forms with their hidden fields, redirects not followed after a post."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self._following = urllib.request.build_opener(cookies)
        self._standing = urllib.request.build_opener(cookies, _Stay)

    def get(self, path: str) -> str:
        """The text of a page, after redirects."""
        with self._following.open(self._url + path) as answer:
            return cast("bytes", answer.read()).decode()

    def post(self, path: str, fields: Mapping[str, str]) -> int:
        """Send a form; returns the status code."""
        body = urllib.parse.urlencode(fields).encode()
        try:
            with self._standing.open(self._url + path, data=body) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def take_session(self, other: Client) -> None:
        """Go on in the session of another client, of a server at another port too."""
        for cookie in other._jar:
            self._jar.set_cookie(cookie)

    def log_in(self, name: str, password: str) -> None:
        """Start a session. Raises AssertionError where that is refused."""
        status = self.post("/login", hidden(self.get("/login")) | {"name": name, "password": password})
        assert status == 302, f"login answered {status}"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms; of several of one name, the last."""
    fields = (dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page))
    return {field["name"]: html.unescape(field.get("value", "")) for field in fields if "name" in field}
