"""What the inbox shows, asked of the store: the alerts of a view with what was said, and how many wait where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.alert_listing import alerts_of, count_alerts
from api.auth import Caller
from api.console.inbox.view import Queue, View
from api.runtime import Service
from engine.alerts.alert import Alert
from engine.feedback import Feedback
from engine.people import Directory
from engine.store.alert_filter import AlertFilter
from engine.store.changes import MOST_AT_ONCE
from engine.taxonomy import Taxonomy

# How far a queue is counted: whoever has more than this looks at the first of them.
MOST_COUNTED = 1_000


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
    """What a page shows: entries in order, those that stood there before and now do not, and whether more follow."""

    entries: tuple[Entry, ...]
    left: tuple[Entry, ...]
    more: bool


def look_at(service: Service, caller: Caller, view: View, shown: int, kept: Sequence[str] = ()) -> Seen:
    """Return the first alerts of a view.

    Parameters
    ----------
    kept
        Alerts that stood there before: those that are not among the first any more are looked up.
    """
    wanted = view.wanted(service.engine.clock.now())
    page = alerts_of(
        service,
        caller,
        wanted,
        sort=view.sort,
        limit=shown,
        mine=view.is_mine,
        holder=view.holder or None,
    )
    found = {one.id for one in page.alerts}
    missing = [one for one in kept if one not in found]
    left = list(service.store.alerts.some(missing, caller.scope).values()) if missing else []
    alerts = [*page.alerts, *left]
    said = service.store.words.of([one.sequence for one in alerts if one.feedback_id], caller.scope)
    names, taxonomy = service.store.people.directory(), service.rules.taxonomy
    # Further down the queue than what was asked for is no reason to call it gone.
    is_whole = page.cursor is None
    entries = [
        Entry(one, _own(one, said), taxonomy, names, one.id not in found and (is_whole or one.is_closed))
        for one in alerts
    ]
    return Seen(tuple(entries[: len(page.alerts)]), tuple(entries[len(page.alerts) :]), not is_whole)


def all_of(service: Service, caller: Caller, view: View) -> tuple[dict[str, int], bool]:
    """Return the alerts of a whole view with their versions, no more than can be changed at once; and if more are."""
    wanted = view.wanted(service.engine.clock.now())
    page = alerts_of(
        service,
        caller,
        wanted,
        sort=view.sort,
        limit=MOST_AT_ONCE,
        mine=view.is_mine,
        holder=view.holder or None,
    )
    return {one.id: one.version for one in page.alerts}, page.cursor is not None


def counts_of(service: Service, caller: Caller) -> Mapping[Queue, int]:
    """Return how many alerts wait in each queue, counted to a bound; what is closed waits no more."""
    now = service.engine.clock.now()
    views = [View(queue) for queue in Queue if queue is not Queue.CLOSED]
    return {view.queue: _count(service, caller, view, view.wanted(now)) for view in views}


def _count(service: Service, caller: Caller, view: View, wanted: AlertFilter) -> int:
    return count_alerts(service, caller, wanted, MOST_COUNTED + 1, sort=view.sort, mine=view.is_mine)


def _own(alert: Alert, said: Mapping[int, Feedback]) -> Feedback | None:
    return said.get(alert.sequence) if alert.feedback_id else None
