"""Users from sheets: what is planned is what happens, all or nothing; hostile files are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import Workbook

from engine.engine import Engine
from engine.errors import Conflict, Invalid
from engine.people import sheets
from engine.people.importing import COLUMNS, NEEDED
from engine.testing import ADMINISTRATOR, SYSTEM, Stage, linear

MakeStage = Callable[..., Stage]
PARTIES = '[opdc]\nth = "ก.พ.ร."\nen = "OPDC"\n[province]\nth = "จังหวัด"\nen = "Province"\nunit_variable = "code"\n'
UNITS = {"province": ["province:TH-50", "province:TH-51"]}
THAI = "ชื่อผู้ใช้,ชื่อ,อีเมล,กลุ่ม,บทบาท,ตั้งแต่,ถึง\nsomchai,สมชาย ใจดี,s@example.go.th,province:TH-50,ผู้ตรวจสอบ,1/10/2569,30/9/2570\n"


@pytest.fixture
def engine(stage: MakeStage) -> Engine:
    made = stage({"p.bpmn": linear("p", "a", group="opdc"), "parties.toml": PARTIES.encode()}).engine
    made.add_user("ann", name="อรุณ", roles=["designer"], groups=["opdc"], actor=SYSTEM)
    return made


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def outcomes(engine: Engine, sheet: bytes) -> list[str]:
    return [row.outcome for row in engine.import_users(sheet, units=UNITS, preview=True, actor=ADMINISTRATOR).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
def test_a_sheet_is_read_as_thai_excel_saves_it(engine: Engine, encoding: str) -> None:
    sheet = THAI.replace("\n", "\r\n").replace(",", ";" if encoding == "cp874" else ",").encode(encoding)
    assert outcomes(engine, sheet) == ["added"]
    assert engine.users(actor=SYSTEM).total == 1, "a preview does nothing"
    assert engine.import_users(sheet, units=UNITS, actor=ADMINISTRATOR).done
    person = engine.person("somchai", actor=SYSTEM)
    assert (person.user.name, person.user.email, person.user.roles) == ("สมชาย ใจดี", "s@example.go.th", ("auditor",))
    (held,) = person.memberships
    assert (held.group, held.first_day, held.last_day) == ("province:TH-50", date(2026, 10, 1), date(2027, 9, 30))
    assert outcomes(engine, sheet) == ["unchanged"], "the same again changes nothing"


def test_rows_are_added_changed_or_left_and_several_rows_are_one_person(engine: Engine) -> None:
    sheet = workbook(
        ["user", "name", "groups", "roles", "from", "to"],
        ["ann", "อรุณ ใหม่", None, None, None, None],
        ["ben", "บุญ", "province:TH-50", None, None, date(2027, 9, 30)],
        ["ben", None, "opdc, province:TH-51", "designer; approver", "1/10/2570", None],
        [None, None, None, None, None, None],
        ["ben", "บุญ", "opdc", None, "2027-10-01", None],
    )
    plan = engine.import_users(sheet, units=UNITS, preview=True, actor=ADMINISTRATOR)
    assert [(row.number, row.outcome) for row in plan.rows] == [(2, "changed"), (3, "added"), (4, "changed"), (6, "unchanged")]
    assert plan.rows[0].changes == (("name", "อรุณ", "อรุณ ใหม่"),)
    engine.import_users(sheet, units=UNITS, fingerprint=plan.fingerprint, actor=ADMINISTRATOR)
    ben = engine.person("ben", actor=SYSTEM)
    assert [(one.group, one.last_day) for one in ben.memberships] == [
        ("opdc", None),
        ("province:TH-50", date(2027, 9, 30)),
        ("province:TH-51", None),
    ]
    assert engine.user("ann").groups == ("opdc",), "what a sheet does not name stays"
    assert engine.user("ann").roles == ("designer",)
    with pytest.raises(Conflict):
        engine.import_users(sheet, units=UNITS, fingerprint=plan.fingerprint, actor=ADMINISTRATOR)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["x", "ก", "", "", "", ""], "user"),
        (["system", "ก", "", "", "", ""], "user"),
        (["fay", "", "", "", "", ""], "name"),
        (["fay", "=HYPERLINK(\"http://x\")", "", "", "", ""], "name"),
        (["fay", "@SUM(1)", "", "", "", ""], "name"),
        (["fay", "ก", "nowhere", "", "", ""], "groups"),
        (["fay", "ก", "province:TH-99", "", "", ""], "groups"),
        (["fay", "ก", "opdc:x", "", "", ""], "groups"),
        (["fay", "ก", "", "king", "", ""], "roles"),
        (["fay", "ก", "opdc", "", "31/2/2569", ""], "from"),
        (["fay", "ก", "opdc", "", "2/1/2569", "1/1/2569"], "to"),
        (["fay", "ก", "", "", "1/1/2569", ""], "groups"),
        (["ann", "อื่น", "", "", "", ""], "name"),
        (["ANN", "อื่น", "", "", "", ""], "user"),
        (["Good", "อื่น", "", "", "", ""], "user"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_mistake_is_told_at_its_cell_and_nothing_is_done(engine: Engine, row: list[object], column: str) -> None:
    sheet = workbook(
        ["user", "name", "groups", "roles", "from", "to"], ["good", "ดี", "opdc", "", "", ""], ["ann", "ใหม่", "", "", "", ""], row
    )
    plan = engine.import_users(sheet, units=UNITS, preview=True, actor=ADMINISTRATOR)
    assert [(one.outcome, set(one.mistakes)) for one in plan.rows] == [("added", set()), ("changed", set()), ("mistake", {column})]
    assert all(mistake.message and mistake.message_th for mistake in plan.rows[-1].mistakes.values())
    with pytest.raises(Invalid) as refused:
        engine.import_users(sheet, units=UNITS, actor=ADMINISTRATOR)
    assert refused.value.problems[0].line == 4
    assert engine.users(actor=SYSTEM).total == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_last_administrator_cannot_be_imported_away(engine: Engine) -> None:
    engine.add_user("chief", name="หัวหน้า", password="a long password", roles=["administrator"], actor=SYSTEM)
    for roles in ("-", "designer"):
        with pytest.raises(Conflict, match="last administrator"):
            engine.import_users(f"user,roles\nchief,{roles}\n".encode(), preview=True, actor=ADMINISTRATOR)


def bomb() -> bytes:
    """An XLSX that says it is small and unpacks to 30 MB."""
    stream = io.BytesIO(workbook(["user"]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 30_000_000)
    return stream.getvalue()


def liar() -> bytes:
    """The same, whose directory says the part has 10 bytes."""
    content = bytearray(bomb())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.rfind(signature)
        content[place + offset : place + offset + 4] = struct.pack("<I", 10)
    return bytes(content)


def with_part(name: str, text: bytes) -> bytes:
    stream = io.BytesIO(workbook(["user"], ["new"]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, text)
    return stream.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><x>&a;</x>'


def test_a_head_is_told_in_the_words_of_the_template() -> None:
    with pytest.raises(Invalid) as refused:
        sheets.read("ชื่อ,กลุ่ม\nก,opdc\n".encode(), COLUMNS, NEEDED)
    assert "Missing: user" in refused.value.message
    assert refused.value.thai.endswith("ขาด: ชื่อผู้ใช้")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_groups_are_known_by_what_they_are_called(engine: Engine) -> None:
    called = {"สำนักงาน ก.พ.ร.": "opdc", "จังหวัดเชียงใหม่": "province:TH-50"}
    sheet = workbook(["user", "name", "groups"], ["ben", "บุญ", "สำนักงาน ก.พ.ร., จังหวัดเชียงใหม่"], ["cy", "ชัย", "=opdc"])
    plan = engine.import_users(sheet, units=UNITS, called=called, preview=True, actor=ADMINISTRATOR)
    assert [row.outcome for row in plan.rows] == ["added", "mistake"]
    assert plan.rows[0].cells["groups"] == "opdc, province:TH-50"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "sheet-empty"),
        (b"\n\n", "sheet-empty"),
        (b"user,name\n" + b"x" * 2_000_001, "sheet-too-large"),
        (b"user,name\n" + b"ann,x\n" * 2_001, "sheet-too-many-rows"),
        (b"user,name\nann," + b"x" * 1_001, "sheet-cell"),
        (b"user,surname\nann,x", "sheet-head"),
        (b"user,user\nann,x", "sheet-head"),
        (b"name,email\nann,x", "sheet-head"),
        (b"user,name\n", "sheet-empty"),
        (b"\x00\x01\x02\xff\xfe\xfd", "sheet-encoding"),
        (b"%PDF-1.4\n\xde\xad\xbe\xef", "sheet-encoding"),
        ("user,name\nann,ก".encode("utf-16") + b"\xd8", "sheet-encoding"),
        (b'user,name\n"ann', "sheet-csv"),
        (b"PK\x03\x04 not a zip", "sheet-xlsx"),
        (with_part("xl/vbaProject.bin", b"macro"), "sheet-macros"),
        (with_part("xl/more.xml", ENTITIES), "sheet-entities"),
        (with_part("xl/more.xml", ENTITIES.decode().encode("utf-16")), "sheet-entities"),
        (bomb(), "sheet-too-large"),
        (liar(), "sheet-xlsx"),
        (workbook(["user"], ["x" * 1_001]), "sheet-cell"),
        (workbook([f"c{n}" for n in range(40)]), "sheet-too-wide"),
    ],
)  # fmt: skip
def test_what_is_hostile_or_no_sheet_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        sheets.read(content, COLUMNS, NEEDED)
    assert [problem.rule for problem in refused.value.problems] == [rule]
    assert refused.value.message_th
