"""Users, their groups and passwords."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine import people
from engine.errors import Forbidden
from engine.people import SYSTEM, Actor, accounts, api_tokens, attempts, directory, identities, importing, links, memberships, sheets
from engine.people.api_tokens import ApiToken
from engine.people.directory import PartyView, Person
from engine.people.identities import Identity
from engine.people.importing import ImportPlan
from engine.people.memberships import Membership
from engine.queries import (
    Page,
    UserView,
)
from engine.running import closing
from engine.running.reassignment import NOBODY, Reassignment
from engine.running.transactions import Transactions
from engine.states import SystemEvent, Verb
from engine.storage import journal
from engine.storage.session import Session


class PeopleVerbs(Transactions):
    """Verbs of users."""

    def actor(self, user_id: str) -> Actor:
        """The actor a user is now. Raises NotFound."""
        return self._read(SYSTEM, lambda session: people.actor(session.connection, user_id, session.now))

    def signed_in(self, user_id: str) -> tuple[UserView, Actor, datetime]:
        """A user, the actor he is now, and the time processes see: what every request of a session asks. Raises NotFound."""
        return self._read(SYSTEM, lambda session: (*people.signed_in(session.rows, user_id, session.now), session.now))

    def user(self, user_id: str) -> UserView:
        """One user. Raises NotFound."""
        return self._read(SYSTEM, lambda session: directory.user(session, user_id))

    def person(self, user_id: str, *, actor: Actor) -> Person:
        """One user with all his memberships, past and to come. Raises NotFound."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._read(actor, lambda session: directory.person(session, user_id))

    def users(
        self,
        *,
        actor: Actor,
        search: str | None = None,
        group: str | None = None,
        role: str | None = None,
        state: str | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> Page[UserView]:
        """Users by id; `state`: active, locked (no password yet) or inactive."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)

        def read(session: Session) -> Page[UserView]:
            found, total = directory.users(session, search=search, group=group, role=role, state=state, first=first, limit=limit)
            return Page(tuple(found), total)

        return self._read(actor, read)

    def members(self, group: str) -> list[tuple[str, str, str]]:
        """(user id, name, English name) of a group's members."""
        return self._read(SYSTEM, lambda session: people.members(session.connection, group, session.now))

    def parties(self) -> dict[str, tuple[str, str]]:
        """Thai and English name of every party by key."""
        return self._read(SYSTEM, lambda session: people.parties(session.connection))

    def party_members(self, *, actor: Actor) -> list[PartyView]:
        """The parties with how many work for each of them and of their units."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._read(actor, directory.parties)

    def add_user(
        self,
        user_id: str,
        *,
        name: str,
        name_en: str = "",
        email: str | None = None,
        password: str | None = None,
        roles: Iterable[str] = (),
        groups: Iterable[str] = (),
        demo: bool = False,
        locale: str | None = None,
        actor: Actor,
    ) -> None:
        """Add a user. Raises Invalid, Conflict."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(
            actor,
            lambda session: accounts.add(
                session,
                user_id,
                name=name,
                name_en=name_en,
                email=email,
                password=password,
                roles=roles,
                groups=groups,
                demo=demo,
                locale=locale,
            ),
        )

    def add_users(self, users: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
        """Add many users in one transaction; each a mapping of the arguments of `add_user`."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: accounts.add_many(session, users))

    def import_users(
        self,
        sheet: bytes,
        *,
        units: Mapping[str, Collection[str]] | None = None,
        called: Mapping[str, str] | None = None,
        preview: bool = False,
        fingerprint: str | None = None,
        actor: Actor,
    ) -> ImportPlan:
        """Add and change users as a sheet (CSV, XLSX) says, all rows or none; `preview`: only tell what each row would do.

        `units`: the groups of units that are known, by party; `called`: groups by what people call them; `fingerprint`:
        of the preview one has looked at.
        Raises Invalid (a sheet that cannot be read, or not a preview and a row is mistaken), Conflict.
        """
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        lines = importing.with_keys(sheets.read(sheet, importing.COLUMNS, importing.NEEDED), called or {})
        planned = self._read(actor, lambda session: importing.plan(session, lines, units or {}))
        if preview and not planned.ok:
            return planned
        run = self._preview if preview else self._write
        done = run(actor, lambda session: importing.carry_out(session, lines, units or {}, fingerprint))
        return planned if preview else done

    def change_user(self, user_id: str, *, actor: Actor, **changes: Any) -> None:
        """Change name, name_en, email, roles or locale. Raises NotFound, Invalid, Conflict for the last administrator's role."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: accounts.change(session, user_id, **changes))

    def set_locale(self, locale: str, *, actor: Actor) -> None:
        """Remember the language a user reads in."""
        self._write(actor, lambda session: accounts.change(session, actor.user_id, locale=locale))

    def set_password(self, user_id: str, password: str, *, actor: Actor) -> None:
        """Set a password: one's own, or as an administrator anybody's. Ends the user's other sessions."""
        if actor.user_id != user_id:
            self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: accounts.set_password(session, user_id, password))

    def check_password(self, user_id: str, password: str, *, demo: bool = False) -> Actor:
        """The actor with that name and password; demo users only where `demo`. Raises Forbidden; that stands in the journal."""
        try:
            return self._read(SYSTEM, lambda session: people.check_password(session.connection, user_id, password, session.now, demo=demo))
        except Forbidden:
            self.login_failed(user_id, "password")
            raise

    def log_in(self, user_id: str, password: str, *, demo: bool = False) -> Actor:
        """`check_password` for somebody who begins a session, whatever the capitals of the name; that stands in the journal."""
        meant = self._read(SYSTEM, lambda session: accounts.named(session, user_id))
        found = self.check_password(meant, password, demo=demo)
        self.logged_in(found.user_id, "password")
        return found

    def logged_in(self, user_id: str, way: str) -> None:
        """Tell the journal that somebody came in: with a `password`, a `link` or `oidc`."""
        self._write(SYSTEM, lambda session: accounts.logged_in(session, user_id, way))

    def came_by_program(self, user_id: str, secret: str | None = None) -> None:
        """Tell the journal that a program came in for somebody, with his password or a token: the first time within an hour."""
        self._write(SYSTEM, lambda session: accounts.came_by_program(session, user_id, secret))

    def come_in(self, identity: Identity, *, create: bool, mapped: Collection[str] = ()) -> str:
        """The user who has come with the agency's own login; `create`: an account where there is none, with no group but mapped ones.

        Raises Forbidden; that stands in the journal.
        """
        try:
            return self._write(SYSTEM, lambda session: identities.come_in(session, identity, create=create, mapped=mapped))
        except Forbidden:
            self.login_failed(identity.user_id, identities.WAY)
            raise

    def logged_out(self, actor: Actor) -> None:
        """Tell the journal that somebody ended his session."""
        self._write(actor, lambda session: journal.tell(session, SystemEvent.LOGGED_OUT, actor.user_id))

    def login_failed(self, user_id: str, way: str) -> None:
        """Tell the journal that somebody tried to come in; a name that is nobody's is not kept."""
        self._write(SYSTEM, lambda session: accounts.login_failed(session, user_id, way))

    def set_memberships(self, user_id: str, groups: Iterable[str], *, actor: Actor) -> None:
        """Make these, from now on and without end, the user's groups and no others."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: memberships.replace(session, user_id, groups))

    def put_membership(self, user_id: str, membership: Membership, *, instead: Membership | None = None, actor: Actor) -> None:
        """Make a user a member of a group from and to these times, in the place of periods that meet this one, or of `instead` alone.

        Raises NotFound, Invalid, Conflict where `instead` is no longer there.
        """
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: memberships.put(session, user_id, membership, instead))

    def forget_membership(self, user_id: str, membership: Membership, *, actor: Actor) -> None:
        """Take a period in a group off the record. Raises NotFound."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: memberships.forget(session, user_id, membership))

    def change_membership(self, user_id: str, group: str, member: bool, *, actor: Actor) -> None:
        """Make a user a member of a group from now on, or none any more; what is over stays. Raises NotFound."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)

        def change(session: Session) -> None:
            if member:
                memberships.put(session, user_id, Membership(group))
            else:
                memberships.remove(session, user_id, group)

        self._write(actor, change)

    def deactivate(self, user_id: str, *, active: bool = False, reason: str = "", actor: Actor) -> None:
        """Take away (or give back) a user's access at once; what he did stays. Raises NotFound, Conflict for the last administrator."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        if active:
            self._write(actor, lambda session: accounts.reactivate(session, user_id))
        else:
            self._write(actor, lambda session: accounts.deactivate(session, user_id, reason))

    def close_account(
        self,
        user_id: str,
        *,
        to: str | None,
        hand_over: bool = True,
        back_first: bool = False,
        single: Mapping[str, str] = NOBODY,
        reason: str,
        actor: Actor,
    ) -> Reassignment:
        """Take away access at once and hand over the open work, all or nothing: to somebody, or (`back_first`) to those it was offered to
        as far as that is possible, and single tasks (by id) to whom `single` says. What nobody can get stays where it is and is told.

        Raises NotFound, Conflict, Invalid.
        """
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._write(actor, lambda session: closing.close(session, user_id, to, hand_over, back_first, reason, single))

    def invite(self, user_id: str, *, actor: Actor) -> str:
        """The token of a one-time link (72 hours) with which a user sets his password; what he had is good no more.

        Raises NotFound, Conflict for who has no access.
        """
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._write(actor, lambda session: accounts.invite(session, user_id))

    def invite_many(self, user_ids: Sequence[str], *, actor: Actor) -> dict[str, str]:
        """The tokens of one-time links for many, by user: for all of them, or none. Raises as `invite` does."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._write(actor, lambda session: {user_id: accounts.invite(session, user_id) for user_id in user_ids})

    def accept_invitation(self, token: str, password: str) -> str:
        """Set the password a one-time link is for; returns whose it is. Raises Forbidden, Invalid."""
        return self._write(SYSTEM, lambda session: accounts.accept(session, token, password))

    def first_administrator(self, token: str, user_id: str, *, name: str, password: str) -> None:
        """Add the first administrator by the link that is offered where none can log in, which that uses up.

        Raises Forbidden, Invalid, Conflict.
        """
        self._write(SYSTEM, lambda session: accounts.first_administrator(session, token, user_id, name=name, password=password))

    def create_link(self, purpose: str, *, user_id: str | None = None, hours: float = 24, actor: Actor) -> str:
        """A one-time link's token."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._write(actor, lambda session: links.create(session.connection, purpose, user_id, hours=hours))

    def check_welcome(self, token: str) -> None:
        """Whether a link of the first administrator is good. Raises Forbidden."""
        self._read(SYSTEM, lambda session: accounts.check_welcome(session, token))

    def administrators(self, *, actor: Actor) -> set[str]:
        """The administrators who can log in."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._read(actor, accounts.administrators)

    def check_link(self, token: str, purpose: str) -> str | None:
        """Whom a link is for, without using it up. Raises Forbidden."""
        return self._read(SYSTEM, lambda session: links.check(session.connection, token, purpose))

    def add_api_token(self, user_id: str, name: str, *, days: float | None = None, actor: Actor) -> tuple[ApiToken, str]:
        """A personal token and its secret, told this once: one's own, or as an administrator anybody's. Raises NotFound, Invalid."""
        return self._write(actor, lambda session: api_tokens.add(session, user_id, name, days))

    def api_tokens(self, user_id: str, *, actor: Actor) -> list[ApiToken]:
        """A user's tokens, newest first: one's own, or as an administrator anybody's."""
        return self._read(actor, lambda session: api_tokens.listed(session, user_id))

    def revoke_api_token(self, token_id: str, *, actor: Actor) -> None:
        """Take a token back. Raises NotFound."""
        self._write(actor, lambda session: api_tokens.revoke(session, token_id))

    def bearer(self, secret: str) -> tuple[Actor, datetime]:
        """Whom a token stands for, as he may act now, and the time processes see. Raises Forbidden."""
        return self._read(SYSTEM, lambda session: (api_tokens.bearer(session, secret), session.now))

    def count_attempt(self, subject: str, seconds: int, number: int = 1) -> int:
        """Count an attempt at something within so many seconds of real time, for all processes; returns how many there are."""
        return self._write(SYSTEM, lambda session: attempts.count(session, subject, seconds, number))

    def attempts(self, subject: str) -> tuple[int, datetime | None]:
        """How often something was tried within the window that runs, and when that ends."""
        return self._read(SYSTEM, lambda session: attempts.counted(session, subject))

    def forget_attempts(self, subject: str | None = None) -> int:
        """Forget the attempts at something, or at everything; returns how many windows were forgotten."""
        return self._write(SYSTEM, lambda session: attempts.forget(session, subject))
