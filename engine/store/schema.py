"""The tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC, also on SQLite, which keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive moment is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment for the store must be aware")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:
            # Within a day of the calendar's end: the end compares alike with every stored moment.
            moment = datetime(1, 1, 1, tzinfo=UTC) if value.year == 1 else datetime(9999, 12, 31, tzinfo=UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite gives its row id only to a column that is exactly INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

feedback = Table(
    "feedback",
    metadata,
    Column("sequence", BigKey, primary_key=True, autoincrement=False),
    Column("source", String(200), nullable=False),
    Column("id", String(200), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("record", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("unit", String(800)),
    Column("channel", String(100)),
    Column("customer", String(200)),
    Column("ordinal", Integer, nullable=False),
    Column("unread", Boolean(create_constraint=False), nullable=False),
    Column("notify", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("source", "id", "revision"),
    Index(None, "occurred_at"),
    Index(None, "customer"),
    Index(None, "unread", "sequence"),
)

reading = Table(
    "reading",
    metadata,
    Column("sequence", BigKey, ForeignKey("feedback.sequence"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("status", String(40), nullable=False),
    Column("language", String(20)),
    Column("model", String(200), nullable=False),
    Column("taxonomy", String(40), nullable=False),
    Column("n_sentences", Integer, nullable=False),
    Column("dimensions", Integer, nullable=False),
    Column("spans", LargeBinary, nullable=False),
    Column("confidence", LargeBinary, nullable=False),
    Column("standing", LargeBinary, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
)

reading_label = Table(
    "reading_label",
    metadata,
    Column("sequence", BigKey, ForeignKey("feedback.sequence"), primary_key=True, autoincrement=False),
    Column("task", String(20), primary_key=True),
    Column("label", String(200), primary_key=True),
    Column("confidence", Float, nullable=False),
    Index(None, "task", "label", "sequence"),
)

decision = Table(
    "decision",
    metadata,
    Column("sequence", BigKey, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("decided_at", Moment, nullable=False),
    Column("ruleset", String(40), ForeignKey("ruleset.version"), nullable=False),
    Column("held_back", Text, nullable=False),
    Column("found", Text, nullable=False, server_default="{}"),
    ForeignKeyConstraint(["sequence", "ordinal"], ["reading.sequence", "reading.ordinal"]),
)

alert = Table(
    "alert",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("rule_version", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("source", String(200), nullable=False),
    Column("feedback_id", String(200), nullable=False),
    Column("sequence", BigKey, ForeignKey("feedback.sequence"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("unit", String(800)),
    Column("customer", String(200)),
    Column("reasons", Text, nullable=False),
    Column("receiver", String(100), nullable=False),
    Column("key", Text),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    UniqueConstraint("fingerprint"),
    Index(None, "opened_at", "id"),
    Index(None, "rule", "opened_at"),
    Index(None, "sequence"),
    Index(None, "source", "feedback_id"),
)

# What windows count: a row a feedback and counter, never changed; a revision takes back with weight -1.
# A counter is complete for feedback that occurred since its `since`, in microseconds since 1970; up to the commit
# `through`, or up to the last one while every commit counts it.
counter = Table(
    "counter",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("through", BigKey),
)

counted = Table(
    "counted",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("counter", String(40), ForeignKey("counter.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sequence", BigKey, nullable=False),
    Column("value", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Index(None, "counter", "at"),
    Index(None, "sequence"),
)

episode = Table(
    "episode",
    metadata,
    Column("alert_id", String(40), ForeignKey("alert.id"), primary_key=True),
    Column("rule", String(100), nullable=False),
    Column("key", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("below_since", BigInteger),
    Column("ended", BigInteger),
    # The change, as `progress` counts them, that wrote it last.
    Column("changed", BigKey, nullable=False, server_default="0", index=True),
    Index(None, "ended"),
)

# The feedback behind a signal, and what a cooldown linked to an alert.
alert_feedback = Table(
    "alert_feedback",
    metadata,
    Column("alert_id", String(40), ForeignKey("alert.id"), primary_key=True),
    Column("sequence", BigKey, ForeignKey("feedback.sequence"), primary_key=True, autoincrement=False),
    Index(None, "sequence"),
)

# One row: the moment of the last commit, up to when the ticker looked, and how often the state changed.
progress = Table(
    "progress",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("moment", Moment, nullable=False),
    Column("ticked", BigInteger),
    Column("changes", BigKey, nullable=False),
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("alert_id", String(40), ForeignKey("alert.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
)

notification = Table(
    "notification",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("alert_id", String(40), ForeignKey("alert.id"), nullable=False, index=True),
    Column("receiver", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("held_reason", String(40)),
    Column("message", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_by", String(60)),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", Moment),
    Index(None, "state", "due_at"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("notification_id", String(60), ForeignKey("notification.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("alert_id", String(40), ForeignKey("alert.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("labels", Text),
    Column("note", Text, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("unit", String(800)),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

document = Table(
    "document",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", Text, nullable=False),
)

shelf = Table(
    "shelf",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

rule_version = Table(
    "rule_version",
    metadata,
    Column("slug", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False, index=True),
    Column("sha256", String(64), ForeignKey("document.sha256"), nullable=False),
    Column("file", Text, nullable=False),
    Column("title", String(200), nullable=False),
    Column("author", String(200)),
    Column("status", String(20), nullable=False),
    Column("managed", Boolean(create_constraint=False), nullable=False),
    Column("retired", Boolean(create_constraint=False), nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

phrase = Table(
    "phrase",
    metadata,
    Column("model", String(200), primary_key=True),
    Column("text", String(500), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

ruleset = Table(
    "ruleset",
    metadata,
    Column("version", String(40), primary_key=True),
    Column("taxonomy", String(40), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
)

taxonomy = Table(
    "taxonomy",
    metadata,
    Column("version", String(40), primary_key=True),
    Column("content", Text, nullable=False),
)
