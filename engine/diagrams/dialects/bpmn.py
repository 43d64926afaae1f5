"""The standard's own way of saying who works and what goes in and out: resource roles and data associations."""

from __future__ import annotations

import re

from engine.diagrams.dialects.draft import Draft, as_template, comma_list, put
from engine.diagrams.model import DataMapping
from engine.diagrams.namespaces import Node, bpmn_child, bpmn_children, bpmn_text

_ROLE = re.compile(r"^(user|group)\((.*)\)$", re.DOTALL)


def read(draft: Draft) -> None:
    """Take potential owners, the human performer, data associations and a script task's script."""
    if draft.type in ("userTask", "manualTask"):
        _read_roles(draft)
    if draft.type == "scriptTask":
        _read_script(draft)
    if draft.type == "callActivity":
        put(draft.call, called=draft.node.get("calledElement"))
    _read_associations(draft)


def _read_roles(draft: Draft) -> None:
    users: list[str] = []
    groups: list[str] = []
    for role in bpmn_children(draft.node, "potentialOwner"):
        named_users, named_groups = _members(role, draft)
        users += named_users
        groups += named_groups
    if not {"candidate_users", "candidate_groups"} & draft.human.keys():
        put(draft.human, candidate_users=tuple(users), candidate_groups=tuple(groups))
    for role in bpmn_children(draft.node, "humanPerformer", "performer"):
        named_users, named_groups = _members(role, draft, plain="user")
        put(draft.human, assignee=named_users[0] if named_users else None)
        if not draft.human.get("candidate_groups"):
            put(draft.human, candidate_groups=tuple(named_groups))


def _members(role: Node, draft: Draft, plain: str = "group") -> tuple[list[str], list[str]]:
    """The users and groups a resource role names: `user(a), group(b), c`; a bare name is a group (a user for a performer)."""
    texts = [
        bpmn_text(assignment, "formalExpression") or bpmn_text(assignment, "expression")
        for assignment in bpmn_children(role, "resourceAssignmentExpression")
    ]
    resource = draft.catalog.find("resource", bpmn_text(role, "resourceRef"), role)
    if resource is not None:
        texts.append(resource.get("name") or resource.get("id"))
    users: list[str] = []
    groups: list[str] = []
    for item in (item for text in texts for item in comma_list(text)):
        match = _ROLE.match(item)
        kind, name = (match.group(1), match.group(2).strip()) if match else (plain, item)
        (users if kind == "user" else groups).append(name)
    return users, groups


def _read_script(draft: Draft) -> None:
    script = bpmn_child(draft.node, "script")
    if script is None or draft.has_work:
        return
    text = (script.text or "") + "".join(child.tail or "" for child in script)
    draft.work.update(
        kind="script", script=text.strip("\n").rstrip(), script_format=draft.node.get("scriptFormat") or draft.node.get("scriptLanguage")
    )


def _read_associations(draft: Draft) -> None:
    """Assignments and transformations of data associations; what they copy as it is, `engine.diagrams.data` reads."""
    names: dict[str | None, str] = {key: found[0] for key, found in draft.catalog.data.items() if found}
    for association in bpmn_children(draft.node, "dataInputAssociation"):
        draft.inputs.extend(_assignments(association, names))
    for association in bpmn_children(draft.node, "dataOutputAssociation"):
        draft.outputs.extend(_assignments(association, names))


def _assignments(association: Node, names: dict[str | None, str]) -> list[DataMapping]:
    found = []
    for assignment in bpmn_children(association, "assignment"):
        source, target = bpmn_text(assignment, "from"), bpmn_text(assignment, "to")
        if source and target:
            found.append(DataMapping(names.get(target, target), as_template(names.get(source, source))))
    transformation, target = bpmn_text(association, "transformation"), bpmn_text(association, "targetRef")
    if transformation and target:
        found.append(DataMapping(names.get(target, target), as_template(transformation)))
    return found
