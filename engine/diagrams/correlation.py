"""Correlation keys: which conversation a message belongs to, told by what is in it (BPMN 2.0.2, 8.4.2 and 10.5.4).

A key is a list of properties; each says where in a message its value stands (`messagePath`). The one who waits compares with the value its
process binds to the property (`correlationSubscription`, `dataPath`), else with the value its own variables have at the message's path:
what a message brings becomes variables, so that is the value the conversation began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.diagrams.namespaces import BPMN, Node, bpmn_children, bpmn_name, nodes, text_of, without_prefix

_SENDING = ("intermediateThrowEvent", "endEvent", "sendTask")


@dataclass(frozen=True, slots=True)
class Correlation:
    """How the messages of a file are correlated."""

    paths: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # property → message → where its value stands
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # key → properties

    def expressions(self, message: str, owner: Node) -> tuple[str, str] | None:
        """Of the key that knows a message: its value for who sends or awaits it, and in the message; None where no key does."""
        for key, properties in self.keys.items():
            paths = {name: self.paths.get(name, {}).get(message) for name in properties}
            if properties and None not in paths.values():
                bound = {} if bpmn_name(owner) in _SENDING else _bound(owner, key)
                own = _listed([bound.get(name) or path or "" for name, path in paths.items()])
                return own, _listed([path or "" for path in paths.values()])
        return None


def read_correlation(root: Node) -> Correlation:
    """Read the correlation properties and keys of a `definitions` node."""
    paths: dict[str, dict[str, str]] = {}
    for node in bpmn_children(root, "correlationProperty"):
        for retrieval in bpmn_children(node, "correlationPropertyRetrievalExpression"):
            message, path = without_prefix(retrieval, retrieval.get("messageRef")), _first_text(retrieval)
            if message and path and node.get("id"):
                paths.setdefault(node.get("id"), {})[message] = path
    keys = {
        node.get("id") or str(position): tuple(filter(None, (without_prefix(node, text_of(name)) for name in nodes(node))))
        for position, node in enumerate(root.iter(f"{{{BPMN}}}correlationKey"))
    }
    return Correlation(paths, keys)


def _bound(owner: Node, key: str) -> dict[str, str]:
    """The expressions a process binds to the properties of a key."""
    process = next(owner.iterancestors(f"{{{BPMN}}}process"), None)
    found: dict[str, str] = {}
    for subscription in bpmn_children(process, "correlationSubscription"):
        if without_prefix(subscription, subscription.get("correlationKeyRef")) == key:
            for binding in bpmn_children(subscription, "correlationPropertyBinding"):
                name, path = without_prefix(binding, binding.get("correlationPropertyRef")), _first_text(binding)
                if name and path:
                    found[name] = path
    return found


def _first_text(node: Node) -> str | None:
    return next((text for text in (text_of(child) for child in nodes(node)) if text), None)


def _listed(paths: list[str]) -> str:
    """One expression for all: the only one, or the list of them."""
    if len(paths) == 1:
        return paths[0]
    return f"[{', '.join(_bare(path) for path in paths)}]"


def _bare(path: str) -> str:
    inner = path[2:-1] if path[:2] in ("${", "#{") and path.endswith("}") else path.removeprefix("=")
    return inner.strip()
