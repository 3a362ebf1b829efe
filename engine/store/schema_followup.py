"""The tables of follow-up: people, attempts to reach customers, escalations, and problems."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.schema_base import BigKey, Moment, metadata

person = Table(
    "person",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("manager", String(100)),
    # JSON lists: paths of units, paths of units that the person leads, teams, and [receiver, address] pairs.
    Column("units", Text, nullable=False),
    Column("leads", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("contacts", Text, nullable=False),
    Column("calendar", String(100)),
    # Whether the program's file owns the entry; and whether the person has left, and is kept for the history.
    Column("managed", Boolean(create_constraint=False), nullable=False),
    Column("gone", Boolean(create_constraint=False), nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# One row: how often the people changed, so that who keeps them in memory notices.
directory = Table(
    "directory",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

# A try to reach the customer.
attempt = Table(
    "attempt",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("alert_id", String(40), ForeignKey("alert.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("remedy", String(200)),
    Column("root_cause", String(200)),
    Column("note", Text, nullable=False),
)

# Each step of an escalation is taken once.
escalation = Table(
    "escalation",
    metadata,
    Column("alert_id", String(40), ForeignKey("alert.id"), primary_key=True),
    # follow_up, close
    Column("clock", String(20), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("told", Text, nullable=False),
)

# Customers who were thanked without a person's doing.
thanked = Table(
    "thanked",
    metadata,
    Column("alert_id", String(40), ForeignKey("alert.id"), primary_key=True),
    Column("customer", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "customer", "at"),
)

# One cause behind many alerts and signals.
problem = Table(
    "problem",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("cause", Text, nullable=False),
    Column("topic", String(200)),
    Column("unit", String(800)),
    # open, solved
    Column("state", String(20), nullable=False),
    Column("holder", String(100)),
    Column("due_at", Moment),
    # What it keeps quiet while it is open, as JSON: the conditions of a route; None keeps nothing quiet.
    Column("inhibits", Text),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("solved_at", Moment),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index(None, "state"),
)

problem_event = Table(
    "problem_event",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("problem_id", String(40), ForeignKey("problem.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("data", Text, nullable=False, server_default="{}"),
)
