"""The page of differences: what it says, which drawings it shows, who may read it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.people import SYSTEM
from tests.projects import FILES
from tests.webui.pages.projects import Site, site

PAGE = "/differences/processes/application"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    yield from site(tmp_path)


def renamed(place: Site) -> None:
    """A second version, one task of which is called otherwise."""
    files = dict(FILES)
    task = re.search(rb'<userTask id="(\w+)" name="([^"]+)"', files["application.bpmn"])
    assert task is not None
    files["application.bpmn"] = files["application.bpmn"].replace(task[2], "งานใหม่".encode(), 1)
    place.engine.deploy(files, name="again", pack="undertaking", actor=SYSTEM)


def test_one_version_has_nothing_to_compare(place: Site) -> None:
    text = place.as_user("admin").get(PAGE).text
    assert "ไม่มีสิ่งใดต่างกัน" in text
    assert "data-xml" not in text


def test_the_newest_two_are_compared_in_words_and_drawn(place: Site) -> None:
    renamed(place)
    admin = place.as_user("admin")
    text = html.unescape(admin.get(PAGE).text)
    assert "งานใหม่" in text
    old, new = (json.loads(marks) for marks in re.findall(r'data-marks="(\{.*?\})"', text))
    assert len(new["changed"]) == 1
    assert old["changed"] == new["changed"]
    sides = re.findall(r'data-xml="([^"]+)"', text)
    before, after = (admin.get(url) for url in sides)
    assert "งานใหม่" in after.text
    assert "งานใหม่" not in before.text
    assert after.mimetype == "application/xml"
    assert "ไม่มีสิ่งใดต่างกัน" in admin.get(f"{PAGE}?from=2&to=2").text
    assert "งานใหม่" in admin.get(f"{PAGE}?from=7&to=9").text, "versions that are not there are as if none were chosen"


def test_the_definition_leads_there(place: Site) -> None:
    renamed(place)
    view = place.engine.definitions(key="application").items[0]
    assert f"{PAGE}?to=2" in place.as_user("admin").get(f"/administration/processes/{view.id}").text


def test_a_draft_and_what_it_was_begun_from(place: Site) -> None:
    draft = place.engine.draft_deployed("application", title="ร่างใหม่", actor=SYSTEM)
    place.engine.add_draft_files(draft, {"letters/new.typ": b"Hello"}, actor=SYSTEM)
    admin = place.as_user("admin")
    text = admin.get(f"/differences/drafts/{draft}").text
    assert "ร่างใหม่" in text
    assert "เพิ่มหนังสือ “new”" in text
    for side in ("base", "draft"):
        assert "<" in admin.get(f"/differences/drafts/{draft}/{side}/file?file=application.bpmn").text
    assert admin.get(f"/differences/drafts/{draft}/base/file?file=letters/new.typ").status_code == 404


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/1/file?file=application.bpmn"])
def test_for_who_drafts_approves_or_administers(place: Site, path: str) -> None:
    assert place.as_user("admin").get(path).status_code == 200
    assert place.as_user("officer").get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/differences/processes/nothing", f"{PAGE}/9/file?file=x", f"{PAGE}/1/file?file=x", "/differences/drafts/x"]
)
def test_what_is_not_there(place: Site, path: str) -> None:
    assert place.as_user("admin").get(path).status_code == 404
