"""One rule: as a question about one thing, and as SQL."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import Forbidden, NotFound
from engine.people import SYSTEM, Actor, authorization
from engine.registry import Pack
from engine.running import candidates
from engine.states import Role, Verb
from engine.storage import model
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
PARTIES = """
[opdc]
th = "ก"
see = ["project", "application", "letter"]
[province]
th = "จ"
unit_variable = "province"
see = ["application:own", "letter:own"]
[observer]
th = "ผ"
see = ["project"]
[committee]
th = "ค"
"""
PARENT = process(
    "project",
    '<laneSet><lane id="opdc"><flowNodeRef>plan</flowNodeRef></lane></laneSet><startEvent id="s"/><userTask id="plan"/>'
    '<callActivity id="call" calledElement="application" ruam:category="application" ruam:unit="${province}"><extensionElements>'
    '<camunda:in source="province" target="province"/></extensionElements>'
    '<multiInstanceLoopCharacteristics camunda:collection="provinces" camunda:elementVariable="province"/></callActivity>'
    '<serviceTask id="grant" ruam:handler="grant"/><userTask id="last" camunda:candidateGroups="opdc"/><endEvent id="e"/>',
    "s -> plan", "plan -> call", "plan -> grant", "grant -> last", "last -> e", "call -> e",
    attributes='ruam:category="project"',
)  # fmt: skip
CHILD = process(
    "application",
    '<laneSet><lane id="province"><flowNodeRef>apply</flowNodeRef></lane></laneSet><startEvent id="s"/>'
    '<userTask id="apply" camunda:formKey="apply"/><endEvent id="e"/>',
    "s -> apply", "apply -> e",
)  # fmt: skip
FORM = b"""{"type": "object", "title": "apply", "properties": {
  "paper": {"type": "string", "title": "paper", "x-widget": "file",
            "x-document": {"category": "application", "kinds": ["pdf"], "max_mb": 1}},
  "opinion": {"type": "string", "title": "opinion", "x-sealed": {"category": "score"}}}, "required": ["paper"]}"""
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
FILES = {
    "project.bpmn": PARENT,
    "application.bpmn": CHILD,
    "forms/apply.json": FORM,
    "parties.toml": PARTIES.encode(),
    "pack.toml": b'key = "test"\nth = "t"',
}
OPDC = Actor("opdc-1", frozenset({"opdc"}))
CHIANG_MAI = Actor("p50", frozenset({"province:TH-50"}))
LAMPHUN = Actor("p51", frozenset({"province:TH-51"}))
COMMITTEE = Actor("c1", frozenset({"committee"}))
OBSERVER = Actor("o1", roles=frozenset({Role.OBSERVER}))
NOBODY = Actor("nobody")
EVERYBODY = (OPDC, CHIANG_MAI, LAMPHUN, COMMITTEE, OBSERVER, NOBODY, ADMINISTRATOR, SYSTEM)


def granting() -> Pack:
    pack = Pack("test")

    @pack.handler("grant")
    def grant(context: Any) -> None:
        context.grant("committee", "application", "TH-50")

    return pack


@pytest.fixture
def here(stage: MakeStage) -> Stage:
    made = stage(FILES, packs=[granting()])
    made.start("project", provinces=["TH-50", "TH-51"], business_key="2552")
    made.complete("plan", actor=OPDC)
    return made


def seen(here: Stage, actor: Actor) -> set[str]:
    return {f"{view.definition_key} {view.unit or ''}".strip() for view in here.engine.instances(actor=actor).items}


def test_who_sees_which_instances(here: Stage) -> None:
    assert seen(here, OPDC) == {"project", "application TH-50", "application TH-51"}
    assert seen(here, CHIANG_MAI) == {"application TH-50"}
    assert seen(here, LAMPHUN) == {"application TH-51"}
    assert seen(here, COMMITTEE) == {"application TH-50"}
    assert seen(here, OBSERVER) == {"project"}
    assert seen(here, NOBODY) == set()
    assert len(seen(here, ADMINISTRATOR)) == 3


def test_question_and_sql_agree(here: Stage) -> None:
    with here.engine._shared.database.read() as connection:
        for actor in EVERYBODY:
            for table in (model.instance, model.task):
                ids = connection.scalars(table.select().with_only_columns(table.c.id)).all()
                listed = set(connection.scalars(table.select().with_only_columns(table.c.id).where(authorization.visible(actor, table))))
                assert listed == {id for id in ids if authorization.may(connection, actor, Verb.SEE, table, id)}
            for task in connection.execute(model.task.select().where(model.task.c.ended.is_(None))).all():
                asked = authorization.may_work(actor, task.assignee, candidates.of(task))
                assert asked == authorization.may(connection, actor, Verb.WORK, model.task, task.id)
            for (task_id,) in connection.execute(select(model.task.c.id).where(model.task.c.ended.is_not(None))).all():
                assert not authorization.may(connection, actor, Verb.WORK, model.task, task_id)


def test_every_single_access_asks(here: Stage) -> None:
    child = next(view for view in here.engine.instances(actor=SYSTEM).items if view.unit == "TH-50")
    task = next(task for task in here.open("apply") if task.unit == "TH-50")
    for actor in (LAMPHUN, OBSERVER, NOBODY):
        for ask in (
            lambda actor: here.engine.instance(child.id, actor=actor),
            lambda actor: here.engine.variables(child.id, actor=actor),
            lambda actor: here.engine.history(child.id, actor=actor),
            lambda actor: here.engine.diagram_state(child.id, actor=actor),
            lambda actor: here.engine.task(task.id, actor=actor),
            lambda actor: here.engine.claim(task.id, actor=actor),
            lambda actor: here.engine.save_draft(task.id, {}, actor=actor),
            lambda actor: here.engine.complete_task(task.id, {}, actor=actor),
            lambda actor: here.engine.upload(task.id, "paper", "a.pdf", io.BytesIO(PDF), actor=actor),
            lambda actor: here.engine.comment(child.id, "x", actor=actor),
            lambda actor: here.engine.comment(child.id, "x", task_id=task.id, actor=actor),
        ):
            with pytest.raises(NotFound):
                ask(actor)
        assert here.engine.tasks(actor=actor, instance_id=child.id).total == 0
        assert here.engine.children(child.root_id, actor=actor) == (
            [] if actor is not LAMPHUN else here.engine.children(child.root_id, actor=LAMPHUN)
        )


def test_remarks_about_a_task_are_for_who_sees_the_task(here: Stage) -> None:
    root = here.engine.instances(actor=SYSTEM, roots=True).items[0].id
    last = next(task for task in here.engine.tasks(actor=SYSTEM, open_only=False).items if task.instance_id == root)
    here.engine.comment(root, "to all", actor=OPDC)
    here.engine.comment(root, "about the task", task_id=last.id, actor=OPDC)
    with here.engine._shared.database.writer.begin() as connection:
        connection.execute(model.task.update().where(model.task.c.id == last.id).values(category="lesson"))
    assert [comment.text for comment in here.engine.comments(root, actor=OBSERVER, with_tasks=True)] == ["to all"]
    assert [comment.text for comment in here.engine.comments(root, actor=OPDC, with_tasks=True)] == ["to all", "about the task"]
    assert [comment.text for comment in here.engine.comments(root, actor=OPDC)] == ["to all"]
    assert [comment.text for comment in here.engine.comments(root, actor=OPDC, task_id=last.id)] == ["about the task"]


def test_documents_are_drafts_until_submitted_and_then_for_those_granted(here: Stage) -> None:
    task = next(task for task in here.open("apply") if task.unit == "TH-50")
    paper = here.engine.upload(task.id, "paper", "ใบสมัคร.pdf", io.BytesIO(PDF), actor=CHIANG_MAI)
    for actor in (OPDC, COMMITTEE, LAMPHUN):
        with pytest.raises(NotFound):
            here.engine.open_document(paper.id, actor=actor)
    here.engine.complete_task(task.id, {"paper": paper.id, "opinion": "good"}, actor=CHIANG_MAI)
    for actor in (OPDC, COMMITTEE, CHIANG_MAI):
        with here.engine.open_document(paper.id, actor=actor)[1] as stream:
            assert stream.read() == PDF
    for actor in (LAMPHUN, OBSERVER, NOBODY):
        with pytest.raises(NotFound):
            here.engine.open_document(paper.id, actor=actor)
        assert here.engine.documents(task.root_id, actor=actor).total == 0
    with pytest.raises(Forbidden):
        here.engine.open_document(paper.id, actor=ADMINISTRATOR)
    (named,) = here.engine.documents(task.root_id, actor=ADMINISTRATOR).items
    assert (named.name, named.readable) == ("ใบสมัคร.pdf", False)


def test_sealed_values_are_nowhere_else(here: Stage) -> None:
    task = next(task for task in here.open("apply") if task.unit == "TH-50")
    paper = here.engine.upload(task.id, "paper", "a.pdf", io.BytesIO(PDF), actor=CHIANG_MAI)
    secret = "sealed-opinion-in-words"
    here.engine.save_draft(task.id, {"opinion": secret}, actor=CHIANG_MAI)
    here.engine.complete_task(task.id, {"paper": paper.id, "opinion": secret}, actor=CHIANG_MAI)
    with here.engine._shared.database.read() as connection:
        for table in model.metadata.sorted_tables:
            rows = [str(row) for row in connection.execute(table.select()).all()]
            assert any(secret in row for row in rows) == (table is model.sealed), table.name


def test_what_is_for_administrators(here: Stage) -> None:
    for ask in (
        lambda: here.engine.jobs(actor=OPDC),
        lambda: here.engine.incidents(actor=OPDC),
        lambda: here.engine.users(actor=OPDC),
        lambda: here.engine.audit_heads(actor=OPDC),
        lambda: here.engine.deploy({}, name="x", actor=OPDC),
        lambda: here.engine.signal("x", actor=OPDC),
        lambda: here.engine.set_password("p50", "a long password", actor=OPDC),
    ):
        with pytest.raises(Forbidden):
            ask()
