"""What is wrong with a text of our language, in Thai: a catalogue of what reading it may say. Words of the language stay as they are."""

from __future__ import annotations

import re

from engine.language import thai_evaluation

UNKNOWN = "เขียนไม่ตรงตามภาษาของระบบ (docs/language.md)"
EXPECTED = {
    "a name": "ชื่อ", "a value": "ค่า", "a key": "ชื่อคีย์", "a key after '.'": "ชื่อคีย์หลัง '.'",
    "an operator or the end": "เครื่องหมายหรือจบข้อความ", "',' or the end": "',' หรือจบข้อความ", "the end of the range": "จุดจบของช่วง",
    "the end": "จบข้อความ", "the end of the line": "จบบรรทัด",
}  # fmt: skip
WHOLE = {
    "'${' is not closed by '}'": "'${' ไม่มี '}' ปิด",
    "comment '/*' is not closed": "หมายเหตุ '/*' ไม่มี '*/' ปิด",
    "\\u needs four hexadecimal digits of a character": "\\u ต้องตามด้วยเลขฐานสิบหกสี่หลัก",
    "number is too long": "ตัวเลขยาวเกินไป",
    "number is too large": "ตัวเลขใหญ่เกินไป",
    "is nested too deeply": "ซ้อนกันลึกเกินไป",
    "an index is missing": "ไม่ได้ระบุลำดับใน [ ]",
    "a slice has at most three parts": "ช่วงใน [ ] มีได้ไม่เกินสามส่วน",
    "changes a value in place: write it as a statement of its own": "เปลี่ยนค่าเดิมโดยตรง โปรดเขียนแยกเป็นคำสั่งหนึ่งบรรทัด",
    "this line is not indented as those around it": "บรรทัดนี้ย่อหน้าไม่ตรงกับบรรทัดรอบข้าง",
    "what is to be done must be indented below": "คำสั่งที่จะทำต้องย่อหน้าอยู่ในบรรทัดถัดไป",
    "only a name, a.b or a[i] can be assigned to": "กำหนดค่าได้เฉพาะชื่อ a.b หรือ a[i]",
    "only names can be assigned to together": "กำหนดค่าพร้อมกันได้เฉพาะชื่อ",
    "expected 'instance of'": "ต้องเป็น 'instance of'",
    "expected a date or duration in quotes after @": "หลัง @ ต้องเป็นวันที่หรือระยะเวลาในเครื่องหมายคำพูด",
    "functions of Java are not part of the language": "ไม่รองรับฟังก์ชันของ Java",
    "write timedelta(days=…) without its module": "โปรดเขียน timedelta(days=…) โดยไม่ใส่ชื่อโมดูล",
    "expected the name of a variable in quotes": "ต้องเป็นชื่อตัวแปรในเครื่องหมายคำพูด",
    "expected the name of a variable": "ต้องเป็นชื่อตัวแปร",
}
PARTS = (
    (r"(.+) \(in (\{.*\})\)", "{0} (ใน {1})"),
    (r"expected (.+), found (.+)", "ต้องเป็น {0} แต่พบ {1}"),
    (r"text is not closed by (.+)", "ข้อความไม่มี {0} ปิด"),
    (r"unknown escape (.+)", "ไม่รู้จักรหัส {0}"),
    (r"(.+) is neither a number nor a name", "{0} ไม่ใช่ทั้งตัวเลขและชื่อ"),
    (r"unexpected character (.+) \(write numbers with 0 to 9\)", "มีอักขระ {0} ที่ใช้ไม่ได้ (โปรดเขียนตัวเลขด้วย 0 ถึง 9)"),
    (r"unexpected character (.+)", "มีอักขระ {0} ที่ใช้ไม่ได้"),
    (r"text with a prefix \((.+)\) is not part of the language", "ไม่รองรับข้อความที่มีคำนำหน้า ({0})"),
    (r"is longer than (.+) characters", "ยาวเกิน {0} ตัวอักษร"),
    (r"(.+) must begin a line of its own", "{0} ต้องขึ้นต้นบรรทัดใหม่"),
    (r"(.+) is not part of the language of scripts", "ไม่รองรับ {0} ในสคริปต์"),
    (r"(.+) stands in no loop", "{0} ไม่ได้อยู่ในวงรอบ"),
    (r"(.+) names are assigned (.+) values", "มีชื่อ {0} ชื่อ แต่กำหนดค่า {1} ค่า"),
    (r"unknown type (.+)", "ไม่รู้จักชนิด {0}"),
    (r"(.+) has no partner in the text", "{0} ในข้อความไม่มีคู่"),
    (r"there is no function (.+)", "ไม่มีฟังก์ชัน {0}"),
    (r"method (.+) is not part of the language", "ไม่รองรับเมท็อด {0}"),
    (r"(.+) calls Java, which is not executed: let .+", "{0} เรียกใช้ Java ซึ่งระบบไม่ทำงานให้ โปรดใช้ handler ภาษา Python หรือให้โปรแกรมภายนอกทำ"),
    (
        r"(.+) is not part of the language: assign to the variable in a script task, e\.g\. (.+)",
        "ไม่รองรับ {0} โปรดกำหนดค่าตัวแปรในงานสคริปต์ เช่น {1}",
    ),
    (r"(.+) is not part of the language: expressions read variables and change nothing", "ไม่รองรับ {0} เพราะนิพจน์อ่านตัวแปรได้อย่างเดียว"),
    (r"(.+) is not part of the language", "ไม่รองรับ {0}"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), thai) for pattern, thai in (*PARTS, *thai_evaluation.PARTS))
_WHOLE = WHOLE | thai_evaluation.WHOLE
_NOUNS = thai_evaluation.KINDS | EXPECTED


def in_thai(message: str) -> str:
    """A fault's message in Thai; that something is wrong where the catalogue does not know it."""
    if message in _WHOLE:
        return _WHOLE[message]
    for pattern, thai in _PATTERNS:
        found = pattern.fullmatch(message)
        if found:
            return thai.format(*(said(text) for text in found.groups()))
    return UNKNOWN


def said(text: str) -> str:
    """In Thai what a message is, or holds: one of the things expected or found, another message; the user's own words as they are."""
    known = _NOUNS.get(text.removeprefix("expected ")) or in_thai(text)
    return text if known == UNKNOWN else known
