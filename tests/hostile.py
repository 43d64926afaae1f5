"""Input nobody should send, and what an answer to it must never show."""

from __future__ import annotations

import io
import re
import zipfile

from engine.testing import linear

# File, line and column are said; what is inside the program is not: statements, drivers, paths of the machine, tracebacks.
INTERNAL = re.compile(
    r"Traceback|sqlite3|psycopg|sqlalchemy|SELECT |INSERT |UPDATE task|/tmp/|/home/|site-packages|\.py\b|\b\w+Error\b"
    r"|\bat 0x[0-9a-f]{4}|<class "
)
GOOD = linear("good", "first", "second")


def internal(text: str) -> list[str]:
    """What a text shows of the inside of the program."""
    return INTERNAL.findall(text)


def _inside(text: str) -> bytes:
    return GOOD.replace(b"<startEvent", text.encode() + b"<startEvent", 1)


def _before(text: bytes) -> bytes:
    return text + GOOD


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
DIAGRAMS: dict[str, tuple[bytes, str]] = {  # name → content, the rule it breaks
    "laughs.bpmn": (_before(LAUGHS), "xml-doctype"),
    "outside.bpmn": (_before(b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "xml-doctype"),
    "doctype.bpmn": (_before(b'<!DOCTYPE d SYSTEM "http://elsewhere.example/x.dtd">'), "xml-doctype"),
    "entity.bpmn": (_inside("<documentation>&nbsp;</documentation>"), "xml-entity"),
    "large.bpmn": (_inside(f"<documentation>{'ก' * 1_000_000}</documentation>"), "xml-too-large"),
    "deep.bpmn": (b"<a>" * 600 + b"</a>" * 600, "xml-too-deep"),
    "paper.bpmn": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "xml-syntax"),
    "table.bpmn": (b'{"process": "good"}', "xml-syntax"),
    "cut.bpmn": (GOOD[:-40], "xml-syntax"),
    "nothing.bpmn": (b"  \n ", "xml-syntax"),
    "control.bpmn": (_inside("<documentation>a\x01b</documentation>"), "xml-control-character"),
    "nul.bpmn": (_inside("<documentation>a\x00b</documentation>"), "xml-control-character"),
    "thai.bpmn": (
        b'<?xml version="1.0" encoding="UTF-8"?>' + GOOD.replace(b'name="first"', b'name="' + "ร่วม".encode("cp874") + b'"'), "xml-encoding"
    ),
    "unheard.bpmn": (b'<?xml version="1.0" encoding="x-nonsense"?>' + GOOD, "xml-encoding"),
}  # fmt: skip


def archive(members: dict[str, bytes]) -> bytes:
    """A zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return stream.getvalue()


def locked(content: bytes) -> bytes:
    """A zip file that says its members are encrypted."""
    return content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


BOMB = archive({"zeros.bin": b"\0" * 30_000_000})
