"""The participation pack: realistic edits, each told in the words of its people; and whatever is edited, something is said."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from random import Random

import pytest
from lxml import etree

from engine.differences import Change, Kind, compare
from tests.engine.differences.edits import (
    PACK,
    PROJECT,
    STEP,
    edited,
    everything_renamed,
    flow,
    form_changed,
    lane,
    pass_mark_changed,
    province_added,
    step_added,
    step_removed,
    step_split,
    timer_moved,
    year_changed,
)

NODES = 16  # random edits of each file of the pack


def told(new: Mapping[str, bytes]) -> list[Change]:
    found = list(compare(PACK, new))
    assert found
    assert all(change.sentence.th.strip() and change.sentence.en.strip() for change in found)
    return found


def english(new: Mapping[str, bytes]) -> list[str]:
    return [change.sentence.en for change in told(new)]


def test_a_step_is_added() -> None:
    (change,) = told(step_added())
    assert change.sentence.en == (
        "Step 1a “Check the plan” added between step 1 and step 2, for Office of the Public Sector Development Commission"
    )
    assert change.sentence.th == "เพิ่มขั้นตอนที่ 1a “ตรวจแผน” ระหว่างขั้นตอนที่ 1 กับขั้นตอนที่ 2 ผู้ทำคือสำนักงาน ก.พ.ร."


def test_a_step_is_removed() -> None:
    (change,) = told(step_removed())
    assert (change.kind, change.sentence.en) == (Kind.REMOVED, "Step 6 “Final guidelines” removed")


def test_changes_that_stand_at_one_place_are_told_by_their_number() -> None:
    both = edited(
        PROJECT,
        (flow("step01_to_step02", "step01", "step02"), flow("step01_to_step02", "step01", "x") + STEP.format("x", "ก", "A", "1a")),
        (flow("step02_to_step03", "step02", "step03"), flow("f", "x", "step03")),
        (PACK[PROJECT].decode().partition('<bpmn:userTask id="step02"')[2].partition("</bpmn:userTask>")[0], ""),
        ('<bpmn:userTask id="step02"</bpmn:userTask>', ""),
        ("<bpmn:flowNodeRef>step02</bpmn:flowNodeRef>", ""),
    )
    assert [change.step for change in told(both)] == ["1a", "2"]


def test_a_step_is_split_between_two_parties() -> None:
    assert english(step_split()) == [
        "Step 6: renamed (in Thai) “จัดทำแนวทาง หลักเกณฑ์ วิธีการในการตรวจประเมิน” → “ร่างแนวทาง”",
        "Step 6ข “Review” added between step 6 and step 7, for Office of the Public Sector Development Commission",
    ]


def test_a_lane_changes() -> None:
    (change,) = told(edited(PROJECT, *lane("step11", "step10", "step11")))
    assert change.aspect == "lane"
    assert change.sentence.th == "ขั้นตอนที่ 11 “จัดทำรายงานสรุปผลการประชุม สัมมนา” ย้ายจากที่ปรึกษา (สถาบันพระปกเกล้า) ไปสำนักงาน ก.พ.ร."


def test_a_timer_moves() -> None:
    (change,) = told(timer_moved())
    assert (change.aspect, change.element) == ("timer", "step12_closing")
    assert change.sentence.th == "ตัวจับเวลา “ปิดรับสมัคร”: เวลา closing → 7 ส.ค. 2570 23:59 น."


def test_a_form_changes() -> None:
    assert english(form_changed()) == [
        "Field “Verdict”: choice return ส่งคืนให้ปรับแก้ → ส่งคืน",
        "Field “Reasons”: least length 1 → 20",
    ]


def test_the_pass_mark_changes() -> None:
    (change,) = told(pass_mark_changed())
    assert change.sentence.th == "แถวที่ 3 (ระยะที่ (phase) = 1): เกณฑ์ผ่าน (คะแนนเต็ม 100) 60 → 65"


def test_a_return_is_added() -> None:
    on = flow("step06_to_step07", "step06", "step07")
    (change,) = told(edited(PROJECT, (on, on + flow("back", "step06", "step03"))))
    assert change.sentence.en == "After step 6 the way can lead back to step 3"
    assert change.sentence.th == "หลังขั้นตอนที่ 6 ย้อนกลับไปที่ ขั้นตอนที่ 3 ได้"


def test_the_acceptance_changes() -> None:
    new = edited(
        "acceptance.bpmn",
        ('camunda:collection="members"', 'camunda:collection="chairs"'),
        ("${accepted}</", "${accepted and not late}</"),
        ('ruam:barred="consultant"', 'ruam:barred="consultant,opdc"'),
    )
    opdc, consultant = "Office of the Public Sector Development Commission", "Consultant (King Prajadhipok's Institute)"
    assert set(english(new)) == {
        f"“Examine the work of instalment …”: who may not do it {consultant} → {consultant} and {opdc}",
        "“Examine the work of instalment …”: repeated for each of members → chairs",
        "The way from “All accepted?” to “Issue the certificate” “รับ”: condition accepted → accepted and not late",
    }


def test_a_province_is_added() -> None:
    (change,) = told(province_added())
    assert (change.kind, change.sentence.th, change.sentence.en) == (Kind.ADDED, "เพิ่ม “จังหวัดใหม่”", "“New” added")


def test_everything_is_renamed() -> None:
    changes = told(everything_renamed())
    assert {change.kind for change in changes} == {Kind.CHANGED}
    names = [change for change in changes if change.aspect == "name"]
    assert len(names) > 150
    assert all("ใหม่ " in change.sentence.th for change in names)


def test_the_schedule_is_of_another_year() -> None:
    (dated,) = told(year_changed())
    assert dated.sentence.th == "กำหนดการทุกขั้นตอนเป็นวันของปี 2570 ไม่ว่าโครงการเริ่มเมื่อใด"
    moved = edited("schedule.toml", ('"2027-06-30"', '"2027-06-29"'), files=year_changed())
    assert [change.sentence.th for change in told(moved)] == [
        dated.sentence.th,
        "กำหนดส่งของขั้นตอนที่ 1 “จัดทำแผนการดำเนินงานโครงการ” เลื่อนจาก 30 มิถุนายน 2570 เป็น 29 มิถุนายน 2570",
    ]
    (own,) = compare(year_changed(), PACK)
    assert own.sentence.en == "All steps are scheduled in each project's own year"
    (year,) = compare(year_changed(), year_changed(2028))
    assert year.sentence.en == "All steps are scheduled 1 year later"
    assert year.sentence.th == "เลื่อนกำหนดการทุกขั้นตอนออกไป 1 ปี"


def test_comparing_with_itself_says_nothing() -> None:
    assert not compare(PACK, PACK)
    assert not list(compare(PACK, {path: bytes(bytearray(content)) for path, content in PACK.items()}))


def test_it_takes_a_third_of_a_second_at_most() -> None:
    more = ' name="ใหม่ '.encode()
    new = {path: content.replace(b' name="', more, 3) if path.endswith(".bpmn") else content for path, content in PACK.items()}
    changed = edited("schedule.toml", ('closes = "06-30"', 'closes = "07-07"'), files=new)
    best = min(_seconds(changed) for _ in range(3))
    assert best < 0.3


def _seconds(new: Mapping[str, bytes]) -> float:
    began = time.process_time()
    told(new)
    return time.process_time() - began


@pytest.mark.parametrize("path", sorted(path for path in PACK if path.endswith((".bpmn", ".dmn"))))
def test_whatever_is_edited_in_a_diagram_something_is_said(path: str) -> None:
    random = Random(path)
    for number in range(NODES):
        root = etree.fromstring(PACK[path])
        done = _edit(root, random, number)
        new = etree.tostring(root)
        found = list(compare(PACK, {**PACK, path: new}))
        assert found, done
        assert all(change.sentence.th.strip() and change.sentence.en.strip() for change in found), done


def _edit(root: etree._Element, random: Random, number: int) -> str:
    """One edit at random: an attribute is another or gone, a text is another, an element is gone or there twice."""
    node = random.choice([node for node in root.iter(etree.Element) if node.getparent() is not None])
    parent = node.getparent()
    assert parent is not None
    kind = random.randrange(5)
    if kind == 0 and node.attrib:
        name = random.choice(sorted(map(str, node.attrib)))
        node.set(name, f"{node.get(name)}_{number}")
    elif kind == 1 and node.attrib:
        del node.attrib[random.choice(sorted(map(str, node.attrib)))]
    elif kind == 2 and node.text and node.text.strip():
        node.text += str(number)
    elif kind == 3:
        node.addnext(etree.fromstring(etree.tostring(node)))
    else:
        parent.remove(node)
    return f"{kind} {node.tag} {dict(node.attrib)}"


@pytest.mark.parametrize("path", sorted(path for path in PACK if path.endswith((".json", ".toml", ".csv", ".typ"))))
def test_whatever_is_edited_in_another_file_something_is_said(path: str) -> None:
    random = Random(path)
    words = list(re.finditer(rb"[A-Za-z0-9\xe0-\xef\x80-\xbf]+", PACK[path]))
    for word in random.sample(words, min(12, len(words))):
        content = PACK[path][: word.start()] + b"zz" + PACK[path][word.end() :]
        found = list(compare(PACK, {**PACK, path: content}))
        assert found, word
        assert all(change.sentence.th.strip() and change.sentence.en.strip() for change in found), word
