"""The parties and units of the packs with how many work for each, and what each role is for. Both to read."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.people.authorization import ROLES as ALLOWED
from engine.states import Verb
from webui import current, names
from webui.pages.people.blueprint import FOR, ROLES, page, tabs

VERBS = {  # what the roles allow, as people say it; a verb without words is asked of no role
    Verb.MANAGE_PEOPLE: lazy_gettext("Add, change and close accounts; parties and roles of people"),
    Verb.DEPLOY: lazy_gettext("Deploy processes directly"),
    Verb.ADMINISTER: lazy_gettext("Suspend, repair and migrate what runs; move dates"),
    Verb.ASSIGN: lazy_gettext("Put tasks into other hands"),
    Verb.DESIGN: lazy_gettext("Draft processes: write, check, rehearse, put forward"),
    Verb.APPROVE: lazy_gettext("Approve or return what others have drafted"),
    Verb.SEE_DRAFTS: lazy_gettext("Read drafts"),
    Verb.AUDIT: lazy_gettext("Read who did what over everything; check the chains; export"),
}


@page.get("/people/parties")
def parties() -> str:
    """Each party with its units and members; those without anybody stand out."""
    found = current.engine().party_members(actor=current.actor())
    groups = names.groups()
    units = {
        one.key: [
            (group, words, one.units.get(group.partition(":")[2], 0)) for group, words in groups.get(one.key, ()) if ":" in group
        ]
        for one in found
    }  # fmt: skip
    for one in found:  # units that no pack names
        named = {group for group, _words, _count in units[one.key]}
        units[one.key] += [(f"{one.key}:{unit}", unit, count) for unit, count in one.units.items() if f"{one.key}:{unit}" not in named]
    return render_template("pages/people_parties.html", tabs=tabs("parties"), parties=found, units=units, names=names)


@page.get("/people/roles")
def roles() -> str:
    """What each role allows."""
    table = [(words, [role in ALLOWED[verb] for role in ROLES]) for verb, words in VERBS.items()]
    return render_template("pages/people_roles.html", tabs=tabs("roles"), roles=ROLES, purposes=FOR, table=table, nothing=_("no"))
