"""The browser of the browser tests: Debian's Chromium, or npm's @sparticuz/chromium; `python -m tests.browsers` installs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
FOLDER = Path(sys.prefix) / "chromium"  # where npm's goes: inside the virtual environment
QUIET = (  # a browser that speaks to the page under test and to nobody else
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
UNPACK = """
import chromium from '@sparticuz/chromium';
await chromium.executablePath();
"""
# npm's own names folders of the cloud it is made for; without any font the browser crashes at the first text.
FONTS = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{FOLDER}/fonts/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{FOLDER}/fonts/cache</cachedir></fontconfig>
"""


class NoBrowser(Exception):
    """No Chromium here: `make install` installs one."""


def executable() -> tuple[Path, Sequence[str]]:
    """Path of a Chromium and the flags it needs; raises `NoBrowser`."""
    if named := os.environ.get("RUAM_CHROMIUM"):
        return Path(named), QUIET
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found), QUIET
    if (own := FOLDER / "chromium").exists():
        return own, QUIET
    raise NoBrowser(NoBrowser.__doc__)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless Chromium, closed at the end of the block."""
    from playwright.sync_api import sync_playwright

    path, flags = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(flags), env=_environment(path))
        yield browser
        browser.close()


def _environment(path: Path) -> dict[str, str | float | bool]:
    """npm's Chromium brings the libraries and fonts that a bare machine lacks, in folders beside it."""
    environment: dict[str, str | float | bool] = dict(os.environ)
    if path.parent == FOLDER:
        libraries = [str(FOLDER / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, libraries))
        environment["FONTCONFIG_PATH"] = str(FOLDER / "fonts")
    return environment


def install() -> Path:
    """Make sure there is a Chromium: Debian's where apt works and we are root, npm's otherwise. Returns its path."""
    try:
        return executable()[0]
    except NoBrowser:
        pass
    if shutil.which("apt-get") and os.geteuid() == 0 and _from_debian():
        return executable()[0]
    _from_npm()
    return executable()[0]


def _from_debian() -> bool:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-thai-tlwg"]):
        if subprocess.run(["apt-get", "-q", *command], env=environment, check=False).returncode:
            return False
    return shutil.which("chromium") is not None


def _from_npm() -> None:
    """Have npm's package unpack itself into `FOLDER`, with the libraries it brings for a machine that has none."""
    from hatch_build import node, npm

    source = FOLDER / "npm"
    source.mkdir(parents=True, exist_ok=True)
    npm("install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "@sparticuz/chromium", folder=source)
    environment = node()[1] | {"TMPDIR": str(FOLDER), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}  # the latter: libraries too
    subprocess.run(["node", "--input-type=module", "-e", UNPACK], cwd=source, env=environment, check=True)
    shutil.rmtree(source)
    (FOLDER / "fonts" / "fonts.conf").write_text(FONTS)


if __name__ == "__main__":
    print(f"browser: {install()}")
