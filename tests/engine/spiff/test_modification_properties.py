"""What is moved, skipped, repeated or cancelled at random is done whole or refused; what it leaves is sound, and the same once stored."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagrams import read
from engine.errors import Conflict, ExecutionFailed, Invalid
from engine.spiff import Compiled, Instance, Modification, open_scopes
from engine.spiff.memory import Run
from tests.drawing import draw
from tests.engine.spiff.test_properties import Drawing, block

Change = Callable[[Modification], None]


def sound(run: Run) -> None:
    """Counts are right, every scope has its activity, every open task its token."""
    if run.instance.ended:
        assert not any(row for row in run.host.rows if row != "instance")
        assert not run.host.tasks
        return
    fresh = Instance(run.compiled, run.host, "instance")
    scopes = open_scopes(fresh)
    tokens = {token.id: token for scope in scopes for token in scope.tasks.values()}
    for scope in scopes:
        assert scope.alive == sum(not token.watching for token in scope.tasks.values())
        assert scope.alive or not scope.spec.ad_hoc
        if scope.parent_scope is not None:
            assert scope.host_token_id in scope.parent_scope.tasks
    assert set(run.host.tasks) == {id for id, token in tokens.items() if token.element.type == "userTask" and token.element.loop is None
                                   and "arrived" not in token.internal_data}  # fmt: skip
    assert set(run.host.called) == {id for id, token in tokens.items() if token.element.type == "callActivity"}
    for token in tokens.values():
        if "nrOfActiveInstances" in token.data and token.element.loop is not None:
            inside = [scope for scope in scopes if scope.host_token_id == token.id]
            assert token.data["nrOfActiveInstances"] == len(inside)


def chosen(pick: random.Random, run: Run) -> Change:
    """A random repair of a random token."""
    places = [token.id for scope in open_scopes(Instance(run.compiled, run.host, "instance")) for token in scope.tasks.values()]
    token, target = pick.choice(places), pick.choice(sorted(run.compiled.process.elements))
    verb = pick.choice(("move", "skip", "repeat", "cancel", "start", "all"))

    def change(modification: Modification) -> None:
        if verb == "move":
            modification.start_before(target, near=token)
        elif verb == "skip":
            modification.start_after(None, near=token)
        elif verb == "repeat":
            modification.start_before(None, near=token)
        elif verb == "start":
            modification.start_before(target)
        elif verb == "all":
            modification.cancel_all(target)
        if verb not in ("start", "all"):
            modification.cancel(token)

    return change


def repaired(run: Run, change: Change) -> bool:
    """As the engine does: what is refused is rolled back, and the instance in memory is not kept."""
    host = run.host
    kept = {name: dict(getattr(host, name)) for name in ("rows", "tasks", "called", "timers", "subscriptions", "watched")}
    try:
        run.modify(change)
    except (Conflict, Invalid, ExecutionFailed):
        for name, value in kept.items():
            setattr(host, name, value)
        run.instance = Instance(run.compiled, host, "instance")
        return False
    return True


def played(compiled: Compiled, seed: int, *, live: bool) -> tuple[list[str], int]:
    """A walk of completions and repairs; what completed, and how many repairs were done."""
    pick, run, done = random.Random(seed), Run(compiled, live=live).start(), 0
    for _ in range(25):
        if run.instance.ended:
            break
        waiting = [*run.host.tasks.values(), *(token for token, _ in run.host.called.values())]
        if pick.random() < 0.5 or not waiting:
            ids = sorted(token.id for scope in open_scopes(Instance(compiled, run.host, "instance")) for token in scope.tasks.values())
            if not ids:
                break
            done += repaired(run, chosen(pick, run))
        else:
            token = pick.choice(sorted(waiting, key=lambda one: one.id))
            run.instance.complete(token.scope_id, token.id)
            run._stored()
        sound(run)
    return run.completed(), done


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9))
def test_random_repairs_are_done_whole_or_refused(seed: int) -> None:
    drawing = Drawing()
    first, last = block(random.Random(seed), drawing, 4)
    flows = "; ".join([f"s > {first}", *drawing.flows, f"{last} > e"])
    content = draw('<startEvent id="s"/><endEvent id="e"/>' + "".join(drawing.body), flows, inner=drawing.inner)
    compiled = Compiled.build(read(content, "random.bpmn").processes[0])
    assert played(compiled, seed, live=True) == played(compiled, seed, live=False)
