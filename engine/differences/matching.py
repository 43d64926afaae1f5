"""Which element of a process is which of a later version: by id, else by what people and the engine know it by.

The measure is a list of features, the strongest first: an element that alone has a feature in its version is the one that alone has
it in the other. Only elements of the same type that stand in the same place (the same sub-process, on the same activity) are
compared, so what moves into another sub-process is recognised by its id alone. What an activity is called or does must agree:
a task of another name and another form is another task, wherever it stands. Elements without either (gateways, plain events) are known
by what comes before and after them, and so are sub-processes, whose insides then speak for themselves. Each pass knows more
neighbours; it is over when nothing more is found.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from engine.diagrams.elements import ACTIVITIES, EVENTS
from engine.diagrams.model import Element, Process

# Each a set of features that must all be there and agree.
_MEASURE = (
    ("name", "does", "step"),
    ("name", "does"),
    ("name", "step"),
    ("name", "before", "after"),
    ("name",),
    ("does", "step"),
    ("does",),
    ("name", "before"),
    ("name", "after"),
    ("does", "before"),
    ("does", "after"),
    ("around others", "before", "after"),
    ("nameless", "before", "after"),
    ("nameless", "before"),
    ("nameless", "after"),
    ("nameless", "alone"),
)


def match(old: Process, new: Process) -> dict[str, str]:
    """New id by old id, for every element of `old` that is still there; ids of elements that were added are no value of it."""
    found = {key: key for key, element in old.elements.items() if key in new.elements and _family(element) == _family(new.elements[key])}
    ours, theirs = _Version(old, found.keys()), _Version(new, found.values())
    while ours.left and theirs.left:
        known = len(found)
        for names in _MEASURE:
            alone, others = ours.unique(names, found), theirs.unique(names, {key: key for key in found.values()})
            pairs = {alone[feature]: others[feature] for feature in alone.keys() & others.keys()}
            found |= pairs
            ours.leave_out(pairs.keys())
            theirs.leave_out(pairs.values())
        if len(found) == known:
            break
    return {key: found[key] for key in old.elements if key in found}


def _family(element: Element) -> str:
    if element.type in ACTIVITIES:
        return "activity"
    return "event" if element.type in EVENTS else "gateway"


class _Version:
    """A process, and which of its elements are not recognised yet."""

    def __init__(self, process: Process, known: Iterable[str]) -> None:
        self.left = dict(process.elements)
        self.leave_out(known)
        self._before: dict[str, list[str]] = {}
        self._after: dict[str, list[str]] = {}
        for flow in process.flows.values():
            self._before.setdefault(flow.target, []).append(flow.source)
            self._after.setdefault(flow.source, []).append(flow.target)
        self._does = {key: tuple(does(element)) for key, element in process.elements.items()}
        inside: dict[str, list[Hashable]] = {}
        for key, element in process.elements.items():
            if element.parent is not None and self._does[key]:
                inside.setdefault(element.parent, []).append(self._does[key])
        for key, contents in inside.items():
            self._does[key] += (("holds", frozenset(contents)),)

    def leave_out(self, keys: Iterable[str]) -> None:
        """These are recognised."""
        for key in keys:
            self.left.pop(key, None)

    def unique(self, names: tuple[str, ...], known: Mapping[str, str]) -> dict[tuple[Hashable, ...], str]:
        """The ids of the elements that alone have these features; `known`: what ids of this version are in the new one."""
        found: dict[tuple[Hashable, ...], str | None] = {}
        for key, element in self.left.items():
            features = self._features(element, known)
            values = tuple(features[name] for name in names)
            if features["place"] is None or None in values:
                continue
            feature = (element.type, features["place"], *values)
            found[feature] = None if feature in found else key
        return {feature: key for feature, key in found.items() if key is not None}

    def _features(self, element: Element, known: Mapping[str, str]) -> Mapping[str, Hashable | None]:
        """What an element is known by; None for what it has not, or what is not known yet."""
        place = tuple(known.get(holder) if holder is not None else "" for holder in (element.parent, element.attached_to))
        before, after = (frozenset(known[key] for key in ids.get(element.id, ()) if key in known) for ids in (self._before, self._after))
        what = self._does[element.id]
        nameless = not element.name and not (what and element.type in ACTIVITIES)
        return {
            "place": None if None in place else place,
            "name": element.name or None,
            "does": what or None,
            "step": element.step,
            "before": before or None,
            "after": after or None,
            "nameless": nameless or None,
            "around others": element.type == "subProcess" or None,
            "alone": element.type in ("startEvent", "endEvent") or None,
        }


def does(element: Element) -> Iterator[Hashable]:
    """What tells an element from others of its type: its form, handler, topic, decision, called process, events, deliverables."""
    if element.human is not None and element.human.form_key:
        yield ("form", element.human.form_key)
    if element.work is not None and element.work.kind != "none":
        yield (element.work.kind, element.work.name or element.work.script)
    if element.call is not None and element.call.called:
        yield ("call", element.call.called)
    for event in element.events:
        yield (event.kind, event.name, event.code, event.expression)
    for deliverable in element.deliverables:
        yield ("deliverable", deliverable.key)
