"""The tables of feedback, rules and alerts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.schema_base import BigKey as BigKey
from engine.store.schema_base import Moment as Moment
from engine.store.schema_base import metadata as metadata

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
    # What was taken out of the record, encrypted; only where the program keeps it.
    Column("sealed", LargeBinary),
    # When its words, people and attributes were erased.
    Column("erased_at", Moment),
    UniqueConstraint("source", "id", "revision"),
    Index(None, "occurred_at"),
    Index(None, "customer"),
    Index(None, "unread", "sequence"),
    Index(None, "source", "sequence"),
    # What retention looks for: the oldest of a channel.
    Index(None, "received_at"),
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
    # How sure the language is; and the codes of the sentences' languages, where not all are in it.
    Column("language_confidence", Float),
    Column("languages", Text),
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
    # None only of what the service raises about itself before there is any feedback.
    Column("sequence", BigKey, ForeignKey("feedback.sequence")),
    Column("opened_at", Moment, nullable=False),
    Column("unit", String(800)),
    Column("customer", String(200)),
    Column("employee", String(200)),
    Column("reasons", Text, nullable=False),
    # Where in the words it stands, as JSON; what was least sure among what had to hold; what a queue is sorted by.
    Column("evidence", Text, nullable=False, server_default="[]"),
    Column("confidence", Float, nullable=False, server_default="1"),
    Column("priority", Integer, nullable=False, server_default="0"),
    # Whom it was sent to first, as a name, and by which way through the routes.
    Column("receiver", String(100), nullable=False),
    Column("route", Text, nullable=False, server_default=""),
    Column("key", Text),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    # Counts every change; who changes an alert says which version was seen.
    Column("version", Integer, nullable=False, server_default="1"),
    Column("holder", String(100)),
    Column("team", String(100)),
    # False of reviews, of stale feedback, and of what the service raises about itself.
    Column("in_attainment", Boolean(create_constraint=False), nullable=False, server_default=text("true")),
    Column("follow_up_due", Moment),
    Column("close_due", Moment),
    Column("followed_up_at", Moment),
    # The last resolve; None again once it is reopened. Closed: resolved or dismissed.
    Column("resolved_at", Moment),
    Column("closed_at", Moment),
    Column("root_cause", String(200)),
    Column("remedy", String(200)),
    # The latest verdict.
    Column("verdict", String(20)),
    # The problem behind it; without a foreign key, which SQLite could not drop again.
    Column("problem", String(40)),
    # When time alone may next change something about it: an escalation, an undelivered message.
    Column("watch_at", Moment),
    UniqueConstraint("fingerprint"),
    Index(None, "opened_at", "id"),
    Index(None, "rule", "opened_at"),
    Index(None, "sequence"),
    Index(None, "source", "feedback_id"),
    Index(None, "customer", "opened_at"),
    Index(None, "problem"),
    Index(
        "ix_alert_queue",
        text("priority DESC"),
        "opened_at",
        "id",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_alert_holder_queue",
        "holder",
        text("priority DESC"),
        "opened_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    # All that attainment counts, so that a report of many alerts reads none of them; without the unit, which may be
    # longer than an entry of an index may be.
    Index(
        "ix_alert_attainment",
        *("opened_at", "in_attainment", "verdict", "follow_up_due", "followed_up_at", "close_due", "resolved_at"),
        *("severity", "rule", "team", "holder", "sequence"),
    ),
    Index(
        "ix_alert_watch_at",
        "watch_at",
        sqlite_where=text("watch_at IS NOT NULL"),
        postgresql_where=text("watch_at IS NOT NULL"),
    ),
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
    # How often what is kept in memory of the patterns was erased: then all of it is read again.
    Column("erased", BigKey, nullable=False, server_default=text("0")),
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
    # What changed, as JSON: {"from": ..., "to": ...} and what else belongs to the kind.
    Column("data", Text, nullable=False, server_default="{}"),
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
    # Whether it may see what was taken out of records.
    Column("see_private", Boolean(create_constraint=False), nullable=False, server_default=text("false")),
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
