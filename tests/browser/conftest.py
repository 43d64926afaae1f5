"""A demo served by a process of its own, and a browser that knows how to log in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from engine.engine import Engine
from tests.servers import Server, served
from webui.cli.demo import prepare
from webui.demo import PASSWORD
from webui.settings import PACKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser is marked so."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo as `make run` prepares it, served."""
    home = tmp_path_factory.mktemp("demo")
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home, packs=PACKS)
    engine.upgrade()
    prepare(engine)
    engine.close()
    with served(home) as server:
        yield server


@pytest.fixture
def visit(browser: Browser, demo: Server) -> Iterator[Callable[..., Page]]:
    """Opens a page of the demo as somebody: `visit("opdc1", "/inbox", width=390)`; what the browser complains of fails the test."""
    contexts, complaints = [], []

    def open_page(
        user: str | None = None, path: str = "/login", *, width: int = 1280, height: int = 800, english: bool = False, **options: Any
    ) -> Page:
        context = browser.new_context(
            locale="th-TH", timezone_id="Asia/Bangkok", viewport={"width": width, "height": height}, base_url=demo.url, **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message.type, message.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if user is not None:
            page.goto("/login")
            page.fill("#name", user)
            page.fill("#password", PASSWORD)
            page.click("[data-login]")
            page.wait_for_url("**/inbox*")
        wanted = "en" if english else "th"
        if user is None:
            page.goto("/login")
        if page.evaluate("document.documentElement.lang") != wanted:  # an account keeps the language it was last read in
            page.evaluate(
                "document.querySelector('button[name=language]').form.requestSubmit(document.querySelector('button[name=language]'))"
            )
            page.wait_for_function(f"document.documentElement.lang === '{wanted}'")
        if urlsplit(page.url).path != path:  # whoever has logged in stands in the inbox
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _is_complaint(kind: str, text: str) -> bool:
    """Errors and refusals by the content security policy; not the codes of pages that were meant to fail."""
    return kind == "error" and "the server responded with a status of 4" not in text


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Asserts that axe finds nothing wrong with a page."""
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A small PDF to hand in."""
    path = tmp_path / "แผนการดำเนินงาน.pdf"
    path.write_bytes(PDF)
    return path
