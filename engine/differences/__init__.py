"""What is different between two versions of a process and the files deployed with it, in plain language."""

from engine.differences.comparing import compare
from engine.differences.matching import match
from engine.differences.model import Change, Differences, Group, Kind, Marks, Subject
from engine.differences.words import Said

__all__ = ["Change", "Differences", "Group", "Kind", "Marks", "Said", "Subject", "compare", "match"]
