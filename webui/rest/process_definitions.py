"""Process definitions: by id, or by key the newest version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

from engine.diagrams import as_text
from engine.errors import NotFound
from engine.forms import Form
from engine.queries import DefinitionView
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.activities import ACTIVITIES
from engine.views.subjects.definitions import DEFINITIONS
from engine.views.subjects.instances import RUNNING_INSTANCES
from engine.views.subjects.operations import JOBS, OPEN_INCIDENTS
from webui import current
from webui.rest import filters, job_definitions, listing, variables
from webui.rest.addressed import Addressed
from webui.rest.authentication import actor
from webui.rest.filters import flag, like, moment, several, text, whole
from webui.rest.finding import missing
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import ProcessInstance, ProcessInstanceWithVariables, started
from webui.rest.reading import refused
from webui.rest.variables import FormVariableQuery, GivenValues, TypedValues

resource = Resource("process-definition", "What has been deployed: every version of every process.")


class ProcessDefinition(Dto):
    """A version of a process."""

    id: str
    key: str
    category: str | None
    description: str | None
    name: str | None
    version: int
    resource: str
    deployment_id: str
    diagram: str | None
    suspended: bool
    tenant_id: str | None
    version_tag: str | None
    history_time_to_live: int | None
    startable_in_tasklist: bool

    @classmethod
    def of(cls, view: DefinitionView) -> Self:
        """A definition of the engine's."""
        return cls(
            id=view.id, key=view.key, category=None, description=None, name=view.name or None, version=view.version, resource=view.resource,
            deployment_id=view.deployment_id, diagram=None, suspended=view.suspended, tenant_id=None, version_tag=view.version_tag,
            history_time_to_live=None, startable_in_tasklist=view.startable,
        )  # fmt: skip


FILTERS = (
    text("processDefinitionId", "id"), several("processDefinitionIdIn", "id"), text("name", "name"), like("nameLike", "name"),
    text("deploymentId", "deployment_id"), moment("deployedAfter", "deployed", Operator.AFTER),
    moment("deployedAt", "deployed", Operator.IS),
    text("key", "key"), several("keysIn", "key"), like("keyLike", "key"), whole("version", "version"),
    flag("latestVersion", "latest", True),
    text("resourceName", "resource"), like("resourceNameLike", "resource"), text("versionTag", "version_tag"),
    like("versionTagLike", "version_tag"), flag("withoutVersionTag", "version_tag", False, Operator.GIVEN),
    flag("active", "suspended", False), flag("suspended", "suspended", True), text("startableBy", "startable_by"),
    flag("startableInTasklist", "startable", True), flag("notStartableInTasklist", "startable", False),
    text("messageEventSubscriptionName", "message"), text("incidentType", "with_incident_of_type"), *filters.NO_TENANTS,
)  # fmt: skip
SORTS = {
    "id": "id", "key": "key", "name": "name", "version": "version", "deploymentId": "deployment_id", "deployTime": "deployed",
    "versionTag": "version_tag", "category": "id", "tenantId": "id",
}  # fmt: skip
AHEAD = (Order("key"), Order("version", True))
VERSIONS = Listing("ProcessDefinition", DEFINITIONS, FILTERS, SORTS, ProcessDefinition, AHEAD)
listing.register(resource, "/process-definition", VERSIONS, post=False, by_id=False)


class DefinitionXml(Dto):
    """A definition's file."""

    id: str
    bpmn20_xml: str = ""


class StartForm(Dto):
    """The form asked at the start: its key."""

    key: str | None
    context_path: str | None = None
    camunda_form_ref: Any = None


class IncidentStatistics(Dto):
    """How many incidents of a kind there are."""

    incident_type: str
    incident_count: int


class Statistics(Dto):
    """How many instances of a definition run."""

    id: str
    instances: int
    failed_jobs: int
    incidents: list[IncidentStatistics]
    definition: ProcessDefinition


class StatisticsQuery(Dto):
    """What to count beside the instances."""

    failed_jobs: bool | None = None
    incidents: bool | None = None
    root_incidents: bool | None = None
    incidents_for_type: str | None = None


class StartProcess(Dto):
    """What a process is started with."""

    business_key: str | None = None
    variables: GivenValues | None = None
    case_instance_id: str | None = None
    start_instructions: list[dict[str, Any]] | None = None
    skip_custom_listeners: bool | None = None
    skip_io_mappings: bool | None = None
    with_variables_in_return: bool | None = None


class SubmitForm(Dto):
    """A start form as filled in."""

    variables: GivenValues | None = None
    business_key: str | None = None


class DefinitionSuspension(Dto):
    """To suspend, or to go on."""

    suspended: bool
    include_process_instances: bool | None = None
    execution_date: str | None = None


def newest(key: str) -> DefinitionView:
    """The newest version of a process. Raises NotFound."""
    found = current.engine().definitions(key=key, latest=True, limit=1).items
    if not found:
        raise missing("process definition", key, DEFINITIONS.noun_th, by="key")
    return found[0]


def by_id(id: str) -> DefinitionView:
    """A version of a process. Raises NotFound."""
    return current.engine().definition(id)


class KeySuspension(DefinitionSuspension):
    """To suspend all versions of a process, or to let them go on."""

    process_definition_key: str | None = None
    process_definition_id: str | None = None


class ActivityStatistics(Dto):
    """How many tokens are at an element."""

    id: str
    instances: int
    failed_jobs: int
    incidents: list[IncidentStatistics]


@resource.put("/process-definition/suspended")
def suspend_all(body: KeySuspension) -> None:
    """Suspend all versions of a process by its key, or one by its id, or let them go on; for administrators."""
    named = {"key": body.process_definition_key, "id": body.process_definition_id}
    wanted = [Condition(field, Operator.IS, value) for field, value in named.items() if value is not None]
    if len(wanted) != 1:
        raise refused("Either processDefinitionId or processDefinitionKey should be set.", "processDefinitionKey")
    for view in current.engine().search(DEFINITIONS, wanted, actor=actor()):
        suspended(view, body)


@resource.get("/process-definition/statistics")
def statistics(query: StatisticsQuery) -> list[Statistics]:
    """Every definition with how many instances run of it; its failed jobs and incidents are counted for administrators."""
    engine, me = current.engine(), actor()
    running = engine.tally(RUNNING_INSTANCES, ["definition_id"], actor=me)
    failed, incidents = _wrong("definition_id", query)
    return [
        Statistics(
            id=view.id, instances=running[(view.id,)], failed_jobs=failed[(view.id,)], incidents=incidents.get(view.id, []),
            definition=ProcessDefinition.of(view),
        )
        for view in engine.search(DEFINITIONS, (), AHEAD, actor=me)
    ]  # fmt: skip


def _wrong(
    field: str, query: StatisticsQuery, conditions: Sequence[Condition] = ()
) -> tuple[Counter[tuple[Any, ...]], dict[str, list[IncidentStatistics]]]:
    """Failed jobs and open incidents by a field, as far as they are asked for, for administrators."""
    engine, me = current.engine(), actor()
    failed, incidents = Counter[tuple[Any, ...]](), dict[str, list[IncidentStatistics]]()
    if me.administrator and query.failed_jobs:
        failed = engine.tally(JOBS, [field], [*conditions, Condition("state", Operator.IS, "FAILED")], actor=me)
    if me.administrator and (query.incidents or query.incidents_for_type or query.root_incidents):
        for (at, kind), number in sorted(engine.tally(OPEN_INCIDENTS, [field, "type"], conditions, actor=me).items(), key=str):
            if query.incidents_for_type in (None, kind):
                incidents.setdefault(at, []).append(IncidentStatistics(incident_type=kind, incident_count=number))
    return failed, incidents


def get(view: DefinitionView) -> ProcessDefinition:
    """One definition."""
    return ProcessDefinition.of(view)


def xml(view: DefinitionView) -> DefinitionXml:
    """A definition's file."""
    content = current.engine().definition_xml(view.id, actor=actor())
    return DefinitionXml(id=view.id, bpmn20_xml=as_text(content))


def activity_statistics(view: DefinitionView, query: StatisticsQuery) -> list[ActivityStatistics]:
    """How many tokens are at each element, as far as one may know of them."""
    of_it = Condition("definition_id", Operator.IS, view.id)
    open_ = [of_it, Condition("finished", Operator.IS, False)]
    counted = current.engine().tally(ACTIVITIES, ["element_id"], open_, actor=actor())
    failed, incidents = _wrong("element_id", query, [of_it])
    return [
        ActivityStatistics(id=id, instances=number, failed_jobs=failed[(id,)], incidents=incidents.get(id, []))
        for (id,), number in sorted(counted.items())
    ]


def diagram(view: DefinitionView) -> None:
    """There is no picture of a definition: its file says how it is drawn."""


def start(view: DefinitionView, body: StartProcess) -> ProcessInstanceWithVariables:
    """Start a process; where it has a start form, with the values that asks for, as `submit-form`."""
    if body.start_instructions:
        raise refused(
            "A process starts at its start events: start it, then move it by POST /process-instance/{id}/modification.", "startInstructions"
        )
    begun = current.engine().start(
        view.key, variables=variables.read(body.variables, lambda: _form(view)), business_key=body.business_key, version=view.version,
        actor=actor(),
    )  # fmt: skip
    return started(begun, body.with_variables_in_return)


def submit_form(view: DefinitionView, body: SubmitForm) -> ProcessInstance:
    """Start a process with its start form filled in; fields of the diagram that are left out begin with their default."""
    form = _form(view)
    values = variables.read(body.variables, lambda: form)
    if form is not None and not form.file:  # drawn in the diagram: Camunda fills in those alone
        values = form.with_defaults(values, {}, functions=current.functions())
    begun = current.engine().start(view.key, variables=values, business_key=body.business_key, version=view.version, actor=actor())
    return ProcessInstance.of(begun)


def start_form(view: DefinitionView) -> StartForm:
    """The form asked at the start: its file."""
    form = _form(view)
    return StartForm(key=None if form is None else form.file or None)


def _form(view: DefinitionView) -> Form | None:
    found: Form | None = current.engine().start_form(view.key, version=view.version, actor=actor())
    return found


def deployed_start_form(view: DefinitionView) -> dict[str, Any]:
    """The form asked at the start as a JSON Schema."""
    form = _form(view)
    if form is None:
        raise NotFound(f"The process definition {view.id} has no start form.", th="กระบวนการนี้ไม่มีแบบฟอร์มเริ่มต้น")
    return dict(form.schema)


def form_variables(view: DefinitionView, query: FormVariableQuery) -> TypedValues:
    """The fields of the start form with what they begin with."""
    form = _form(view)
    found = {} if form is None else {name: form.default(name, {}, functions=current.functions()) for name in form.properties}
    return variables.typed_fields(form, {name: found[name] for name in query.variable_names or found if name in found})


def suspended(view: DefinitionView, body: DefinitionSuspension) -> None:
    """Suspend a definition, so that nobody starts it, or let it go on; for administrators."""
    if body.execution_date:
        raise refused("A definition is suspended at once: leave executionDate out.", "executionDate")
    if body.suspended and not view.suspended:
        current.engine().suspend_definition(view.id, actor=actor())
    elif view.suspended and not body.suspended:
        current.engine().resume_definition(view.id, actor=actor())


class HeldActivity(Dto):
    """To hold an activity, or to let it go on. `annotation`: why."""

    suspended: bool
    annotation: str | None = None


def activity_suspended(view: DefinitionView, activity_id: str, body: HeldActivity) -> None:
    """Not in Camunda 7: hold an activity in all instances of a version, those to come too, or let it go on; for administrators."""
    job_definitions.hold(view.id, activity_id, body.suspended, body.annotation)


def held_activities(view: DefinitionView) -> list[str]:
    """Not in Camunda 7: the activities held in all instances of a version."""
    return view.held_elements


definitions = Addressed(resource, "/process-definition", by_id, newest)
definitions.add("GET", "", get)
definitions.add("GET", "/xml", xml)
definitions.add("GET", "/statistics", activity_statistics)
definitions.add("GET", "/diagram", diagram)
definitions.add("POST", "/start", start)
definitions.add("POST", "/submit-form", submit_form)
definitions.add("GET", "/startForm", start_form)
definitions.add("GET", "/deployed-start-form", deployed_start_form)
definitions.add("GET", "/form-variables", form_variables)
definitions.add("PUT", "/suspended", suspended)
definitions.add("GET", "/activity/suspended", held_activities)
definitions.add("PUT", "/activity/{activity_id}/suspended", activity_suspended)
