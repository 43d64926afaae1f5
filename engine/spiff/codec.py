"""A scope as bytes: its variables and live tokens, versioned, without the diagram.

MessagePack of `[version, variables, tokens]`; a token is `[id, element, state, parent, locals, internal]`. Where there is any, two things
follow: the pile of what can be undone (`elements/compensation.py`), and whether the scope has pages (`piles.py`).

Two kinds of rows stand beside those of scopes, in the same table, with their scope's id as parent and no parent token
(they come and go with it; `load_scope` reads them too):
- a token *apart* (its `internal` is then true): `[locals, internal]`; the row has the token's id. Repeated activities count in it,
  so that the end of one of 1,000 instances does not write all their scope holds;
- a page of a pile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import ExecutionFailed, Invalid
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.scope import Scope, Tokens

VERSION = 2
APART, PAGE = "(token)", "(page)"  # where other rows name their element


def _refuse(value: Any) -> Any:
    raise TypeError(f"a variable cannot hold a {type(value).__name__}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_refuse)
_decoder = msgspec.msgpack.Decoder()
decode = _decoder.decode


def encode(value: Any) -> bytes:
    """A value as bytes. Raises Invalid for what cannot be stored."""
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:  # ValueError: text that is no Unicode
        raise Invalid(f"The variables cannot be stored: {error}.", th="บันทึกค่าตัวแปรไม่ได้ ค่าต้องเป็นข้อมูลแบบ JSON และไม่ใหญ่เกินไป") from error


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a pile, and the scope it belongs to."""

    scope_id: str
    blob: bytes


@dataclass(frozen=True, slots=True)
class ScopeState:
    """What a row becomes: of a scope, a token apart (no parent token) or a page; no blob: the row goes."""

    id: str
    parent_scope_id: str | None
    parent_token_id: str | None
    element_id: str
    blob: bytes | None


def dump(scope: Tokens) -> ScopeState:
    """Encode a scope."""
    tokens = [
        (token.id, token.task_spec.name, token._state, token._parent, token.data or None, token.internal_data or None)
        if not token.apart
        else (token.id, token.task_spec.name, token._state, token._parent, None, True)
        for token in scope.tasks.values()
    ]
    more = (scope.records, scope.paged) if scope.paged or scope.records[1] or scope.records[0] else ()
    blob = encode((VERSION, scope.data, tokens, *more))
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


def dump_apart(token: Token) -> ScopeState:
    """Encode what a token holds that is stored apart from its scope."""
    return ScopeState(token.id, token.workflow.scope_id, None, APART, encode((token.data, token.internal_data)))


def dump_page(page_id: str, page: Page) -> ScopeState:
    """The row of a page."""
    return ScopeState(page_id, page.scope_id, None, PAGE, page.blob)


def ended(scope_id: str) -> ScopeState:
    """A scope that has ended."""
    return ScopeState(scope_id, None, None, "", None)


def load(scope: Scope, blob: bytes) -> None:
    """Fill an empty scope from its blob."""
    version, scope.data, tokens, *more = _decoder.decode(blob)
    if version != VERSION:
        raise ExecutionFailed(
            f"The stored state is of version {version}, this release reads {VERSION}: run 'ruam db upgrade', or the release of before.",
            th=f"สถานะที่เก็บไว้เป็นรุ่น {version} แต่โปรแกรมนี้อ่านรุ่น {VERSION} โปรดสั่ง ruam db upgrade หรือใช้โปรแกรมรุ่นที่เขียนไว้",
        )
    if more:
        scope.records, scope.paged = more
    scope._maps = None
    for token_id, element_id, state, parent, local, internal in tokens:
        spec = scope.spec.node(element_id)
        token = Token(scope, spec, id=token_id, state=state)
        token._parent = parent
        if internal is True:
            token.apart = True
            token.data, token.internal_data = decode(scope.instance.host.load_scope(token_id)[3])
        else:
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


def variables(blob: bytes) -> dict[str, Any]:
    """The variables of a stored scope, without building it."""
    found: dict[str, Any] = _decoder.decode(blob)[1]
    return found
