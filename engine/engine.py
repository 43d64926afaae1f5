"""The engine: every verb is a short method of one of its bases (engine/verbs), and one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from engine.dates.clock import Clock, DatabaseClock
from engine.deployment.definitions import Definitions
from engine.papers.documents import DocumentStore
from engine.registry import Pack, Registry
from engine.running.live import Live
from engine.spiff import LIMITS, Limits
from engine.storage.database import Database
from engine.storage.session import Shared
from engine.verbs.audit import AuditVerbs
from engine.verbs.definitions import DefinitionVerbs
from engine.verbs.differences import DifferenceVerbs
from engine.verbs.documents import DocumentVerbs
from engine.verbs.drafts import DraftVerbs
from engine.verbs.external_tasks import ExternalTaskVerbs
from engine.verbs.instances import InstanceVerbs
from engine.verbs.migration import MigrationVerbs
from engine.verbs.operations import OperationVerbs
from engine.verbs.people import PeopleVerbs
from engine.verbs.repairs import RepairVerbs
from engine.verbs.searches import SearchVerbs
from engine.verbs.tasks import TaskVerbs

if TYPE_CHECKING:
    from engine.papers.typesetting import Typesetter

ASIDE = "ruam.db"  # the file of such a database


class Engine(
    AuditVerbs,
    DefinitionVerbs,
    DraftVerbs,
    DifferenceVerbs,
    InstanceVerbs,
    MigrationVerbs,
    TaskVerbs,
    DocumentVerbs,
    ExternalTaskVerbs,
    PeopleVerbs,
    OperationVerbs,
    RepairVerbs,
    SearchVerbs,
):
    """Opens with `Engine.open`. Verbs take the actor who asks and raise the errors of `engine.errors`; threads may share one engine."""

    @classmethod
    def open(
        cls,
        url: str,
        *,
        home: Path | str = "var",
        packs: Iterable[Pack | str] = (),
        clock: Clock | None = None,
        documents: str | None = None,
        limits: Limits = LIMITS,
    ) -> Self:
        """Open a database (SQLAlchemy URL). `home`: the folder of the documents, unless `documents` names another store (fsspec URL).

        `packs`: Pack objects or "module:attribute". `clock`: by default simulated where the database says so, else real.
        `limits`: how many elements, and seconds of CPU, one transaction may run.
        """
        home = Path(home)
        store = DocumentStore(documents or str(home / "documents"))
        typesetter = cache(lambda: _typesetter(home / "fonts"))
        clock = clock or DatabaseClock()
        return cls(Shared(Database(url), clock, Registry(packs), Definitions(), Live(), store, typesetter, limits), home)

    @classmethod
    def aside(cls, folder: Path, *, packs: Iterable[Pack | str] = (), limits: Limits = LIMITS) -> Self:
        """One on a database of its own in a folder, from which nothing leaves: for what is only tried."""
        return cls.open(f"sqlite:///{folder}/{ASIDE}", home=folder, packs=packs, limits=limits)

    @property
    def limits(self) -> Limits:
        """What one transaction may run."""
        return self._shared.limits

    def close(self) -> None:
        """Close the database's connections."""
        self._shared.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()


def _typesetter(fonts: Path) -> Typesetter:
    from engine.papers.typesetting import Typesetter

    return Typesetter(fonts)
