"""What a process says of itself, apart from what stands in it."""

from __future__ import annotations

from typing import Any

from engine.diagrams.catalog import Catalog
from engine.diagrams.dialects.draft import comma_list, start_draft
from engine.diagrams.namespaces import RUAM, VENDORS, ZEEBE, Node, bpmn_children, flag, nodes, prefixed


def process_fields(node: Node, catalog: Catalog) -> dict[str, Any]:
    """The fields of Process that stand on the `process` element, and `start_form`."""
    draft = start_draft(node, "process", catalog)
    fields: dict[str, Any] = {"version_tag": None, "candidate_starter_groups": (), "candidate_starter_users": (), "startable": True}
    for namespace in VENDORS:
        fields["version_tag"] = fields["version_tag"] or draft.take(namespace, "versionTag")
        fields["candidate_starter_groups"] += comma_list(draft.take(namespace, "candidateStarterGroups"))
        fields["candidate_starter_users"] += comma_list(draft.take(namespace, "candidateStarterUsers"))
        fields["startable"] &= flag(draft.take(namespace, "isStartableInTasklist"), default=True)
        for container in draft.take_children(namespace, "properties"):
            draft.properties[prefixed(container, container.tag)] = {item.get("name"): item.get("value", "") for item in nodes(container)}
    tag = draft.take_child(ZEEBE, "versionTag")
    if tag is not None:
        fields["version_tag"] = fields["version_tag"] or tag.get("value")
    fields.update(
        name=" ".join((node.get("name") or "").split()),
        name_en=draft.take(RUAM, "nameEn") or "",
        documentation="\n".join(filter(None, ((d.text or "").strip() for d in bpmn_children(node, "documentation")))),
        executable=flag(node.get("isExecutable"), default=True),
        category=draft.take(RUAM, "category"),
        start_form=draft.take(RUAM, "startForm"),
        line=node.sourceline,
    )
    draft.finish()
    fields["properties"] = draft.properties
    return fields
