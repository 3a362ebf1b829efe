"""What the inbox shows, asked of the store: the alerts of a view with what was said, and how many wait where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.alert_listing import alerts_of, held_by
from api.auth import Caller
from api.console.inbox.view import Queue, View
from api.runtime import Service
from engine.alerts.alert import Alert
from engine.feedback import Feedback
from engine.people import Directory
from engine.store.changes import MOST_AT_ONCE
from engine.taxonomy import Taxonomy

# So many of what waits are counted: every page asks whenever anything changes.
MOST_COUNTED = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert of the queue, with what was said; ``has_left`` once it is shown only because it was."""

    alert: Alert
    feedback: Feedback | None
    taxonomy: Taxonomy
    names: Directory
    has_left: bool = False

    @property
    def version(self) -> tuple[object, ...]:
        """What tells whether it looks the same; erasing takes words away, and leaves the alert's version."""
        alert = self.alert
        said = tuple(one.text for one in self.feedback.parts) if self.feedback is not None else ()
        return alert.version, self.has_left, self.names.revision, alert.customer, alert.evidence, alert.reasons, said

    def name(self, who: str) -> str:
        """Return what a person or team is called."""
        person = self.names.person(who)
        return person.name if person else who


@dataclass(frozen=True, slots=True)
class Counts:
    """How many alerts wait in each queue and with whom; with ``more`` each number is at least what it says."""

    numbers: Mapping[Queue, int]
    held: Mapping[str, int]
    people: Directory
    more: bool

    def of(self, name: str) -> Mapping[Queue, int]:
        """Return the numbers as somebody sees them, with what they and their teams hold."""
        mine = sum(self.held.get(one, 0) for one in held_by(self.people, name))
        return {**self.numbers, Queue.MINE: mine}


@dataclass(frozen=True, slots=True)
class Seen:
    """Some entries of a queue, where it goes on (None at its end), and how many wait in each queue."""

    entries: tuple[Entry, ...]
    cursor: str | None
    counts: Counts


def look_at(service: Service, caller: Caller, view: View, shown: int, cursor: str | None = None) -> Seen:
    """Return so many alerts of a view: the first, or those from where a page ended."""
    wanted = view.wanted(service.engine.clock.now())
    page = alerts_of(
        *(service, caller, wanted),
        sort=view.sort,
        limit=shown,
        cursor=cursor,
        mine=view.is_mine,
        holder=view.holder or None,
    )
    return Seen(entries_of(service, caller, page.alerts), page.cursor, _counts(service, caller))


def left_of(service: Service, caller: Caller, alert_ids: Sequence[str], seen: Seen) -> tuple[Entry, ...]:
    """Return alerts that stood in a queue, and are not among its first any more."""
    alerts = list(service.store.alerts.some(alert_ids, caller.scope).values())
    # Further down the queue than what was asked for is no reason to call it gone.
    return tuple(
        replace(one, has_left=seen.cursor is None or one.alert.is_closed) for one in entries_of(service, caller, alerts)
    )


def entries_of(service: Service, caller: Caller, alerts: Sequence[Alert]) -> tuple[Entry, ...]:
    """Return alerts with what was said, as far as somebody may see it."""
    said = service.store.words.of([one.sequence for one in alerts if one.feedback_id], caller.scope)
    names, taxonomy = service.store.people.directory(), service.rules.taxonomy
    return tuple(Entry(one, _own(one, said), taxonomy, names) for one in alerts)


def all_of(service: Service, caller: Caller, view: View) -> tuple[dict[str, int], bool]:
    """Return the alerts of a whole view with their versions, no more than can be changed at once; and if more are."""
    wanted = view.wanted(service.engine.clock.now())
    page = alerts_of(
        *(service, caller, wanted),
        sort=view.sort,
        limit=MOST_AT_ONCE,
        mine=view.is_mine,
        holder=view.holder or None,
    )
    return {one.id: one.version for one in page.alerts}, page.cursor is not None


def _counts(service: Service, caller: Caller) -> Counts:
    """Return how many alerts wait in each queue of a scope; what is closed waits no more."""
    found = service.store.alerts.waiting(service.engine.clock.now(), MOST_COUNTED, caller.scope)
    numbers = {
        Queue.OPEN: found.open,
        Queue.UNASSIGNED: found.unheld,
        Queue.LATE: found.late,
        Queue.SIGNALS: found.signals,
        Queue.REVIEWS: found.reviews,
    }
    return Counts(numbers, found.held, service.store.people.directory(), found.more)


def _own(alert: Alert, said: Mapping[int, Feedback]) -> Feedback | None:
    return said.get(alert.sequence) if alert.feedback_id else None
