"""Playing the whole project with a few provinces, for the stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.people import SYSTEM
from engine.rehearsal import Rehearsal
from handlers.rehearsal import ParticipationPlay, Scenario

PROVINCES = 3


@dataclass(frozen=True)
class Played:
    """An engine on which the project has been played, and what the rehearsal said."""

    engine: Engine
    root_id: str
    result: dict[str, Any]
    play: ParticipationPlay

    @property
    def steps(self) -> dict[int, dict[str, Any]]:
        return {step["n"]: step for step in self.result["steps"]}

    @property
    def papers(self) -> dict[str, dict[str, Any]]:
        return {paper["key"]: paper for instalment in self.result["instalments"] for paper in instalment["deliverables"]}

    def children(self, key: str) -> list[Any]:
        return self.engine.children(self.root_id, actor=SYSTEM, key=key)


@contextmanager
def opened(url: str, home: Path) -> Iterator[Engine]:
    engine = Engine.open(url, home=home, packs=["handlers:pack"])
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def played(
    url: str, home: Path, scenario: Scenario,
    *, seed: int = 1, provinces: int = PROVINCES, play: type[ParticipationPlay] = ParticipationPlay,
) -> Iterator[Played]:  # fmt: skip
    """Play a scenario on the database and hand over what is left."""
    with opened(url, home) as engine:
        made = play(seed=seed, units=provinces, scenario=scenario)
        if hasattr(made, "engine"):
            made.engine = engine
        result = Rehearsal(engine, made, seed).run()
        (root,) = engine.instances(actor=SYSTEM, key="project", roots=True).items
        yield Played(engine, root.id, result, made)
