"""Every page can be used by everybody: axe finds nothing, nothing is cut off at 320 px, in light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = [
    (None, "/login"),
    ("opdc1", "/inbox"),
    ("opdc1", "/inbox?view=overdue"),
    ("opdc1", "/notices"),
    ("opdc1", "/account"),
    ("opdc1", "/start"),
    ("opdc1", "/start/project"),
    ("opdc1", "/nothing/here"),
    ("admin", "/people?q=opdc"),
    ("admin", "/people/opdc1"),
    ("admin", "/people/new"),
    ("admin", "/people/opdc1/closing"),
    ("admin", "/people/parties"),
    ("admin", "/people/roles"),
    ("admin", "/people/import"),
    ("admin", "/audit"),
    ("admin", "/audit/chains"),
    ("admin", "/administration/incidents"),
    ("admin", "/administration/jobs"),
    ("admin", "/administration/workers"),
    ("admin", "/administration/tasks"),
    ("admin", "/administration/instances"),
    ("admin", "/administration/processes"),
    ("admin", "/administration/decisions"),
    ("admin", "/administration/migrations"),
    ("admin", "/administration/clock"),
    ("admin", "/administration/system"),
    ("admin", "/designer"),
    ("admin", "/designer/new"),
]
SIZES = {"desk": (1280, 800), "phone": (320, 640)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(visit: Callable[..., Page], accessible: Callable[[Page], None], size: str, scheme: str) -> None:
    width, height = SIZES[size]
    for user in dict.fromkeys(user for user, _ in PAGES):
        page = visit(user, width=width, height=height, color_scheme=scheme)
        for path in [path for who, path in PAGES if who == user]:
            page.goto(path)
            accessible(page)
            assert not _too_wide(page), f"{path} is wider than {width} px"


@pytest.mark.parametrize("size", SIZES)
def test_a_task_and_its_mistakes(visit: Callable[..., Page], accessible: Callable[[Page], None], size: str) -> None:
    width, height = SIZES[size]
    page = visit("consultant2", "/inbox", width=width, height=height)
    page.click(".work .what a")
    accessible(page)
    assert not _too_wide(page)
    page.click(".form-bar .primary")
    page.wait_for_selector(".error-summary")
    accessible(page)
    assert page.evaluate("document.activeElement.className") == "error-summary", "the summary of errors is read first"
    page.click(".error-summary a")
    assert page.evaluate("document.activeElement.id").startswith("f-"), "its links lead to the fields"


def _too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
