"""The tables of erasure, and of who looked at what was taken out of records."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from engine.store.schema_base import BigKey, Moment, metadata

# One row an erasure: written before anything is erased, finished last, so that one that was cut off goes on.
erasure = Table(
    "erasure",
    metadata,
    Column("id", String(40), primary_key=True),
    # customer or retention.
    Column("kind", String(20), nullable=False),
    # Whose traces: a keyed digest of the customer, never the customer; or the rule of retention, in words.
    Column("subject", Text, nullable=False),
    Column("erasing", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("finished_at", Moment),
    # How far it is, as JSON; and what was erased, table by table, as JSON.
    Column("progress", Text, nullable=False, server_default="{}"),
    Column("receipt", Text, nullable=False, server_default="{}"),
    Index(None, "finished_at"),
)

# Who looked at what was taken out of a record, and when.
private_view = Table(
    "private_view",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("feedback_id", String(200), nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Index(None, "source", "feedback_id"),
)

# Where records were written to label them, and data sets that hold labelled ones: an erasure goes there too.
export = Table(
    "export",
    metadata,
    Column("path", Text, primary_key=True),
    # review or dataset.
    Column("kind", String(20), nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("who", Text, nullable=False),
)
