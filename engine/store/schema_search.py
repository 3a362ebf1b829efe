"""The tables behind search and insights, and the notes of coaching."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.schema_base import BigKey, Moment, metadata

# One narrow row a feedback, of its latest revision: what is searched and counted by, without the words.
search_entry = Table(
    "search_entry",
    metadata,
    Column("sequence", BigKey, ForeignKey("feedback.sequence"), primary_key=True, autoincrement=False),
    # When it occurred, in microseconds since 1970.
    Column("at", BigInteger, nullable=False),
    Column("source", String(200), nullable=False),
    Column("unit", String(800)),
    Column("channel", String(100)),
    Column("employee", String(200)),
    Column("language", String(20)),
    Column("status", String(40), nullable=False),
    # JSON objects; and the labels that hold, one `task:path` a line.
    Column("scores", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Index(None, "at"),
    Index(
        "ix_search_entry_employee",
        "employee",
        sqlite_where=text("employee IS NOT NULL"),
        postgresql_where=text("employee IS NOT NULL"),
    ),
)

# One row: feedback up to this commit may have no entry yet; 0 once all have.
search_state = Table(
    "search_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("below", BigKey, nullable=False),
)

# What managers note for an employee.
coaching_note = Table(
    "coaching_note",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("employee", String(200), nullable=False),
    # The id of the person who wrote it.
    Column("author", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", Text, nullable=False),
    # The feedback that it is about, if it is about one.
    Column("source", String(200)),
    Column("feedback_id", String(200)),
    Index(None, "employee", "id"),
    Index(None, "source", "feedback_id"),
)
