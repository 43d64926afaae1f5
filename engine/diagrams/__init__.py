"""BPMN files: safe reading, the model of a diagram, and what is wrong with one."""

from engine.diagrams.reader import read
from engine.diagrams.rules import Context, check
from engine.diagrams.xml import as_text, parse_xml, write_xml

__all__ = ["Context", "as_text", "check", "parse_xml", "read", "write_xml"]
