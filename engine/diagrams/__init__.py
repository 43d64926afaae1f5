"""BPMN files: safe reading, the model of a diagram, and what is wrong with one."""

from engine.diagrams.reader import read
from engine.diagrams.rules import Context, check
from engine.diagrams.xml import parse_xml

__all__ = ["Context", "check", "parse_xml", "read"]
