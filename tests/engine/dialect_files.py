"""Tiny diagrams as other engines draw them: their namespaces are declared at the top."""

from __future__ import annotations

from engine.testing import process


def bpmn(namespaces: str, body: str, *flows: str, key: str = "p", outside: str = "") -> bytes:
    """`engine.testing.process`, with namespaces more."""
    return process(key, body, *flows, outside=outside).replace(b"<definitions ", f"<definitions {namespaces} ".encode(), 1)
