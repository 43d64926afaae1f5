"""The engine: processes, tasks, jobs, papers and people. What stands here (and `engine.testing`) is what outsiders use."""

from engine.context import Context
from engine.engine import Engine
from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, NotFound, Problem, RuamError, Unavailable
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.spiff import BpmnError
from engine.states import Role

__all__ = [
    "SYSTEM",
    "Actor",
    "BpmnError",
    "Conflict",
    "Context",
    "Engine",
    "ExecutionFailed",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Pack",
    "Problem",
    "Role",
    "RuamError",
    "Unavailable",
]
