"""What a diagram says, frozen: read once a version by `reader.read`, used by the checker, the builder and the pages.

Attributes of all dialects (CONTRACT: camunda, zeebe, flowable, activiti, spiffworkflow, ruam) are already folded into
the fields below by `dialects`; nothing above this module looks at XML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str  # made up (`flow:source:target:n`) where the file has none: ids are optional in BPMN
    source: str
    target: str
    condition: str | None = None
    language: str | None = None  # of the condition, where the file says
    name: str | None = None
    line: int | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)  # extension attributes and elements, by `prefix:name`


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event waits for or throws. `kind`: timer message signal error escalation conditional link compensation cancel terminate."""

    kind: str
    name: str | None = None  # of the message, signal or link (after resolving messageRef, signalRef)
    code: str | None = None  # errorCode, escalationCode, else what the error or escalation is called; None catches all
    any_code: bool = False  # the error or escalation has no code of its own: its catcher catches all
    timer: str | None = None  # "date" "duration" "cycle"
    expression: str | None = None  # the timer's text, the condition; plain text or ${…}
    correlation: str | None = None  # expression: zeebe correlationKey, ruam:correlation, or of the correlation key
    within: bool = False  # of a thrown signal: only for who waits in the same instance (flowable scope="processInstance")
    said: str | None = None  # of a correlation key, which has no value before the first message: where the message says it
    activity_ref: str | None = None  # of a compensation
    payload: str | None = None  # spiffworkflow messagePayload, payloadExpression
    variable: str | None = None  # where the payload goes (spiffworkflow messageVariable, camunda errorCodeVariable …)
    message: str | None = None  # of a thrown error, a template (camunda errorMessage)
    message_variable: str | None = None  # where an error's message goes (camunda errorMessageVariable)
    changes: tuple[str, ...] = ()  # of a condition: what must happen to a variable, "create" "update" "delete" (camunda variableEvents)
    waits: bool = True  # of a thrown compensation: waitForCompletion
    parcel: Parcel | None = None  # of a thrown signal
    everything: bool = False  # of a terminate: all that runs of the process, callers too (flowable terminateAll)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a thrown signal takes along (camunda in)."""

    ins: tuple[DataMapping, ...] = ()
    all_in: bool = False
    business_key: str | None = None  # of the instances that it starts


@dataclass(frozen=True, slots=True)
class Loop:
    """standardLoopCharacteristics (`kind` "loop") or multiInstanceLoopCharacteristics ("parallel", "sequential")."""

    kind: str
    cardinality: str | None = None
    collection: str | None = None  # expression or variable name
    element_variable: str | None = None
    index_variable: str | None = None  # beside loopCounter (flowable elementIndexVariable)
    completion_condition: str | None = None
    loop_condition: str | None = None
    test_before: bool = False
    maximum: str | None = None
    behavior: str = "All"  # which instance-ends throw an event: None One All Complex
    event: EventDefinition | None = None  # thrown at each end (behavior None) or at the first (One)
    complex_events: tuple[tuple[str, EventDefinition], ...] = ()  # (condition, event), asked at each end (Complex)
    result_collection: str | None = None
    result_expression: str | None = None

    @property
    def collection_variable(self) -> str | None:
        """The variable that is the collection; None where it is computed."""
        bare = (self.collection or "").strip().removeprefix("${").removeprefix("=").removesuffix("}").strip()
        return bare if bare.isidentifier() else None


@dataclass(frozen=True, slots=True)
class DataMapping:
    """One input or output parameter: `target` gets `source`, a template or a list or dict of them.

    A template is text with `${…}`, or one whole expression after `=`; what a dialect gives as a bare variable name is `${name}` here.
    """

    target: str
    source: Any
    local: bool = False  # what a called process returns is for the call activity's own output parameters alone
    or_null: bool = False  # the source is a variable that need not be there


@dataclass(frozen=True, slots=True)
class DataAssociation:
    """Data copied from the first of the `sources` that is a variable to the first of the `targets` that is one, else to the first."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """What a call activity calls, and what goes in and comes out."""

    called: str  # a definition key, or ${…}
    binding: str = "deployment"  # deployment latest version versionTag
    version: str | None = None
    business_key: str | None = None
    ins: tuple[DataMapping, ...] = ()
    outs: tuple[DataMapping, ...] = ()
    all_in: bool = False
    all_in_local: bool = False  # all that is the call activity's own
    all_out: bool = False
    all_out_local: bool = False  # all, for its own output parameters alone
    category: str | None = None
    unit: str | None = None

    @property
    def mapped(self) -> bool:
        """Whether anything says what goes in or comes out."""
        return bool(self.ins or self.outs or self.all_in or self.all_in_local or self.all_out or self.all_out_local)


@dataclass(frozen=True, slots=True)
class HumanTask:
    """What a user task needs; texts may hold ${…}."""

    assignee: str | None = None
    owner: str | None = None  # whose task it stays while another does it (flowable owner)
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    form_key: str | None = None
    form_ui: str | None = None  # the UI schema beside a JSON Schema (spiffworkflow formUiSchemaFilename)
    form_schema: Mapping[str, Any] | None = None  # of camunda:formData, translated to our form schema
    instructions: str | None = None  # spiffworkflow instructionsForEndUser, with ${…}
    remind: str | None = None
    escalate: str | None = None
    escalate_to: str | None = None
    category: str | None = None  # who may see it, where that is not who may see its instance
    unit: str | None = None
    barred: tuple[str, ...] = ()  # groups whose members may not do it, whoever offers or gives it to them


@dataclass(frozen=True, slots=True)
class Work:
    """What a service, send, script or business-rule task does. `kind`: handler external script decision none."""

    kind: str
    name: str | None = None  # handler name, topic, decision key
    parameters: Mapping[str, Any] = field(default_factory=dict)  # text or expressions
    deferred: bool = False
    retries: str | None = None  # "R3/PT10M"
    script: str | None = None
    script_format: str | None = None  # as the file says; rules refuse what is not ours
    result_variable: str | None = None
    map_result: str = "resultList"  # singleEntry singleResult collectEntries resultList; Camunda 8's: value
    binding: str | None = None  # of a decision: deployment latest version versionTag; None: of the deployment if it is there, else latest
    version: str | None = None  # of a decision: its number or tag
    priority: str | None = None  # of external tasks


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A paper an activity makes (seed, table 3, column 'documents')."""

    key: str
    copies: int | None = None
    cds: int | None = None
    instalment: int | None = None
    th: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Accepts:
    """The deliverables of an instalment that an activity examines."""

    instalment: int
    deliverables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node. `type` is the BPMN local name: startEvent, userTask, callActivity, subProcess, exclusiveGateway, boundaryEvent …

    A transaction and an ad-hoc sub-process are `subProcess` too, with `transaction` or `ad_hoc` set.
    """

    id: str
    type: str
    name: str = ""
    name_en: str = ""
    documentation: str = ""
    line: int | None = None
    parent: str | None = None  # id of the sub-process it stands in; None in the process itself
    lane: str | None = None  # key of the lane's party (ruam:party, else lane id, else lane name)
    incoming: tuple[str, ...] = ()  # flow ids, in the order of the file
    outgoing: tuple[str, ...] = ()
    default: str | None = None  # flow id
    step: str | None = None
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    attached_to: str | None = None  # of a boundary event
    interrupting: bool = True  # cancelActivity, isInterrupting
    loop: Loop | None = None
    for_compensation: bool = False
    compensation_handler: str | None = None  # of a compensation boundary event: the activity its association leads to
    triggered_by_event: bool = False  # an event sub-process
    transaction: bool = False
    ad_hoc: bool = False
    ordering: str = "Parallel"  # of an ad-hoc sub-process
    completion_condition: str | None = None  # of an ad-hoc sub-process
    cancel_remaining: bool = True
    active_elements: str | None = None  # of an ad-hoc sub-process: an expression giving the ids of what starts
    ad_hoc_results: tuple[str, str] | None = None  # the variable for its results, and the expression of what an activity adds
    start_quantity: int = 1
    completion_quantity: int = 1
    activation_condition: str | None = None  # of a complex gateway
    instantiate: bool = False
    event_gateway_type: str = "Exclusive"
    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    results_local: bool = False  # Camunda 8: where there are output mappings, results go on only through them
    data_inputs: tuple[DataAssociation, ...] = ()
    data_outputs: tuple[DataAssociation, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)  # of a sub-process's data objects, from its beginning
    human: HumanTask | None = None
    work: Work | None = None
    call: Call | None = None
    initiator: str | None = None  # variable that gets the starter's user id
    start_form: str | None = None
    start_form_schema: Mapping[str, Any] | None = None  # of camunda:formData on a start event
    deliverables: tuple[Deliverable, ...] = ()
    accepts: tuple[Accepts, ...] = ()
    async_before: bool = False  # a transaction of its own begins before the element, after it: elements/continuation.py
    async_after: bool = False
    pre_script: str | None = None  # spiffworkflow: run before and after the activity
    post_script: str | None = None
    scripts_on_instances: bool = False  # of a repeated activity: around each instance, not around all of them
    properties: Mapping[str, Any] = field(default_factory=dict)  # other extension attributes, by `prefix:name`


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a file."""

    id: str
    name: str = ""
    name_en: str = ""
    documentation: str = ""
    version_tag: str | None = None
    executable: bool = True
    category: str | None = None
    candidate_starter_groups: tuple[str, ...] = ()
    candidate_starter_users: tuple[str, ...] = ()
    startable: bool = True
    elements: Mapping[str, Element] = field(default_factory=dict)  # by id, in the order of the file, sub-processes flat
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: tuple[tuple[str, str], ...] = ()  # (party key, lane name), in the order of the diagram
    data_objects: Mapping[str, str] = field(default_factory=dict)  # id → name
    values: Mapping[str, Any] = field(default_factory=dict)  # of its data objects, from its beginning
    global_task: bool = False  # a globalUserTask …: one element, no flows
    line: int | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)  # extension attributes and elements, by `prefix:name`

    def children(self, parent: str | None) -> list[Element]:
        """The elements that stand directly in a sub-process (or in the process itself)."""
        return [element for element in self.elements.values() if element.parent == parent]

    def boundaries(self, host: str) -> list[Element]:
        """The boundary events attached to an activity."""
        return [element for element in self.elements.values() if element.attached_to == host]


@dataclass(frozen=True, slots=True)
class MessageFlow:
    """A message flow of a collaboration: from a pool or node to another."""

    source: str
    target: str
    name: str = ""
    id: str = ""
    message: str | None = None  # the name of its message


@dataclass(frozen=True, slots=True)
class Diagram:
    """One BPMN file."""

    file: str
    processes: tuple[Process, ...]
    message_flows: tuple[MessageFlow, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)  # pool id → process id
    problems: tuple[Problem, ...] = ()  # what reading could not make sense of; `rules.check` passes them on
