"""Changes as people send them: checked field by field, with the nearest valid name where one is misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.change_words import THANKS
from engine.alerts.changes import ASKED, Action, Change
from engine.alerts.verdict import MAX_NOTE_CHARACTERS, Verdict, admit_verdict
from engine.entries import Entry
from engine.errors import ChangeError
from engine.names import is_storable, show, unknown
from engine.people import Directory
from engine.program import Program
from engine.taxonomy import Taxonomy

MOST_WORDS = 200
DEFAULT_SOURCE = "default"
FIELDS: Mapping[Action, Collection[str]] = MappingProxyType(
    {
        Action.ASSIGN: ("to", "note"),
        Action.ATTEMPT: ("channel", "outcome", "remedy", "root_cause", "note"),
        Action.RESOLVE: ("remedy", "root_cause", "note"),
        Action.LINK: ("feedback", "note"),
        Action.VERDICT: ("verdict", "labels", "note"),
    }
)


@dataclass(frozen=True, slots=True)
class ChangeIntake:
    """Admits changes under a program's words, its people and its label trees."""

    program: Program
    people: Directory
    taxonomy: Taxonomy

    def admit(self, record: Any, who: str, now: datetime) -> Change:
        """Return the change that a record asks for: ``{action, ...}`` with the fields of that action.

        Raises
        ------
        ChangeError, VerdictError
            Naming the field that is not valid, and the nearest valid name.
        """
        if not isinstance(record, Mapping):
            raise ChangeError("a change must be an object with the field 'action'")
        action = Action(_choice(record, "action", ASKED))
        own = FIELDS.get(action, ("note",))
        for name in record:
            if name != "action" and name not in own:
                raise ChangeError(unknown(f"field of {action}", str(name), ("action", *own)), field=show(str(name)))
        if action is Action.VERDICT:
            return Change(action, verdict=self.verdict(record, who, now))
        entry = Entry(record, ("action", *own), ChangeError)
        holder, team = self._holder(record) if action is Action.ASSIGN else (None, None)
        attempt = action is Action.ATTEMPT
        return Change(
            action,
            note=_note(entry, required=action is Action.NOTE),
            holder=holder,
            team=team,
            people=self.people if action is Action.ASSIGN else None,
            channel=Channel(_choice(record, "channel", Channel)) if attempt else None,
            outcome=AttemptOutcome(_choice(record, "outcome", AttemptOutcome)) if attempt else None,
            remedy=_words(entry, "remedy", self.program.remedies, (THANKS,)),
            root_cause=_words(entry, "root_cause", self.program.root_causes),
            feedback=_feedback(record.get("feedback")) if action is Action.LINK else None,
        )

    def person(self, name: Any) -> str:
        """Return the id of a person in whose name somebody acts.

        Raises
        ------
        ChangeError
            If the directory has no such person.
        """
        person = self.people.person(name) if isinstance(name, str) else None
        if person is None:
            raise ChangeError(self._unknown("person", name, [one.id for one in self.people.people]), field="person")
        return person.id

    def verdict(self, record: Mapping[str, Any], who: str, now: datetime) -> Verdict:
        """Return the verdict that a record gives, of no alert yet.

        Raises
        ------
        VerdictError
            Naming the field that is not valid.
        """
        said = {name: value for name, value in record.items() if name != "action"}
        return admit_verdict(said, "", who, now, self.taxonomy)

    def _holder(self, record: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Return who is to hold an alert, and the team that it counts for: their own, or a person's first."""
        if "to" not in record:
            raise ChangeError("say whom it is assigned to: a person, a team, or null for nobody", field="to")
        name = record["to"]
        if name is None:
            return None, None
        person = self.people.person(name) if isinstance(name, str) else None
        if person is not None:
            return person.id, person.teams[0] if person.teams else None
        if isinstance(name, str) and name in self.people.teams:
            return name, name
        names = [*(one.id for one in self.people.people), *self.people.teams]
        raise ChangeError(self._unknown("person or team", name, names), field="to")

    def _unknown(self, kind: str, name: Any, names: Iterable[str]) -> str:
        hint = "" if self.people.people else "; nobody is in the directory yet: fill it with 'heedful people import'"
        return unknown(kind, str(name), names) + hint


def _choice(record: Mapping[str, Any], field: str, valid: Iterable[str]) -> str:
    value, names = record.get(field), list(valid)
    if value is None:
        raise ChangeError(f"the {field} is missing; use one of: {', '.join(names)}", field=field)
    if not isinstance(value, str) or value not in names:
        raise ChangeError(unknown(field, str(value), names), field=field)
    return value


def _words(entry: Entry, field: str, declared: Sequence[str], always: Sequence[str] = ()) -> str | None:
    """Return a remedy or root cause: one that the program declares, or any text where it declares none."""
    text = entry.text(field, most=MOST_WORDS, one_line=True)
    if text is not None and declared and text not in declared and text not in always:
        raise ChangeError(unknown(field.replace("_", " "), text, declared), field=field)
    return text


def _note(entry: Entry, *, required: bool) -> str:
    note = entry.text("note", most=MAX_NOTE_CHARACTERS) or ""
    if required and not note:
        raise ChangeError("the note is empty", field="note")
    return note


def _feedback(value: Any) -> tuple[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= {"source", "id"}:
        raise ChangeError('the feedback must be {"source": ..., "id": ...}', field="feedback")
    source, feedback_id = value.get("source", DEFAULT_SOURCE), value.get("id")
    if not all(isinstance(one, str) and one and is_storable(one) for one in (source, feedback_id)):
        raise ChangeError("the feedback's source and id must be text", field="feedback")
    return str(source), str(feedback_id)
