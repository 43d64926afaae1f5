"""The inbox, its views and search; notices; starting a process; people."""

from __future__ import annotations

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from tests.webui.pages.conftest import Browser


@pytest.fixture
def letters(office: Engine) -> Engine:
    """Three open tasks."""
    for key in ("2568", "2569", "2570"):
        office.start("letter", variables={"year": int(key)}, business_key=key, actor=SYSTEM)
    return office


def test_it_lists_what_waits_for_me_with_its_project_and_when_it_is_due(client: Browser, letters: Engine) -> None:
    client.log_in("writer")
    page = client.get("/inbox").text
    assert page.count('class="what"') == 3
    assert "ร่างหนังสือ" in page
    assert "2570" in page
    assert "วันทำการ" in page or "ครบกำหนดวันนี้" in page
    assert client.get("/inbox?q=2569").text.count('class="what"') == 1
    assert "ไม่พบ “ไม่มี”" in client.get("/inbox?q=ไม่มี").text


def test_each_view_says_what_would_stand_there(client: Browser, office: Engine) -> None:
    client.log_in("stranger")
    for view, words in (
        ("open", "ไม่มีงานรอท่าน"),
        ("overdue", "ไม่มีงานเกินกำหนด"),
        ("mine", "ท่านยังไม่ได้รับงานใดไว้"),
        ("done", "ท่านยังไม่ได้ทำงานใดเสร็จ"),
    ):
        assert words in client.get(f"/inbox?view={view}").text, view
    assert "ไม่มีงานรอท่าน" in client.get("/inbox?view=nonsense&first=-5").text


def test_what_others_do_is_not_there(client: Browser, letters: Engine) -> None:
    client.log_in("stranger")
    assert "ร่างหนังสือ" not in client.get("/inbox").text


def test_long_lists_come_in_pages(client: Browser, office: Engine) -> None:
    for number in range(60):
        office.start("letter", variables={"year": 2570}, business_key=str(number), actor=SYSTEM)
    client.log_in("writer")
    page = client.get("/inbox").text
    assert page.count('class="what"') == 50
    assert "1–50 จาก 60" in page
    assert client.get("/inbox?first=50").text.count('class="what"') == 10


def test_a_process_is_started_with_its_form(client: Browser, office: Engine) -> None:
    client.log_in("writer")
    assert "/start/letter" in client.get("/start").text
    assert client.get("/start/letter").status_code == 200
    wrong = client.post("/start/letter", year="12")
    assert wrong.status_code == 422
    assert 'href="#f-year"' in wrong.text
    assert client.post("/start/letter", year="2570", _business_key="2570").status_code == 302
    assert office.instances(actor=SYSTEM).items[0].business_key == "2570"
    assert client.get("/start/nothing").status_code == 404


def test_notices_say_so_when_there_are_none(client: Browser) -> None:
    client.log_in("writer")
    assert "ยังไม่มีการแจ้งเตือน" in client.get("/notices").text


def test_who_starts_goes_on_to_the_task_that_is_his_and_sees_no_list_of_provinces(client: Browser) -> None:
    client.log_in("writer")
    client.get("/start/letter")
    begun = client.send("/start/letter", {"year": "2570"}).location
    assert begun.startswith("/tasks/")
    page = client.get(begun).text
    assert "เริ่มแล้ว" in page
    assert 'href="/provinces"' not in page, "no process here has provinces"
