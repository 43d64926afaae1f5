"""What the clock works off: migrations of many instances. For administrators."""

from __future__ import annotations

from typing import Any, Self

from engine.migration.views import MigrationView
from webui import current
from webui.rest import dates
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource

resource = Resource("batch", "Migrations that the clock carries out. For administrators.")


class Batch(Dto):
    """A migration of many instances, a job each."""

    id: str
    type: str
    total_jobs: int
    jobs_created: int
    batch_jobs_per_seed: int
    invocations_per_batch_job: int
    seed_job_definition_id: str | None
    monitor_job_definition_id: str | None
    batch_job_definition_id: str | None
    suspended: bool
    tenant_id: str | None
    create_user_id: str | None
    start_time: dates.Instant | None
    execution_start_time: dates.Instant | None

    @classmethod
    def of(cls, view: MigrationView) -> Self:
        """A migration of the engine's."""
        return cls(**_facts(view))


class BatchStatistics(Batch):
    """How far it is."""

    remaining_jobs: int
    completed_jobs: int
    failed_jobs: int

    @classmethod
    def of(cls, view: MigrationView) -> Self:
        """A migration of the engine's, with its counts."""
        done = view.moved + view.undone + view.passed
        return cls(**_facts(view), remaining_jobs=view.waiting + view.returning, completed_jobs=done, failed_jobs=view.refused)


def _facts(view: MigrationView) -> dict[str, Any]:
    return {
        "id": view.id, "type": "instance-migration", "total_jobs": view.total, "jobs_created": view.total,
        "batch_jobs_per_seed": view.total,
        "invocations_per_batch_job": 1, "seed_job_definition_id": None, "monitor_job_definition_id": None, "batch_job_definition_id": None,
        "suspended": False, "tenant_id": None, "create_user_id": view.created_by, "start_time": dates.text(view.created),
        "execution_start_time": dates.text(view.created),
    }  # fmt: skip


@resource.get("/batch/{id}")
def get(id: str) -> Batch:
    """One of them."""
    return Batch.of(current.engine().migration(id, actor=actor()))


@resource.get("/batch/{id}/statistics", name="batch_statistics_of")
def statistics(id: str) -> BatchStatistics:
    """How far one of them is; in Camunda 7 this is a list, filtered by batchId."""
    return BatchStatistics.of(current.engine().migration(id, actor=actor()))


class Undo(Dto):
    """Why."""

    reason: str


@resource.post("/batch/{id}/undo")
def undo(id: str, body: Undo) -> Batch:
    """Our own. Have the clock put back what has moved, where nothing further was completed; what moved together goes back together."""
    return Batch.of(current.engine().begin_undoing(id, reason=body.reason, actor=actor()))
