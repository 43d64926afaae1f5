"""Hostile and broken XML: refused with a rule and a line, quickly and without much memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from engine.diagrams import parse_xml, read
from engine.errors import Invalid

HOSTILE = [
    ("xml-too-large", None, b"<r>" + b"x" * 3_000_000 + b"</r>"),
    ("xml-too-many-elements", 1, b"<r>" + b"<a/>" * 400_000 + b"</r>"),
    ("xml-too-many-elements", 1, b"<r>" + b"<!---->" * 250_000 + b"</r>"),
    ("xml-too-deep", 1, b"<a>" * 300_000),
    ("xml-too-many-attributes", 1, b"<r " + b" ".join(b'a%d=""' % n for n in range(150_000)) + b"/>"),
    ("xml-too-many-attributes", 1, b"<r>" + b"".join(b'<a xmlns:a%d="u"/>' % n for n in range(50_000)) + b"</r>"),
    ("xml-doctype", 1, b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'),
    ("xml-doctype", 2, b'<?xml version="1.0"?>\n<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>'),
    ("xml-doctype", 1, '<!DOCTYPE r [<!ENTITY a "x">]><r>&a;</r>'.encode("utf-16")),
    ("xml-entity", 2, b"<r>\n&nbsp;</r>"),
    ("xml-control-character", 2, b"<r>\n\x01</r>"),
    ("xml-control-character", 1, b'<r a="\x0b"/>'),
    ("xml-control-character", 1, b"<r>\x00</r>"),
    ("xml-control-character", 1, b"<r>&#1;</r>"),
    ("xml-encoding", 3, '<?xml version="1.0" encoding="UTF-8"?>\n\n<r>ก</r>'.encode("tis-620")),
    ("xml-encoding", 1, b'<?xml version="1.0" encoding="no-such"?><r/>'),
    ("xml-encoding", 1, b'<?xml version="1.0" encoding="utf-7"?><r>+ADw-</r>'),
    ("xml-syntax", 1, b" \n"),
    ("xml-syntax", 2, b"<r>\n<a>"),
    ("xml-syntax", 1, b"<r><x:a/></r>"),
    ("xml-syntax", 1, b'{"a": 1}'),
]


@pytest.mark.parametrize(("rule", "line", "content"), HOSTILE, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(HOSTILE)])
def test_refused_with_rule_and_line(rule: str, line: int | None, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        parse_xml(content, "bad.bpmn")
    (problem,) = refused.value.problems
    assert (problem.rule, problem.line, problem.file, problem.severity) == (rule, line, "bad.bpmn", "error")
    assert problem.message
    assert problem.message_th


def test_hostile_input_takes_little_time_and_memory() -> None:
    tracemalloc.start()
    try:
        for _, _, content in HOSTILE:
            before = time.process_time()
            with pytest.raises(Invalid):
                parse_xml(content, "bad.bpmn")
            assert time.process_time() - before < 1
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("tis-620", "tis-620"), ("cp874", "windows-874")],
)
def test_thai_in_every_declared_encoding(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><r a="กำหนดการ"/>'
    assert parse_xml(text.encode(encoding), "good.xml").get("a") == "กำหนดการ"


def test_limits_are_not_reached_early() -> None:
    parse_xml(b"<a>" * 500 + b"</a>" * 500, "deep.xml")
    parse_xml(b"<r>" + b"<a/>" * 99_000 + b"</r>", "many.xml")


def test_comments_stay() -> None:
    assert len(parse_xml(b"<r><!-- kept --><a/></r>", "x.xml")) == 2


@pytest.mark.parametrize("content", [b"<definitions/>", b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"/>', b"<html/>"])
def test_another_kind_of_file_is_not_bpmn(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(content, "x.bpmn")
    assert refused.value.problems[0].rule == "not-bpmn"


def test_sub_processes_nested_as_deep_as_the_parser_allows() -> None:
    depth = 490
    opened = "".join(f'<subProcess id="s{n}">' for n in range(depth))
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
    diagram = read(f"{head}{opened}{'</subProcess>' * depth}</process></definitions>".encode(), "deep.bpmn")
    assert diagram.processes[0].elements["s489"].parent == "s488"
