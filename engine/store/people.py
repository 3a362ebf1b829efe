"""The people of a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select

from engine.people import Directory, Person
from engine.store import schema_followup
from engine.store.database import Database

PLAIN = ("id", "name", "manager", "calendar", "managed", "gone")
LISTS = ("units", "leads", "teams", "contacts")


class People:
    """The people of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._directory = Directory(revision=-1)

    def directory(self) -> Directory:
        """Return everybody; read again only after a change."""
        people, table = schema_followup.person, schema_followup.directory
        with self._database.read() as connection:
            revision = connection.scalar(select(table.c.revision)) or 0
            if revision != self._directory.revision:
                rows = connection.execute(select(*(people.c[name] for name in (*PLAIN, *LISTS))))
                self._directory = Directory(map(_person, rows), revision)
            return self._directory


def _person(row: Sequence[Any]) -> Person:
    person_id, name, manager, calendar, managed, gone, *lists = row
    units, leads, teams, contacts = (orjson.loads(one) for one in lists)
    pairs = tuple((receiver, address) for receiver, address in contacts)
    return Person(person_id, name, manager, tuple(units), tuple(leads), tuple(teams), pairs, calendar, managed, gone)
