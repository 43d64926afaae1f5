"""The baseline: stock SpiffWorkflow, BpmnWorkflowSerializer's JSON in one SQLite row, one commit a step, nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

PRAGMAS = (  # those of engine/storage/database.py
    "busy_timeout=10000",
    "page_size=2048",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-32000",
    "wal_autocheckpoint=16000",
)


def start(files: Mapping[str, bytes], key: str) -> BpmnWorkflow:
    """A new workflow, run to its first tasks."""
    parser = BpmnParser()
    for name, content in files.items():
        parser.add_bpmn_xml(etree.fromstring(content), filename=name)
    workflow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
    workflow.do_engine_steps()
    return workflow


def open_tasks(workflow: BpmnWorkflow) -> list[Task]:
    """The user tasks that can be done now."""
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def step(workflow: BpmnWorkflow, task_id: UUID) -> None:
    """Complete one task and run to the next wait state."""
    workflow.get_task_from_id(task_id).run()
    workflow.do_engine_steps()


class NaiveStore:
    """The one row."""

    def __init__(self, path: Path) -> None:
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE IF NOT EXISTS instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def save(self, workflow: BpmnWorkflow) -> int:
        """Write the row in a transaction of its own; returns the characters written."""
        state = self._serializer.serialize_json(workflow)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO instance VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state", (state,))
        self._connection.execute("COMMIT")
        return len(state)

    def load(self) -> BpmnWorkflow:
        (state,) = self._connection.execute("SELECT state FROM instance WHERE id = 1").fetchone()
        return self._serializer.deserialize_json(state)

    def complete(self, task_id: UUID) -> int:
        """Load, complete one task, save."""
        workflow = self.load()
        step(workflow, task_id)
        return self.save(workflow)

    def pragma(self, name: str) -> Any:
        """The value of a PRAGMA of its connection."""
        return self._connection.execute(f"PRAGMA {name}").fetchone()[0]

    def close(self) -> None:
        self._connection.close()
