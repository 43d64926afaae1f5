"""The pages of users: who is there, one of them, one-time links, closing an account, a sheet."""

from __future__ import annotations

import base64
import csv
import io
import re
from urllib.parse import urlencode, urlsplit

import pytest
from openpyxl import Workbook, load_workbook

from engine.engine import Engine
from engine.people import SYSTEM
from engine.people.memberships import Membership
from engine.people.particulars import RESERVED_IDS
from engine.people.sheets import MAX_BYTES
from tests.webui.pages.conftest import PASSWORD, Browser

NEW = {"user_id": "newcomer", "name": "ผู้มาใหม่", "groups": "writers\nprovince:TH-50", "unheard": "province:TH-50"}
LINK = re.compile(r'id="link">https?://[^/]+(/password/[^<]+)<')
PAGES = ("/people", "/people/new", "/people/writer", "/people/writer/closing", "/people/parties", "/people/roles", "/people/import")


def test_only_administrators_come_in(client: Browser, office: Engine) -> None:
    office.change_user("checker", roles=["auditor"], actor=SYSTEM)
    for name in ("writer", "checker"):
        client.log_in(name)
        assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)
        assert client.post("/people/new", **NEW).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_both_languages(client: Browser, page: str) -> None:
    client.log_in("admin")
    assert client.get(page).status_code == 200
    client.post("/language", language="en", next=page)
    assert 'lang="en"' in client.get(page).text


def test_a_person_is_added_and_sets_a_password_with_the_link_handed_over(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.post("/people/new", **(NEW | {"user_id": "writer"})).status_code == 422
    computed = NEW | {"user_id": "regional", "groups": "writers\nregion-7", "unheard": ""}  # a diagram may compute its groups
    assert "“region-7”" in client.post("/people/new", **computed).text
    assert client.post("/people/new", **(computed | {"unheard": "region-7"})).status_code == 200
    assert office.user("regional").groups == ("region-7", "writers")
    shown = client.post("/people/new", **NEW)
    assert office.user("newcomer").groups == ("province:TH-50", "writers")
    found = LINK.search(shown.text)
    assert found
    newcomer = Browser(client.http.application)
    assert newcomer.log_in("newcomer", PASSWORD).status_code == 401
    assert newcomer.get(found[1]).status_code == 200
    assert newcomer.post(found[1], password=PASSWORD, again="different").status_code == 422
    assert newcomer.post(found[1], password="short", again="short").status_code == 422
    assert newcomer.post(found[1], password=PASSWORD, again=PASSWORD).location == "/"
    assert newcomer.http.get("/inbox").status_code == 200
    used = Browser(client.http.application).get(found[1])
    assert (used.status_code, "ลิงก์นี้ใช้ไม่ได้แล้ว" in used.text, 'href="/login"' in used.text) == (403, True, True), "once"
    again = client.post("/people/newcomer/link")
    assert again.headers["Cache-Control"] == "no-store"
    assert newcomer.http.get("/inbox").status_code == 302, "the session has ended"


def test_no_user_is_called_as_a_page_beside_those_of_users_is(client: Browser) -> None:
    beside = {match[1] for rule in client.http.application.url_map.iter_rules() if (match := re.fullmatch(r"/people/(\w+)", rule.rule))}
    assert {"new", "import"} <= beside <= RESERVED_IDS


def test_a_person_is_found_and_changed(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.get("/people?q=writer").text.count('class="head"') == 2
    assert client.get("/people?role=administrator").text.count('class="head"') == 1
    assert client.get("/people?state=inactive").text.count('class="head"') == 0
    assert '<option value="writers:x" selected>' in client.get("/people?group=writers:x").text, "what is looked for is shown"
    assert client.post("/people/writer", name="ชื่อใหม่", roles="observer").status_code == 302
    assert (office.user("writer").name, office.user("writer").roles) == ("ชื่อใหม่", ("observer",))
    assert client.post("/people/writer", name=" ").status_code == 422
    last = client.post("/people/admin", name="ผู้ดูแล")
    assert last.status_code == 422
    assert "ผู้ดูแลระบบคนสุดท้าย" in last.text


def test_a_membership_has_dates(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.post("/people/stranger/membership", group="writers", since="1/1/2560", until="31/12/2561").status_code == 302
    assert office.user("stranger").groups == (), "over"
    assert "สิ้นสุดแล้ว" in client.get("/people/stranger").text
    wrong = client.post("/people/stranger/membership", group="writers", since="31/2/2569", until="1/1/2568")
    assert (wrong.status_code, "เดือนนั้นมี 28 วัน" in wrong.text) == (422, True)
    assert client.post("/people/stranger/membership", group="writers", since="2/1/2568", until="1/1/2568").status_code == 422
    assert client.post("/people/stranger/membership", group="").status_code == 422
    slip = client.post("/people/stranger/membership", group="writrs")
    assert slip.status_code == 422, "a slip of the pen makes no group"
    assert '<input type="hidden" name="unheard" value="writrs">' in slip.text, "what is said twice is meant"
    assert client.post("/people/stranger/membership", group="writers:").status_code == 422
    assert client.post("/people/stranger/membership", group="writers:of-nobody").status_code == 422, "the party has no units"
    client.post("/people/stranger/membership", group="writers")
    assert office.user("stranger").groups == ("writers",)
    left, held = office.person("stranger", actor=SYSTEM).memberships
    page = client.get("/people/stranger?" + urlencode({"period": key(held)})).text
    assert f'name="period" value="{key(held)}"' in page, "the form changes this period"
    client.post("/people/stranger/membership/end", period=key(held))
    assert office.user("stranger").groups == ()
    assert [one.group for one in office.person("stranger", actor=SYSTEM).memberships] == ["writers"] * 2, (
        "who left and came back: both stay"
    )
    over = client.post("/people/stranger/membership", period=key(held), group="writers", since="1/6/2561", until="")
    assert (over.status_code, "ซ้อนกับช่วงเวลาอื่น" in over.text) == (422, True)
    for one in (left, held):
        client.post("/people/stranger/membership/end", period=key(one))
    assert not office.person("stranger", actor=SYSTEM).memberships, "what is over is taken off the record one by one"
    late = client.post("/people/stranger/membership", period=key(held), group="writers", since="", until="31/12/2599")
    assert late.status_code == 422, "somebody else has taken it away: it does not come back by a change of its days"
    assert "มีการเปลี่ยนแปลง" in late.text
    assert not office.person("stranger", actor=SYSTEM).memberships
    client.post("/people/stranger/membership", group="writers", since="1/10/2599")
    client.post("/people/stranger/membership", group="writers", since="1/1/2600", until="31/12/2600")
    assert "1 ต.ค. 2599 – …" in client.get("/people/stranger").text, "it is told what a new period takes the place of"


def key(period: Membership) -> str:
    return f"{period.group} {period.since.isoformat() if period.since else ''}"


def test_who_leaves_hands_over_what_is_open(client: Browser, office: Engine) -> None:
    office.start("letter", variables={"year": 2569}, actor=SYSTEM)
    (task,) = office.tasks(actor=SYSTEM).items
    office.claim(task.id, actor=office.actor("writer"))
    client.log_in("admin")
    page = client.get("/people/writer/closing").text
    assert "ร่างหนังสือ" in page
    assert client.post("/people/writer/closing", way="person", to="", reason="ย้าย").status_code == 422
    assert client.post("/people/writer/closing", way="person", to="nobody", reason="ย้าย").status_code == 422
    assert client.post("/people/writer/closing", way="back", reason="").status_code == 422
    assert office.user("writer").active, "nothing by halves"
    assert client.post("/people/writer/closing", way="person", to="writer2", reason="ย้าย").status_code == 302
    assert not office.user("writer").active
    assert office.task(task.id, actor=SYSTEM).task.assignee == "writer2"
    assert client.post("/people/writer2/closing", way="back", reason="ลาออก").status_code == 302
    assert office.task(task.id, actor=SYSTEM).task.assignee is None
    assert client.http.get("/people/writer2/closing").location == "/people/writer2", "nothing is left to hand over"
    client.post("/people/writer/active")
    assert office.user("writer").active


def test_each_open_task_may_go_to_somebody_else_or_none_goes(client: Browser, office: Engine) -> None:
    for year in (2569, 2570, 2571):
        office.start("letter", variables={"year": year}, actor=SYSTEM)
    tasks = [task.id for task in office.tasks(actor=SYSTEM).items]
    for id in tasks:
        office.claim(id, actor=office.actor("writer"))
    client.log_in("admin")
    assert f'name="task:{tasks[0]}"' in client.get("/people/writer/closing").text
    chosen = {f"task:{tasks[0]}": "writer2", f"task:{tasks[1]}": "nobody"}
    refused = client.post("/people/writer/closing", way="back", reason="ย้าย", **chosen)
    assert refused.status_code == 422
    assert 'value="nobody"' in refused.text, "what was chosen stays"
    assert f'id="f-{tasks[1]}-error"' in refused.text, "told at the task it was chosen for"
    assert {office.task(id, actor=SYSTEM).task.assignee for id in tasks} == {"writer"}, "nothing by halves"
    chosen[f"task:{tasks[1]}"] = "checker"
    asked = client.post("/people/writer/closing", way="back", reason="ย้าย", **chosen)
    assert asked.status_code == 422, "who is to get work of a party that is not his is asked about once"
    assert "ไม่ได้ทำงานให้" in asked.text
    again = {"outside": re.findall(r'name="outside" value="([^"]*)"', asked.text)[0]}
    assert client.post("/people/writer/closing", way="back", reason="ย้าย", **chosen, **again).status_code == 302
    assert [office.task(id, actor=SYSTEM).task.assignee for id in tasks] == ["writer2", "checker", None]


def test_nobody_locks_himself_out(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.post("/people/admin/closing", way="leave", reason="x").status_code == 422
    assert client.post("/people/admin/link").status_code == 422
    assert client.get("/account").status_code == 200
    assert office.user("admin").active


def sheet(*rows: list[str]) -> tuple[io.BytesIO, str]:
    """A spreadsheet as a browser sends it."""
    book = Workbook()
    for row in (["user", "name", "groups", "roles", "from", "to"], *rows):
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream, "people.xlsx"


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the form that imports."""
    return dict(re.findall(r'name="(content|name|fingerprint)" value="([^"]*)"', text))


def test_a_sheet_is_looked_at_and_then_imported(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.post("/people/import").status_code == 422
    wrong = client.post("/people/import", sheet=sheet(["new1", "ก", "writers", "king", "", ""], ["writer", "ข", "nowhere", "", "", ""]))
    assert wrong.status_code == 200
    assert "บทบาท: ไม่มีบทบาท “king”" in wrong.text, "the column beside what is wrong in it"
    assert "ไม่มีฝ่าย “nowhere”" in wrong.text
    assert not hidden(wrong.text), "nothing to import"
    right = client.post(
        "/people/import", sheet=sheet(["new1", "ก", "writers", "auditor", "1/10/2569", "30/9/2570"], ["writer", "ใหม่", "", "", "", ""])
    )
    assert office.users(actor=SYSTEM).total == 5, "nothing has happened yet"
    form = hidden(right.text)
    office.change_user("writer", name="อื่น", actor=SYSTEM)
    stale = client.post("/people/import/do", **form)
    assert "ข้อมูลมีการเปลี่ยนแปลงหลังการตรวจดู" in stale.text
    assert client.post("/people/import/do", **hidden(stale.text)).location == "/people?state=locked"
    assert office.user("writer").name == "ใหม่"
    assert office.user("new1").roles == ("auditor",)


def test_who_has_no_password_yet_gets_a_link_all_at_once(client: Browser, office: Engine) -> None:
    for name in ("one", "two", "else"):
        office.add_user(name, name=f"=ก {name}", groups=["writers"] if name != "else" else [], actor=SYSTEM)
    client.log_in("admin")
    assert 'action="/people/links"' not in client.get("/people").text
    assert 'action="/people/links"' in client.get("/people?state=locked&group=writers").text
    answer = client.post("/people/links", group="writers", state="active")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ([row[:3] for row in rows[1:]], answer.headers["Cache-Control"]) == (
        [["one", "'=ก one", ""], ["two", "'=ก two", ""]],
        "no-store",
    )
    links = [urlsplit(row[3]).path for row in rows[1:]]
    assert [Browser(client.http.application).get(link).status_code for link in links] == [200, 200]
    client.post("/people/links", q="one")
    assert [Browser(client.http.application).get(link).status_code for link in links] == [403, 200], "a newer one takes its place"


def test_the_largest_sheet_that_is_looked_at_can_be_imported(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    content = base64.b64encode(b"user,name\nnew1,n\n".ljust(MAX_BYTES, b"\n")).decode()
    client.get("/people/import")
    answer = client.http.post("/people/import/do", data={"_csrf": client.token, "content": content})
    assert (answer.status_code, "new1" in answer.text) == (200, True), "looked at again, since nothing says what was looked at"


def test_the_template_is_a_sheet_that_can_be_imported(client: Browser) -> None:
    client.log_in("admin")
    book = load_workbook(io.BytesIO(client.http.get("/people/import/template.xlsx").data))
    assert [cell.value for cell in next(book.worksheets[0].iter_rows())][:2] == ["ชื่อผู้ใช้", "ชื่อ"]
    content = client.http.get("/people/import/template.csv").data
    assert content.startswith(b"\xef\xbb\xbf")
    assert client.post("/people/import", sheet=(io.BytesIO(content), "people.csv")).status_code == 200
