"""Users and groups. Lists of users are for administrators; everybody may read his own."""

from __future__ import annotations

from typing import Self

from engine.queries import UserView
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.people import GROUPS, USERS, Group
from webui import current
from webui.rest import listing
from webui.rest.authentication import actor, by_token, right
from webui.rest.filters import like, several, text
from webui.rest.finding import one
from webui.rest.listing import Listing
from webui.rest.operations import Dto, Resource
from webui.rest.reading import refused

users = Resource("user", "Accounts. For administrators; one's own is everybody's to read.")
groups = Resource("group", "Parties and their units: what tasks are offered to.")
identity = Resource("identity", "Who somebody is: his groups, and whether a password is his.")


class UserProfile(Dto):
    """A user."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None

    @classmethod
    def of(cls, view: UserView) -> Self:
        """A user of the engine's: his name up to the first space is the first one."""
        first, _space, last = view.name.partition(" ")
        return cls(id=view.id, first_name=first, last_name=last, email=view.email)


class UserCredentials(Dto):
    """A password, and the present one of who asks: nobody takes an account over with a token alone."""

    password: str
    authenticated_user_password: str | None = None


class NewUser(Dto):
    """A user to add."""

    profile: UserProfile
    credentials: UserCredentials


class GroupDto(Dto):
    """A group."""

    id: str
    name: str
    type: str

    @classmethod
    def of(cls, group: Group) -> Self:
        """A group of the engine's."""
        return cls(id=group.id, name=group.name, type="PARTY")


USER_FILTERS = (
    text("id", "id"), several("idIn", "id"), text("email", "email"), like("emailLike", "email"), text("memberOfGroup", "group"),
    like("firstNameLike", "name"), like("lastNameLike", "name"),
)  # fmt: skip
USER_SORTS = {"userId": "id", "firstName": "name", "lastName": "name", "email": "email"}
listing.register(users, "/user", Listing("User", USERS, USER_FILTERS, USER_SORTS, UserProfile, (Order("id"),)), post=False, by_id=False)
GROUP_FILTERS = (text("id", "id"), several("idIn", "id"), text("name", "id"), like("nameLike", "id"), text("member", "member"))
listing.register(
    groups, "/group", Listing("Group", GROUPS, GROUP_FILTERS, {"id": "id", "name": "id"}, GroupDto, (Order("id"),)), post=False
)


@users.get("/user/{id}/profile")
def profile(id: str) -> UserProfile:
    """One user: oneself, or for administrators anybody."""
    if id == actor().user_id:
        return UserProfile.of(current.engine().user(id))
    return UserProfile.of(one(USERS, id))


@users.put("/user/{id}/profile")
def change_profile(id: str, body: UserProfile) -> None:
    """Change name and address of a user; for administrators."""
    if body.id != id:
        raise refused("A user's id stays as it is.", "id")
    current.engine().change_user(id, name=_name(body), email=body.email, actor=actor())


@users.put("/user/{id}/credentials")
def set_password(id: str, body: UserCredentials) -> None:
    """Set a password: one's own, or for administrators anybody's. One's own, and a token, ask for `authenticatedUserPassword`, too."""
    me, present = actor().user_id, body.authenticated_user_password
    if (id == me or present is not None or by_token()) and not right(me, present or ""):
        raise refused("The present password of who asks is not right.", "authenticatedUserPassword", "รหัสผ่านปัจจุบันไม่ถูกต้อง")
    current.engine().set_password(id, body.password, actor=actor())


@users.post("/user/create")
def create(body: NewUser) -> None:
    """Add a user; for administrators."""
    given = body.profile
    current.engine().add_user(given.id, name=_name(given), email=given.email, password=body.credentials.password, actor=actor())


def _name(profile: UserProfile) -> str:
    return " ".join(part for part in (profile.first_name, profile.last_name) if part) or profile.id


@users.delete("/user/{id}")
def delete(id: str) -> None:
    """Close an account: what its user did stays. For administrators."""
    current.engine().deactivate(id, actor=actor())


@groups.put("/group/{id}/members/{user_id}")
def add_member(id: str, user_id: str) -> None:
    """Make a user a member of a group; for administrators."""
    current.engine().change_membership(user_id, id, True, actor=actor())


@groups.delete("/group/{id}/members/{user_id}")
def remove_member(id: str, user_id: str) -> None:
    """Make a user no member of a group any more; for administrators."""
    current.engine().change_membership(user_id, id, False, actor=actor())


class GroupsOf(Dto):
    """Whose groups."""

    user_id: str


class GroupUser(Dto):
    """A user as a member of groups."""

    id: str
    first_name: str
    last_name: str
    display_name: str


class GroupsOfUser(Dto):
    """The groups of a user, and their other members (none are told)."""

    groups: list[GroupDto]
    group_users: list[GroupUser]


class Verification(Dto):
    """A name and a password."""

    username: str
    password: str


class Verified(Dto):
    """Whether they belong together."""

    authenticated_user: str
    authenticated: bool


@identity.get("/identity/groups")
def groups_of(query: GroupsOf) -> GroupsOfUser:
    """The groups of a user: one's own, or for administrators anybody's."""
    found = current.engine().search(GROUPS, [Condition("member", Operator.IS, query.user_id)], [Order("id")], actor=actor())
    return GroupsOfUser(groups=[GroupDto.of(one) for one in found], group_users=[])


@identity.post("/identity/verify")
def verify(body: Verification) -> Verified:
    """Whether a name and a password belong together; tried too often, it is refused as a login is."""
    return Verified(authenticated_user=body.username, authenticated=right(body.username, body.password))
