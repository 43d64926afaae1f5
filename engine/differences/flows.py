"""What now comes after what.

Ways are compared from kept element to kept element, over what was added or removed between them: what an added step stands between is
told with that step, and is no change of what surrounds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagrams.model import Flow, Process
from engine.differences.model import Change, Kind
from engine.differences.naming import Names, sentence
from engine.differences.values import pair, text
from engine.differences.words import Said, listed, named, plain, quoted

Ends = tuple[str, str]


class Flows:
    """The flows of two versions; `same`: new id by old id."""

    def __init__(self, old: Names, new: Names, same: Mapping[str, str]) -> None:
        self.old, self.new, self.same = old, new, same
        self.back = {now: then for then, now in same.items()}

    def changes(self) -> Iterator[Change]:
        """Where the way leads elsewhere, and flows whose condition, name or number is another."""
        then = {(self.same[a], self.same[b]) for a, b in _ways(self.old.process, self.same)}
        now = _ways(self.new.process, self.back)
        for source in self.new.process.elements:
            lost = [target for here, target in then - now if here == source]
            gained = [target for here, target in now - then if here == source]
            if lost or gained:
                yield self._elsewhere(source, self._ordered(lost), self._ordered(gained))
        yield from self._details()

    def _ordered(self, keys: list[str]) -> list[str]:
        places = {key: place for place, key in enumerate(self.new.process.elements)}
        return sorted(keys, key=places.__getitem__)

    def _elsewhere(self, source: str, lost: list[str], gained: list[str]) -> Change:
        subject = self.new.reference(source)
        before, after = (listed(map(self.new.reference, keys)) for keys in (lost, gained))
        if lost and gained:
            said = Said(f"หลัง{subject.th} ไปที่ {after.th} (เดิม {before.th})", f"after {subject.en} comes {after.en} (was {before.en})")
        elif lost:
            said = Said(f"หลัง{subject.th} ไม่ไปที่ {before.th} อีก", f"after {subject.en} the way no longer leads to {before.en}")
        elif all(self._leads(target, source) for target in gained):
            said = Said(f"หลัง{subject.th} ย้อนกลับไปที่ {after.th} ได้", f"after {subject.en} the way can lead back to {after.en}")
        else:
            said = Said(f"หลัง{subject.th} ไปที่ {after.th} ได้ด้วย", f"after {subject.en} the way can also lead to {after.en}")
        return self._change(source, said, "flow", before or None, after or None, self._direct(source, gained))

    def _leads(self, source: str, target: str) -> bool:
        """Whether the way led from one to the other in the old version."""
        seen, ahead = set(), [self.back[source]]
        while ahead:
            here = ahead.pop()
            if here not in seen:
                seen.add(here)
                ahead.extend(self.old.after.get(here, ()))
        return self.back[target] in seen

    def _direct(self, source: str, targets: list[str]) -> str | None:
        return next((flow.id for flow in self.new.process.flows.values() if flow.source == source and flow.target in targets), None)

    def _change(
        self, source: str, said: Said, aspect: str, before: Said | None, after: Said | None, flow: str | None, kind: Kind = Kind.CHANGED
    ) -> Change:
        element = self.new.process.elements[source]
        name = self.new.name(source) or None
        return Change(kind, aspect, sentence(said), before, after, source, self.back[source], name, element.step, flow)

    def _details(self) -> Iterator[Change]:
        """The same flow in both versions: of the same id and source, else of the same ends."""
        left = {key: flow for key, flow in self.old.process.flows.items() if flow.source in self.same}
        by_ends: dict[Ends, list[Flow]] = {}
        for flow in left.values():
            by_ends.setdefault((self.same[flow.source], self.same.get(flow.target, "")), []).append(flow)
        fresh = []
        for flow in self.new.process.flows.values():
            then = left.get(flow.id)
            if then is not None and self.same[then.source] == flow.source:
                del left[flow.id]
                yield from self._same_flow(then, flow)
            else:
                fresh.append(flow)
        for flow in fresh:
            then = next((one for one in by_ends.get((flow.source, flow.target), ()) if one.id in left), None)
            if then is not None:
                del left[then.id]
                yield from self._same_flow(then, flow)
            elif self._direct_before(flow.source, flow.target):
                yield self._number(flow, Kind.ADDED)
        now = {(flow.source, flow.target) for flow in self.new.process.flows.values()}
        for flow in left.values():
            ends = (self.same[flow.source], self.same.get(flow.target, ""))
            if ends in now:
                yield self._number(flow, Kind.REMOVED)

    def _direct_before(self, source: str, target: str) -> bool:
        return source in self.back and self.back.get(target) in self.old.after.get(self.back[source], ())

    def _number(self, flow: Flow, kind: Kind) -> Change:
        names = self.new if kind is Kind.ADDED else self.old
        way = self._way(names, flow)
        source = flow.source if kind is Kind.ADDED else self.same[flow.source]
        more = Said(f"มีเส้นทางเพิ่ม: {way.th}", f"one more way {way.en}")
        less = Said(f"ตัดเส้นทางซ้ำ: {way.th}", f"one way fewer {way.en}")
        return self._change(source, more if kind is Kind.ADDED else less, "flow", None, None, flow.id, kind)

    def _way(self, names: Names, flow: Flow) -> Said:
        source, target = names.reference(flow.source), names.reference(flow.target)
        return Said(f"จาก{source.th} ไปที่ {target.th}", f"from {source.en} to {target.en}")

    def _same_flow(self, then: Flow, now: Flow) -> Iterator[Change]:
        way = self._way(self.new, now)
        called = named(plain(now.name or ""))
        if called:
            way = Said(f"{way.th} {quoted(called).th}", f"{way.en} {quoted(called).en}")
        for aspect, label, before, after in self._facts(then, now):
            if before == after:
                continue
            told, tells = pair(before, after)
            if aspect == "default":
                said = Said(
                    f"เส้นทาง{way.th} {'เป็น' if after else 'ไม่เป็น'}ทางที่ใช้เมื่อไม่เข้าเงื่อนไขใด",
                    f"the way {way.en} is {'now' if after else 'no longer'} taken where no condition holds",
                )
            elif after is None:
                said = Said(f"เส้นทาง{way.th}: ยกเลิก{label.th} (เดิม {told.th})", f"the way {way.en}: no {label.en} any more (was {told.en})")
            elif before is None:
                said = Said(f"เส้นทาง{way.th}: เพิ่ม{label.th} {tells.th}", f"the way {way.en} now has a {label.en}: {tells.en}")
            else:
                said = Said(f"เส้นทาง{way.th}: {label.th} {told.th} → {tells.th}", f"the way {way.en}: {label.en} {told.en} → {tells.en}")
            yield self._change(now.source, said, aspect, told if before is not None else None, tells if after is not None else None, now.id)

    def _facts(self, then: Flow, now: Flow) -> Iterator[tuple[str, Said, object, object]]:
        yield "condition", Said("เงื่อนไข", "condition"), then.condition, now.condition
        if then.condition and now.condition:
            yield "condition", Said("ภาษาของเงื่อนไข", "language of the condition"), then.language, now.language
        yield "name", Said("ชื่อ", "name"), then.name, now.name
        defaults = (self.old.process.elements[then.source].default == then.id, self.new.process.elements[now.source].default == now.id)
        yield "default", Said("", ""), *defaults
        for key in sorted(then.properties.keys() | now.properties.keys()):
            yield "property", text(key), then.properties.get(key), now.properties.get(key)


def _ways(process: Process, kept: Mapping[str, str]) -> set[Ends]:
    """From each kept element to the kept ones next to it, over those that are not."""
    after: dict[str, list[str]] = {}
    for flow in process.flows.values():
        after.setdefault(flow.source, []).append(flow.target)
    found = set()
    for source in process.elements:
        if source not in kept:
            continue
        seen: set[str] = set()
        ahead = list(after.get(source, ()))
        while ahead:
            target = ahead.pop()
            if target in kept:
                found.add((source, target))
            elif target not in seen:
                seen.add(target)
                ahead.extend(after.get(target, ()))
    return found
