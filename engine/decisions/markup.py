"""The elements of a DMN file by their local names: its versions differ in the namespace, hardly in anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

Element = Any  # lxml's elements


def elements(root: Element) -> Iterator[Element]:
    """All elements below, without comments."""
    return (node for node in root.iter() if isinstance(node.tag, str))


def local(element: Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names; all elements where none is given."""
    return (node for node in element if isinstance(node.tag, str) and (not names or local(node) in names))
