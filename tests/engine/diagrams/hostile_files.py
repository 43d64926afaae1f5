"""Files made to cost much, each below or just above a limit, and what reading and checking one costs: `python -m` prints it as JSON.

Each file is handled by a process of its own, forked, whose CPU time and memory the system limits and counts.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterable

from tests.engine.diagrams.drawing import NAMESPACES

ROOM = 1_990_000  # bytes, so that the limit of 2 MB is not what stops it
START = '<startEvent id="s"/>'


def _many(one: str, room: int = ROOM) -> str:
    """As many as there is room for, `#` in each replaced by its number."""
    return "".join(one.replace("#", str(number)) for number in range(room // (len(one) + 5)))


def _file(body: str, roots: str = "") -> bytes:
    return (
        f'<definitions {NAMESPACES} targetNamespace="t">{roots}<process id="p" isExecutable="true">{body}</process></definitions>'.encode()
    )


def _task(inside: str) -> bytes:
    return _file(f'{START}<userTask id="x">{inside}</userTask>')


def _script(text: str) -> bytes:
    return _file(f'{START}<scriptTask id="x"><script>{text}</script></scriptTask>')


def _catch(definitions: str) -> bytes:
    return _file(f'{START}<intermediateCatchEvent id="x">{definitions}</intermediateCatchEvent>')


def _dmn(inside: str) -> bytes:
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d">{inside}</decision></definitions>'.encode()


TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
DI = 'xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"'
SHAPE = '<d:BPMNShape bpmnElement="g#"/>'
FLOW = '<sequenceFlow sourceRef="g" targetRef="a"><conditionExpression>${x==#}</conditionExpression></sequenceFlow>'
ODD_TASK = '<task id="t#" ' + " ".join(f'a{n}=""' for n in range(190)) + "/>"
BOUNDARY = f'<boundaryEvent id="b#" attachedToRef="a">{TIMER}</boundaryEvent>'
CHAINED = '<task id="t#"/><sequenceFlow sourceRef="t#" targetRef="a"/>'
TASK = '<task id="a"/>'

# name → (what makes the file, the rule that refuses it or None)
DIAGRAMS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "too-large": (lambda: _file(START + " " * 2_000_000), "xml-too-large"),
    "compressed": (lambda: _zip(b"\0" * 3_000_000), "xml-encoding"),
    "elements": (lambda: b"<r>" + b"<a/>" * 400_000 + b"</r>", "xml-too-many-elements"),
    "deep": (lambda: b"<a>" * 600_000, "xml-too-deep"),
    "attributes": (lambda: b"<r " + b" ".join(b'a%d=""' % n for n in range(150_000)) + b"/>", "xml-too-many-attributes"),
    "namespaces": (lambda: b"<r>" + b"".join(b'<a xmlns:a%d="u"/>' % n for n in range(80_000)) + b"</r>", "xml-too-many-attributes"),
    "laughs": (lambda: _laughs(), "xml-doctype"),
    "control-characters": (lambda: b"<r>" + b"\x01" * 1_000_000 + b"</r>", "xml-control-character"),
    "utf-32": (lambda: "<r/>".encode("utf-32") * 100_000, "xml-syntax"),
    "not-bpmn": (lambda: b"<definitions>" + b"<process/>" * 99_000 + b"</definitions>", "not-bpmn"),
    "tasks": (lambda: _file(START + _many('<task id="t#"/>')), "diagram-too-large"),
    "same-flows": (lambda: _file(START + _many('<sequenceFlow sourceRef="s" targetRef="a"/>')), "diagram-too-large"),
    "triggers": (lambda: _catch(_many(TIMER)), "diagram-too-large"),
    "most-tasks": (lambda: _file(START + _times(9_990, CHAINED)), None),
    "most-flows": (lambda: _file(f'{START}<exclusiveGateway id="g"/>{TASK}{_times(9_990, FLOW)}'), None),
    "boundaries-of-one": (lambda: _file(START + TASK + _times(4_990, BOUNDARY.replace("P1D", "P#D"))), None),
    "lanes": (lambda: _file(f"<laneSet>{_many('<lane><flowNodeRef>s</flowNodeRef></lane>', 1_500_000)}</laneSet>{START}"), None),
    "deep-sub-processes": (lambda: _file(START + _times(480, '<subProcess id="u#">') + "</subProcess>" * 480), None),
    "deep-lanes": (lambda: _file("<laneSet>" + "<lane><childLaneSet>" * 240 + "</childLaneSet></lane>" * 240 + "</laneSet>" + START), None),
    "deep-extension": (lambda: _task(f"<extensionElements>{'<other:a>' * 480}{'</other:a>' * 480}</extensionElements>"), None),
    "wide-extension": (lambda: _task(f"<extensionElements>{_many('<other:a/>', 1_400_000)}</extensionElements>"), None),
    "messages": (lambda: _file(START, roots=_many('<message id="m#"/>')), "diagram-too-large"),
    "incoming": (lambda: _task(_many("<incoming>f#</incoming>")), None),
    "shapes": (lambda: _file(START, roots=f"<g {DI}>{_many(SHAPE)}</g>"), None),
    "unknown-attributes": (lambda: _file(START + _many(ODD_TASK)), None),
    "long-id": (lambda: _file(f'<startEvent id="{"x" * ROOM}"/>'), None),
    "long-name": (lambda: _file(f'<startEvent id="s" name="{" a" * 900_000}"/>'), None),
    "long-references": (lambda: _file(START + f'<sequenceFlow sourceRef="s" targetRef="{"x" * 30_000}"/>' * 60), None),
    "long-script": (lambda: _script("a = 1; " * 250_000), None),
    "brackets": (lambda: _script("a = " + "(" * 1_900_000), None),
    "comments-in-a-script": (lambda: _script("a<!-- -->" * 95_000), None),
    "long-timer": (lambda: _catch(TIMER.replace("1", "1" * 1_900_000)), None),
    "candidates": (lambda: _file(f'{START}<userTask id="x" camunda:candidateGroups="{"a," * 900_000}"/>'), None),
}  # fmt: skip
CELL = "<rule><inputEntry><text>1</text></inputEntry></rule>"
DECISIONS: dict[str, Callable[[], bytes]] = {
    "rules": lambda: _dmn(f"<decisionTable><input><inputExpression><text>a</text></inputExpression></input>{_many(CELL)}</decisionTable>"),
    "deep": lambda: _dmn("<a>" * 600 + "</a>" * 600),
    "laughs": lambda: _laughs(),
    "cell": lambda: _dmn(f"<decisionTable><input/><output/>{CELL.replace('1', '1,' * 900_000)}</decisionTable>"),
}
FORMS: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"[" * 490_000,
    "deep-object": lambda: b'{"a":' * 90_000 + b"1" + b"}" * 90_000,
    "repeated-key": lambda: b"{" + b"".join(b'"%d":1,' % n for n in range(49_000)) + b'"48999":1}',
    "references": lambda: json.dumps({"type": "object", "$defs": _doubling(60), "properties": {"a": {"$ref": "#/$defs/d0"}}}).encode(),
    "branches": lambda: json.dumps({"type": "object", "$defs": _doubling(8, 10), "properties": {"a": {"$ref": "#/$defs/d0"}}}).encode(),
    "too-large": lambda: b'{"title": "' + b"a" * 600_000 + b'"}',
    "fields": lambda: json.dumps({"type": "object", "properties": {f"f{n}": {"type": "string"} for n in range(1_900)}}).encode(),
}


def _times(number: int, one: str) -> str:
    return "".join(one.replace("#", str(n)) for n in range(number))


def _doubling(depth: int, times: int = 2) -> dict[str, object]:
    """Each refers several times to the next: written out, times to the power of depth."""
    return {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * times} for n in range(depth)} | {f"d{depth}": {}}


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    return f'<!DOCTYPE d [<!ENTITY e0 "lol">{entities}]><d>&e29;</d>'.encode()


def _zip(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bpmn", content)
    return stream.getvalue()


def _rules(kind: str, content: bytes) -> list[str | None]:
    """The rules broken, as `ruam check` finds them."""
    from engine.decisions import Decisions
    from engine.diagrams import check, read
    from engine.errors import Invalid
    from engine.forms import Form

    try:
        if kind == "diagram":
            return [problem.rule for problem in check([read(content, "x.bpmn", thorough=True)])]
        if kind == "decision":
            return [problem.rule for problem in Decisions.load_all({"x.dmn": content}).problems()]
        return [problem.rule for problem in Form.load(content, "forms/x.json").problems()]
    except Invalid as refused:
        return [f"refused: {problem.rule}" for problem in refused.problems]


def _measure(kind: str, name: str, make: Callable[[], bytes]) -> None:
    """In a process of its own: print the rules, CPU seconds and the most memory used beyond what the program itself takes, in MB."""
    content = make()
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_DATA, (600_000_000, 600_000_000))
    before = time.process_time()
    rules = _rules(kind, content)
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"name": f"{kind} {name}", "rules": sorted({rule or "" for rule in rules}), "seconds": seconds, "megabytes": peak}))
    sys.stdout.flush()
    os._exit(0)


def cases() -> Iterable[tuple[str, str, Callable[[], bytes]]]:
    """Every file: its kind, its name, what makes it."""
    yield from (("diagram", name, make) for name, (make, _) in DIAGRAMS.items())
    yield from (("decision", name, make) for name, make in DECISIONS.items())
    yield from (("form", name, make) for name, make in FORMS.items())


if __name__ == "__main__":
    _rules("diagram", _file(START))  # what is loaded and made once is no file's doing
    for kind, name, make in cases():
        if len(sys.argv) == 1 or f"{kind} {name}" in sys.argv[1:]:
            _measure(kind, name, make)
