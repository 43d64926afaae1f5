"""The command line: `ruam`. One module a group of commands; each parses, makes one call of the engine, and prints."""

from __future__ import annotations

from typing import Any

import click

from engine.errors import RuamError
from webui.cli import (
    audit,
    copies,
    demo,
    deployments,
    differences,
    exporting,
    instances,
    jobs,
    migration,
    packs,
    packtests,
    people,
    recording,
    rehearsal,
    repairs,
    schema,
    serving,
    tasks,
)
from webui.cli.output import Refused
from webui.settings import Settings


class Commands(click.Group):
    """Says what the engine refused and exits with 1; wrong usage exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RuamError as error:
            raise Refused(error) from error
        except OSError as error:  # a folder that may not be written, a full disk
            raise Refused(RuamError(": ".join(str(part) for part in (error.filename, error.strerror) if part) or str(error))) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ruam")
@click.pass_context
def main(context: click.Context) -> None:
    """Ruam (ร่วม): a process engine for people.

    The database is RUAM_DATABASE_URL (default: an SQLite file in the data folder RUAM_HOME, default ./var).
    """
    context.obj = Settings.read()


for command in (
    serving.serve,
    serving.worker,
    schema.db,
    deployments.check,
    deployments.deploy,
    packtests.test,
    recording.record,
    differences.diff,
    instances.start,
    instances.instances,
    instances.show,
    tasks.tasks,
    tasks.complete,
    jobs.run_due,
    migration.migrate,
    migration.migrations,
    rehearsal.rehearse,
    rehearsal.rehearse_draft,
    packs.export_pack,
    jobs.incidents,
    jobs.retry,
    repairs.modify,
    repairs.restart,
    people.user,
    audit.audit,
    exporting.export,
    copies.backup,
    copies.restore,
    demo.demo,
):
    main.add_command(command)
