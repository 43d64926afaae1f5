"""BPMN files: safe reading, the model of a diagram, and what is wrong with one."""

from engine.diagrams.reader import read
from engine.diagrams.xml import parse_xml

__all__ = ["parse_xml", "read"]
