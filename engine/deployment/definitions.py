"""Deployments and the process definitions in them: immutable versions, checked as a whole before any of them is written."""

from __future__ import annotations

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, delete, func, select, update

from engine.decisions import Decisions
from engine.deployment import packs
from engine.deployment.decision_versions import DecisionVersions, Versions
from engine.errors import Conflict, NotFound
from engine.forms.choices import read_table
from engine.forms.files import form_names, plain_key
from engine.queries import DefinitionView, Page, Resource
from engine.spiff import Compiled
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.packs import PackFiles
    from engine.diagrams.model import Element, Process
    from engine.forms import Form

T = TypeVar("T")
DIAGRAM_SUFFIXES = (".bpmn", ".bpmn20.xml")
KEPT = 500  # of each kind, in memory


@dataclass(frozen=True, slots=True)
class Definition:
    """A version of a process, ready to run. Immutable, so shared by all."""

    id: str
    key: str
    version: int
    deployment_id: str
    pack: str | None
    process: Process
    compiled: Compiled
    files: PackFiles
    steps: Mapping[str, str]  # element id → number, inherited from the sub-process around
    lanes: Mapping[str, str]  # element id → party key, likewise

    def element(self, element_id: str) -> Element:
        """An element of the process. Raises NotFound."""
        try:
            return self.process.elements[element_id]
        except KeyError:
            raise NotFound(
                f"There is no element {element_id!r} in {self.id}.", th=f"ไม่มีองค์ประกอบ “{element_id}” ในแผนภาพ {self.id}"
            ) from None


class Definitions:
    """Definitions and files of deployments, read once and kept: they never change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()
        self._decision_versions = DecisionVersions()

    def get(self, connection: Connection, definition_id: str) -> Definition:
        """A definition by id. Raises NotFound."""
        return self._once(("definition", definition_id), lambda: _load(self, connection, definition_id))

    def files(self, connection: Connection, deployment_id: str) -> PackFiles:
        """What a deployment's pack tables say."""
        tables = ("pack.toml", "parties.toml", "schedule.toml")

        def load() -> PackFiles:
            table = model.resource
            rows = connection.execute(
                select(table.c.path, table.c.content).where(table.c.deployment_id == deployment_id, table.c.path.in_(tables))
            )
            return packs.kept({path: bytes(content) for path, content in rows})

        return self._once(("files", deployment_id), load)

    def resource(self, connection: Connection, deployment_id: str, path: str) -> bytes:
        """A file of a deployment. Raises NotFound."""

        def load() -> bytes:
            table = model.resource
            content = connection.scalar(select(table.c.content).where(table.c.deployment_id == deployment_id, table.c.path == path))
            if content is None:
                raise NotFound(f"The deployment has no file {path!r}.", th=f"การติดตั้งนี้ไม่มีไฟล์ “{path}”")
            return bytes(content)

        return self._once(("resource", deployment_id, path), load)

    def resources(self, connection: Connection, deployment_id: str, suffix: str = "") -> list[str]:
        """The paths of a deployment's files."""
        table = model.resource
        paths = connection.scalars(select(table.c.path).where(table.c.deployment_id == deployment_id).order_by(table.c.path))
        return [path for path in paths if path.endswith(suffix)]

    def form(self, connection: Connection, definition: Definition, element: Element) -> Form | None:
        """The form of a user task, if it has one."""
        human = element.human
        return None if human is None else self._form(connection, definition, element, human.form_key, human.form_schema, human.form_ui)

    def start_form(self, connection: Connection, definition: Definition) -> Form | None:
        """The form asked when a process is started: of its first start event that has one."""
        starts = [element for element in definition.process.children(None) if element.type == "startEvent"]
        forms = (self._form(connection, definition, start, start.start_form, start.start_form_schema) for start in starts)
        return next((form for form in forms if form is not None), None)

    def _form(
        self,
        connection: Connection,
        definition: Definition,
        element: Element,
        key: str | None,
        drawn: Mapping[str, Any] | None,
        ui: str | None = None,
    ) -> Form | None:
        """The deployed form of that key, else that of the fields drawn with the element; a key of a client's form is nothing to us."""
        if key and plain_key(key) in self.form_names(connection, definition.deployment_id):
            return self.form_file(connection, definition.deployment_id, key, ui)
        if drawn is None:
            return None
        from engine.forms import Form

        return self._once(("schema", definition.id, element.id), lambda: Form(drawn))

    def form_file(self, connection: Connection, deployment_id: str, key: str, ui: str | None = None) -> Form:
        """The form of a deployment that a key names, with its UI schema if it has one. Raises NotFound."""
        from engine.forms import Form

        names = self.form_names(connection, deployment_id)
        path = names.get(plain_key(key), key)
        beside = names.get(ui, ui) if ui else None

        def load() -> Form:
            content, drawn = (None if name is None else self.resource(connection, deployment_id, name) for name in (path, beside))
            return Form.load(content or b"", path, self.tables(connection, deployment_id), drawn)

        return self._once(("form", deployment_id, path, beside or ""), load)

    def form_names(self, connection: Connection, deployment_id: str) -> Mapping[str, str]:
        """The paths of a deployment's forms by the names they go by."""

        def load() -> Mapping[str, str]:
            paths = self.resources(connection, deployment_id)
            named = {path: self.resource(connection, deployment_id, path) if path.endswith(".form") else b"" for path in paths}
            return form_names(named)

        return self._once(("forms", deployment_id), load)

    def tables(self, connection: Connection, deployment_id: str) -> Mapping[str, list[dict[str, str]]]:
        """The tables (*.csv) among a deployment's files, by path."""

        def load() -> Mapping[str, list[dict[str, str]]]:
            paths = self.resources(connection, deployment_id, ".csv")
            return {path: read_table(self.resource(connection, deployment_id, path)) for path in paths}

        return self._once(("tables", deployment_id), load)

    def decisions(self, connection: Connection, deployment_id: str) -> Decisions:
        """The decision tables of a deployment."""

        def load() -> Decisions:
            paths = self.resources(connection, deployment_id, ".dmn")
            return Decisions.load_all({path: self.resource(connection, deployment_id, path) for path in paths})

        return self._once(("decisions", deployment_id), load)

    def decision_versions(self, connection: Connection) -> Versions:
        """All versions of all decisions deployed so far."""
        return self._decision_versions.now(connection, lambda deployment_id: self.decisions(connection, deployment_id))

    def texts(self, connection: Connection, deployment_id: str, language: str) -> Mapping[str, Any]:
        """The pack's texts in a language: `texts/<language>.toml`, empty where there are none."""

        def load() -> Mapping[str, Any]:
            try:
                return tomllib.loads(self.resource(connection, deployment_id, f"texts/{language}.toml").decode())
            except NotFound:
                return {}

        return self._once(("texts", deployment_id, language), load)

    def called(self, connection: Connection, caller: Definition, binding: str, key: str, version: str | None) -> Definition:
        """The definition a call activity calls: of the same deployment, the latest, or a version or its tag. Raises NotFound."""
        table = model.definition
        query = select(table.c.id).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
        if binding == "version" and version:
            if not version.isdecimal() or len(version) > 9:
                raise NotFound(
                    f"There is no version {version!r} of the process {key!r}: a version is a whole number.",
                    th=f"กระบวนการ “{key}” ไม่มีฉบับ “{version}” เลขฉบับต้องเป็นจำนวนเต็ม",
                )
            query = query.where(table.c.version == int(version))
        elif binding == "versionTag" and version:
            query = query.where(table.c.version_tag == version)
        elif binding == "deployment":
            within = ("called", caller.deployment_id, key)
            found = self._once(within, lambda: connection.scalar(query.where(table.c.deployment_id == caller.deployment_id)) or "")
            if found:
                return self.get(connection, found)
        found = connection.scalar(query)
        if found is None:
            raise NotFound(f"There is no process {key!r} to call.", th=f"ไม่พบกระบวนการ “{key}” ที่จะเรียก โปรดติดตั้งกระบวนการนั้นก่อน")
        return self.get(connection, found)

    def _once(self, key: tuple[str, ...], load: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = load()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _load(kept: Definitions, connection: Connection, definition_id: str) -> Definition:
    from engine.diagrams import read

    definition, resource, deployment = model.definition, model.resource, model.deployment
    query = (
        select(definition, resource.c.path, deployment.c.pack)
        .join(resource, resource.c.id == definition.c.resource_id)
        .join(deployment, deployment.c.id == definition.c.deployment_id)
        .where(definition.c.id == definition_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no process definition {definition_id!r}.", th=f"ไม่พบนิยามกระบวนการ “{definition_id}”")
    deployment_id = row["deployment_id"]
    diagram = read(kept.resource(connection, deployment_id, row["path"]), row["path"])
    process = next(found for found in diagram.processes if found.id == row["key"])
    return Definition(
        row["id"],
        row["key"],
        row["version"],
        deployment_id,
        row["pack"],
        process,
        Compiled.build(process),
        kept.files(connection, deployment_id),
        _inherited(process, "step"),
        _inherited(process, "lane"),
    )


def _inherited(process: Process, attribute: str) -> dict[str, str]:
    found = {}
    for element in process.elements.values():
        holder: Element | None = element
        while holder is not None:
            value = getattr(holder, attribute)
            if value is not None:
                found[element.id] = value
                break
            holder = process.elements.get(holder.attached_to or holder.parent or "")
    return found


def latest_id(connection: Connection, key: str, version: int | None = None) -> str:
    """The id of a definition's newest (or given) version. Raises NotFound."""
    table = model.definition
    query = select(table.c.id).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
    found = connection.scalar(query if version is None else query.where(table.c.version == version))
    if found is None:
        raise NotFound(
            f"There is no process {key!r}" + (f" version {version}." if version is not None else "."),
            th=f"ไม่พบกระบวนการ “{key}”" + (f" ฉบับ {version}" if version is not None else ""),
        )
    return str(found)


def require_running(connection: Connection, definition_id: str) -> None:
    """Raises Conflict for a definition that is suspended."""
    table = model.definition
    if connection.scalar(select(table.c.suspended).where(table.c.id == definition_id)):
        raise Conflict("This process is suspended: nobody can start it.", th="กระบวนการนี้ถูกระงับไว้ จึงยังเริ่มใหม่ไม่ได้", suspended=True)


def suspend(connection: Connection, definition_id: str, suspended: bool) -> None:
    """Keep a definition from being started, or let it be again. Raises NotFound, Conflict where it is so already."""
    table = model.definition
    change = update(table).where(table.c.id == definition_id, table.c.suspended.is_(not suspended)).values(suspended=suspended)
    if not connection.execute(change).rowcount:
        definition(connection, definition_id)
        told = ("suspended already", "ระงับไว้อยู่แล้ว") if suspended else ("not suspended", "ไม่ได้ถูกระงับไว้")
        raise Conflict(f"This process is {told[0]}.", th=f"กระบวนการนี้{told[1]}")


# ---- reading


def described() -> Any:
    """Definitions with their file, pack and number of instances that run, as a query."""
    definition, resource, deployment, instance = model.definition, model.resource, model.deployment, model.instance
    active = (
        select(func.count())
        .where(instance.c.definition_id == definition.c.id, instance.c.state.in_(("ACTIVE", "SUSPENDED")))
        .scalar_subquery()
    )
    return (
        select(definition, resource.c.path.label("resource"), deployment.c.pack, active.label("active_instances"))
        .join(resource, resource.c.id == definition.c.resource_id)
        .join(deployment, deployment.c.id == definition.c.deployment_id)
    )


def of_deployment(connection: Connection, deployment_id: str) -> tuple[DefinitionView, ...]:
    """The definitions of a deployment, by key."""
    query = described().where(model.definition.c.deployment_id == deployment_id).order_by(model.definition.c.key)
    return tuple(DefinitionView.of(row) for row in connection.execute(query).mappings())


def definitions(
    connection: Connection, *, key: str | None = None, latest: bool = False, first: int = 0, limit: int = 100
) -> Page[DefinitionView]:
    """Definitions by key, newest version first; `latest` leaves out older versions."""
    table = model.definition
    where = []
    if key is not None:
        where.append(table.c.key == key)
    if latest:
        other = table.alias()
        where.append(table.c.version == select(func.max(other.c.version)).where(other.c.key == table.c.key).scalar_subquery())
    total = connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = described().where(*where).order_by(table.c.key, table.c.version.desc()).offset(first).limit(limit)
    return Page(tuple(DefinitionView.of(row) for row in connection.execute(query).mappings()), total)


def definition(connection: Connection, definition_id: str) -> DefinitionView:
    """One definition. Raises NotFound."""
    row = connection.execute(described().where(model.definition.c.id == definition_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no process definition {definition_id!r}.", th=f"ไม่พบนิยามกระบวนการ “{definition_id}”")
    return DefinitionView.of(row)


def definition_xml(connection: Connection, definition_id: str) -> bytes:
    """The BPMN file of a definition. Raises NotFound."""
    table = model.definition
    query = select(model.resource.c.content).join(table, table.c.resource_id == model.resource.c.id).where(table.c.id == definition_id)
    content = connection.scalar(query)
    if content is None:
        raise NotFound(f"There is no process definition {definition_id!r}.", th=f"ไม่พบนิยามกระบวนการ “{definition_id}”")
    return bytes(content)


def resources(connection: Connection, deployment_id: str) -> list[Resource]:
    """The files of a deployment. Raises NotFound."""
    table = model.resource
    query = select(table.c.id, table.c.deployment_id, table.c.path).where(table.c.deployment_id == deployment_id).order_by(table.c.path)
    found = [Resource.of(row) for row in connection.execute(query).mappings()]
    if not found:
        raise NotFound(f"There is no deployment {deployment_id!r}.", th="ไม่มีการติดตั้งนี้")
    return found


def forget_starts(connection: Connection, definition_ids: list[str]) -> None:
    """Former versions are not started by events any more."""
    connection.execute(delete(model.job).where(model.job.c.kind == "start", model.job.c.definition_id.in_(definition_ids)))
    table = model.subscription
    connection.execute(delete(table).where(table.c.instance_id.is_(None), table.c.definition_id.in_(definition_ids)))
