"""Reading and writing back loses nothing: canonical XML is equal, and what canonical XML does not look at is there too."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.diagrams import as_text, parse_xml, write_xml
from engine.errors import Invalid

FILES = sorted((Path(__file__).parent / "exports").glob("*.bpmn")) + sorted((Path(__file__).parents[3] / "bpmn").rglob("*.bpmn"))
ODD = {
    "prefix": '<ns0:definitions xmlns:ns0="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><ns0:process id="p"/></ns0:definitions>',
    "several-prefixes": '<a:r xmlns:a="urn:u" xmlns:b="urn:u" xmlns="urn:u"><b:x a:y="1"/><x/></a:r>',
    "prefix-of-a-value": '<r xmlns:tns="urn:t" xmlns:xsd="urn:x"><i type="tns:order" structureRef="xsd:string">xsd:int</i></r>',
    "prefix-declared-again": '<r xmlns:p="urn:one"><p:a><p:b xmlns:p="urn:two" p:c="p:d"/></p:a></r>',
    "default-withdrawn": '<r xmlns="urn:u"><a xmlns=""><b/></a></r>',
    "around": '<?xml-stylesheet href="a.css"?><!-- before --><r/><!-- after --><?end now?>',
    "within": "<r>a<!-- b -->c<?d e?>f</r>",
    "spaces": '<r a="x&#10;y&#9;z &lt;&amp;&quot;">  <b xml:space="preserve">  &#13; </b>\n</r>',
    "cdata": "<r><script><![CDATA[a < b && c]]></script></r>",
    "thai": '<r name="กำหนดการ" ชื่อ="ก"><ขั้นตอน/></r>',
}


def same(content: bytes) -> None:
    before, after = parse_xml(content, "before"), parse_xml(write_xml(parse_xml(content, "before")), "after")
    for root in (before, after):
        assert root.getroottree().docinfo.internalDTD is None
    assert etree.tostring(before.getroottree(), method="c14n") == etree.tostring(after.getroottree(), method="c14n")
    assert [node.prefix for node in before.iter("*")] == [node.prefix for node in after.iter("*")]
    assert [node.nsmap for node in before.iter("*")] == [node.nsmap for node in after.iter("*")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_diagram_is_written_as_it_was_read(path: Path) -> None:
    same(path.read_bytes())


@pytest.mark.parametrize("name", ODD)
def test_so_is_what_is_odd(name: str) -> None:
    same(ODD[name].encode())
    _, _, written = write_xml(parse_xml(ODD[name].encode(), "x")).decode().partition("\n")
    between = written.replace("\n", "") if name == "around" else written  # a line each, as nobody can tell
    assert between == ODD[name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "tis-620", "cp874", "iso-8859-11"])
def test_whatever_the_encoding_text_says_utf_8(encoding: str) -> None:
    text = as_text(f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?><r a="กำหนดการ"/>'.encode(encoding))
    assert text.lower().replace("'", '"').startswith('<?xml version="1.0" encoding="utf-8" standalone="yes"?>')
    assert parse_xml(text.encode(), "x").get("a") == "กำหนดการ"


@pytest.mark.parametrize("text", ["<r a = 'x'  />", '<?xml version="1.0"?>\r\n<r/>\n', '<?xml version="1.0" encoding="UTF-8"?><r a="ก"/>'])
def test_what_is_utf_8_stands_as_it_is(text: str) -> None:
    assert as_text(text.encode()) == as_text(text.encode("utf-8-sig")) == text


def test_what_cannot_be_read_cannot_be_written() -> None:
    with pytest.raises(Invalid):
        as_text('<?xml version="1.0" encoding="tis-620"?><r>'.encode("tis-620"))
