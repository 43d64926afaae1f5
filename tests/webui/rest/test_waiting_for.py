"""Event subscriptions and job definitions: what is waited for, and what makes jobs."""

from __future__ import annotations

from collections.abc import Callable

from tests.drawing import draw
from tests.webui.rest.conftest import Site
from tests.webui.rest.test_operations import CATCHING, STARTING, WATCHING

TIMED = draw(
    '<startEvent id="s"><timerEventDefinition><timeCycle>R/P7D</timeCycle></timerEventDefinition></startEvent>'
    '<intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    '</intermediateCatchEvent><userTask id="t" camunda:asyncBefore="true"/>'
    '<boundaryEvent id="late" attachedToRef="t" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration>'
    '</timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="e2"/>',
    "s > pause > t > e; late > e2",
    key="timed",
)


def test_what_is_waited_for(site: Callable[..., Site]) -> None:
    here = site({"catching.bpmn": CATCHING, "starting.bpmn": STARTING, "watching.bpmn": WATCHING})
    instance = here.stage.start("catching")
    (waiting,) = here.admin.get("/event-subscription", processInstanceId=instance.id)
    assert (waiting["eventType"], waiting["eventName"], waiting["activityId"]) == ("message", "paid", "wait")
    assert waiting["executionId"] == instance.id
    starts = here.admin.get("/event-subscription", activityId="s")
    assert {(one["eventType"], one["eventName"], one["processInstanceId"]) for one in starts} == {
        ("message", "begin", None), ("conditional", None, None),
    }  # fmt: skip
    assert here.admin.get("/event-subscription/count", eventType="message") == {"count": 2}
    assert [one["eventName"] for one in here.stranger.get("/event-subscription", eventType="message")] == ["begin"]
    here.admin.post("/message", {"messageName": "paid"}, 204)
    (next_,) = here.admin.get("/event-subscription", processInstanceId=instance.id, sortBy="created", sortOrder="desc")
    assert (next_["eventType"], next_["eventName"]) == ("signal", "go")


def test_what_makes_jobs(site: Callable[..., Site]) -> None:
    here = site({"timed.bpmn": TIMED, "catching.bpmn": CATCHING})
    made = here.stranger.get("/job-definition", processDefinitionKey="timed", sortBy="activityId", sortOrder="asc")
    assert [(one["activityId"], one["jobType"], one["jobConfiguration"]) for one in made] == [
        ("late", "timer-transition", "DURATION: P1D"),
        ("pause", "timer-intermediate-transition", "DURATION: PT1H"),
        ("s", "timer-start-event", "CYCLE: R/P7D"),
        ("t", "async-continuation", "async-before"),
    ]
    assert here.admin.get("/job-definition/count") == {"count": 4}
    (job,) = here.admin.get("/job")
    definition = here.admin.get(f"/job-definition/{job['jobDefinitionId']}")
    assert (definition["activityId"], definition["suspended"]) == ("s", False)
    here.admin.put("/process-definition/key/timed/suspended", {"suspended": True})
    assert here.admin.get("/job-definition/count", suspended="true") == {"count": 4}
    here.admin.refused("GET", "/job-definition/timed:1:x:none:timer", 404)
