"""What is asked for all the time and changes seldom: read from the store at most once a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection

from engine.store.database import Database

FRESH = timedelta(seconds=1)
T = TypeVar("T")


class Recently(Generic[T]):
    """Some rows, at most a second old by the clock of who asks; what this process changes shows at once.

    Parameters
    ----------
    read
        Reads the rows as they are at a moment.
    """

    def __init__(self, database: Database, read: Callable[[Connection, datetime], tuple[T, ...]]) -> None:
        self._database = database
        self._read = read
        self._lock = threading.Lock()
        self._known: tuple[datetime, tuple[T, ...]] | None = None
        self._changes = 0

    def look(self, now: datetime, connection: Connection | None = None) -> tuple[T, ...]:
        """Return the rows.

        Parameters
        ----------
        connection
            Of a transaction that is open already; without one a reader's.
        """
        with self._lock:
            known, changes = self._known, self._changes
        # A clock may jump back: then what is known is of no age.
        if known is not None and timedelta(0) <= now - known[0] < FRESH:
            return known[1]
        if connection is not None:
            found = self._read(connection, now)
        else:
            with self._database.read() as reading:
                found = self._read(reading, now)
        with self._lock:
            if self._changes == changes:
                self._known = (now, found)
        return found

    def forget(self) -> None:
        """Read again when somebody asks next."""
        with self._lock:
            self._known = None
            self._changes += 1
