"""Doing what a step says, through the same verbs that pages use."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from engine import language
from engine.dates.zone import BANGKOK
from engine.engine import Engine
from engine.errors import Conflict, Invalid, LanguageError, NotFound
from engine.forms import Form, choices
from engine.language.times import parse_duration, shift
from engine.packtests.cast import Cast
from engine.packtests.expecting import MOST, Stage
from engine.packtests.model import NEXT_TIMER, Deed, Step
from engine.packtests.samples import sample
from engine.people import SYSTEM, Actor
from engine.queries import ExternalTaskView, TaskItem
from engine.rehearsal.filling import Filling
from engine.running.messages import Sought
from engine.states import JobKind, JobState
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.external_tasks import EXTERNAL_TASKS

WORKER, LOCK = "process-test", timedelta(minutes=10)
Item = TypeVar("Item", TaskItem, ExternalTaskView)


def start(engine: Engine, cast: Cast, key: str, step: Step) -> str:
    """Start the process of a test; returns the instance's id. Raises what `Engine.start` does."""
    actor = cast.starter(key) if step.by is None else cast.actor(step.by)
    values = dict(step.values)
    if step.fill:
        form = engine.start_form(key, actor=actor)
        if form is not None:
            values = _filled(engine, form, {}, step, values, None)
    return engine.start(key, variables=values, business_key=step.business_key, actor=actor).id


def move_clock(engine: Engine, stage: Stage | None, step: Step) -> None:
    """Move the clock to where the step is done. Raises Conflict where that is past, or no timer waits."""
    now = engine.clock_now()
    to = step.at
    if step.after == NEXT_TIMER:
        to = _next_timer(engine, "" if stage is None else stage.root_id)
    elif step.after is not None:
        moved = shift(now.astimezone(BANGKOK), parse_duration(step.after))
        to = moved if isinstance(moved, datetime) else now
    if to is None:
        return
    if to < now:
        at = now.astimezone(BANGKOK).isoformat(timespec="minutes")
        raise Conflict(f"The clock stands at {at} already.", th=f"เวลาเดินมาถึง {at} แล้ว")
    engine.advance_clock(to, actor=SYSTEM)


def _next_timer(engine: Engine, root_id: str) -> datetime:
    waiting = engine.jobs(actor=SYSTEM, root_id=root_id, kind=JobKind.TIMER, state=JobState.PENDING, limit=1).items
    if not waiting:
        raise Conflict("No timer waits.", th="ไม่มีตัวจับเวลาใดรออยู่")
    return waiting[0].due


def do(stage: Stage, cast: Cast, step: Step) -> None:
    """Do what a step says. Raises the errors of the verb it is."""
    engine = stage.engine
    if step.deed is Deed.COMPLETE:
        _complete(stage, cast, step)
    elif step.deed is Deed.MESSAGE:
        engine.deliver_message(step.of, Sought(step.business_key, step.correlation), step.values, actor=SYSTEM)
    elif step.deed is Deed.SIGNAL:
        if not engine.signal(step.of, step.values, actor=SYSTEM):
            raise NotFound(f"Nobody waits for the signal '{step.of}'.", th=f"ไม่มีกระบวนการใดรอสัญญาณ “{step.of}”")
    elif step.deed is Deed.EXTERNAL:
        _report(stage, step)


# ---- tasks


def _complete(stage: Stage, cast: Cast, step: Step) -> None:
    engine = stage.engine
    tasks = [task for task in engine.tasks(actor=SYSTEM, root_id=stage.root_id, limit=MOST).items if _meant(stage, task, step)]
    if step.by is not None:
        actor = cast.actor(step.by, tasks)
        tasks = [task for task in tasks if _is_for(task, actor)] or tasks
        task = _chosen(stage, tasks, step)
    else:
        task = _chosen(stage, tasks, step)
        actor = cast.who_may(task)
    values = dict(step.values)
    if step.fill:
        view = engine.task(task.id, actor=actor)
        if view.form is not None:
            values = _filled(engine, view.form, view.variables, step, values, (task, actor))
    engine.complete_task(task.id, values, actor=actor)


def _meant(stage: Stage, task: TaskItem, step: Step) -> bool:
    if task.element_id != step.of or step.unit not in (None, task.unit) or step.process not in (None, task.definition_id.split(":")[0]):
        return False
    if step.where is None:
        return True
    try:
        seen = stage.engine.task_variables(task.id, actor=SYSTEM)
        return bool(language.evaluate(step.where, seen, functions=stage.functions()) is True)
    except LanguageError:
        return False


def _is_for(task: TaskItem, actor: Actor) -> bool:
    """Whether it is in the actor's hands or may be."""
    if task.assignee is not None:
        return task.assignee == actor.user_id
    return actor.user_id in task.candidate_users or bool(actor.all_groups & set(task.candidate_groups))


def _chosen(stage: Stage, found: Sequence[Item], step: Step) -> Item:
    """The oldest of what is meant, or the step's number of them. Raises NotFound."""
    if len(found) < step.number:
        (th, en), (open_th, open_en) = stage.called(step.of), stage.counted(stage.open_tasks())
        which = ("", "") if step.number == 1 else (f" รายการที่ {step.number}", f" number {step.number}")
        raise NotFound(
            f"no {en}{which[1]} is open" + (f"; open are {open_en}" if open_en else ""),
            th=f"ไม่มี {th}{which[0]} ที่เปิดอยู่" + (f" ที่เปิดอยู่คือ {open_th}" if open_th else ""),
        )
    return found[step.number - 1]


def _filled(
    engine: Engine, form: Form, variables: Mapping[str, Any], step: Step, values: dict[str, Any], task: tuple[TaskItem, Actor] | None
) -> dict[str, Any]:
    """The step's values, with the fields it leaves to chance filled in; the same each time."""

    def upload(field: str, document: Mapping[str, Any]) -> str:
        if task is None:
            raise Invalid(
                f"A process is started without files; its form asks for '{field}'.",
                th=f"เริ่มกระบวนการโดยไม่แนบไฟล์ แต่แบบฟอร์มขอไฟล์ “{field}”",
            )
        suffix, content = sample(f"{task[0].element_id} {field}", document.get("kinds") or ())
        return engine.upload(task[0].id, field, f"{field}.{suffix}", io.BytesIO(content), actor=task[1]).id

    now = engine.clock_now().astimezone(BANGKOK)
    functions = choices.functions(now, engine.holidays(), engine.members)
    filling = Filling(form, variables, now.date(), Random(step.of), upload, functions)
    if step.fill is True:
        return filling.fill(values)
    for field in step.fill if isinstance(step.fill, tuple) else ():
        if field in form.properties:
            values[field] = filling.make(field, values)
    return values


# ---- external tasks


def _report(stage: Stage, step: Step) -> None:
    engine = stage.engine
    where = [Condition("root_id", Operator.IS, stage.root_id), Condition("element_id", Operator.IS, step.of)]
    found = [one for one in engine.search(EXTERNAL_TASKS, where, [Order("id")], actor=SYSTEM) if step.process in (None, one.definition_key)]
    task = _chosen(stage, found, step)
    engine.lock_external_task(task.id, WORKER, LOCK, actor=SYSTEM)
    if step.error is None:
        engine.complete_external_task(task.id, WORKER, step.values, actor=SYSTEM)
    else:
        engine.throw_external_error(task.id, WORKER, step.error, variables=step.values, actor=SYSTEM)
