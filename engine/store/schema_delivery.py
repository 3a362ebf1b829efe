"""The tables of delivery: notifications, what is known of receivers, silences, and links in messages."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.schema_base import Moment, metadata

# One message to one receiver. What is combined into another message stands here as held back, with its carrier.
notification = Table(
    "notification",
    metadata,
    Column("id", String(60), primary_key=True),
    # None of digests, groups and notices, which carry others or are about a silence.
    Column("alert_id", String(40), ForeignKey("alert.id"), index=True),
    # opened, escalated, fallback, thanks, group, digest, silence_ended
    Column("kind", String(20), nullable=False, server_default="opened"),
    Column("severity", String(20), nullable=False, server_default="medium"),
    # Whom it is for: a person's id, or a receiver's name; a budget counts by it.
    Column("recipient", String(100), nullable=False, server_default=""),
    Column("receiver", String(100), nullable=False),
    # Where the receiver reaches that person; None where the receiver is the address.
    Column("address", Text),
    # pending, sent, dead, held, dropped
    Column("state", String(20), nullable=False),
    # Why it is not sent, or why it waits until it is due; and the silence or problem that says so.
    Column("held_reason", String(40)),
    Column("held_by", String(60)),
    # The notification that tells of it; without a foreign key, which SQLite could not drop again.
    Column("carried_by", String(60), index=True),
    # Of a group or digest that is not sent yet: what it gathers.
    Column("gathers", Text),
    Column("message", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_by", String(60)),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", Moment),
    Index(None, "state", "receiver", "due_at"),
    Index(None, "recipient", "finished_at"),
    Index(
        "ix_notification_held_by",
        "held_by",
        sqlite_where=text("held_by IS NOT NULL"),
        postgresql_where=text("held_by IS NOT NULL"),
    ),
    Index(
        "ix_notification_gathers",
        "gathers",
        sqlite_where=text("gathers IS NOT NULL"),
        postgresql_where=text("gathers IS NOT NULL"),
    ),
)

# Each try to send a notification.
notification_attempt = Table(
    "notification_attempt",
    metadata,
    Column("notification_id", String(60), ForeignKey("notification.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
)

# What is known of a receiver: whether it is stopped, and since when it fails.
receiver_state = Table(
    "receiver_state",
    metadata,
    Column("name", String(100), primary_key=True),
    # on, stopped
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("since", Moment, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Moment),
    Column("last_sent_at", Moment),
)

silence = Table(
    "silence",
    metadata,
    Column("id", String(40), primary_key=True),
    # What it keeps quiet, as JSON: the conditions of a route.
    Column("matching", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("ended_by", String(200)),
    # When its end was told of.
    Column("noticed_at", Moment),
)

# An action that a link in a message was used for: once each.
link_use = Table(
    "link_use",
    metadata,
    Column("link", String(64), primary_key=True),
    Column("action", String(20), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
)

# Keys that the service made for itself.
secret = Table(
    "secret",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# What was expected and did not come: since when it is waited for, and the alert that says so.
expectation = Table(
    "expectation",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("alert_id", String(40), ForeignKey("alert.id")),
)
