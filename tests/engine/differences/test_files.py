"""Each kind of change of the other files: forms, decisions, the schedule, parties, tables, letters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.differences import Change, Kind, Subject, compare
from engine.differences.values import pair, text, value
from engine.differences.words import Said, plain, short
from engine.testing import process

FORM: dict[str, Any] = {
    "type": "object",
    "title": "ตรวจร่าง",
    "x-en": {"title": "Check"},
    "required": ["verdict"],
    "properties": {
        "verdict": {
            "type": "string",
            "title": "ผล",
            "x-en": {"title": "Verdict"},
            "oneOf": [
                {"const": "good", "title": "ผ่าน", "x-en": {"title": "Good"}},
                {"const": "bad", "title": "ไม่ผ่าน", "x-en": {"title": "Bad"}},
            ],
        },
        "reason": {"type": "string", "title": "เหตุผล", "x-en": {"title": "Reason"}, "maxLength": 100},
    },
}


def english(old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    found = list(compare(old, new))
    assert all(change.sentence.th and change.sentence.en for change in found)
    return [change.sentence.en for change in found]


def form(**changes: Any) -> dict[str, bytes]:
    return {"forms/check.json": json.dumps(FORM | changes).encode()}


def fields(**changes: Any) -> dict[str, bytes]:
    return form(properties=FORM["properties"] | changes)


VERDICT, REASON = FORM["properties"]["verdict"], FORM["properties"]["reason"]
MORE = {"const": "late", "title": "ช้า", "x-en": {"title": "Late"}}


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (form(title="ตรวจ", **{"x-en": {"title": "Look"}}), "Form renamed “Check” → “Look”"),
        (form(required=["verdict", "reason"]), "Field “Reason” is now required"),
        (form(required=[]), "Field “Verdict” is no longer required"),
        (form(properties={"verdict": VERDICT}), "Field “Reason” removed"),
        (fields(note={"title": "หมายเหตุ"}), "Field “หมายเหตุ” added"),
        (fields(reason=REASON | {"maxLength": 200}), "Field “Reason”: greatest length 100 → 200"),
        (fields(reason=REASON | {"type": "integer"}), "Field “Reason”: kind of value string → integer"),
        (fields(reason=REASON | {"title": "เพราะ"}), "Field “Reason” renamed (in Thai) “เหตุผล” → “เพราะ”"),
        (fields(verdict=VERDICT | {"oneOf": [*VERDICT["oneOf"], MORE]}), "Field “Verdict”: choice “Late” added"),
        (fields(verdict=VERDICT | {"oneOf": VERDICT["oneOf"][:1]}), "Field “Verdict”: choice “Bad” removed"),
        (fields(verdict=VERDICT | {"oneOf": VERDICT["oneOf"][::-1]}), "Field “Verdict”: the choices stand in another order"),
        (form(properties={"verdict": VERDICT, "why": REASON}), "Field “Reason”: variable reason → why"),
        (form(properties={"reason": REASON, "verdict": VERDICT}), "The fields stand in another order"),
        (form(**{"x-confirm": True}), "Answers are checked before they are sent added: yes"),
    ],
)
def test_forms(new: dict[str, bytes], sentence: str) -> None:
    assert english(form(), new) == [sentence]


def test_a_form_names_itself() -> None:
    (group,) = compare(form(), form(required=[])).groups
    assert (group.subject, group.title) == (Subject.FORM, Said("แบบฟอร์ม “ตรวจร่าง”", "form “Check”"))


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:r="urn:ruam:bpmn:1" id="d" name="d" namespace="n">
<decision id="scoring" name="เกณฑ์"><decisionTable id="t" hitPolicy="{policy}">
<input id="i" label="ระยะ" r:nameEn="Phase"><inputExpression><text>phase</text></inputExpression></input>
<output id="o" label="เกณฑ์ผ่าน" name="pass"/>{rules}</decisionTable></decision></definitions>"""
RULE = '<rule id="{}"><inputEntry><text>{}</text></inputEntry><outputEntry><text>{}</text></outputEntry></rule>'


def decision(*rules: tuple[str, str, str], policy: str = "FIRST") -> dict[str, bytes]:
    return {"scoring.dmn": TABLE.format(policy=policy, rules="".join(RULE.format(*rule) for rule in rules)).encode()}


def renamed(files: dict[str, bytes]) -> dict[str, bytes]:
    content = files["scoring.dmn"].decode().replace('"Phase"', '"Round"').replace('name="เกณฑ์"', 'name="เกณฑ์" r:nameEn="Scoring"')
    return {"scoring.dmn": content.encode()}


BOTH = ("one", "1", "60"), ("two", "2", "70")


@pytest.mark.parametrize(
    ("new", "sentences"),
    [
        (decision(("one", "1", "65"), BOTH[1]), ["Row 1 (Phase = 1): เกณฑ์ผ่าน 60 → 65"]),
        (decision(("other", "1", "65"), BOTH[1]), ["Row 1 (Phase = 1): เกณฑ์ผ่าน 60 → 65"]),
        (decision(BOTH[0]), ["Row 2 (Phase = 2) removed"]),
        (decision(*BOTH, ("three", "-", "0")), ["Row 3 added: in every case → เกณฑ์ผ่าน 0"]),
        (decision(BOTH[1], BOTH[0]), ["The rows stand in another order"]),
        (decision(*BOTH, policy="UNIQUE"), ["How many rows may hold (hit policy) FIRST → UNIQUE"]),
        (renamed(decision(*BOTH)), ["English name added: Scoring", "Column “Round”: English heading Phase → Round"]),
        ({}, ["File scoring.dmn removed"]),
    ],
)
def test_decisions(new: dict[str, bytes], sentences: list[str]) -> None:
    assert english(decision(*BOTH), new) == sentences


SCHEDULE = """start = "06-01"
[reminders]
before = 3
escalate_to = "opdc"
[windows.1]
opens = "06-01"
closes = "06-30"
[windows.2]
opens = "07-01"
closes = "07-31"
[windows.3]
opens = "08-01"
closes = "08-31"
"""
STEPS = process("p", '<userTask id="a" name="สมัคร" ruam:nameEn="Apply" ruam:step="2"/>')


def schedule(*changes: tuple[str, str]) -> dict[str, bytes]:
    said = SCHEDULE
    for before, after in changes:
        said = said.replace(before, after)
    return {"schedule.toml": said.encode(), "p.bpmn": STEPS}


@pytest.mark.parametrize(
    ("change", "thai", "sentence"),
    [
        (
            ("07-31", "08-07"),
            "กำหนดส่งของขั้นตอนที่ 2 “สมัคร” เลื่อนจาก 31 กรกฎาคม เป็น 7 สิงหาคม",
            "Due date of step 2 “Apply” moved from 31 July to 7 August",
        ),
        (
            ("before = 3", "before = 5"),
            "เตือนก่อนถึงกำหนด 3 วันทำการ → 5 วันทำการ",
            "Reminder before a task is due 3 working days → 5 working days",
        ),
        (
            ('start = "06-01"', 'start = "2027-06-15"'),
            "วันเริ่มโครงการ 1 มิถุนายน → 15 มิถุนายน 2570",
            "First day of the project 1 June → 15 June 2027",
        ),
        (("[windows.3]", "[windows.4]"), "", "Schedule of step 3 taken away (was opens: 1 August and closes: 31 August)"),
    ],
)
def test_the_schedule(change: tuple[str, str], thai: str, sentence: str) -> None:
    found = list(compare(schedule(), schedule(change)))
    assert found[0].sentence.en == sentence
    assert found[0].sentence.th == thai or not thai


def test_a_schedule_that_moves_as_a_whole_is_one_sentence() -> None:
    moved = [(f"{month}-{day}", f"{month}-{day + 1}") for month, day in (("06", 29), ("07", 30), ("08", 30))]
    base = [(before.replace(before[-2:], last), before) for (before, _), last in zip(moved, ("30", "31", "31"), strict=True)]
    old = schedule(*base)
    later = schedule(*base, *moved, *((f'opens = "{month}-01"', f'opens = "{month}-02"') for month in ("06", "07", "08")))
    assert english(old, later) == ["All steps are scheduled 1 day later"]
    assert english(later, old) == ["All steps are scheduled 1 day earlier"]


@pytest.mark.parametrize(
    ("path", "old", "new", "sentence"),
    [
        ("parties.toml", '[a]\nth = "ก"\nen = "A"', '[a]\nth = "ก"\nen = "B"', "“B”: English name A → B"),
        ("parties.toml", '[a]\nth = "ก"\nen = "A"', '[a]\nth = "ก"\nen = "A"\n[b]\nth = "ข"', "“ข” added"),
        ("provinces.csv", "code,name_th\nTH-1,ก\nTH-2,ข", "code,name_th\nTH-1,ก\nTH-2,ค", "“ค”: name_th ข → ค"),
        ("provinces.csv", "code,name_th\nTH-1,ก\nTH-2,ข", "code,name_th\nTH-1,ก", "“ข” removed"),
        ("letters/a.typ", "one\ntwo", "one\nthree\nfour", "Text changed: 2 lines added, 1 taken away"),
        ("seal.png", "\udc89a", "\udc89b", "Its content is another"),
        ("texts/th.toml", "# a\n", "# b\n", "The same content, only written otherwise"),
    ],
)
def test_other_files(path: str, old: str, new: str, sentence: str) -> None:
    assert english(*({path: text.encode(errors="surrogateescape")} for text in (old, new))) == [sentence]


def test_files_that_are_new_or_gone() -> None:
    assert english({}, form()) == ["Form “Check” added"]
    assert english({"letters/a.typ": b"subject: [Hello]"}, {}) == ["Letter “Hello” removed"]
    kinds: list[Change] = list(compare({"x.txt": b"1"}, {"y.txt": b"1"}))
    assert [change.kind for change in kinds] == [Kind.REMOVED, Kind.ADDED]


@pytest.mark.parametrize(
    ("written", "thai", "english"),
    [
        ("P7D", "7 วัน", "7 days"),
        ("P1DT2H", "1 วัน 2 ชั่วโมง", "1 day 2 hours"),
        ("R3/PT10M", "ทุก 10 นาที รวม 3 ครั้ง", "every 10 minutes, 3 times"),
        ("R/P1W", "ทุก 1 สัปดาห์", "every 1 week"),
        ("07-31", "31 กรกฎาคม", "31 July"),
        ("2026-07-31T16:30:00+07:00", "31 ก.ค. 2569 16:30 น.", "31 Jul 2026 16:30"),
        ("${windows['12'].opens}", "วันแรกของขั้นตอนที่ 12 ตามกำหนดการ", "the first day of step 12 in the schedule"),
        ("${a + {'b': 1}.b}", "a + {'b': 1}.b", "a + {'b': 1}.b"),
        ("= score > 60", "score > 60", "score > 60"),
        ("P", "P", "P"),
        ("13-45", "13-45", "13-45"),
    ],
)
def test_values_in_words(written: str, thai: str, english: str) -> None:
    assert text(written) == Said(thai, english)


def test_values_that_are_no_text() -> None:
    assert value(None) == Said("ไม่มี", "nothing")
    assert value({"th": "ก", "en": "A"}) == Said("ก", "A")
    assert value(["a", True, 3]) == Said("a, ใช่ และ 3", "a, yes and 3")


def test_long_texts_show_where_they_part() -> None:
    before = "word " * 60 + "old end"
    shown = pair(before, before.replace("old", "new"))
    assert shown[0].en.endswith("old end")
    assert shown[1].en.endswith("new end")
    assert len(shown[0].en) < 60
    assert pair("P1W", "P7D")[0] != pair("P1W", "P7D")[1]
    assert pair("${a}", "= a") == (Said("${a}", "${a}"), Said("= a", "= a"))


def test_short_texts_do_not_cut_a_letter_from_its_marks() -> None:
    for length in range(5, 30):
        cut = short("ที่ปรึกษาจัดทำรายงานสรุปผลการดำเนินโครงการ", length).removesuffix("…")
        assert cut
        assert cut[-1] not in "เแโใไ"
    assert plain("แจ้ง ${count({'a': 1})} จังหวัด") == "แจ้ง … จังหวัด"
