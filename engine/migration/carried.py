"""What an instance becomes in another version: where its tokens and scopes stand there, what ends, what begins. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.migration.plan import Way
from engine.migration.refusals import Reason, refusal

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.errors import Problem
    from engine.spiff import Scope, Token


@dataclass(slots=True)
class Place:
    """A scope of the instance in the new version."""

    id: str
    element_id: str  # in the new version: the process, a sub-process, a repeated activity
    parent: Place | None
    host: str | None  # id of the token it is the inside of
    scope: Scope | None  # as it is now; none: it is opened
    data: dict[str, Any]


@dataclass(slots=True)
class Standing:
    """A token in the new version."""

    id: str
    element_id: str
    place: Place
    token: Token | None  # as it is now; none: the host of a scope that is opened
    parent: str | None  # the token it is attached to
    memory: dict[str, Any]

    @property
    def watching(self) -> bool:
        """It only waits beside the flow."""
        return "watching" in self.memory

    @property
    def counts(self) -> bool:
        """It goes on from where it stands."""
        return not self.watching and "undoing" not in self.memory


@dataclass(frozen=True, slots=True)
class Armed:
    """Something to begin to wait for: a boundary event, an event sub-process, an event behind a gateway."""

    place: Place
    element_id: str
    parent: str | None = None
    flow_id: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A path that goes on elsewhere."""

    place: Place
    element_id: str
    way: Way
    flow_id: str | None = None  # of a join: the flow over which it arrives there


@dataclass(slots=True)
class Carried:
    """All of it; with `refusals` it is not to be done."""

    places: dict[str, Place] = field(default_factory=dict)  # outer ones first
    standing: dict[str, Standing] = field(default_factory=dict)
    cut: list[Token] = field(default_factory=list)  # end, with all that is in them
    dissolved: list[Token] = field(default_factory=list)  # sub-processes that are no longer around what goes on
    dropped: list[Token] = field(default_factory=list)  # watchers that wait no more
    armed: list[Armed] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)
    calls_ended: list[str] = field(default_factory=list)  # tokens whose called processes end; of a trial

    def refuse(self, reason: Reason, element: Element | str | None = None, other: str = "") -> None:
        """Note why it is not to be done."""
        self.refusals.append(refusal(reason, element, other))
