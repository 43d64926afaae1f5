"""BPMN execution on SpiffWorkflow: the only package that imports it."""

from engine.spiff.budget import LIMITS, Budget, Limits
from engine.spiff.build import Compiled
from engine.spiff.codec import ScopeState
from engine.spiff.codec import variables as stored_variables
from engine.spiff.elements.call_activity import passed
from engine.spiff.elements.instantiation import starters
from engine.spiff.elements.multiple_events import waits_for_all
from engine.spiff.failures import uncaught
from engine.spiff.host import COUNTERS, DEFERRED, BpmnError, Deferred, Host
from engine.spiff.modification import BODY, Modification, open_scopes
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from engine.spiff.workflow import Instance

__all__ = [
    "BODY",
    "COUNTERS",
    "DEFERRED",
    "LIMITS",
    "BpmnError",
    "Budget",
    "Compiled",
    "Deferred",
    "Host",
    "Instance",
    "Limits",
    "Modification",
    "Scope",
    "ScopeState",
    "Token",
    "open_scopes",
    "passed",
    "starters",
    "stored_variables",
    "uncaught",
    "waits_for_all",
]
