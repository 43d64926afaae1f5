"""Moving what runs to another version: tried at each choice, begun with a reason, followed, tried again, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import Conflict
from engine.people import SYSTEM
from engine.states import Event
from engine.testing import linear
from tests.drawing import draw, users
from tests.webui.pages.projects import Site, site


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    for here in site(tmp_path):
        here.engine.deploy({"letter.bpmn": linear("letter", "write", "check", "send")}, name="letter", actor=SYSTEM)
        yield here


def started(place: Site, number: int) -> list[str]:
    """Letters at `write`."""
    return [place.engine.start("letter", business_key=f"2552/{n}", actor=SYSTEM).id for n in range(number)]


def complete(place: Site, instance_id: str) -> None:
    (task,) = place.engine.tasks(actor=SYSTEM, instance_id=instance_id).items
    place.engine.complete_task(task.id, {}, actor=SYSTEM)


def standing(place: Site, instance_id: str) -> list[str]:
    return [task.element_id for task in place.engine.tasks(actor=SYSTEM, instance_id=instance_id).items]


def newer(place: Site, *steps: str) -> str:
    """Another version of the letter; the address of moving to it."""
    place.engine.deploy({"letter.bpmn": linear("letter", *steps)}, name="letter", actor=SYSTEM)
    (newest,) = place.engine.definitions(key="letter", latest=True).items
    return f"/administration/processes/{newest.id}/move"


def test_what_cannot_move_is_told_where_to_continue_and_moves(place: Site) -> None:
    admin, ids = place.as_user("admin"), started(place, 3)
    complete(place, ids[0])
    path = newer(place, "write", "send", "file")
    assert path in admin.get(path.removesuffix("/move")).text
    told = admin.get(path).text
    assert "ย้ายได้ 2 รายการ" in told
    assert "ไม่ได้ 1 รายการ" in told
    assert "“check” ไม่มีในฉบับใหม่แล้ว" in told
    assert f"/administration/instances/{ids[0]}" in told
    assert '<option value="send" selected>' in told, "what followed it is suggested"
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    chosen = {"from": source, "place:check": "send", "way:check": "before"}
    assert "ย้ายได้ 2 รายการ" in admin.post(path, **chosen).text, "a suggestion is not taken before somebody says so"
    tried = admin.post(path, **chosen, use="check").text
    assert "ย้ายได้ 3 รายการ" in tried
    assert 'name="chosen" value="check"' in tried
    assert "ย้ายได้ 2 รายการ" in admin.post(path, **chosen, chosen="check", drop="check").text
    kept = {**chosen, "chosen": "check", "due": "recalculate", "begin": "yes"}
    assert admin.post(path, **kept).status_code == 422, "a reason is needed"
    answer = admin.post(path, **kept, reason="ตามที่ตกลง")
    assert answer.status_code == 302
    assert "ย้ายแล้ว 3 รายการ" in admin.get(answer.location).text
    assert [standing(place, id) for id in ids] == [["send"], ["write"], ["write"]]
    (row,) = place.engine.history(ids[0], actor=SYSTEM, event=Event.INSTANCE_MIGRATED).items
    assert (row.actor, row.data["reason"]) == ("admin", "ตามที่ตกลง")
    assert "ไม่มีรายการใดใช้ฉบับอื่น" in admin.get(path).text


def test_some_move_the_refused_are_listed_tried_again_and_chosen_for(place: Site) -> None:
    admin, ids = place.as_user("admin"), started(place, 3)
    complete(place, ids[0])
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    path = newer(place, "write", "send")
    admin.get(path)
    some = {"from": source, "which": "some", "instance": [ids[0], ids[1]]}
    assert "ย้ายได้ 1 รายการ" in admin.send(path, some).text
    answer = admin.send(path, {**some, "begin": "yes", "reason": "r"})
    page = admin.get(answer.location).text
    assert "ย้ายแล้ว 1 รายการ" in page
    assert "คงอยู่ฉบับเดิม 1 รายการ" in page
    assert "“check” ไม่มีในฉบับใหม่แล้ว" in page
    assert place.engine.instance(ids[2], actor=SYSTEM).definition_id == source
    assert admin.post(f"{answer.location}/retry").status_code == 302
    assert "เพราะเหตุเดิม" in admin.get(answer.location).text
    migration_id = answer.location.rsplit("/", 1)[-1]
    again = admin.get(f"{path}?again={migration_id}").text
    assert f'value="{ids[0]}" checked' in again
    assert f'value="{ids[1]}" checked' not in again
    complete(place, ids[0])
    assert admin.post(f"{answer.location}/retry").status_code == 302
    assert "ย้ายแล้ว 2 รายการ" in admin.get(answer.location).text
    assert admin.post(f"{answer.location}/retry").status_code == 302
    assert "ไม่มีรายการที่ย้ายไม่ได้" in admin.get(answer.location).text


def test_back_as_long_as_nothing_was_completed(place: Site) -> None:
    admin, ids = place.as_user("admin"), started(place, 2)
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    path = newer(place, "write", "check", "sign", "send")
    admin.get(path)
    done = admin.post(path, **{"from": source}, begin="yes", reason="r").location
    complete(place, ids[1])
    told = admin.get(f"{done}/undo").text
    assert "ย้อนกลับได้ 1 รายการ" in told
    assert "“write”" in told
    assert f"/administration/instances/{ids[1]}" in told
    assert admin.post(f"{done}/undo").status_code == 422
    assert admin.post(f"{done}/undo", reason="ผิดฉบับ").status_code == 302
    assert [place.engine.instance(id, actor=SYSTEM).definition_version for id in ids] == [1, 2]
    (row,) = place.engine.history(ids[0], actor=SYSTEM, event=Event.MIGRATION_UNDONE).items
    assert (row.actor, row.data["reason"]) == ("admin", "ผิดฉบับ")
    assert "1 → 2" in admin.get("/administration/migrations?key=letter").text


def test_who_undoes_while_others_are_at_it_is_led_to_its_progress(place: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, ids = place.as_user("admin"), started(place, 2)
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    path = newer(place, "write", "sign", "send")
    admin.get(path)
    done = admin.post(path, **{"from": source}, begin="yes", reason="r").location

    def lost(*_given: object, **_chosen: object) -> None:
        raise Conflict("Too many others changed this at the same time; try again.", th="มีผู้แก้ไขพร้อมกันหลายคน โปรดลองอีกครั้ง")

    with monkeypatch.context() as patched:
        patched.setattr(type(place.engine), "go_on_migrating", lost)
        assert admin.post(f"{done}/undo", reason="ผิดฉบับ").location == done
    assert f'data-live="{done}"' in admin.get(done).text, "the page follows it"
    place.engine.resume_migrations()
    assert "ย้อนกลับแล้ว 2 รายการ" in admin.get(done).text


def test_many_go_on_behind_the_page(place: Site) -> None:
    admin, ids = place.as_user("admin"), started(place, 30)
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    path = newer(place, "write", "sign", "send")
    admin.get(path)
    done = admin.post(path, **{"from": source}, begin="yes", reason="r").location
    assert f'data-live="{done}"' in admin.get(done).text
    assert place.engine.resume_migrations() > 0
    over = admin.get(done).text
    assert "ย้ายแล้ว 30 รายการ" in over
    assert "data-live=" not in over


def test_for_administrators_alone_and_what_is_not_there(place: Site) -> None:
    path = newer(place, "write")
    assert place.as_user("officer").get(path).status_code == 403
    admin = place.as_user("admin")
    assert admin.get("/administration/migrations/none").status_code == 404
    assert "ยังไม่เคยย้าย" in admin.get("/administration/migrations").text


def together(place: Site, *steps: str, called: tuple[str, ...] = ("look",)) -> str:
    """A process that calls another one, and then has these steps; the address of moving everything that runs to it."""
    call = '<startEvent id="s"/><callActivity id="k" name="call" calledElement="inner"/>' + users(*steps) + '<endEvent id="e"/>'
    files = {"outer.bpmn": draw(call, " > ".join(("s", "k", *steps, "e")), key="outer"), "inner.bpmn": linear("inner", *called)}
    deployment = place.engine.deploy(files, name="both", actor=SYSTEM)
    return f"/administration/deployments/{deployment.id}/move"


def test_everything_moves_together_whole_or_not_at_all_and_back(place: Site) -> None:
    together(place, "end", called=("look", "sign"))
    admin = place.as_user("admin")
    roots = [place.engine.start("outer", business_key=f"2552/{n}", actor=SYSTEM).id for n in (1, 2)]
    complete_at(place, roots[0])
    path = together(place, "file", "end", called=("look", "seal"))
    told = admin.get(path).text
    assert "ย้ายได้ทั้งชุด 1 รายการ" in told
    assert "“sign” ไม่มีในฉบับใหม่แล้ว" in told
    assert "อยู่ต่อตามรายการที่สังกัด 1 รายการ" in told
    source = _first(place, "inner")
    chosen = {f"place:{source}/sign": "seal", f"way:{source}/sign": "map"}
    assert "ย้ายได้ทั้งชุด 1 รายการ" in admin.post(path, **chosen).text, "a suggestion is not taken before somebody says so"
    tried = admin.post(path, **chosen, use=f"{source}/sign").text
    assert "ย้ายได้ทั้งชุด 2 รายการ" in tried
    assert f'name="chosen" value="{source}/sign"' in tried
    assert admin.post(path, begin="yes").status_code == 422
    first = admin.post(path, begin="yes", reason="ตามที่ตกลง").location
    page = admin.get(first).text
    assert "ย้ายแล้ว 2 รายการ" in page
    assert "คงอยู่ฉบับเดิม 2 รายการ" in page
    again = f"{path}?again={first.rsplit('/', 1)[-1]}"
    assert again.replace("&", "&amp;") in page
    assert f'value="{roots[0]}" checked' in admin.get(again).text
    rest = admin.post(path, **chosen, chosen=f"{source}/sign", begin="yes", reason="ที่เหลือ").location
    assert "ย้ายแล้ว 2 รายการ" in admin.get(rest).text
    assert {place.engine.instance(id, actor=SYSTEM).definition_version for id in roots} == {2}
    assert "ย้อนกลับได้ 2 รายการ" in admin.get(f"{rest}/undo").text
    assert admin.post(f"{rest}/undo", reason="ผิดฉบับ").location == rest
    assert "ย้อนกลับแล้ว 2 รายการ" in admin.get(rest).text
    assert [place.engine.instance(id, actor=SYSTEM).definition_version for id in roots] == [1, 2]
    assert "ไม่ได้ 1 รายการ" in admin.get(path).text


def complete_at(place: Site, root: str) -> None:
    """What a root called is a step further."""
    task = next(one for one in place.engine.tasks(actor=SYSTEM, root_id=root).items if one.element_id == "look")
    place.engine.complete_task(task.id, {}, actor=SYSTEM)


def _first(place: Site, key: str) -> str:
    return next(one.id for one in place.engine.definitions(key=key).items if one.version == 1)


def test_taking_back_goes_on_behind_the_page(place: Site) -> None:
    admin, ids = place.as_user("admin"), started(place, 30)
    source = place.engine.instance(ids[0], actor=SYSTEM).definition_id
    path = newer(place, "write", "sign", "send")
    done = admin.post(path, **{"from": source}, begin="yes", reason="r").location
    place.engine.resume_migrations()
    complete(place, ids[29])
    assert admin.post(f"{done}/undo", reason="ผิดฉบับ").location == done
    page = admin.get(done).text
    assert f'data-live="{done}"' in page
    assert "รอย้อนกลับ" in page
    place.engine.resume_migrations()
    over = admin.get(done).text
    assert "data-live=" not in over
    assert "ย้อนกลับแล้ว 29 รายการ" in over
    assert "ย้อนกลับไม่ได้" in over
    assert "“write”" in over
