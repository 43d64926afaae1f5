"""A worker as users of camunda-external-task-client-python3 write it: ADDRESS NAME PASSWORD WORKER."""

from __future__ import annotations

import sys

from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker


def work(task: ExternalTask) -> TaskResult:
    """What is to be done, by topic."""
    if task.get_topic_name() == "letter":
        variables = task.get_variables()
        echo = {"name": variables["ชื่อ"], "n": variables["n"] + 1, "kind": task.get_extension_properties()["kind"]}
        return task.complete(echo, {"local": variables["n"] * 2})
    if task.get_topic_name() == "fails":
        return task.failure("ส่งไม่ได้", "where it happened", max_retries=2, retry_timeout=50)
    return task.bpmn_error("GONE", "ไม่มีผู้รับ", {"asked": task.get_business_key()})


if __name__ == "__main__":
    address, name, password, worker_id = sys.argv[1:]
    config = {
        "auth_basic": {"username": name, "password": password},
        "maxTasks": 3,
        "lockDuration": 20_000,
        "asyncResponseTimeout": 5_000,
        "retries": 3,
        "sleepSeconds": 1,
    }
    ExternalTaskWorker(worker_id, address, config).subscribe(["letter", "fails", "errs"], work)
