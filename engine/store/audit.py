"""Who changed what: written in the very transaction of the change, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from engine.names import is_storable
from engine.store import schema_accounts
from engine.store.database import Database
from engine.store.schema_base import Row

TABLE = schema_accounts.audit
MOST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One change by somebody.

    Parameters
    ----------
    who, through
        Who did it; and the account or key that acted in the person's name, where it is another.
    what, kind, subject
        What was done, to what kind of thing, and to which: ``change``, ``person``, ``ann``.
    data
        What was said, as plain JSON values; never a secret.
    """

    who: str
    what: str
    kind: str
    subject: str
    through: str | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Audited:
    """An entry as the store has it."""

    id: int
    at: datetime
    entry: Entry

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        entry = self.entry
        said = {"who": entry.who, "through": entry.through, "what": entry.what, "kind": entry.kind}
        return {"id": self.id, "at": self.at.isoformat(), **said, "subject": entry.subject, "data": dict(entry.data)}


@dataclass(slots=True)
class _Pending:
    entry: Entry
    now: datetime
    written: bool = False


_pending: ContextVar[_Pending | None] = ContextVar("audited", default=None)


class Audit:
    """The record of changes of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.before_commit.append(_write)

    @contextmanager
    def of(self, entry: Entry, now: datetime) -> Iterator[None]:
        """Note what the block does: with its first transaction that writes; where none does, at its end.

        A block that fails before it wrote leaves no trace. It must run in one thread.
        """
        pending = _Pending(entry, now)
        token = _pending.set(pending)
        try:
            yield
            if not pending.written:
                with self._database.write():
                    pass  # writing what is pending is all that this transaction does
        finally:
            _pending.reset(token)

    def page(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        kind: str | None = None,
        subject: str | None = None,
        who: str | None = None,
    ) -> list[Audited]:
        """Return entries, the newest first.

        Parameters
        ----------
        before
            Only those before this one, by its id.
        kind, subject
            Only those of one kind of thing, and of one thing.
        who
            Only those of somebody, in their own name or through their account.
        """
        if not all(map(is_storable, filter(None, (kind, subject, who)))):
            return []
        query = select(TABLE).order_by(TABLE.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(TABLE.c.id < before)
        if kind is not None:
            query = query.where(TABLE.c.kind == kind)
        if subject is not None:
            query = query.where(TABLE.c.subject == subject)
        if who is not None:
            query = query.where(or_(TABLE.c.who == who, TABLE.c.through == who))
        with self._database.read() as connection:
            return [_audited(row) for row in connection.execute(query).mappings()]

    def kinds(self) -> list[str]:
        """Return of which kinds of things there are entries."""
        with self._database.read() as connection:
            return list(connection.scalars(select(TABLE.c.kind).distinct().order_by(TABLE.c.kind)))


def _write(connection: Connection) -> None:
    pending = _pending.get()
    if pending is None or pending.written or not connection.in_transaction():
        return
    entry = pending.entry
    row = {
        "at": pending.now,
        "who": entry.who[:200],
        "through": entry.through,
        "what": entry.what,
        "kind": entry.kind,
        "subject": entry.subject[:MOST_SUBJECT],
        "data": orjson.dumps(dict(entry.data)).decode(),
    }
    connection.execute(TABLE.insert(), row)
    pending.written = True


def _audited(row: Row) -> Audited:
    names = ("who", "what", "kind", "subject", "through")
    entry = Entry(**{name: row[name] for name in names}, data=orjson.loads(row["data"]))
    return Audited(row["id"], row["at"], entry)
