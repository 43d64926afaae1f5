"""What the audit says of a deed: its event in words, what it is about, its particulars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.drafts.states import DraftEvent
from engine.states import Event, SystemEvent
from engine.views.audit import Deed
from webui import names
from webui.languages import pick
from webui.rendering import written

WORDS: Mapping[str, Any] = {
    SystemEvent.LOGGED_IN: lazy_gettext("logged in"),
    SystemEvent.LOGIN_FAILED: lazy_gettext("A login failed"),
    SystemEvent.LOGGED_OUT: lazy_gettext("logged out"),
    SystemEvent.USER_ADDED: lazy_gettext("added a user"),
    SystemEvent.USER_CHANGED: lazy_gettext("changed a user"),
    SystemEvent.USER_DEACTIVATED: lazy_gettext("took away access"),
    SystemEvent.USER_REACTIVATED: lazy_gettext("gave access back"),
    SystemEvent.MEMBERSHIPS_CHANGED: lazy_gettext("changed memberships"),
    SystemEvent.WORK_HANDED_OVER: lazy_gettext("handed open work over"),
    SystemEvent.PASSWORD_SET: lazy_gettext("set a password"),
    SystemEvent.LINK_MADE: lazy_gettext("made a one-time link"),
    SystemEvent.LINK_USED: lazy_gettext("set a password with a one-time link"),
    SystemEvent.TOKEN_MADE: lazy_gettext("made a token"),
    SystemEvent.TOKEN_REVOKED: lazy_gettext("took a token back"),
    SystemEvent.USERS_IMPORTED: lazy_gettext("imported users from a sheet"),
    SystemEvent.DEPLOYED: lazy_gettext("deployed processes"),
    SystemEvent.DEPLOYMENT_DELETED: lazy_gettext("took a deployment back"),
    SystemEvent.DEFINITION_SUSPENDED: lazy_gettext("suspended a process"),
    SystemEvent.DEFINITION_RESUMED: lazy_gettext("let a process be started again"),
    SystemEvent.ACTIVITY_SUSPENDED: lazy_gettext("held an activity in all of a version"),
    SystemEvent.ACTIVITY_RESUMED: lazy_gettext("let an activity of a version go on"),
    SystemEvent.SETTING_CHANGED: lazy_gettext("changed a setting"),
    SystemEvent.CLOCK_MOVED: lazy_gettext("moved the simulated clock"),
    SystemEvent.CHAINS_VERIFIED: lazy_gettext("checked the chains"),
    SystemEvent.AUDIT_EXPORTED: lazy_gettext("exported the audit"),
    DraftEvent.CREATED: lazy_gettext("began a draft"),
    DraftEvent.RENAMED: lazy_gettext("renamed a draft"),
    DraftEvent.FILE_SAVED: lazy_gettext("saved a file of a draft"),
    DraftEvent.FILE_ADDED: lazy_gettext("added a file to a draft"),
    DraftEvent.FILE_RENAMED: lazy_gettext("renamed a file of a draft"),
    DraftEvent.FILE_REMOVED: lazy_gettext("removed a file from a draft"),
    DraftEvent.FILE_RESTORED: lazy_gettext("restored a file of a draft"),
    DraftEvent.SAVE_LOST: lazy_gettext("saved too late; kept aside"),
    DraftEvent.REBASED: lazy_gettext("brought a draft up to date"),
    DraftEvent.BASE_CONFIRMED: lazy_gettext("confirmed replacing a newer version"),
    DraftEvent.REHEARSED: lazy_gettext("rehearsed a draft"),
    DraftEvent.SUBMITTED: lazy_gettext("put a draft forward"),
    DraftEvent.WITHDRAWN: lazy_gettext("withdrew a draft"),
    DraftEvent.RETURNED: lazy_gettext("returned a draft"),
    DraftEvent.APPROVED: lazy_gettext("approved a draft"),
    DraftEvent.REOPENED: lazy_gettext("reopened a draft"),
    DraftEvent.SCHEDULED: lazy_gettext("scheduled a draft"),
    DraftEvent.UNSCHEDULED: lazy_gettext("took a draft off the schedule"),
    DraftEvent.ACTIVATED: lazy_gettext("activated a draft"),
    DraftEvent.ACTIVATION_REFUSED: lazy_gettext("A draft could not be activated"),
    DraftEvent.DISCARDED: lazy_gettext("discarded a draft"),
    Event.INSTANCE_STARTED: lazy_gettext("started"),
    Event.INSTANCE_ENDED: lazy_gettext("ended"),
    Event.INSTANCE_SUSPENDED: lazy_gettext("suspended"),
    Event.INSTANCE_RESUMED: lazy_gettext("resumed"),
    Event.INSTANCE_CANCELLED: lazy_gettext("cancelled"),
    Event.INSTANCE_MODIFIED: lazy_gettext("moved where it stands by hand"),
    Event.INSTANCE_RESTARTED: lazy_gettext("restarted"),
    Event.INSTANCE_MIGRATED: lazy_gettext("moved to another version"),
    Event.MIGRATION_UNDONE: lazy_gettext("moved back to the version before"),
    Event.ACTIVITY_STARTED: lazy_gettext("Activity begun"),
    Event.ACTIVITY_COMPLETED: lazy_gettext("Activity ended"),
    Event.ACTIVITY_CANCELLED: lazy_gettext("Activity cut off"),
    Event.ACTIVITY_SUSPENDED: lazy_gettext("suspended"),
    Event.ACTIVITY_RESUMED: lazy_gettext("resumed"),
    Event.TASK_CREATED: lazy_gettext("Task opened"),
    Event.TASK_CLAIMED: lazy_gettext("took a task"),
    Event.TASK_RELEASED: lazy_gettext("gave a task back"),
    Event.TASK_ASSIGNED: lazy_gettext("put a task into other hands"),
    Event.TASK_COMPLETED: lazy_gettext("completed a task"),
    Event.TASK_TERMINATED: lazy_gettext("Task ended undone"),
    Event.TASK_DUE_CHANGED: lazy_gettext("moved a due date"),
    Event.TASK_DRAFTED: lazy_gettext("kept an unfinished form"),
    Event.VARIABLES_CHANGED: lazy_gettext("changed variables"),
    Event.TIMER_FIRED: lazy_gettext("A date was reached"),
    Event.JOB_FAILED: lazy_gettext("A job failed"),
    Event.JOB_RETRIED: lazy_gettext("tried a job again"),
    Event.JOB_DUE_CHANGED: lazy_gettext("moved the date of a job"),
    Event.EXTERNAL_TASK_COMPLETED: lazy_gettext("completed an external task"),
    Event.EXTERNAL_TASK_FAILED: lazy_gettext("An external task failed"),
    Event.EXTERNAL_TASK_ERROR: lazy_gettext("reported an error of an external task"),
    Event.EXTERNAL_TASK_RETRIED: lazy_gettext("tried an external task again"),
    Event.REMINDER_SENT: lazy_gettext("A reminder was sent"),
    Event.MESSAGE_RECEIVED: lazy_gettext("A message came"),
    Event.MESSAGE_MISSED: lazy_gettext("A message came while it was suspended"),
    Event.SIGNAL_RECEIVED: lazy_gettext("A signal came"),
    Event.INCIDENT_RAISED: lazy_gettext("An incident arose"),
    Event.INCIDENT_RETRIED: lazy_gettext("tried a job again"),
    Event.INCIDENT_RESOLVED: lazy_gettext("resolved an incident"),
    Event.DOCUMENT_ADDED: lazy_gettext("added a paper"),
    Event.DOCUMENT_MARKED: lazy_gettext("marked a paper"),
    Event.GRANTED: lazy_gettext("let a group see"),
    Event.REVOKED: lazy_gettext("let a group no longer see"),
    Event.NOTED: lazy_gettext("noted, or set variables by hand"),
}
WAYS = {
    "password": lazy_gettext("with a password"),
    "link": lazy_gettext("with a one-time link"),
    "oidc": lazy_gettext("with the agency's login"),
    "program": lazy_gettext("by a program, with a password"),
    "token": lazy_gettext("by a program, with a token"),
}
LABELS = {  # in the order in which they are told
    "activity": lazy_gettext("activity"),
    "before": lazy_gettext("before"),
    "after": lazy_gettext("after"),
    "from": lazy_gettext("from"),
    "to": lazy_gettext("to"),
    "receiver": lazy_gettext("who got it"),
    "tasks": lazy_gettext("tasks"),
    "due": lazy_gettext("due"),
    "name": lazy_gettext("name"),
    "roles": lazy_gettext("roles"),
    "email": lazy_gettext("e-mail"),
    "group": lazy_gettext("group"),
    "state": lazy_gettext("state"),
    "hours": lazy_gettext("hours"),
    "events": lazy_gettext("events"),
    "faults": lazy_gettext("faults"),
    "added": lazy_gettext("added"),
    "changed": lazy_gettext("changed"),
    "unchanged": lazy_gettext("unchanged"),
    "tokens": lazy_gettext("tokens ended"),
    "definitions": lazy_gettext("processes"),
    "reason": lazy_gettext("reason"),
}
PEOPLE = {  # facts that are user names
    SystemEvent.WORK_HANDED_OVER: ("to", "single"),
    Event.TASK_ASSIGNED: ("before", "after"),
}


def words(one: Deed) -> str:
    """What happened; who did it stands beside."""
    return str(WORDS.get(one.event, one.event))


def about(one: Deed) -> str:
    """Whom or what: a user by name, a task, a draft; of a failed login of nobody's name that."""
    if one.event.startswith(("user.", "login", "logout", "password", "link.", "token.")):
        if one.event == SystemEvent.LOGIN_FAILED and one.subject is None:
            return _("an unknown name")
        return names.person(one.subject) if one.subject != one.actor else ""
    return pick(one.title, one.title_en) or one.subject or ""


def particulars(one: Deed) -> str:
    """The facts in one line."""
    if "way" in one.facts:
        way, name = str(WAYS.get(str(one.facts["way"]), one.facts["way"])), one.facts.get("name")
        return f"{way} · {name}" if name else way
    facts = _in_one_language(_with_people(one))
    ranks = {name: rank for rank, name in enumerate(LABELS)}
    told = sorted(facts.items(), key=lambda fact: ranks.get(fact[0], len(ranks) - 1.5))  # what has no label stands before the reason
    return " · ".join(f"{LABELS.get(name, name)}: {_called(name, value)}" for name, value in told if value not in (None, "", [], {}))


def _with_people(one: Deed) -> dict[str, Any]:
    """The facts with what people are called, and how many tasks they got for the ids of these."""
    facts = dict(one.facts)
    for name in PEOPLE.get(one.event, ()):  # type: ignore[call-overload]
        if name in facts:
            given = facts.pop(name)
            who = sorted(set(given.values())) if isinstance(given, Mapping) else [given] if given else []
            place = "receiver" if one.event == SystemEvent.WORK_HANDED_OVER else name
            facts[place] = [*facts.get(place, []), *(names.person(user_id) for user_id in who)]
    if isinstance(facts.get("tasks"), list):
        facts["tasks"] = len(facts["tasks"])
    return facts


def _in_one_language(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is told twice, in Thai beside it, told once as the reader reads it."""
    told = {name: pick(str(facts[f"{name}_th"] or ""), str(value)) if f"{name}_th" in facts else value for name, value in facts.items()}
    return {name: value for name, value in told.items() if not (name.endswith("_th") and name.removesuffix("_th") in facts)}


def _called(name: str, value: Any) -> str:
    """A fact's value as people call it: a group by its name."""
    return names.group(value) if name == "group" and isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{LABELS.get(name, name)} {_called(name, part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "–"
    return written(str(value)) if value not in (None, "") else "–"
