"""What people say of problems, read field by field: the problem that a record opens, and the change that it wants."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.alerts.matching_loader import matching_of_json
from engine.alerts.problem import MOST_ALERTS, Inhibition, Problem, ProblemChange, ProblemChangeKind, ProblemState
from engine.entries import Entry
from engine.errors import FeedbackError, ProblemError
from engine.intake import admit_unit
from engine.names import unknown
from engine.people import Directory
from engine.program import Program
from engine.taxonomy import Taxonomy

FIELDS = ("title", "cause", "topic", "unit", "holder", "due", "inhibits", "alerts")
CHANGE_FIELDS = ("change", "version", "why", "alerts", "at", "title", "cause", "topic", "holder", "due", "inhibits")
EDITED = ("title", "cause", "topic", "holder", "due", "inhibits")
# What belongs to a change, beside its kind, the version and why.
TAKEN: Mapping[ProblemChangeKind, tuple[str, ...]] = {
    ProblemChangeKind.LINK: ("alerts",),
    ProblemChangeKind.UNLINK: ("alerts",),
    ProblemChangeKind.EDIT: EDITED,
    ProblemChangeKind.SOLVE: ("at",),
}
MOST_TITLE = 200
MOST_WORDS = 4_000
WHY_NEEDED: Mapping[ProblemChangeKind, str] = {
    ProblemChangeKind.NOTE: "the note itself",
    ProblemChangeKind.SOLVE: "what was done about the cause",
    ProblemChangeKind.REOPEN: "why it is not solved after all",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What entries about problems are read under.

    Parameters
    ----------
    now
        Spans count from it.
    program
        Declares the zone of naive times, and what alerts can be chosen by.
    taxonomy
        The topic must be in it.
    people
        The holder is one of them, a team of theirs, or a receiver of the program.
    """

    now: datetime
    program: Program
    taxonomy: Taxonomy
    people: Directory

    def is_name(self, name: str) -> bool:
        """Return whether a person, team or receiver has a name."""
        people = self.people
        return people.person(name) is not None or name in people.teams or name in self.program.receivers


def admit_problem(record: Any, who: str, setting: Setting) -> tuple[Problem, tuple[str, ...]]:
    """Return the problem that a record opens, and the ids of the alerts to link to it.

    Raises
    ------
    ProblemError
        With the field, for the first thing that is wrong.
    """
    entry = Entry(record, FIELDS, ProblemError)
    problem = Problem(
        id=f"pr_{secrets.token_hex(8)}",
        title=_title(entry),
        cause=entry.text("cause", most=MOST_WORDS) or "",
        topic=_topic(entry, setting.taxonomy),
        unit=_unit(entry),
        state=ProblemState.OPEN,
        holder=_holder(entry, setting),
        due_at=_due(entry, setting),
        created_at=setting.now,
        created_by=who,
        inhibits=_inhibits(entry, setting),
    )
    return problem, entry.names("alerts", most=MOST_ALERTS)


def admit_change(record: Any, setting: Setting) -> ProblemChange:
    """Return the change that a record wants: ``{change, version, ...}``.

    Raises
    ------
    ProblemError
        With the field, for the first thing that is wrong.
    """
    entry = Entry(record, CHANGE_FIELDS, ProblemError)
    kind = _kind(entry)
    version = entry.whole("version")
    if version is None:
        raise entry.fail("version", "version is missing: the version of the problem as you saw it")
    why = entry.text("why", most=MOST_WORDS)
    if why is None and kind in WHY_NEEDED:
        raise entry.fail("why", f"why is missing: {WHY_NEEDED[kind]}")
    taken = TAKEN.get(kind, ())
    _refuse_strays(entry, kind, taken)
    alerts = entry.names("alerts", most=MOST_ALERTS)
    if "alerts" in taken and not alerts:
        raise entry.fail("alerts", "alerts is missing: the ids of the alerts and signals")
    edited = _edited(entry, setting) if kind is ProblemChangeKind.EDIT else {}
    return ProblemChange(kind, version, why or "", alerts, edited, _at(entry, setting))


def _kind(entry: Entry) -> ProblemChangeKind:
    said = entry.needed("change", f"one of {', '.join(ProblemChangeKind)}", most=40)
    if said not in list(ProblemChangeKind):
        raise entry.fail("change", unknown("change", said, list(ProblemChangeKind)))
    return ProblemChangeKind(said)


def _at(entry: Entry, setting: Setting) -> datetime | None:
    at = entry.moment("at", setting.now, setting.program.zone)
    if at is not None and at > setting.now:
        raise entry.fail("at", "at lies in the future: a problem is solved once the cause is gone")
    return at


def _refuse_strays(entry: Entry, kind: ProblemChangeKind, taken: tuple[str, ...]) -> None:
    for name in CHANGE_FIELDS[3:]:
        if name in entry and name not in taken:
            raise entry.fail(name, f"{name} does not belong to the change '{kind}'")


def _edited(entry: Entry, setting: Setting) -> dict[str, Any]:
    """Return the new value of every field that is given; an empty one clears it."""
    read: dict[str, Callable[[], Any]] = {
        "title": lambda: _title(entry),
        "cause": lambda: entry.text("cause", most=MOST_WORDS) or "",
        "topic": lambda: _topic(entry, setting.taxonomy),
        "holder": lambda: _holder(entry, setting),
        "due": lambda: _due(entry, setting),
        "inhibits": lambda: _inhibits(entry, setting),
    }
    found = {"due_at" if name == "due" else name: value() for name, value in read.items() if name in entry}
    if not found:
        raise entry.fail("change", f"nothing is edited; give at least one of {', '.join(read)}")
    return found


def _title(entry: Entry) -> str:
    return entry.needed("title", "what the problem is, in a few words", most=MOST_TITLE, one_line=True)


def _topic(entry: Entry, taxonomy: Taxonomy) -> str | None:
    topic = entry.text("topic", most=200)
    if topic is not None and topic not in taxonomy.nodes("topic"):
        raise entry.fail("topic", unknown("topic", topic, taxonomy.nodes("topic")))
    return topic


def _unit(entry: Entry) -> str | None:
    try:
        return admit_unit(entry.text("unit", most=800))
    except FeedbackError as problem:
        raise entry.fail("unit", str(problem)) from problem


def _holder(entry: Entry, setting: Setting) -> str | None:
    holder = entry.text("holder", most=100)
    if holder is not None and not setting.is_name(holder):
        raise entry.fail("holder", f"there is no person, team or receiver '{holder}'")
    return holder


def _due(entry: Entry, setting: Setting) -> datetime | None:
    due = entry.moment("due", setting.now, setting.program.zone)
    if due is not None and due <= setting.now:
        raise entry.fail("due", "due lies in the past")
    return due


def _inhibits(entry: Entry, setting: Setting) -> Inhibition | None:
    said = entry.get("inhibits")
    if said is None:
        return None
    inner = Entry(said, ("matching", "link"), ProblemError)
    link = inner.get("link")
    if link is not None and not isinstance(link, bool):
        raise entry.fail("inhibits.link", "inhibits.link must be true or false")
    matching = matching_of_json(inner.get("matching"), setting.program, setting.taxonomy, field="inhibits.matching")
    return Inhibition(matching, link is not False)
