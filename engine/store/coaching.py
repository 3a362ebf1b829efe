"""Coaching in the store: an employee's feedback and notes, for that employee and those who manage them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from engine.errors import ForbiddenError, NotFoundError
from engine.insights.asked import Asked, LabelAsked
from engine.insights.bins import Every, bins_of
from engine.insights.coaching import ALERTED, PRAISE, Coaching, Note, check_note, tallied
from engine.insights.seeing import Seeing, check_seeing, led_by
from engine.insights.volume import alerted
from engine.names import is_storable
from engine.people import Directory, Person
from engine.program import Program
from engine.scope import Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.insight_rows import Wanted, read_columns
from engine.store.insights import Who, commits_of, span_in
from engine.store.people import People
from engine.store.schema_search import coaching_note, search_entry
from engine.store.scoping import in_scope
from engine.store.search_filter import knows_label

MOST_NOTES = 100
READS = Wanted(frozenset(("labels",)), timed=True)


class CoachingNotes:
    """The coaching of a store. Whoever asks is named by the id of the person that they are."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def employees(self, who: Who) -> list[Person]:
        """Return those whose coaching somebody may see: themselves and everybody below them, by id."""
        people = self._people.directory()
        return [one for name in led_by(who.person, people) if (one := people.person(name)) is not None]

    def report(self, employee: str, asked: Asked, program: Program, who: Who) -> Coaching:
        """Return what customers say of an employee in a span, with the notes.

        Parameters
        ----------
        asked
            Conditions with a span.

        Raises
        ------
        ForbiddenError
            If who asks neither is the employee nor manages them.
        """
        bins = bins_of(*span_in(asked), Every.WEEK, program.zone)
        with self._database.read() as connection:
            people, seen = self._seen(connection, employee, who)
            own = replace(asked, employee=employee)
            marks = {PRAISE: _praise(connection, own), ALERTED: alerted(own)}
            queries = {name: commits_of(connection, mark, who.scope) for name, mark in marks.items()}
            columns = read_columns(connection, own, who.scope, READS, queries)
            notes = _notes(connection, employee)
        total, topics, weeks = tallied(columns, bins, own, marks)
        person = people.person(employee)
        return Coaching(employee, person.name if person else None, seen, total, topics, weeks, notes)

    def add(self, employee: str, note: str, now: datetime, who: Who, about: tuple[str, str] | None = None) -> Note:
        """Write a note for an employee.

        Parameters
        ----------
        about
            Source and id of a feedback of theirs.

        Raises
        ------
        ForbiddenError
            If who writes it does not manage the employee.
        NotFoundError
            If there is no such feedback of the employee, or it is out of scope.
        NoteError
            If the note is not valid.
        """
        text = check_note(note)
        with self._database.write() as connection:
            _, seen = self._seen(connection, employee, who)
            if seen is not Seeing.MANAGER or who.person is None:
                raise ForbiddenError("notes are written by those who manage the employee")
            if about is not None:
                _check_about(connection, employee, about, who.scope)
            source, feedback_id = about or (None, None)
            values = {"employee": employee, "author": who.person, "at": now, "note": text}
            query = insert(coaching_note).values(**values, source=source, feedback_id=feedback_id)
            found = connection.execute(query.returning(coaching_note.c.id)).scalar_one()
        return Note(found, employee, who.person, now, text, source, feedback_id)

    def remove(self, employee: str, note_id: int, who: Who) -> None:
        """Remove a note that who asks has written.

        Raises
        ------
        ForbiddenError
            If who asks neither is the employee nor manages them.
        NotFoundError
            If there is no such note of theirs.
        """
        table = coaching_note
        with self._database.write() as connection:
            self._seen(connection, employee, who)
            own = (table.c.id == note_id, table.c.employee == employee, table.c.author == who.person)
            if not connection.execute(delete(table).where(*own)).rowcount:
                raise NotFoundError(f"there is no note {note_id} for {employee[:100]} that you wrote")

    def _seen(self, connection: Connection, employee: str, who: Who) -> tuple[Directory, Seeing]:
        people = self._people.directory_on(connection)
        return people, check_seeing(who.person, employee, people)


def _praise(connection: Connection, asked: Asked) -> Asked:
    """Return the conditions of praise: the intent, or where no tree has it, what is positive."""
    intent = LabelAsked("intent", PRAISE)
    if knows_label(connection, intent):
        return replace(asked, labels=tuple(dict.fromkeys((*asked.labels, intent))))
    return replace(asked, sentiments=("positive",))


def _notes(connection: Connection, employee: str) -> tuple[Note, ...]:
    table = coaching_note
    query = select(table).where(table.c.employee == employee).order_by(table.c.id.desc()).limit(MOST_NOTES)
    return tuple(Note(**row) for row in connection.execute(query).mappings())


def _check_about(connection: Connection, employee: str, about: tuple[str, str], scope: Scope) -> None:
    feedback, entry = schema.feedback, search_entry
    source, feedback_id = about
    theirs = select(entry.c.sequence).join_from(feedback, entry, entry.c.sequence == feedback.c.sequence)
    theirs = theirs.where(feedback.c.source == source, feedback.c.id == feedback_id, entry.c.employee == employee)
    known = all(map(is_storable, about))
    if not known or connection.scalar(theirs.where(*in_scope(entry, scope))) is None:
        raise NotFoundError(f"there is no feedback {source[:200]}/{feedback_id[:200]} about {employee[:100]}")
