"""People, and who may see what."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.storage.model.columns import Id, Instant, Key, metadata, own_id

party = Table(
    "party",
    metadata,
    Column("key", Key, primary_key=True),  # "opdc", "province"; its units are in memberships
    Column("pack", Key),
    Column("th", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("unit_variable", Key),  # the variable that names the unit in an instance, for parties with units
)

user = Table(
    "user_",
    metadata,
    own_id(),  # the login name
    Column("lower_id", Key),  # the same in small letters: names that differ only in capitals are one
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, default=""),
    Column("email", Text),
    Column("password", Text),  # argon2; none: cannot log in with one
    Column("roles", Text, nullable=False, default="[]"),  # JSON list of Role
    Column("demo", Boolean, nullable=False, default=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("locale", String(8)),
    Column("session", String(32), nullable=False, default=""),  # changes with the password: ends other sessions
    Column("created", Instant, nullable=False),
    Column("last_login", Instant),
    Column("subject", Key),  # who it is for the agency's own login (issuer and sub), once he came in with it: engine/people/identities.py
    Index("uq_user_subject", "subject", unique=True),
    Index("uq_user_lower_id", "lower_id", unique=True),
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", ForeignKey("user_.id"), primary_key=True),
    Column("group_", Key, primary_key=True),  # "opdc", "province:TH-50"
    Column("number", Integer, primary_key=True),  # of the period: who left and came back has several, none of which meet
    Column("since", Instant),
    Column("until", Instant),
    Index(None, "group_"),
)

grant = Table(
    "grant_",
    metadata,  # GRANT is a reserved word
    Column("root_id", Id, primary_key=True),
    Column("group_", Key, primary_key=True),
    Column("category", Key, primary_key=True),
    Column("unit", Key, primary_key=True, default="*"),
    Index(None, "group_", "root_id"),
)

link = Table(
    "link",
    metadata,  # one-time links: first administrator, setting a password
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("user_id", Key),
    Column("expires", Instant, nullable=False),  # real time
    Column("used", Instant),
    Index(None, "user_id", "purpose"),
)

api_token = Table(
    "api_token",
    metadata,  # personal tokens for programs that act for a user: engine/people/api_tokens.py
    own_id(),
    Column("user_id", ForeignKey("user_.id"), nullable=False),
    Column("name", Key, nullable=False),  # what it is for, in its owner's words
    Column("digest", String(64), nullable=False),  # sha256 of the token, which is shown once
    Column("created", Instant, nullable=False),  # real time, as is its end
    Column("expires", Instant),
    UniqueConstraint("digest"),
    Index(None, "user_id"),
)

attempt = Table(
    "attempt",
    metadata,  # failed logins and the like, by all processes: engine/people/attempts.py
    Column("digest", String(64), primary_key=True),  # sha256 of what is counted
    Column("number", Integer, nullable=False),
    Column("until", Instant, nullable=False),  # real time: when the window ends
    Index(None, "until"),
)
