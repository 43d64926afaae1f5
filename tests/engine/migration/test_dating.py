"""Dates that a pack takes from its files: asked anew where an instance moves with its dates, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from engine.migration.plan import Due
from engine.migration.refusals import Reason
from engine.people import SYSTEM
from engine.registry import Pack
from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw
from tests.engine.migration.moves import Staging, image, plan

BODY = (
    '<startEvent id="s"/><scriptTask id="x"><script>day = "2026-01-01"</script></scriptTask>'
    '<userTask id="a" camunda:dueDate="${day}"/><endEvent id="e"/>'
)


def staged(stage: Staging, says: dict[str, bytes]) -> Stage:
    """One that waits at `a`, and a newer version with another file."""
    pack = Pack("dated")

    @pack.dated("p")
    def dates(context: Any) -> dict[str, Any]:
        return {"day": context.resource("day.txt").decode(), "known": context.variables["day"]}

    playing = stage(None, packs=[pack])
    for content in (b"2026-01-01", says["day.txt"]):
        playing.engine.deploy(
            {"p.bpmn": draw(BODY, "s > x > a > e"), "day.txt": content},
            name="p", pack="dated", actor=SYSTEM,
        )  # fmt: skip
    return playing


@pytest.mark.parametrize(("due", "day"), [(Due.KEEP, 1), (Due.TIMERS, 1), (Due.RECALCULATE, 7)])
def test_asked_only_where_dates_move(stage: Staging, due: Due, day: int) -> None:
    playing = staged(stage, {"day.txt": b"2026-01-07"})
    instance = playing.engine.start("p", version=1, actor=SYSTEM)
    target = playing.engine.definitions(key="p", latest=True).items[0].id
    planned = plan(playing, instance, target, due=due)
    assert playing.engine.migrate(planned, reason="dates", actor=ADMINISTRATOR).moved == 1
    (task,) = playing.engine.tasks(actor=SYSTEM, instance_id=instance.id).items
    assert task.due is not None
    assert task.due.day == day
    variables = playing.engine.variables(instance.id, actor=SYSTEM)
    assert variables == ({"day": "2026-01-07", "known": "2026-01-01"} if due == Due.RECALCULATE else {"day": "2026-01-01"})


def test_dates_that_fail_refuse_the_move(stage: Staging) -> None:
    playing = staged(stage, {"day.txt": b"\xff"})
    instance = playing.engine.start("p", version=1, actor=SYSTEM)
    target = playing.engine.definitions(key="p", latest=True).items[0].id
    before = image(playing, instance)
    done = playing.engine.migrate(plan(playing, instance, target, due=Due.RECALCULATE), reason="dates", actor=ADMINISTRATOR)
    assert [group.problem.rule for group in done.groups] == [Reason.FAILED]
    assert image(playing, instance) == before


def test_two_cannot_say_it() -> None:
    first, second = Pack("a"), Pack("a")
    first.dated("p")(lambda context: {})
    second.dated("p")(lambda context: {})
    with pytest.raises(ValueError, match="registered twice"):
        first.include(second)
