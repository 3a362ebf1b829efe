"""What the inbox shows, asked of the store: the alerts of a view with what was said, and how many wait where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.alert_listing import alerts_of, count_alerts
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
    def version(self) -> tuple[int, bool, int]:
        """What tells whether it looks the same."""
        return self.alert.version, self.has_left, self.names.revision

    def name(self, who: str) -> str:
        """Return what a person or team is called."""
        person = self.names.person(who)
        return person.name if person else who


@dataclass(frozen=True, slots=True)
class Seen:
    """Some entries of a queue, and where it goes on; None at its end."""

    entries: tuple[Entry, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many alerts wait; with ``more`` each number is at least what it says."""

    numbers: Mapping[Queue, int]
    more: bool


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
    return Seen(_entries(service, caller, page.alerts), page.cursor)


def left_of(service: Service, caller: Caller, alert_ids: Sequence[str], seen: Seen) -> tuple[Entry, ...]:
    """Return alerts that stood in a queue, and are not among its first any more."""
    alerts = list(service.store.alerts.some(alert_ids, caller.scope).values())
    # Further down the queue than what was asked for is no reason to call it gone.
    return tuple(
        replace(one, has_left=seen.cursor is None or one.alert.is_closed) for one in _entries(service, caller, alerts)
    )


def _entries(service: Service, caller: Caller, alerts: Sequence[Alert]) -> tuple[Entry, ...]:
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


def counts_of(service: Service, caller: Caller) -> Counts:
    """Return how many alerts wait in each queue of a scope; what is closed waits no more."""
    found = service.store.alerts.waiting(service.engine.clock.now(), MOST_COUNTED, caller.scope)
    return Counts(
        {
            Queue.OPEN: found.open,
            Queue.UNASSIGNED: found.unheld,
            Queue.LATE: found.late,
            Queue.SIGNALS: found.signals,
            Queue.REVIEWS: found.reviews,
        },
        found.more,
    )


def mine_of(service: Service, caller: Caller) -> int:
    """Return how many alerts somebody and their teams hold."""
    view = View(Queue.MINE)
    wanted = view.wanted(service.engine.clock.now())
    return count_alerts(service, caller, wanted, MOST_COUNTED, sort=view.sort, mine=True)


def _own(alert: Alert, said: Mapping[int, Feedback]) -> Feedback | None:
    return said.get(alert.sequence) if alert.feedback_id else None
