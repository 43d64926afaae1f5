"""The dialects of BPMN: one module for each, all folded into the fields of `engine.diagrams.model` (table in CONTRACT.md)."""

from __future__ import annotations

from engine.diagrams.catalog import Catalog
from engine.diagrams.dialects import bpmn, camunda, flowable, ruam, spiffworkflow, zeebe
from engine.diagrams.dialects.draft import Draft, start_draft
from engine.diagrams.namespaces import ACTIVITI, FLOWABLE, VENDORS, Node


def read_extensions(node: Node, kind: str, catalog: Catalog) -> Draft:
    """All that the dialects say of an element. Order is precedence: ours, the vendors' attributes, the standard's resource roles."""
    draft = start_draft(node, kind, catalog)
    if draft.attributes or draft.extensions:
        ruam.read(draft)
        for namespace in VENDORS:
            camunda.read(draft, namespace)
        for namespace in (FLOWABLE, ACTIVITI):
            flowable.read(draft, namespace)
        zeebe.read(draft)
        spiffworkflow.read(draft)
    bpmn.read(draft)
    spiffworkflow.share(draft)
    draft.finish()
    return draft
