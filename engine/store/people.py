"""The people of a store: those of the program's file, and those who were entered over HTTP."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import ManagedPersonError, NotFoundError, StaleError
from engine.names import is_storable
from engine.people import Directory, Person
from engine.people_checks import check_person
from engine.store import schema_followup
from engine.store.database import Database
from engine.store.scoping import chunks

ONE_ROW = 1
PLAIN = ("id", "name", "manager", "calendar", "managed", "gone")
LISTS = ("units", "leads", "teams", "contacts")


@dataclass(frozen=True, slots=True)
class Imported:
    """What the import of a file changed, by the ids of people.

    Parameters
    ----------
    taken_over
        Of those written, the ones who had been entered over HTTP and belong to the file now.
    gone
        Those of the file before it who are not in it any more.
    """

    written: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class People:
    """The people of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        self._directory = Directory(revision=-1)

    def directory(self) -> Directory:
        """Return everybody; read again only after a change."""
        with self._database.read() as connection:
            return self.directory_on(connection)

    def directory_on(self, connection: Connection) -> Directory:
        """Return everybody, inside a running transaction."""
        table = schema_followup.directory
        revision = connection.scalar(select(table.c.revision)) or 0
        if revision != self._directory.revision:
            self._directory = Directory(_people(connection), revision)
        return self._directory

    def bring(self, people: Sequence[Person], now: datetime) -> Imported:
        """Make a file's people those of the store: they are managed, and who left the file is gone.

        People who were entered over HTTP stay, unless the file has them.
        """
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            before = {person.id: person for person in _people(connection)}
            wanted = {person.id: replace(person, managed=True, gone=False) for person in people}
            changed = [person for person in wanted.values() if before.get(person.id) != person]
            gone = [one for one in before.values() if one.managed and not one.gone and one.id not in wanted]
            self._write(connection, [*changed, *(replace(one, gone=True) for one in gone)], now)
            if not changed and not gone:
                connection.rollback()  # nothing is new: nobody need read it again
        taken = [
            one.id for one in changed if one.id in before and not before[one.id].managed and not before[one.id].gone
        ]
        return Imported(tuple(one.id for one in changed), tuple(taken), tuple(one.id for one in gone))

    def put(
        self, person: Person, now: datetime, receivers: Collection[str] = (), *, seen: Person | None = None
    ) -> bool:
        """Enter a person, or change one who was entered so; return whether the person is new.

        Parameters
        ----------
        receivers
            The receivers of the program, whose names nobody else can have.
        seen
            The entry as whoever changes it saw it; None does not ask.

        Raises
        ------
        ManagedPersonError
            If the person stands in the program's file.
        PersonError
            If the manager is not known or is managed by the person, or the name is taken.
        StaleError
            If the entry is not any more what was seen.
        """
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            known = {one.id: one for one in _people(connection)}
            before = known.get(person.id)
            _refuse_managed(before)
            if seen is not None and before != seen:
                raise StaleError
            entered = replace(person, managed=False, gone=False)
            check_person(entered, [one for one in known.values() if not one.gone], receivers)
            self._write(connection, [entered], now)
        return before is None or before.gone

    def remove(self, person_id: str, now: datetime) -> None:
        """Let a person who was entered over HTTP be gone; the history keeps the name.

        Raises
        ------
        NotFoundError
            If there is none.
        ManagedPersonError
            If the person stands in the program's file.
        """
        with self._database.write() as connection:
            self._one_at_a_time(connection)
            found = _people(connection, person_id)
            if not found or found[0].gone:
                raise NotFoundError(f"there is no person {person_id[:100]}")
            _refuse_managed(found[0])
            self._write(connection, [replace(found[0], gone=True)], now)

    def one(self, person_id: str) -> Person:
        """Return a person, also one who has left.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        with self._database.read() as connection:
            found = _people(connection, person_id)
        if not found:
            raise NotFoundError(f"there is no person {person_id[:100]}")
        return found[0]

    def all(self, *, gone: bool = False) -> list[Person]:
        """Return everybody by id; only on demand those who have left."""
        with self._database.read() as connection:
            return [person for person in _people(connection) if gone or not person.gone]

    def _one_at_a_time(self, connection: Connection) -> None:
        """Let changes run one after the other: what one checks, another may not change meanwhile."""
        table = schema_followup.directory
        connection.execute(self._insert(table).values(id=ONE_ROW, revision=0).on_conflict_do_nothing())
        connection.execute(select(table).with_for_update())

    def _write(self, connection: Connection, people: Iterable[Person], now: datetime) -> None:
        """Write people, and let whoever keeps them in memory notice."""
        rows = [_row(person, now) for person in people]
        if not rows:
            return
        insert = self._insert(schema_followup.person)
        changes = {name: insert.excluded[name] for name in rows[0] if name != "id"}
        upsert = insert.on_conflict_do_update(index_elements=["id"], set_=changes)
        for some in chunks(rows):
            connection.execute(upsert, some)
        table = schema_followup.directory
        connection.execute(update(table).values(revision=table.c.revision + 1))


def _refuse_managed(person: Person | None) -> None:
    if person is not None and person.managed and not person.gone:
        raise ManagedPersonError(f"{person.id} stands in the program's people.csv: change it there, and import it")


def _people(connection: Connection, person_id: str | None = None) -> list[Person]:
    table = schema_followup.person
    query = select(*(table.c[name] for name in (*PLAIN, *LISTS))).order_by(table.c.id)
    if person_id is not None:
        if not is_storable(person_id):
            return []
        query = query.where(table.c.id == person_id)
    return [_person(row) for row in connection.execute(query)]


def _row(person: Person, now: datetime) -> Mapping[str, Any]:
    plain = {name: getattr(person, name) for name in PLAIN}
    return plain | {name: orjson.dumps(getattr(person, name)).decode() for name in LISTS} | {"changed_at": now}


def _person(row: Sequence[Any]) -> Person:
    person_id, name, manager, calendar, managed, gone, units, leads, teams, contacts = row
    return Person(
        id=person_id,
        name=name,
        manager=manager,
        units=tuple(orjson.loads(units)),
        leads=tuple(orjson.loads(leads)),
        teams=tuple(orjson.loads(teams)),
        contacts=tuple((receiver, address) for receiver, address in orjson.loads(contacts)),
        calendar=calendar,
        managed=managed,
        gone=gone,
    )
