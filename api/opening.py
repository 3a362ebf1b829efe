"""Opening the store; apart from what a service is composed of, as most commands need no more than this."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from api.opened import close_later
from engine.errors import StoreError
from engine.store.database import Database

if TYPE_CHECKING:
    from engine.store.store import Store


def open_store(url: str) -> Store:
    """Return a migrated store; the folder of a SQLite file is made if it is not there.

    Raises
    ------
    StoreError
        If the database cannot be used.
    """
    # All that is kept stands below it: what wants a noun or two opens the database alone.
    from engine.store.store import Store

    store = Store(url)
    close_later(store.close)
    _get_ready(store.database)
    return store


def open_database(url: str) -> Database:
    """Return the migrated database of a store, as `open_store` makes it.

    Raises
    ------
    StoreError
        If it cannot be used.
    """
    database = Database(url)
    close_later(database.close)
    _get_ready(database)
    return database


def _get_ready(database: Database) -> None:
    place = database.url.database
    if database.dialect == "sqlite" and place and place != ":memory:":
        try:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError(f"the folder of {place} cannot be made: {problem.strerror}") from problem
    database.migrate()
