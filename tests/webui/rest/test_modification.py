"""Modification, restarting, and the tree whose ids they are said with; by Camunda's clients too."""

from __future__ import annotations

from collections.abc import Callable

from engine.people import SYSTEM
from engine.states import Event
from engine.testing import linear, process
from tests.webui.rest.conftest import Site

LOOP = '<multiInstanceLoopCharacteristics camunda:collection="${xs}" camunda:elementVariable="x"/>'
SUB = (
    '<startEvent id="s"/><userTask id="a"/><subProcess id="sub"><startEvent id="i"/><userTask id="b"/><userTask id="c"/><endEvent id="o"/>'
    '<sequenceFlow id="i1" sourceRef="i" targetRef="b"/><sequenceFlow id="i2" sourceRef="b" targetRef="c"/>'
    '<sequenceFlow id="i3" sourceRef="c" targetRef="o"/></subProcess>'
    f'<userTask id="v">{LOOP}</userTask><endEvent id="e"/>'
)
FILES = {"p.bpmn": process("p", SUB, "s -> a", "a -> sub", "sub -> v", "v -> e"), "l.bpmn": linear("letter", "write", "check")}


def tree(here: Site, id: str) -> dict[str, list[dict[str, object]]]:
    """The activity instances by the id of their activity."""
    found: dict[str, list[dict[str, object]]] = {}

    def walk(node: dict[str, object]) -> None:
        found.setdefault(str(node["activityId"]), []).append(node)
        for child in node["childActivityInstances"]:  # type: ignore[attr-defined]
            walk(child)

    walk(here.admin.get(f"/process-instance/{id}/activity-instances"))
    return found


def test_started_before_with_variables_and_cancelled_by_the_id_of_the_tree(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("p", xs=["p"]).id
    (a,) = tree(here, id)["a"]
    body = {
        "instructions": [
            {"type": "startBeforeActivity", "activityId": "c", "variables": {"n": {"value": 5, "type": "Integer", "local": False},
                                                                          "only": {"value": "x", "local": True}}},
            {"type": "cancel", "activityInstanceId": a["id"]},
        ],
        "skipCustomListeners": True, "skipIoMappings": True, "annotation": "เริ่มจากขั้นสุดท้าย",
    }  # fmt: skip
    told = here.admin.post(f"/process-instance/{id}/modification/preview", body)
    assert told["sentences"][0]["en"] == "Variables are set: n, only."
    assert here.stage.names(id) == ["a"]
    here.admin.post(f"/process-instance/{id}/modification", body, 204)
    assert here.stage.names(id) == ["c"]
    assert here.stage.variables(id)["n"] == 5
    assert "only" not in here.stage.variables(id)
    (row,) = here.engine.history(id, actor=SYSTEM, event=Event.INSTANCE_MODIFIED).items
    assert (row.data["reason"], row.actor) == ("เริ่มจากขั้นสุดท้าย", "admin")
    (sub,) = tree(here, id)["sub"]
    again = {"instructions": [{"type": "startBeforeActivity", "activityId": "b", "ancestorActivityInstanceId": sub["id"]}]}
    here.admin.post(f"/process-instance/{id}/modification", again, 204)
    assert [child["activityId"] for child in tree(here, id)["sub"][0]["childActivityInstances"]] == ["c", "b"]  # type: ignore[attr-defined]
    anew = {"instructions": [{"type": "startBeforeActivity", "activityId": "b", "ancestorActivityInstanceId": id}]}
    here.admin.post(f"/process-instance/{id}/modification", anew, 204)
    assert len(tree(here, id)["sub"]) == 2


def test_instances_of_many_are_in_their_body_and_cancelled_one_or_all(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("p", xs=["p", "q", "r"]).id
    path = f"/process-instance/{id}/modification"
    here.admin.post(
        path, {"instructions": [{"type": "startAfterActivity", "activityId": "sub"}, {"type": "cancel", "activityId": "a"}]}, 204
    )
    (body,) = tree(here, id)["v#multiInstanceBody"]
    assert body["activityType"] == "multiInstanceBody"
    one, *_rest = tree(here, id)["v"]
    assert one["parentActivityInstanceId"] == body["id"]
    here.admin.post(path, {"instructions": [{"type": "cancel", "activityInstanceId": one["id"]}]}, 204)
    assert len(tree(here, id)["v"]) == 2
    added = {"type": "startBeforeActivity", "activityId": "v", "variables": {"x": {"value": "s", "local": True}}}
    here.admin.post(path, {"instructions": [added]}, 204)
    assert len(tree(here, id)["v"]) == 3
    all_of_it = {"type": "cancel", "activityId": "v", "cancelCurrentActiveActivityInstances": True}
    here.admin.post(path, {"instructions": [{"type": "startTransition", "transitionId": "flow0"}, all_of_it]}, 204)
    assert here.stage.names(id) == ["a"]


def test_what_waits_for_its_own_transaction_is_a_transition_instance(site: Callable[..., Site]) -> None:
    body = (
        '<startEvent id="s"/><scriptTask id="count" camunda:asyncBefore="true"><script>b = a + 1</script></scriptTask>'
        '<userTask id="t"/><endEvent id="e"/>'
    )
    here = site({"p.bpmn": process("p", body, "s -> count", "count -> t", "t -> e")})
    id = here.stage.start("p", a="x").id
    found = here.admin.get(f"/process-instance/{id}/activity-instances")
    assert found["childActivityInstances"] == []
    (waiting,) = found["childTransitionInstances"]
    assert waiting["activityId"] == waiting["targetActivityId"] == "count"
    instructions = [{"type": "cancel", "transitionInstanceId": waiting["id"]}, {"type": "startBeforeActivity", "activityId": "t"}]
    here.admin.post(f"/process-instance/{id}/modification", {"instructions": instructions}, 204)
    assert here.stage.names(id) == ["t"]


def test_what_cannot_be_done_is_refused_and_changes_nothing(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("letter").id
    path = f"/process-instance/{id}/modification"
    for wrong in (
        [], [{"type": "cancel"}], [{"type": "startBeforeActivity"}], [{"type": "startTransition", "activityId": "check"}],
        [{"type": "startBeforeActivity", "activityId": "nothing"}], [{"type": "startTransition", "transitionId": "nothing"}],
        [{"type": "jump", "activityId": "check"}],
    ):  # fmt: skip
        here.admin.refused("POST", path, 400, {"instructions": wrong})
    here.admin.refused("POST", path, 409, {"instructions": [{"type": "cancel", "activityInstanceId": "gone"}]})
    fine = {"instructions": [{"type": "cancel", "activityId": "write"}, {"type": "startBeforeActivity", "activityId": "check"}]}
    here.worker.refused("POST", path, 404, fine)
    here.admin.refused("POST", "/process-instance/nothing/modification", 404, fine)
    assert here.stage.names(id) == ["write"]


def test_ended_ones_are_restarted(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("letter", business_key="7", n=1).id
    here.admin.delete(f"/process-instance/{id}")
    (definition,) = here.admin.get("/process-definition", key="letter")
    path = f"/process-definition/{definition['id']}/restart"
    body = {"processInstanceIds": [id], "instructions": [{"type": "startBeforeActivity", "activityId": "check"}], "annotation": "r"}
    here.admin.post(path, body, 204)
    (new,) = here.admin.get("/process-instance")
    assert new["businessKey"] == "7"
    assert here.stage.names(new["id"]) == ["check"]
    here.admin.post(path, {**body, "withoutBusinessKey": True, "initialVariables": True}, 204)
    assert {one["businessKey"] for one in here.admin.get("/process-instance")} == {"7", None}
    here.admin.refused("POST", path, 400, {"instructions": body["instructions"]})
    here.admin.refused("POST", path, 409, {**body, "processInstanceIds": [new["id"]]})
    here.worker.refused("POST", path, 403, body)


def test_an_activity_is_suspended_and_goes_on(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("letter").id
    path = f"/process-instance/{id}/activity/write/suspended"
    here.admin.put(path, {"suspended": True, "annotation": "รอ"})
    assert here.admin.get("/task/count", suspended="true") == {"count": 1}
    here.admin.refused("PUT", path, 409, {"suspended": True})
    here.admin.put(path, {"suspended": False})
    assert here.worker.get("/task/count", active="true") == {"count": 1}
    here.worker.refused("PUT", path, 404, {"suspended": True})


def test_an_incident_is_annotated(site: Callable[..., Site]) -> None:
    body = '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><endEvent id="e"/>'
    here = site({"p.bpmn": process("p", body, "s -> f", "f -> a", "f -> b", "a -> j", "b -> j", "j -> e")})
    id = here.stage.start("p").id
    here.stage.complete("a")
    here.admin.post(f"/process-instance/{id}/modification", {"instructions": [{"type": "cancel", "activityId": "b"}]}, 204)
    (incident,) = here.admin.get("/incident")
    here.admin.put(f"/incident/{incident['id']}/annotation", {"annotation": "ทราบแล้ว"})
    assert here.admin.get(f"/incident/{incident['id']}")["annotation"] == "ทราบแล้ว"
    here.admin.delete(f"/incident/{incident['id']}/annotation")
    assert here.admin.get(f"/incident/{incident['id']}")["annotation"] is None
