"""The one count of all that is published: rules, receivers and routes."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from engine.store import schema


def revision_of(connection: Connection) -> int:
    """Return the number of changes so far."""
    return connection.scalar(select(schema.shelf.c.revision)) or 0


def step(connection: Connection, revision: int) -> bool:
    """Take the next revision. Who comes at the same moment waits here, and then finds that it is taken."""
    table = schema.shelf
    return (
        connection.execute(update(table).where(table.c.revision == revision).values(revision=revision + 1)).rowcount
        == 1
    )
