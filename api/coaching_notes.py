"""Notes of coaching, written and removed: what the API and the console do alike."""

from __future__ import annotations

from api.auditing import noted
from api.auth import Caller
from api.conditions import who_of
from api.runtime import Service
from engine.insights.coaching import Note
from engine.insights.seeing import Seeing, seeing
from engine.people import Directory

KIND = "coaching note"


def manages(caller: Caller, employee: str | None, people: Directory) -> bool:
    """Return whether somebody manages an employee, and so may write notes for them."""
    return employee is not None and seeing(who_of(caller).person, employee, people) is Seeing.MANAGER


def add_note(service: Service, caller: Caller, employee: str, note: str, about: tuple[str, str] | None = None) -> Note:
    """Write a note for an employee; run it in the thread that writes. The audit record has it without its words.

    Raises
    ------
    ForbiddenError, NotFoundError, NoteError
        As `engine.store.coaching.CoachingNotes.add` does.
    """
    coaching, now = service.store.coaching, service.engine.clock.now()
    work = lambda: coaching.add(employee, note, now, who_of(caller), about)  # noqa: E731
    return noted(service, caller, ("add", KIND, employee), work)()


def remove_note(service: Service, caller: Caller, employee: str, note_id: int) -> None:
    """Remove a note that the caller has written; run it in the thread that writes.

    Raises
    ------
    ForbiddenError, NotFoundError
        As `engine.store.coaching.CoachingNotes.remove` does.
    """
    work = lambda: service.store.coaching.remove(employee, note_id, who_of(caller))  # noqa: E731
    noted(service, caller, ("remove", KIND, employee), work)()
