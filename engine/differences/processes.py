"""Two versions of one process: elements added and removed, and what is another about those that stayed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.diagrams.model import Element, Process
from engine.differences.attributes import Attribute, Path, attributes, told, whole
from engine.differences.flows import Flows
from engine.differences.matching import match
from engine.differences.model import Change, Kind
from engine.differences.naming import Names, noun, sentence
from engine.differences.pack import Pack, own_step
from engine.differences.values import pair
from engine.differences.words import LONGEST_RENAMED, LONGEST_VALUE, Said, listed, named, quoted, renamed, thai


class PackNames(Names):
    """With what the pack calls its parties."""

    def __init__(self, process: Process, pack: Pack) -> None:
        super().__init__(process)
        self.pack = pack

    def people(self, element: Element) -> Said | None:
        """Whose a user task is."""
        human = element.human
        if human is None or element.type != "userTask":
            return None
        groups: Iterable[str] = human.candidate_groups or ((element.lane,) if element.lane and not human.assignee else ())
        people = [self.pack.party(group) for group in groups] + [Said(user, user) for user in human.candidate_users]
        if human.assignee and not people:
            return self.pack.party(element.lane) if element.lane else Said(human.assignee, human.assignee)
        return listed(people) if people else None


class Versions:
    """A process in two versions, and which element is which."""

    def __init__(self, old: Process, new: Process, before: Pack, after: Pack) -> None:
        self.old, self.new = PackNames(old, before), PackNames(new, after)
        self.same = match(old, new)
        self.back = {now: then for then, now in self.same.items()}
        self.added = [key for key in new.elements if key not in self.back]
        self.removed = [key for key in old.elements if key not in self.same]

    def changes(self) -> list[Change]:
        """All of them, in the order of the process."""
        found = [*self._process(), *self._elements(), *Flows(self.old, self.new, self.same).changes()]
        now = self._places_of(self.new, {key: float(place) for place, key in enumerate(self.new.process.elements)}, self.added)
        then = self._places_of(self.old, {key: now[other] for key, other in self.same.items()}, self.removed)
        return sorted(
            found, key=lambda change: (now.get(change.element or "", then.get(change.old_element or "", -1.0)), _number(change.step))
        )

    def _places_of(self, names: Names, places: dict[str, float], loose: list[str]) -> dict[str, float]:
        """Where to tell of each element: what is only in one version after what leads to it, a tool writes it at the end of the file."""
        for key in loose:
            places.pop(key, None)
        for key in loose:
            before = [places[other] for other in names.known(key, names.before, loose) if other in places]
            parent = names.process.elements[key].parent
            places[key] = max(before, default=places.get(parent or "", -0.5)) + 0.5
        return places

    def _elements(self) -> Iterator[Change]:
        for key in self.removed:
            if self.old.process.elements[key].parent not in self.removed:
                yield self._removal(key)
        for key in self.added:
            if self.new.process.elements[key].parent not in self.added:
                yield self._addition(key)
        for then, now in self.same.items():
            yield from self._kept(then, now)

    # ---- what is new, what is gone

    def _addition(self, key: str) -> Change:
        element, names = self.new.process.elements[key], self.new
        subject = self._titled(names, element)
        place = self._between(key)
        people = names.people(element)
        whose = Said(f" {thai('ผู้ทำคือ', people.th)}", f", for {people.en}") if people else Said("", "")
        inside = self._inside(self.new.process, key)
        said = Said(f"เพิ่ม{subject.th}{place.th}{whose.th}{inside.th}", f"{subject.en} added{place.en}{whose.en}{inside.en}")
        return Change(Kind.ADDED, "element", sentence(said), None, subject, key, None, names.name(key) or None, element.step)

    def _removal(self, key: str) -> Change:
        element, names = self.old.process.elements[key], self.old
        subject = self._titled(names, element)
        inside = self._inside(self.old.process, key)
        said = Said(f"ตัด{subject.th} ออก{inside.th}", f"{subject.en} removed{inside.en}")
        return Change(Kind.REMOVED, "element", sentence(said), subject, None, None, key, names.name(key) or None, element.step)

    def _titled(self, names: Names, element: Element) -> Said:
        subject = names.subject(element.id)
        if not element.name or own_step(names.process, element) or subject.en.startswith(noun(element).en):
            return subject
        return Said(f"{noun(element).th} {subject.th}", f"{noun(element).en} {subject.en}")

    def _between(self, key: str) -> Said:
        names, element = self.new, self.new.process.elements[key]
        if element.attached_to is not None:
            host = names.reference(element.attached_to)
            return Said(f" ที่{host.th}", f" on {host.en}")
        before, after = (names.known(key, beside, self.added) for beside in (names.before, names.after))
        first, last = (listed(map(names.reference, found)) for found in (before, after))
        if len(before) == 1 and len(after) == 1:
            return Said(f" ระหว่าง{first.th} กับ{last.th}", f" between {first.en} and {last.en}")
        if before and after:
            return Said(f" หลัง{first.th} ก่อน{last.th}", f" after {first.en}, before {last.en}")
        if before:
            return Said(f" หลัง{first.th}", f" after {first.en}")
        if after:
            return Said(f" ก่อน{last.th}", f" before {last.en}")
        if element.parent is not None:
            around = names.reference(element.parent)
            return Said(f" ใน{around.th}", f" in {around.en}")
        return Said("", "")

    def _inside(self, process: Process, key: str) -> Said:
        number = len(process.children(key))
        return Said(f" พร้อม {number} รายการภายใน", f", with {number} elements in it") if number else Said("", "")

    # ---- what stayed

    def _kept(self, then: str, now: str) -> Iterator[Change]:
        old, new = self.old.process.elements[then], self.new.process.elements[now]
        if then != now:
            said = Said(f"เปลี่ยน id {then} → {now} (เป็นรายการเดิม)", f"id {then} → {now}; it is the same element")
            yield self._change(now, "id", said, Said(then, then), Said(now, now))
        yield from self._names(then, now)
        if (old.type, old.transaction, old.ad_hoc) != (new.type, new.transaction, new.ad_hoc) and old.type != new.type:
            yield self._turned(now, "type", Said("ชนิด", "kind"), noun(old), noun(new))
        steps = (old.step if own_step(self.old.process, old) else None, new.step if own_step(self.new.process, new) else None)
        if steps[0] != steps[1]:
            told = [Said(f"ขั้นตอนที่ {step}", f"step {step}") if step else None for step in steps]
            yield self._turned(now, "step", Said("ลำดับขั้นตอน", "number"), *told)
        yield from self._places(old, new)
        yield from self._attributes(old, new)

    def _names(self, then: str, now: str) -> Iterator[Change]:
        old, new = self.old.process.elements[then], self.new.process.elements[now]
        if (old.name, old.name_en) == (new.name, new.name_en):
            return
        before, after = named(old.name, old.name_en), named(new.name, new.name_en)
        step = Said(f"ขั้นตอนที่ {new.step}: ", f"step {new.step}: ") if new.step else Said("", "")
        what = Said("", "") if own_step(self.new.process, new) else Said(noun(new).th, f"{noun(new).en} ")
        told = [quoted(names, LONGEST_RENAMED) if names else None for names in (before, after)]
        if told[0] is None or told[1] is None:
            yield self._turned(now, "name", Said("ชื่อ", "name"), told[0], told[1])
            return
        turned = renamed(before, after)
        said = Said(f"{step.th}เปลี่ยนชื่อ{what.th} {turned.th}", f"{step.en}{what.en}renamed {turned.en}")
        yield self._change(now, "name", said, told[0], told[1])

    def _places(self, old: Element, new: Element) -> Iterator[Change]:
        lanes = [
            names.pack.party(element.lane) if element.lane and element.lane != _lane_around(names.process, element) else None
            for names, element in ((self.old, old), (self.new, new))
        ]
        keys = (old.lane if lanes[0] else None, new.lane if lanes[1] else None)
        if keys[0] != keys[1]:
            subject = self.new.subject(new.id)
            if lanes[0] and lanes[1]:
                said = Said(f"{subject.th} ย้ายจาก{lanes[0].th} ไป{lanes[1].th}", f"{subject.en} moved from {lanes[0].en} to {lanes[1].en}")
                yield self._change(new.id, "lane", said, lanes[0], lanes[1])
            else:
                yield self._turned(new.id, "lane", Said("เลน", "lane"), lanes[0], lanes[1])
        for aspect, label, before, after in (
            ("parent", Said("กลุ่มงาน", "group of tasks"), old.parent, new.parent),
            ("host", Said("งานที่เกาะอยู่", "task it stands on"), old.attached_to, new.attached_to),
            ("compensation", Said("งานที่ใช้ย้อน", "task that undoes it"), old.compensation_handler, new.compensation_handler),
        ):
            if self.same.get(before or "", before) != after:
                told = (self.old.reference(before) if before else None, self.new.reference(after) if after else None)
                yield self._turned(new.id, aspect, label, *told)

    def _attributes(self, old: Element | Process, new: Element | Process) -> Iterator[Change]:
        then, now = attributes(old), attributes(new)
        wholes = [{found.whole for found in side.values() if found.whole is not None} for side in (then, now)]
        one_sided = wholes[0] ^ wholes[1]
        for part in sorted(one_sided):
            side = old if part in wholes[0] else new
            assert isinstance(side, Element)
            aspect, label, description = whole(side, part)
            yield self._turned(new.id, aspect, label, *((description, None) if side is old else (None, description)))
        for path in [*then, *(path for path in now if path not in then)]:
            before, after = then.get(path), now.get(path)
            known = before or after
            assert known is not None
            if known.whole in one_sided or (before and before.value) == (after and after.value):
                continue
            yield self._turned(new.id, known.aspect, known.label, *self._told(path, before, after))

    def _told(self, path: Path, before: Attribute | None, after: Attribute | None) -> tuple[Said | None, Said | None]:
        if isinstance((before or after).value, bool):  # type: ignore[union-attr]
            return tuple(Said("ใช่", "yes") if value else Said("ไม่ใช่", "no") for value in _flags(before, after))  # type: ignore[return-value]
        told_before = told(before, path, self.old.pack) if before is not None else None
        told_after = told(after, path, self.new.pack) if after is not None else None
        if before is not None and after is not None and (told_before == told_after or _long(before, after)):
            return pair(before.value, after.value)
        return told_before, told_after

    # ---- the process as a whole

    def _process(self) -> Iterator[Change]:
        old, new = self.old.process, self.new.process
        if (old.name, old.name_en) != (new.name, new.name_en):
            before, after = named(old.name, old.name_en), named(new.name, new.name_en)
            turned = renamed(before, after)
            yield self._change(None, "name", Said(f"เปลี่ยนชื่อกระบวนการ {turned.th}", f"the process is renamed {turned.en}"), before, after)
        then, now = (dict(process.lanes) for process in (old, new))
        for party in [*then, *(key for key in now if key not in then)]:
            if then.get(party) != now.get(party):
                told = [quoted(named(side[party])) if party in side else None for side in (then, now)]
                yield self._turned(None, "lanes", Said("เลน", "lane"), *told)
        yield from self._attributes(old, new)

    def _turned(self, key: str | None, aspect: str, label: Said, before: Said | None, after: Said | None) -> Change:
        """One attribute of an element, or of the process where there is no element, is another."""
        of = self.new.subject(key) if key is not None and key in self.new.process.elements else None
        front = Said(f"{of.th}: ", f"{of.en}: ") if of else Said("", "")
        if before and after:
            said = Said(f"{front.th}{label.th} {before.th} → {after.th}", f"{front.en}{label.en} {before.en} → {after.en}")
        elif after:
            said = Said(f"{front.th}{thai('เพิ่ม', label.th)}: {after.th}", f"{front.en}{label.en} added: {after.en}")
        else:
            was = before or Said("", "")
            said = Said(f"{front.th}{thai('ยกเลิก', label.th)} (เดิม {was.th})", f"{front.en}{label.en} taken away (was {was.en})")
        return self._change(key if of else None, aspect, said, before, after)

    def _change(self, key: str | None, aspect: str, said: Said, before: Said | None, after: Said | None) -> Change:
        if key is None:
            return Change(Kind.CHANGED, aspect, sentence(said), before, after)
        element = self.new.process.elements[key]
        name = self.new.name(key) or None
        return Change(Kind.CHANGED, aspect, sentence(said), before, after, key, self.back[key], name, element.step)


def _number(step: str | None) -> tuple[int, str]:
    """Orders steps by their number: 9, 10, 10a."""
    digits = re.match(r"\d*", step or "")
    return int(digits[0] or 0) if digits else 0, step or ""


def _lane_around(process: Process, element: Element) -> str | None:
    parent = process.elements.get(element.parent or "")
    return parent.lane if parent is not None else None


def _flags(before: Attribute | None, after: Attribute | None) -> tuple[bool, bool]:
    """Of something that is or is not: what is not said is as it is by default."""
    if before is None:
        assert after is not None
        return not after.value, bool(after.value)
    return bool(before.value), not before.value if after is None else bool(after.value)


def _long(before: Attribute, after: Attribute) -> bool:
    return isinstance(before.value, str) and isinstance(after.value, str) and max(len(before.value), len(after.value)) > LONGEST_VALUE
