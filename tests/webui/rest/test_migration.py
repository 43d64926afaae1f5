"""Migration with Camunda 7's bodies."""

from __future__ import annotations

from collections.abc import Callable

from engine.people import SYSTEM
from engine.testing import linear
from tests.drawing import draw
from tests.webui.rest.conftest import Site


def two_versions(site: Callable[..., Site], *after: str) -> tuple[Site, str, str]:
    here = site({"p.bpmn": linear("p", "a", "b")})
    source = here.engine.definitions(key="p").items[0].id
    here.engine.deploy({"p.bpmn": linear("p", *after)}, name="next", actor=SYSTEM)
    return here, source, here.engine.definitions(key="p", latest=True).items[0].id


def versions(source: str, target: str) -> dict[str, str]:
    return {"sourceProcessDefinitionId": source, "targetProcessDefinitionId": target}


def test_a_plan_is_generated_validated_and_executed(site: Callable[..., Site]) -> None:
    here = site({"p.bpmn": linear("p", "a", "b")})
    ids = [here.stage.start("p").id for _ in range(2)]
    source = here.engine.definitions(key="p").items[0].id
    here.engine.deploy({"p.bpmn": linear("p", "a", "c", "b")}, name="next", actor=SYSTEM)
    target = here.engine.definitions(key="p", latest=True).items[0].id
    plan = here.admin.post("/migration/generate", {**versions(source, target), "updateEventTriggers": False})
    assert {"sourceActivityIds": ["a"], "targetActivityIds": ["a"], "updateEventTrigger": False} in plan["instructions"]
    assert here.admin.post("/migration/validate", plan) == {"instructionReports": [], "variableReports": {}}
    body = {"migrationPlan": plan, "processInstanceIds": ids[:1], "skipCustomListeners": True, "skipIoMappings": True}
    here.admin.post("/migration/execute", body, 204)
    query = {"migrationPlan": plan, "processInstanceQuery": {"processDefinitionId": source}}
    here.admin.post("/migration/execute", query, 204)
    assert {here.admin.get(f"/process-instance/{id}")["definitionId"] for id in ids} == {target}
    assert here.admin.post("/migration/execute", query, 400)["type"] == "InvalidRequestException"
    here.worker.post("/migration/validate", plan, 403)


def test_what_cannot_move_is_reported_and_nothing_moves(site: Callable[..., Site]) -> None:
    here, source, target = two_versions(site, "a", "c")
    first = here.engine.start("p", version=1, actor=SYSTEM).id
    second = here.engine.start("p", version=1, actor=SYSTEM).id
    here.stage.engine.complete_task(here.stage.open("a", second)[0].id, {}, actor=SYSTEM)
    plan = here.admin.post("/migration/generate", versions(source, target))
    answer = here.admin.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [first, second]}, 400)
    assert answer["type"] == "MigratingProcessInstanceValidationException"
    report = answer["validationReport"]
    assert (report["processInstanceId"], report["reasons"][0]["reason"], report["reasons"][0]["count"]) == (second, "gone", 1)
    assert report["activityInstanceValidationReports"][0]["sourceScopeId"] == "b"
    assert {here.admin.get(f"/process-instance/{id}")["definitionId"] for id in (first, second)} == {source}
    plan["instructions"].append({"sourceActivityIds": ["b"], "targetActivityIds": ["c"], "way": "before"})
    here.admin.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [first, second]}, 204)
    assert here.stage.names() == ["a", "c"]


def test_a_plan_that_makes_no_sense(site: Callable[..., Site]) -> None:
    here, source, target = two_versions(site, "a", "c")
    id = here.engine.start("p", version=1, actor=SYSTEM).id
    plan = versions(source, target) | {"instructions": [{"sourceActivityIds": ["a"], "targetActivityIds": ["end"]}]}
    (report,) = here.admin.post("/migration/validate", plan)["instructionReports"]
    assert report["instruction"]["sourceActivityIds"] == ["a"]
    assert "another kind" in report["failures"][0]
    answer = here.admin.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": [id]}, 400)
    assert answer["type"] == "MigrationPlanValidationException"
    assert answer["validationReport"]["instructionReports"] == [report]
    several = versions(source, target) | {"instructions": [{"sourceActivityIds": ["a", "b"], "targetActivityIds": ["a"]}]}
    here.admin.post("/migration/validate", several, 400)
    here.admin.post("/migration/validate", versions(source, "nothing") | {"instructions": []}, 404)
    here.admin.post("/migration/generate", versions(source, target) | {"variables": {"x": {"value": 1}}}, 400)


def test_the_clock_carries_out_what_is_asked_for_later(site: Callable[..., Site]) -> None:
    here, source, target = two_versions(site, "a", "c")
    ids = [here.engine.start("p", version=1, actor=SYSTEM).id for _ in range(3)]
    here.stage.engine.complete_task(here.stage.open("a", ids[0])[0].id, {}, actor=SYSTEM)
    plan = here.admin.post("/migration/generate", versions(source, target))
    batch = here.admin.post("/migration/executeAsync", {"migrationPlan": plan, "processInstanceIds": ids})
    assert (batch["type"], batch["totalJobs"], batch["createUserId"]) == ("instance-migration", 3, "admin")
    assert here.admin.get(f"/batch/{batch['id']}/statistics")["remainingJobs"] == 3
    assert here.engine.resume_migrations() == 3
    told = here.admin.get(f"/batch/{batch['id']}/statistics")
    assert (told["remainingJobs"], told["completedJobs"], told["failedJobs"]) == (0, 2, 1)
    assert here.engine.resume_migrations() == 0
    assert here.admin.get(f"/batch/{batch['id']}")["totalJobs"] == 3
    (event,) = here.engine.history(ids[1], actor=SYSTEM, event="instance.migrated").items
    assert (event.data["from"], event.data["to"], event.actor) == (source, target, "admin")


def test_everything_deployed_together_moves_in_one_and_back(site: Callable[..., Site]) -> None:
    def both(*called: str) -> dict[str, bytes]:
        call = '<startEvent id="s"/><callActivity id="k" calledElement="inner"/><endEvent id="e"/>'
        return {"outer.bpmn": draw(call, "s > k > e", key="outer"), "inner.bpmn": linear("inner", *called)}

    here = site(both("look"))
    here.stage.start("outer")
    deployment = here.engine.deploy(both("see"), name="next", same_again=True, actor=SYSTEM).id
    path = f"/migration/deployment/{deployment}"
    told = here.admin.post(f"{path}/validate", {})
    assert (told["movable"], told["refused"]) == (0, 1)
    inner = next(part for part in told["parts"] if part["refused"])
    assert inner["reasons"][0]["activityId"] == "look"
    inner["plan"]["instructions"].append({"sourceActivityIds": ["look"], "targetActivityIds": ["see"], "way": "before"})
    body = {"plans": [inner["plan"]], "reason": "agreed"}
    assert here.admin.post(f"{path}/validate", body)["movable"] == 1
    here.worker.post(f"{path}/executeAsync", body, 403)
    batch = here.admin.post(f"{path}/executeAsync", body)
    assert batch["totalJobs"] == 2
    here.engine.resume_migrations()
    assert here.stage.names() == ["see"]
    here.admin.post(f"/batch/{batch['id']}/undo", {"reason": "not so"})
    assert here.admin.get(f"/batch/{batch['id']}/statistics")["remainingJobs"] == 2
    here.engine.resume_migrations()
    assert here.stage.names() == ["look"]
