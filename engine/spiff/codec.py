"""A scope as bytes: its variables and live tokens, versioned, without the diagram.

MessagePack of `[version, variables, tokens]`; a token is `[id, element, state, parent, locals, internal]`. A scope with completed
activities that can be undone has their records besides (`elements/compensation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import ExecutionFailed, Invalid
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.scope import Scope, Tokens

VERSION = 1


def _refuse(value: Any) -> Any:
    raise TypeError(f"a variable cannot hold a {type(value).__name__}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_refuse)
_decoder = msgspec.msgpack.Decoder()


@dataclass(frozen=True, slots=True)
class ScopeState:
    """What the scope's row becomes; no blob: the scope has ended and its row goes."""

    id: str
    parent_scope_id: str | None
    parent_token_id: str | None
    element_id: str
    blob: bytes | None


def dump(scope: Tokens) -> ScopeState:
    """Encode a scope."""
    tokens = [
        (token.id, token.task_spec.name, token._state, token._parent, token.data or None, token.internal_data or None)
        for token in scope.tasks.values()
    ]
    try:
        blob = _encoder.encode((VERSION, scope.data, tokens, scope.records) if scope.records else (VERSION, scope.data, tokens))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:  # ValueError: text that is no Unicode
        raise Invalid(f"The variables cannot be stored: {error}.") from error
    parent = scope.parent_scope.scope_id if scope.parent_scope is not None else None
    return ScopeState(scope.scope_id, parent, scope.host_token_id, scope.spec.name, blob)


def same(one: Any, other: Any) -> bool:
    """Whether two values are stored alike: 1 and true are equal in Python, also deep inside a list, and not the same."""
    if type(one) is not type(other):
        return False
    if not isinstance(one, dict | list | tuple):
        return bool(one == other)
    try:
        return one == other and _encoder.encode(one) == _encoder.encode(other)
    except (TypeError, ValueError, RecursionError):  # what cannot be stored is refused when it is
        return False


def ended(scope_id: str) -> ScopeState:
    """A scope that has ended."""
    return ScopeState(scope_id, None, None, "", None)


def load(scope: Scope, blob: bytes) -> None:
    """Fill an empty scope from its blob."""
    version, scope.data, tokens, *more = _decoder.decode(blob)
    if version != VERSION:
        raise ExecutionFailed(f"state of version {version} cannot be read by this release (it reads {VERSION})")
    scope.records = more[0] if more else []
    scope._maps = None
    for token_id, element_id, state, parent, local, internal in tokens:
        spec = scope.spec.node(element_id)
        token = Token(scope, spec, id=token_id, state=state)
        token._parent = parent
        token.data = local or {}
        token.internal_data = internal or {}
        if spec.joins and "arrived" in token.internal_data:
            scope.joins[element_id] = token_id
            scope.instance.joining[scope.scope_id] = scope
        if not token.watching:
            scope.alive += 1
    for token in scope.tasks.values():
        if token._parent is not None:
            scope.tasks[token._parent]._children.append(token.id)


def pack(variables: dict[str, Any], records: list[Any]) -> bytes:
    """What is kept of a scope that has ended and can be undone."""
    try:
        return _encoder.encode((variables, records))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Invalid(f"The variables cannot be stored: {error}.") from error


def unpack(kept: bytes) -> tuple[dict[str, Any], list[Any]]:
    """The variables and records of such a scope."""
    variables, records = _decoder.decode(kept)
    return variables, records


def variables(blob: bytes) -> dict[str, Any]:
    """The variables of a stored scope, without building it."""
    found: dict[str, Any] = _decoder.decode(blob)[1]
    return found
