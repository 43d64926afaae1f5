"""Each party logs in and completes a task in the browser; the rest of the project is rehearsed around them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waitress import create_server

from engine.engine import Engine
from engine.forms import Field
from engine.people import SYSTEM, Actor
from engine.queries import Completion
from engine.rehearsal import Rehearsal
from engine.states import TaskState
from webui.application import create_app
from webui.demo import SETTING
from webui.settings import PACKS, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "played by hand"
PARTIES = {
    "consultant", "opdc", "inspection_committee", "subcommission", "central_committee", "area_committee", "cluster_academics", "province",
}  # fmt: skip
BUDDHIST_ERA = 543


class Enough(Exception):
    """Every party has had its turn."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine on a demo's empty database, with the project's pack."""
    opened = Engine.open(f"sqlite:///{tmp_path}/ruam.db", home=tmp_path, packs=PACKS)
    opened.upgrade()
    opened.put_setting(SETTING, PASSWORD, actor=SYSTEM)
    yield opened
    opened.close()


@pytest.fixture
def address(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """Where its pages are served, by a thread of this process, so that nothing but the rehearsal moves the clock."""
    server = create_server(create_app(engine, Settings(tmp_path, "sqlite://")), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(10)


class ByHand:
    """An engine whose first completion by each party goes through the pages."""

    def __init__(self, engine: Engine, browser: Browser, address: str, paper: Path) -> None:
        self._engine, self._browser, self._address, self._paper = engine, browser, address, paper
        self.parties: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def complete_task(self, task_id: str, values: Mapping[str, Any], *, actor: Actor, **more: Any) -> Completion:
        """As the engine does it, or as somebody does it in the browser."""
        task = self._engine.task(task_id, actor=actor).task
        party = (task.party or "").partition(":")[0] or next(iter(actor.groups)).partition(":")[0]
        if party in self.parties:
            return self._engine.complete_task(task_id, values, actor=actor, **more)
        context = self._browser.new_context(base_url=self._address, locale="th-TH")
        context.set_default_timeout(20_000)
        page = context.new_page()
        log_in(page, actor.user_id)
        self._work(page, task_id, values, actor)
        context.close()
        self.parties.add(party)
        assert self._engine.task(task_id, actor=actor).task.state == TaskState.COMPLETED, task.name
        if self.parties >= PARTIES:
            raise Enough
        return Completion(task_id, task.instance_id)

    def _work(self, page: Page, task_id: str, values: Mapping[str, Any], actor: Actor) -> None:
        """Find the task in the inbox, fill in its form, send it."""
        page.locator(f".work a[href='/tasks/{task_id}']").click()
        view = self._engine.task(task_id, actor=actor)
        for field in view.form.view("th", values, view.variables).fields if view.form else ():
            if values.get(field.name) not in (None, "", []):
                self._fill(page, field, field.name, values[field.name])
        page.locator(".form-bar .primary").click()
        page.wait_for_function(f"location.pathname !== '/tasks/{task_id}'")
        if page.url.endswith("/check"):
            page.locator(".form-bar .primary").click()
            page.wait_for_function(f"!location.pathname.startsWith('/tasks/{task_id}')")
        assert "เสร็จแล้ว" in page.locator(".flashes").inner_text()

    def _fill(self, page: Page, field: Field, name: str, value: Any) -> None:
        control = f"[name='{name}']"
        if field.widget in ("file", "files"):
            page.set_input_files(control, self._paper)
        elif field.widget in ("radio", "checkboxes"):
            for chosen in value if isinstance(value, list) else [value]:
                page.check(f"{control}[value='{plain(chosen)}']")
        elif field.widget == "checkbox":
            page.set_checked(control, bool(value))
        elif field.widget == "select":
            page.select_option(control, plain(value))
        elif field.widget == "date":
            fill_date(page, name, value)
        elif field.widget == "table":
            self._fill_rows(page, field, value)
        else:
            page.fill(control, plain(value))

    def _fill_rows(self, page: Page, field: Field, rows: list[Mapping[str, Any]]) -> None:
        row = page.locator(f"[data-rows]:has(button[value='{field.name}']) .rows-row")
        while row.count() < len(rows):
            page.locator(f"button[data-row-add][value='{field.name}']").click()
        for number, cells in enumerate(rows):
            for column in field.columns:
                if cells.get(column.name) not in (None, ""):
                    self._fill(page, column, f"{field.name}[{number}][{column.name}]", cells[column.name])


def log_in(page: Page, user_id: str) -> None:
    """Through the login page, to the inbox."""
    page.goto("/login")
    page.fill("#name", user_id)
    page.fill("#password", PASSWORD)
    page.click("[data-login]")
    page.wait_for_url("**/inbox")


def fill_date(page: Page, name: str, iso: str) -> None:
    """In three parts, or in one in a table's cell; the year in พ.ศ."""
    year, month, day = (int(part) for part in iso.split("-"))
    if "[" in name:
        page.fill(f"[name='{name}']", f"{day}/{month}/{year + BUDDHIST_ERA}")
        return
    page.fill(f"[name='{name}.day']", str(day))
    page.select_option(f"[name='{name}.month']", str(month))
    page.fill(f"[name='{name}.year']", str(year + BUDDHIST_ERA))


def plain(value: Any) -> str:
    """A value as a control has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.slow
def test_every_party_completes_a_task(engine: Engine, browser: Browser, address: str, paper: Path) -> None:
    hands = ByHand(engine, browser, address, paper)
    make = engine.play("project")
    assert make is not None
    with pytest.raises(Enough):
        Rehearsal(hands, make(seed=7, units=12), 7, None, PASSWORD).run()  # type: ignore[arg-type]
    assert hands.parties == PARTIES
