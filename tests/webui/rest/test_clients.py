"""Clients that others wrote for Camunda 7, unmodified, against a server on loopback."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import generic_camunda_client as generic
import pycamunda.activityinst
import pycamunda.decisiondef
import pycamunda.deployment
import pycamunda.execution
import pycamunda.group
import pycamunda.incident
import pycamunda.message
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.signal
import pycamunda.task
import pycamunda.user
import pycamunda.variable
import pycamunda.version
import pytest
import requests
from werkzeug.serving import make_server

from tests.webui.rest.conftest import PASSWORD, Site
from tests.webui.rest.test_operations import CATCHING
from tests.webui.rest.test_schema import DMN, FILES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def live(site: Callable[..., Site]) -> Iterator[tuple[Site, str]]:
    """An application that listens, and the address of its REST."""
    here = site({**FILES, "catching.bpmn": CATCHING})
    server = make_server("127.0.0.1", 0, here.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield here, f"http://127.0.0.1:{server.server_port}/engine-rest"
    server.shutdown()
    thread.join()


def speaking(request: Any, name: str = "admin") -> Any:
    """What pycamunda answers a request of somebody's."""
    request.session = requests.Session()
    request.auth = (name, PASSWORD)
    with request.session:
        return request()


def test_pycamunda_deploys_starts_and_completes(live: tuple[Site, str], tmp_path: Path) -> None:
    _here, url = live
    assert speaking(pycamunda.version.Get(url))
    path = tmp_path / "letter.bpmn"
    path.write_bytes(FILES["letter.bpmn"].replace(b'name="write"', 'name="ร่าง"'.encode()))
    create = pycamunda.deployment.Create(url, name="client", source="test", enable_duplicate_filtering=True)
    with path.open("rb") as file:
        create.add_resource(file)
        made = speaking(create)
    assert [one.version for one in made.deployed_process_definitions.values()] == [2]
    assert [one.name for one in speaking(pycamunda.deployment.GetList(url, name="client"))] == ["client"]
    assert [one.name for one in speaking(pycamunda.deployment.GetResources(url, id_=made.id_))] == ["letter.bpmn"]
    (definition,) = speaking(pycamunda.processdef.GetList(url, key="letter", latest_version=True))
    assert speaking(pycamunda.processdef.GetXML(url, key="letter")) == path.read_text()
    start = pycamunda.processdef.StartInstance(url, key="letter", business_key="7")
    start.add_variable(name="amount", value=5, type_="Integer")
    instance = speaking(start, "worker")
    assert instance.definition_id == definition.id_
    (task,) = speaking(pycamunda.task.GetList(url, process_instance_id=instance.id_, sort_by="created"), "worker")
    assert task.name == "ร่าง"
    assert isinstance(task.created, dt.datetime)
    speaking(pycamunda.task.Claim(url, id_=task.id_, user_id="worker"), "worker")
    speaking(pycamunda.task.CommentCreate(url, task.id_, "ตรวจแล้ว"), "worker")
    assert [one.message for one in speaking(pycamunda.task.CommentGetList(url, task.id_), "worker")] == ["ตรวจแล้ว"]
    assert {link.type_ for link in speaking(pycamunda.task.IdentityLinksGetList(url, task.id_), "worker")} == {"assignee", "candidate"}
    complete = pycamunda.task.Complete(url, id_=task.id_)
    complete.add_variable(name="verdict", value=True, type_="Boolean")
    speaking(complete, "worker")
    with pytest.raises(pycamunda.PyCamundaException):
        speaking(pycamunda.task.Get(url, id_=task.id_), "worker")


def test_pycamunda_looks_at_instances(live: tuple[Site, str]) -> None:
    here, url = live
    id = here.stage.start("letter", business_key="7", amount=5, list=[1]).id
    assert [one.id_ for one in speaking(pycamunda.processinst.GetList(url, business_key="7"))] == [id]
    found = speaking(pycamunda.processinst.VariablesGetList(url, process_instance_id=id))
    assert (found["amount"].value, found["list"].value) == (5, "[1]")
    modify = pycamunda.processinst.VariablesModify(url, process_instance_id=id, deletions=["list"])
    modify.add_variable("amount", 6, type_="Integer")
    speaking(modify)
    assert speaking(pycamunda.processinst.VariablesGet(url, process_instance_id=id, var_name="amount")).value == 6
    tree = speaking(pycamunda.processinst.GetActivityInstance(url, id))
    assert [child.activity_id for child in tree.child_activity_instances] == ["write"]
    speaking(pycamunda.processinst.Suspend(url, id))
    assert speaking(pycamunda.processinst.Get(url, id)).suspended is True
    speaking(pycamunda.processinst.Activate(url, id))
    assert [one.name for one in speaking(pycamunda.variable.GetList(url, process_instance_id_in=[id]))] == ["amount"]
    speaking(pycamunda.processinst.Delete(url, id))
    with pytest.raises(pycamunda.NoInstance if hasattr(pycamunda, "NoInstance") else pycamunda.PyCamundaException):
        speaking(pycamunda.processinst.Get(url, id))


def test_pycamunda_sends_messages_and_signals_and_decides(live: tuple[Site, str]) -> None:
    here, url = live
    id = here.stage.start("catching", business_key="c").id
    (reached,) = speaking(pycamunda.message.CorrelateSingle(url, message_name="paid", business_key="c", result_enabled=True))
    assert reached.execution.process_instance_id == id
    speaking(pycamunda.signal.EventAll(url, name="go"))
    assert here.stage.names(id) == ["t"]
    evaluate = pycamunda.decisiondef.Evaluate(url, key="fee")
    evaluate.add_variable("amount", 3, type_="Integer")
    assert speaking(evaluate)[0]["fee"].value == 1
    assert speaking(pycamunda.decisiondef.GetXML(url, key="fee")) == DMN.decode()
    assert speaking(pycamunda.incident.GetList(url)) == ()
    assert [one.id_ for one in speaking(pycamunda.group.GetList(url, member="worker"))] == ["workers"]
    assert speaking(pycamunda.user.Count(url)) == 4


def test_the_generated_client(live: tuple[Site, str]) -> None:
    here, url = live
    settings = generic.Configuration(host=url, username="worker", password=PASSWORD)
    with generic.ApiClient(settings) as client:
        client.set_default_header("Authorization", settings.get_basic_auth_token())
        _walk(here, client)


def _walk(here: Site, client: Any) -> None:
    definitions, tasks, history = generic.ProcessDefinitionApi(client), generic.TaskApi(client), generic.HistoricTaskInstanceApi(client)
    (definition,) = definitions.get_process_definitions(key="letter")
    assert definitions.get_process_definitions_count(latest_version=True).count == 3
    given = {"amount": generic.VariableValueDto(value=5, type="Integer")}
    wanted = generic.StartProcessInstanceDto(variables=given, business_key="g", with_variables_in_return=True)
    started = definitions.start_process_instance_by_key("letter", start_process_instance_dto=wanted)
    assert (started.definition_id, started.variables["amount"].value) == (definition.id, 5)
    (task,) = tasks.get_tasks(process_instance_id=started.id, sort_by="created", sort_order="asc")
    assert isinstance(task.created, dt.datetime)
    (same,) = tasks.query_tasks(task_query_dto=generic.TaskQueryDto(process_instance_business_key="g", task_definition_key="write"))
    assert same == task
    tasks.claim(task.id, user_id_dto=generic.UserIdDto(user_id="worker"))
    verdict = generic.CompleteTaskDto(variables={"ok": generic.VariableValueDto(value=True, type="Boolean")}, with_variables_in_return=True)
    assert tasks.complete(task.id, complete_task_dto=verdict)["ok"].value is True
    (past,) = history.get_historic_task_instances(process_instance_id=started.id, finished=True)
    assert (past.id, past.delete_reason, past.duration) == (task.id, "completed", 0)
    instances = generic.ProcessInstanceApi(client)
    assert instances.get_process_instance_variables(started.id)["ok"].value is True
    tree = instances.get_activity_instance_tree(started.id)
    assert [child.activity_id for child in tree.child_activity_instances] == ["check"]
    (activity, *_rest) = generic.HistoricActivityInstanceApi(client).get_historic_activity_instances(
        process_instance_id=started.id, sort_by="startTime", sort_order="asc"
    )
    assert activity.activity_id == "start"
    with pytest.raises(generic.ApiException) as refused:
        generic.JobApi(client).get_jobs()
    assert refused.value.status == 403
    assert here.stage.names(started.id) == ["check"]


def test_both_clients_modify_and_restart(live: tuple[Site, str]) -> None:
    here, url = live
    instance = here.stage.start("letter", business_key="7")
    tree = speaking(pycamunda.processinst.GetActivityInstance(url, id_=instance.id))
    modify = pycamunda.processinst.Modify(url, id_=instance.id, annotation="ข้าม")
    modify.add_before_activity_instruction(id_="check")
    modify.add_cancel_activity_instance_instruction(id_=tree.child_activity_instances[0].id_)
    speaking(modify)
    assert here.stage.names(instance.id) == ["check"]
    settings = generic.Configuration(host=url, username="admin", password=PASSWORD)
    with generic.ApiClient(settings) as client:
        client.set_default_header("Authorization", settings.get_basic_auth_token())
        wanted = generic.ProcessInstanceModificationDto(
            instructions=[
                generic.ProcessInstanceModificationInstructionDto(type="startBeforeActivity", activity_id="write"),
                generic.ProcessInstanceModificationInstructionDto(type="cancel", activity_id="check"),
            ]
        )
        generic.ProcessInstanceApi(client).modify_process_instance(instance.id, process_instance_modification_dto=wanted)
        assert here.stage.names(instance.id) == ["write"]
        generic.ProcessInstanceApi(client).delete_process_instance(instance.id)
        again = generic.RestartProcessInstanceDto(
            process_instance_ids=[instance.id],
            instructions=[generic.RestartProcessInstanceModificationInstructionDto(type="startBeforeActivity", activity_id="check")],
        )
        generic.ProcessDefinitionApi(client).restart_process_instance(instance.definition_id, restart_process_instance_dto=again)
    assert here.stage.names() == ["check"]
