"""Moving running instances to another version of their definition, with Camunda 7's plans and reports. For administrators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.errors import Problem
from engine.migration.plan import Instruction, Plan, Way
from engine.migration.views import Group
from engine.views.searching import Order
from engine.views.subjects.instances import RUNNING_INSTANCES
from webui import current
from webui.rest.authentication import actor
from webui.rest.batches import Batch
from webui.rest.errors import Reported
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import INSTANCES
from webui.rest.reading import refused
from webui.rest.variables_of import REASON

resource = Resource("migration", "Running instances moved to another version of their definition. For administrators.")


class MigrationInstruction(Dto):
    """What becomes of one activity. `way` is not Camunda's: how its path goes on where it cannot stay what it is; then it ends."""

    source_activity_ids: list[str]
    target_activity_ids: list[str]
    update_event_trigger: bool | None = None
    way: Way | msgspec.UnsetType = msgspec.UNSET


class MigrationPlan(Dto):
    """From one version to another."""

    source_process_definition_id: str
    target_process_definition_id: str
    instructions: list[MigrationInstruction]
    variables: dict[str, Any] | None = None


class MigrationPlanGeneration(Dto):
    """For which versions a plan is wanted."""

    source_process_definition_id: str
    target_process_definition_id: str
    update_event_triggers: bool | None = None
    variables: dict[str, Any] | None = None


class MigrationInstructionReport(Dto):
    """What is wrong with one instruction."""

    instruction: MigrationInstruction | None
    failures: list[str]


class MigrationPlanReport(Dto):
    """What is wrong with a plan."""

    instruction_reports: list[MigrationInstructionReport]
    variable_reports: dict[str, Any]


class MigrationExecution(Dto):
    """Which instances are to move. There are no listeners, and no mappings of activities that go on are run: nothing to skip."""

    migration_plan: MigrationPlan
    process_instance_ids: list[str] | None = None
    process_instance_query: dict[str, Any] | None = None
    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None


@resource.post("/migration/generate")
def generate(body: MigrationPlanGeneration) -> MigrationPlan:
    """A plan that maps what is recognised in the other version: by its id, else by what it is called, does and stands between."""
    _without_variables(body.variables)
    plan = current.engine().suggest_migration(
        body.source_process_definition_id, body.target_process_definition_id, update=bool(body.update_event_triggers), actor=actor()
    )
    return _plan_told(plan)


@resource.post("/migration/validate")
def validate(body: MigrationPlan) -> MigrationPlanReport:
    """What is wrong with a plan, whichever instance it is for."""
    return _report(_plan(body))


@resource.post("/migration/execute")
def execute(body: MigrationExecution) -> None:
    """Move instances, each in a transaction of its own. Where one of them cannot move none does, and the answer (400) says why."""
    plan, ids = _asked(body)
    trial = current.engine().try_migration(plan, instance_ids=ids, actor=actor())
    if trial.problems:
        raise _refused_plan(plan)
    if trial.refused:
        raise _refused(trial.groups)
    done = current.engine().migrate(plan, instance_ids=ids, reason=REASON, actor=actor())
    if done.refused:  # what it stood at was completed in between
        raise _refused(done.groups)


@resource.post("/migration/executeAsync", name="migration_execute_async")
def execute_async(body: MigrationExecution) -> Batch:
    """Have the clock move instances, one by one. What cannot move stays, untouched; `/batch/{id}/statistics` tells how far it is."""
    plan, ids = _asked(body)
    if current.engine().check_migration(plan, actor=actor()):
        raise _refused_plan(plan)
    return Batch.of(current.engine().begin_migration(plan, instance_ids=ids, reason=REASON, actor=actor()))


class JointExecution(Dto):
    """Our own. Which plans: those that are left out are as suggested; `processInstanceIds`: only these, each with all of its root."""

    plans: list[MigrationPlan] | None = None
    process_instance_ids: list[str] | None = None
    reason: str | None = None


class JointPart(Dto):
    """What becomes of one process."""

    plan: MigrationPlan
    movable: int
    refused: int
    held: int
    ends: int
    failures: list[str]
    reasons: list[dict[str, Any]]


class JointReport(Dto):
    """How many roots can move with all they called, how many cannot; by process, and why."""

    movable: int
    refused: int
    parts: list[JointPart]


@resource.post("/migration/deployment/{id}/validate")
def validate_together(id: str, body: JointExecution) -> JointReport:
    """Our own. What moving all that runs on older versions of what was deployed together would do; nothing is changed."""
    plans = _joint(id, body)
    trial = current.engine().try_joint_migration(id, plans, instance_ids=body.process_instance_ids, actor=actor())
    parts = [
        JointPart(
            plan=_plan_told(plan), movable=one.movable, refused=one.refused, held=one.held, ends=one.ends,
            failures=[problem.message for problem in one.problems], reasons=[_reason(group.problem, group) for group in one.groups],
        )
        for plan, one in zip(plans, trial.trials, strict=True)
    ]  # fmt: skip
    return JointReport(movable=trial.movable, refused=trial.refused, parts=parts)


@resource.post("/migration/deployment/{id}/executeAsync", name="migration_execute_together")
def execute_together(id: str, body: JointExecution) -> Batch:
    """Our own. Have the clock move all of it, each root with all it called in one transaction, or not at all."""
    begun = current.engine().begin_joint_migration(
        id, _joint(id, body), instance_ids=body.process_instance_ids, reason=body.reason or REASON, actor=actor()
    )
    return Batch.of(begun)


def _joint(deployment_id: str, body: JointExecution) -> list[Plan]:
    given = {plan.source_process_definition_id: _plan(plan) for plan in body.plans or ()}
    return [given.get(plan.source, plan) for plan in current.engine().suggest_joint_migration(deployment_id, actor=actor())]


def _asked(body: MigrationExecution) -> tuple[Plan, list[str]]:
    ids = list(body.process_instance_ids or ())
    if body.process_instance_query is not None:
        try:
            given = msgspec.convert(body.process_instance_query, INSTANCES.shape(body=True))
        except msgspec.ValidationError as error:
            raise refused(f"The query cannot be read: {error}", "processInstanceQuery") from error
        found = current.engine().search(RUNNING_INSTANCES, INSTANCES.conditions(given), [Order("started")], actor=actor())
        ids += [view.id for view in found]
    if not ids:
        raise refused("No instances are named: processInstanceIds, or a processInstanceQuery that finds some.", "processInstanceIds")
    return _plan(body.migration_plan), list(dict.fromkeys(ids))


def _plan(given: MigrationPlan) -> Plan:
    _without_variables(given.variables)
    return Plan.of(given.source_process_definition_id, given.target_process_definition_id, [_read(one) for one in given.instructions])


def _without_variables(variables: dict[str, Any] | None) -> None:
    if variables:
        raise refused("Variables are not set by a migration; set them before or after.", "variables")


def _read(given: MigrationInstruction) -> Instruction:
    sources, targets = given.source_activity_ids, given.target_activity_ids
    way = Way.MAP if given.way is msgspec.UNSET else given.way
    if len(sources) != 1 or len(targets) != (0 if way == Way.DROP else 1):
        raise refused("An instruction leads from one activity to one activity.", "instructions")
    return Instruction(sources[0], targets[0] if targets else None, way, bool(given.update_event_trigger))


def _told(one: Instruction) -> MigrationInstruction:
    way = msgspec.UNSET if one.way == Way.MAP else one.way
    return MigrationInstruction(
        source_activity_ids=[one.source], target_activity_ids=[one.target] if one.target else [], update_event_trigger=one.update, way=way
    )  # fmt: skip


def _plan_told(plan: Plan) -> MigrationPlan:
    instructions = [_told(one) for one in plan.instructions.values()]
    return MigrationPlan(
        source_process_definition_id=plan.source, target_process_definition_id=plan.target, instructions=instructions, variables={}
    )


def _report(plan: Plan) -> MigrationPlanReport:
    found = current.engine().check_migration(plan, actor=actor())
    reports = [
        MigrationInstructionReport(
            instruction=None if source is None else _told(plan.instructions[source]), failures=[problem.message for problem in problems]
        )
        for source, problems in found.items()
    ]
    return MigrationPlanReport(instruction_reports=reports, variable_reports={})


def _refused_plan(plan: Plan) -> Reported:
    return Reported("MigrationPlanValidationException", "The plan does not make sense.", msgspec.to_builtins(_report(plan)))


def _refused(groups: Sequence[Group]) -> Reported:
    """As Camunda reports one instance; ours tell all reasons, and the instances of each."""
    problems = [group.problem for group in groups]
    reports = [
        {"sourceScopeId": problem.element_id, "activityInstanceId": None, "migrationInstruction": None, "failures": [problem.message]}
        for problem in problems
        if problem.element_id is not None
    ]
    report = {
        "processInstanceId": groups[0].instance_ids[0] if groups and groups[0].instance_ids else None,
        "failures": [problem.message for problem in problems if problem.element_id is None],
        "activityInstanceValidationReports": reports,
        "transitionInstanceValidationReports": [],
        "reasons": [_reason(group.problem, group) for group in groups],
    }
    told = " ".join(problem.message for problem in problems)
    return Reported("MigratingProcessInstanceValidationException", f"Some of the instances cannot move. {told}", report)


def _reason(problem: Problem, group: Group) -> dict[str, Any]:
    return {
        "reason": problem.rule, "message": problem.message, "activityId": problem.element_id, "activityName": problem.element_name,
        "count": group.number, "processInstanceIds": list(group.instance_ids), "mayContinueBefore": list(group.continuations),
    }  # fmt: skip
