"""Safe reading of XML somebody else wrote: expat counts and refuses while it streams, only then does lxml build a tree.

Two passes because a tree parser has already done the harm when it can be asked: a DOCTYPE is refused before its entities are
read, a deep or large document before it is a tree. Neither pass opens a file or a connection.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from lxml import etree

from engine.diagrams.namespaces import Node
from engine.errors import Invalid, Problem

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 100_000
MAX_DEPTH = 500
MAX_ATTRIBUTES = 200  # of one element
MAX_NAMESPACES = 1_000  # declarations in the file: looking one up is linear in them

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CODECS = {"windows-874": "cp874"}  # the one declared name Python does not know: what Windows calls Thai
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def parse_xml(content: bytes, file: str) -> Node:
    """Return the root of an XML document as an lxml element; comments are kept, so that it can be written back.

    Raises Invalid with one Problem whose rule says why: xml-too-large, xml-encoding, xml-control-character, xml-doctype,
    xml-entity, xml-too-deep, xml-too-many-elements, xml-syntax.
    """
    if len(content) > MAX_BYTES:
        raise _invalid(file, None, "xml-too-large", "The file is larger than 2 MB.", "ไฟล์ใหญ่กว่า 2 MB")
    if not content.strip():
        raise _invalid(file, 1, "xml-syntax", "The file is empty.", "ไฟล์ว่างเปล่า")
    _Guard(content, file).run()
    # huge_tree lifts libxml2's own depth limit (256) only; the guard above has counted already.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, strip_cdata=False, huge_tree=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise _syntax(file, line, str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(file, 1)
    return root


def write_xml(root: Node) -> bytes:
    """The whole document of a root in UTF-8, with the comments and processing instructions around it: nothing read is lost."""
    document = root.getroottree()
    standalone: Any = document.docinfo.standalone or None  # None: not said
    return bytes(etree.tostring(document, encoding="UTF-8", xml_declaration=True, standalone=standalone))


def as_text(content: bytes) -> str:
    """An XML file as text: as it stands where it is UTF-8, else written anew, since its declaration would name another encoding.

    Raises Invalid for what is not XML in another encoding.
    """
    if _encoding_of(content).lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return content.decode("utf-8-sig", "replace")
    return write_xml(parse_xml(content, "")).decode()


class _Guard:
    """One streaming pass that stops at the first thing that is too much."""

    def __init__(self, content: bytes, file: str) -> None:
        self.content, self.file = content, file
        self.elements = self.depth = self.namespaces = 0
        self.parser = expat.ParserCreate(_CODECS.get(_encoding_of(content).lower()))
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.CommentHandler = self.count
        self.parser.ProcessingInstructionHandler = self.count

    def run(self) -> None:
        """Raise Invalid unless the document is well-formed and within the limits."""
        try:
            self.parser.Parse(self.content, True)
        except expat.ExpatError as error:
            raise self.explain(error) from error
        except (LookupError, UnicodeError, ValueError) as error:
            raise _encoding(self.file, self.parser.CurrentLineNumber) from error

    def start(self, name: str, attributes: list[str]) -> None:
        self.count()
        self.depth += 1
        self.namespaces += sum(1 for key in attributes[::2] if key.startswith("xmlns"))
        line = self.parser.CurrentLineNumber
        if self.depth > MAX_DEPTH:
            raise _invalid(
                self.file,
                line,
                "xml-too-deep",
                f"Elements are nested more than {MAX_DEPTH} levels deep.",
                f"องค์ประกอบซ้อนกันลึกเกิน {MAX_DEPTH} ชั้น",
            )
        if len(attributes) > 2 * MAX_ATTRIBUTES or self.namespaces > MAX_NAMESPACES:
            raise _invalid(
                self.file,
                line,
                "xml-too-many-attributes",
                "The file has too many attributes or namespaces.",
                "ไฟล์มีแอตทริบิวต์หรือเนมสเปซมากเกินไป",
            )

    def end(self, name: str) -> None:
        self.depth -= 1

    def count(self, *what: Any) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise _invalid(
                self.file,
                self.parser.CurrentLineNumber,
                "xml-too-many-elements",
                f"The file has more than {MAX_ELEMENTS:,} elements.",
                f"ไฟล์มีองค์ประกอบเกิน {MAX_ELEMENTS:,} รายการ",
            )

    def doctype(self, *what: Any) -> None:
        raise _doctype(self.file, self.parser.CurrentLineNumber)

    def explain(self, error: expat.ExpatError) -> Invalid:
        """The Invalid that says in plain words what expat found."""
        code, line = error.code, error.lineno
        codes = expat.errors.codes
        if code in (codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING], codes[expat.errors.XML_ERROR_INCORRECT_ENCODING]):
            return _encoding(self.file, line)
        if code == codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            return _invalid(
                self.file,
                line,
                "xml-entity",
                "Entities are not allowed; write the character itself.",
                "ไม่อนุญาตให้ใช้เอนทิตี โปรดเขียนอักขระนั้นโดยตรง",
            )
        bad_line = _undecodable_line(self.content)
        if bad_line is not None:
            return _encoding(self.file, bad_line)
        if code == codes[expat.errors.XML_ERROR_BAD_CHAR_REF] or self.at_control_character():
            return _invalid(
                self.file, line, "xml-control-character", "A control character is not allowed in XML.", "พบอักขระควบคุมซึ่งไม่อนุญาตใน XML"
            )
        return _syntax(self.file, line, expat.ErrorString(code) or "not well-formed")

    def at_control_character(self) -> bool:
        """Whether expat stopped at (or just before) a control character."""
        at = max(self.parser.ErrorByteIndex, 0)
        return not self.content.startswith((b"\xff\xfe", b"\xfe\xff")) and bool(_CONTROL.match(self.content, at))


def _encoding_of(content: bytes) -> str:
    """What the file says it is encoded in."""
    by_mark = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    declared = _DECLARED.match(content)
    return by_mark or (declared.group(1).decode("ascii") if declared else "utf-8")


def _undecodable_line(content: bytes) -> int | None:
    """The line of the first bytes that are not what the file says they are (UTF-8 unless declared otherwise)."""
    try:
        declared = _encoding_of(content)
        content.decode(_CODECS.get(declared.lower(), declared))
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    except LookupError:
        return 1
    return None


def _invalid(file: str, line: int | None, rule: str, message: str, message_th: str) -> Invalid:
    return Invalid(message, [Problem(message, message_th, rule=rule, file=file, line=line)])


def _syntax(file: str, line: int | None, detail: str) -> Invalid:
    return _invalid(file, line, "xml-syntax", f"This is not well-formed XML: {detail}.", f"ไม่ใช่ XML ที่ถูกต้อง ({detail})")


def _encoding(file: str, line: int | None) -> Invalid:
    return _invalid(
        file,
        line,
        "xml-encoding",
        "The file's bytes are not in the encoding it declares; save it as UTF-8.",
        "การเข้ารหัสอักขระของไฟล์ไม่ตรงกับที่ประกาศไว้ โปรดบันทึกเป็น UTF-8",
    )


def _doctype(file: str, line: int) -> Invalid:
    return _invalid(file, line, "xml-doctype", "A DOCTYPE is not allowed.", "ไม่อนุญาตให้มี DOCTYPE")
