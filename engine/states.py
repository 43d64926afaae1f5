"""The states and events of the engine, each value explained. Names follow Camunda 7 (docs/glossary.md)."""

from enum import StrEnum


class InstanceState(StrEnum):
    ACTIVE = "ACTIVE"  # running, or waiting for somebody
    SUSPENDED = "SUSPENDED"  # nobody can complete anything, no job runs, until it is resumed
    COMPLETED = "COMPLETED"  # reached an end of its own
    EXTERNALLY_TERMINATED = "EXTERNALLY_TERMINATED"  # cancelled by a person, with a reason
    INTERNALLY_TERMINATED = "INTERNALLY_TERMINATED"  # stopped by its own diagram or by its parent


class TaskState(StrEnum):
    CREATED = "CREATED"  # open, nobody's yet
    CLAIMED = "CLAIMED"  # open, in the hands of its assignee
    SUSPENDED = "SUSPENDED"  # its instance is suspended
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"  # ended without being completed: interrupted, cancelled


OPEN_TASK_STATES = (TaskState.CREATED, TaskState.CLAIMED)


class JobKind(StrEnum):
    TIMER = "timer"  # a BPMN timer of a token
    START = "start"  # a timer start event of a definition
    HANDLER = "handler"  # a deferred handler
    REMINDER = "reminder"  # before or after a task's due date
    CONTINUATION = "continuation"  # takes a token on in a transaction of its own
    ACTIVATION = "activation"  # deploys an approved draft: engine/drafts


class JobState(StrEnum):
    PENDING = "PENDING"  # waits for its due time
    RUNNING = "RUNNING"  # leased by a worker until lock_until
    FAILED = "FAILED"  # out of retries: an incident shows it
    SUSPENDED = "SUSPENDED"


class ExternalTaskState(StrEnum):
    FREE = "FREE"  # waits for a worker
    LOCKED = "LOCKED"  # not given to anybody until lock_until: a worker has it, or it waits for its next attempt
    FAILED = "FAILED"  # out of retries: an incident shows it
    SUSPENDED = "SUSPENDED"  # its instance is suspended


class IncidentType(StrEnum):
    FAILED_JOB = "failedJob"  # a timer or handler out of retries
    FAILED_STEP = "failedStep"  # an inline handler, expression or gateway failed while somebody completed a task
    STUCK = "stuck"  # an instance that has not ended but waits for nothing
    FAILED_EXTERNAL_TASK = "failedExternalTask"  # a worker gave up


class DocumentState(StrEnum):
    DRAFT = "DRAFT"  # uploaded with a task that is not completed yet
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"


class Event(StrEnum):
    """What the history may say happened."""

    INSTANCE_STARTED = "instance.started"
    INSTANCE_ENDED = "instance.ended"
    INSTANCE_SUSPENDED = "instance.suspended"
    INSTANCE_RESUMED = "instance.resumed"
    INSTANCE_CANCELLED = "instance.cancelled"
    INSTANCE_MODIFIED = "instance.modified"  # where it stands was changed by hand
    INSTANCE_RESTARTED = "instance.restarted"  # another was started in its place
    INSTANCE_MIGRATED = "instance.migrated"  # to another version of its definition
    MIGRATION_UNDONE = "instance.migration_undone"  # back to the version before
    ACTIVITY_STARTED = "activity.started"
    ACTIVITY_COMPLETED = "activity.completed"
    ACTIVITY_CANCELLED = "activity.cancelled"
    ACTIVITY_SUSPENDED = "activity.suspended"
    ACTIVITY_RESUMED = "activity.resumed"
    TASK_CREATED = "task.created"
    TASK_CLAIMED = "task.claimed"
    TASK_RELEASED = "task.released"
    TASK_ASSIGNED = "task.assigned"
    TASK_COMPLETED = "task.completed"
    TASK_TERMINATED = "task.terminated"
    TASK_DUE_CHANGED = "task.due_changed"
    TASK_DRAFTED = "task.drafted"
    VARIABLES_CHANGED = "variables.changed"
    TIMER_FIRED = "timer.fired"
    JOB_FAILED = "job.failed"
    JOB_RETRIED = "job.retried"
    JOB_DUE_CHANGED = "job.due_changed"
    EXTERNAL_TASK_COMPLETED = "external_task.completed"
    EXTERNAL_TASK_FAILED = "external_task.failed"
    EXTERNAL_TASK_ERROR = "external_task.error"  # a worker reported a BPMN error
    EXTERNAL_TASK_RETRIED = "external_task.retried"
    REMINDER_SENT = "reminder.sent"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_MISSED = "message.missed"  # it came while the instance was suspended
    SIGNAL_RECEIVED = "signal.received"
    INCIDENT_RAISED = "incident.raised"
    INCIDENT_RETRIED = "incident.retried"  # somebody had it tried again, and why
    INCIDENT_RESOLVED = "incident.resolved"
    DOCUMENT_ADDED = "document.added"
    DOCUMENT_MARKED = "document.marked"
    GRANTED = "grant.added"
    REVOKED = "grant.revoked"
    NOTED = "noted"  # a handler's own remark (context.record)


class SystemEvent(StrEnum):
    """What the journal (engine/storage/journal.py) may say happened: what is no instance's and no draft's."""

    LOGGED_IN = "login"
    LOGIN_FAILED = "login.failed"
    LOGGED_OUT = "logout"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    MEMBERSHIPS_CHANGED = "user.memberships"
    WORK_HANDED_OVER = "user.handed_over"
    PASSWORD_SET = "user.password"
    LINK_MADE = "link.made"  # a one-time link
    LINK_USED = "link.used"
    TOKEN_MADE = "token.made"
    TOKEN_REVOKED = "token.revoked"
    USERS_IMPORTED = "users.imported"
    DEPLOYED = "deployment.added"
    DEPLOYMENT_DELETED = "deployment.deleted"
    DEFINITION_SUSPENDED = "definition.suspended"
    DEFINITION_RESUMED = "definition.resumed"
    ACTIVITY_SUSPENDED = "definition.activity_suspended"  # in all instances of a version
    ACTIVITY_RESUMED = "definition.activity_resumed"
    SETTING_CHANGED = "setting.changed"
    CLOCK_MOVED = "clock.moved"
    CHAINS_VERIFIED = "audit.verified"
    AUDIT_EXPORTED = "audit.exported"


# What tells that an element was entered and left: a user task's own events say it, all others say `activity.…`.
ENTERED = (Event.ACTIVITY_STARTED, Event.TASK_CREATED)
COMPLETED = (Event.ACTIVITY_COMPLETED, Event.TASK_COMPLETED)
CUT = (Event.ACTIVITY_CANCELLED, Event.TASK_TERMINATED)


class Verb(StrEnum):
    """What an actor may ask to do."""

    SEE = "see"
    WORK = "work"  # claim, save a draft of, complete a task
    RELEASE = "release"
    ASSIGN = "assign"
    START = "start"
    DEPLOY = "deploy"
    ADMINISTER = "administer"  # suspend, resume, cancel, retry, move a due date
    MANAGE_PEOPLE = "manage_people"
    AUDIT = "audit"
    DESIGN = "design"  # drafts of processes: write, check, rehearse, submit
    APPROVE = "approve"  # what others have drafted: read, approve, return
    SEE_DRAFTS = "see_drafts"  # who does either


class Role(StrEnum):
    """What a user may do beside the work of his parties; what each is for: `ROLES` of engine/people/authorization.py."""

    ADMINISTRATOR = "administrator"
    DESIGNER = "designer"  # drafts processes
    APPROVER = "approver"  # approves what others have drafted
    AUDITOR = "auditor"  # reads who did what, changes nothing
    OBSERVER = "observer"  # sees what the packs show observers
