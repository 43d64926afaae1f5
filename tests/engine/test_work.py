"""What business rule tasks set, how often a deferred handler is tried, and who is barred from a task."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from engine.diagrams.model import Element, Work
from engine.errors import ExecutionFailed, Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.running.work import DEFAULT_RETRIES, DEFAULT_WAIT, retries
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="price" name="price"><decisionTable hitPolicy="{policy}">
<input id="i"><inputExpression id="x"><text>days</text></inputExpression></input>
<output id="o1" name="amount"/><output id="o2" name="day"/>
<rule id="r1"><inputEntry id="a"><text>&gt; 1</text></inputEntry><outputEntry id="b"><text>days * 10</text></outputEntry>
<outputEntry id="c"><text>string(today())</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e"><text>&gt; 2</text></inputEntry><outputEntry id="f"><text>1</text></outputEntry>
<outputEntry id="g"><text>"x"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
BODY = '<startEvent id="s"/><businessRuleTask id="r" camunda:decisionRef="price"/><userTask id="t" camunda:assignee="a"/><endEvent id="e"/>'
DIAGRAM = process("p", BODY, "s -> r", "r -> t", "t -> e")


@pytest.mark.bpmn("business-rule-task")
def test_without_a_result_variable_each_output_is_one(stage: MakeStage) -> None:
    here = stage({"p.bpmn": DIAGRAM, "p.dmn": TABLE.format(policy="FIRST").encode()})
    assert here.variables(here.start("p", days=3)) == {"days": 3, "amount": 30, "day": "2009-06-01"}  # decisions know what day it is
    assert here.variables(here.start("p", days=0)) == {"days": 0}  # no rule fits, nothing is set
    assert here.engine.check({"p.bpmn": DIAGRAM, "p.dmn": TABLE.format(policy="FIRST").encode()}) == []


@pytest.mark.bpmn("business-rule-task")
def test_several_results_need_a_variable(stage: MakeStage) -> None:
    here = stage({"p.bpmn": DIAGRAM, "p.dmn": TABLE.format(policy="COLLECT").encode()})
    with pytest.raises(ExecutionFailed, match="2 results of the decision .*name a variable"):
        here.start("p", days=3)


@pytest.mark.parametrize(
    ("text", "attempts", "wait"),
    [
        (None, DEFAULT_RETRIES, DEFAULT_WAIT), ("R3/PT10M", 3, 600), ("R5", 5, DEFAULT_WAIT), ("5", 5, DEFAULT_WAIT),
        ("PT5M,PT10M,PT20M", 4, 300), ("PT90S", 2, 90), ("R0/PT1M", 1, 60),
    ],
)  # fmt: skip
def test_retries(text: str | None, attempts: int, wait: int) -> None:
    assert retries(Element("x", "serviceTask", work=Work("handler", retries=text))) == (attempts, wait)


def test_who_is_barred_neither_takes_a_task_nor_is_given_it(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="judges" ruam:barred="town:${town},makers"/><endEvent id="e"/>'
    names = {"makers": ("ผู้ทำ", "Makers"), "town": ("เมือง", "Town"), "judges": ("กรรมการ", "Judges")}
    parties = "".join(f'[{key}]\nth = "{th}"\nen = "{en}"\n' for key, (th, en) in names.items())
    here = stage({"p.bpmn": process("p", body, "s -> t", "t -> e"), "parties.toml": parties.encode()})
    here.start("p", town="A")
    task = here.open("t")[0].id
    for actor in (Actor("ann", frozenset({"judges", "town:A"})), Actor("ben", frozenset({"judges", "makers:1"}))):
        for verb in (here.engine.claim, here.engine.complete_task):
            with pytest.raises(Forbidden, match="may not do this task"):
                verb(task, actor=actor)
        here.engine.add_user(actor.user_id, name="ก", groups=sorted(actor.groups), actor=SYSTEM)
        with pytest.raises(Forbidden, match="may not do this task"):
            here.engine.assign(task, actor.user_id, reason="absent", actor=ADMINISTRATOR)
    open_to_ben = here.engine.task(task, actor=Actor("ben", frozenset({"judges", "makers:1"})))
    assert (open_to_ben.may_work, open_to_ben.may_claim, open_to_ben.barred) == (False, False, ("ผู้ทำ", "Makers"))
    assert open_to_ben.variables == {}
    waiting = {
        actor.user_id: (here.engine.inbox(actor).total, here.engine.inbox_counts(actor).open)
        for actor in (Actor("ann", frozenset({"judges", "town:A"})), Actor("cat", frozenset({"judges", "town:B"})))
    }
    assert waiting == {"ann": (0, 0), "cat": (1, 1)}  # an inbox says what waits for its owner
    here.engine.complete_task(task, actor=Actor("cat", frozenset({"judges", "town:B"})))


def test_who_is_barred_reads_no_paper_that_another_candidate_has_uploaded(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="t" camunda:formKey="judged" camunda:candidateGroups="judges" ruam:barred="town:${town}"/>'
    form = '{"type": "object", "properties": {"paper": {"type": "string", "x-document": {"category": "opinion"}}}}'
    here = stage({"p.bpmn": process("p", body + '<endEvent id="e"/>', "s -> t", "t -> e"), "forms/judged.json": form.encode()})
    root = here.start("p", town="A").id
    task = here.open("t")[0].id
    ann, ben, cat = (Actor(name, frozenset({"judges", f"town:{town}"})) for name, town in (("ann", "A"), ("ben", "B"), ("cat", "C")))
    paper = here.engine.upload(task, "paper", "opinion.pdf", io.BytesIO(b"%PDF-1.4 secret"), actor=ben)
    assert [one.id for one in here.engine.documents(root, task_id=task, actor=cat).items] == [paper.id], "they do it together"
    assert here.engine.documents(root, task_id=task, actor=ann).items == ()
    with pytest.raises(NotFound):
        here.engine.open_document(paper.id, actor=ann)
    with pytest.raises(Forbidden):
        here.engine.upload(task, "paper", "mine.pdf", io.BytesIO(b"%PDF-1.4 mine"), actor=ann)


def test_what_follows_is_no_task_one_is_barred_from(stage: MakeStage) -> None:
    body = (
        '<startEvent id="s"/><userTask id="a" camunda:candidateGroups="judges"/><parallelGateway id="fork"/>'
        '<userTask id="b" camunda:candidateGroups="judges" ruam:barred="town"/><userTask id="c" camunda:candidateGroups="judges"/>'
        '<endEvent id="e"/>'
    )
    here = stage({"p.bpmn": process("p", body, "s -> a", "a -> fork", "fork -> b", "fork -> c", "b -> e", "c -> e")})
    here.start("p")
    ann = Actor("ann", frozenset({"judges", "town:A"}))
    followed = here.engine.complete_task(here.open("a")[0].id, actor=ann)
    assert followed.next_task_id == here.open("c")[0].id
    assert here.engine.complete_task(here.open("c")[0].id, actor=ann).next_task_id is None
    assert here.engine.complete_task(here.open("b")[0].id, actor=Actor("cat", frozenset({"judges"}))).next_task_id is None
