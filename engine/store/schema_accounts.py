"""The tables of people who sign in, of their sessions, and of who changed what."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.schema_base import BigKey, Moment, metadata

account = Table(
    "account",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", String(100), nullable=False),
    # In lower case.
    Column("email", String(200), nullable=False, unique=True),
    # Argon2id; None where only links and the identity provider sign in.
    Column("password", Text),
    Column("role", String(20), nullable=False),
    Column("unit", String(800)),
    Column("see_private", Boolean(create_constraint=False), nullable=False, server_default=text("false")),
    # The id in the people directory; without a foreign key, since people come from files.
    Column("person", String(100)),
    # Who this is at the identity provider: issuer|subject.
    Column("subject", String(500), unique=True),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

# The browser has the token, the store its SHA-256.
session = Table(
    "session",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, nullable=False, index=True),
)

# Links that sign in once.
sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account_id", String(20), ForeignKey("account.id"), nullable=False, index=True),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)

# How often somebody guessed wrong: by account, and by address.
guess = Table(
    "guess",
    metadata,
    Column("subject", String(100), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
    Column("wait_until", Moment, nullable=False),
)

# Who changed what, in the console and over HTTP.
audit = Table(
    "audit",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    # A person, an account or a key; and the account or key that acted in the person's name.
    Column("who", String(200), nullable=False),
    Column("through", String(200)),
    # What was done, such as `change`; to what kind of thing, such as `person`, and to which.
    Column("what", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    # What was said, as JSON; never a secret.
    Column("data", Text, nullable=False, server_default="{}"),
    Index(None, "kind", "subject"),
)
