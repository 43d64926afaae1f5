"""What went wrong is read in the reader's language, with the names the diagram has in it, on every page that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.people import SYSTEM
from engine.testing import process
from tests.webui.pages.projects import Site, site

COUNTING = process(
    "counting",
    '<startEvent id="s"/><scriptTask id="count" name="รวมคะแนน" ruam:nameEn="Add up" camunda:asyncBefore="true">'
    "<extensionElements><camunda:failedJobRetryTimeCycle>R1/PT1M</camunda:failedJobRetryTimeCycle></extensionElements>"
    '<script>b = a + 1</script></scriptTask><endEvent id="e"/>',
    "s -> count",
    "count -> e",
)
THAI, ENGLISH = "“รวมคะแนน” (count) ทำไม่สำเร็จ: คำนวณข้อความ + ตัวเลขไม่ได้", "&#39;Add up&#39; (count) failed: cannot calculate text + a number"


@pytest.fixture
def failed(tmp_path: Path) -> Iterator[Site]:
    """A step of a process has failed as a job."""
    for here in site(tmp_path):
        here.engine.deploy({"c.bpmn": COUNTING}, name="counting", actor=SYSTEM)
        here.engine.start("counting", variables={"a": "x"}, actor=SYSTEM)
        here.engine.run_due()
        yield here


def test_it_is_told_in_the_language_of_the_page(failed: Site) -> None:
    admin = failed.as_user("admin")
    (incident,) = failed.engine.incidents(actor=SYSTEM).items
    pages = [
        "/administration/incidents",
        f"/administration/instances/{incident.instance_id}",
        "/administration/jobs?state=FAILED",
        f"/administration/jobs/{incident.job_id}",
        f"/projects/{incident.root_id}/history?kind=repairs",
    ]
    for page in pages:
        assert THAI in admin.get(page).text, page
    assert "โปรดแก้สิ่งที่ระบุไว้" in admin.get(pages[0]).text, "the way out"
    assert "cannot calculate" in admin.get(pages[0]).text, "for whoever maintains the program"
    admin.post("/language", language="en")
    for page in pages:
        told = admin.get(page).text
        assert ENGLISH in told, page
        assert "Add up" in told
        assert "รวมคะแนน" not in told


def test_an_incident_kept_before_there_was_thai_is_shown_as_it_is(failed: Site) -> None:
    with failed.engine._shared.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE incident SET message_th = NULL")
    assert ENGLISH in failed.as_user("admin").get("/administration/incidents").text
