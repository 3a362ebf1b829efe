"""The pile: records worth labelling, each given to one person at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from api.console.labelling.journal import Journal, Key, LabellingError, answered
from api.runtime import Service
from engine.scope import Scope
from engine.taxonomy import Taxonomy

if TYPE_CHECKING:
    from training.review import ReviewRow

# Picked at once, of so many of the newest readings: a pick looks at each of them.
PICKED = 40
NEWEST = 20_000
# Who does nothing for so long has gone for lunch: others may label the record.
LEASE_S = 900.0
MOST_REVISIONS = 100
TAKEN = "somebody else has this record by now, as you were away for long; the next one is yours"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a record, in which open page, and until when."""

    who: str
    page: str
    until: float


@dataclass
class Heap:
    """What is picked and not given out, for one scope, and when something was erased last before it was picked."""

    rows: list[ReviewRow] = field(default_factory=list)
    erased: datetime | None = None


class Pile:
    """The pile of a console; it is safe to use from any thread.

    Parameters
    ----------
    service
        Whose feedback is labelled.
    clock
        Counts seconds.
    """

    def __init__(self, service: Service, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._picking = threading.Lock()
        self._leases: dict[Key, Lease] = {}
        self._heaps: dict[Scope, Heap] = {}
        self._skipped: dict[str, set[Key]] = {}
        self._journals: dict[str, Journal] = {}
        self._noted: set[str] = set()

    def journal(self, who: str) -> Journal:
        """Return somebody's answers; every page of theirs shares them."""
        with self._lock:
            if who not in self._journals:
                self._journals[who] = Journal(self._service.settings.labelled, who)
            return self._journals[who]

    def taxonomy(self) -> Taxonomy:
        """Return the label trees that are labelled under: those of the newest reading, as an export has them."""
        return self._service.store.readings.newest_taxonomy() or self._service.rules.taxonomy

    def next(self, who: str, page: str, scope: Scope) -> ReviewRow | None:
        """Return the next record for somebody and keep it for them; None when nothing is left to label."""
        self._note(who)
        done = answered(self._service.settings.labelled)
        found = self._given(who, page, scope, done)
        if found is not None:
            return found
        with self._picking:
            # Another page may have picked meanwhile.
            found = self._given(who, page, scope, done)
            if found is None:
                erased = self._service.store.marks.look().erased
                rows = self._picked(scope, done | self._out_of_reach(who))
                with self._lock:
                    self._heaps[scope] = Heap(rows, erased)
                found = self._given(who, page, scope, done)
            return found

    def _note(self, who: str) -> None:
        """Have the store remember where labelled words are written, so that they can be erased there."""
        with self._lock:
            if who in self._noted:
                return
            self._noted.add(who)
        exports, now = self._service.store.exports, self._service.engine.clock.now()
        exports.note(self._service.settings.labelled, "dataset", who, now)
        exports.note(self.journal(who).file, "review", who, now)

    def hold(self, key: Key, who: str, page: str) -> None:
        """Keep a record for a page for some more time.

        Raises
        ------
        LabellingError
            If somebody else has it by now.
        """
        with self._lock:
            lease = self._leases.get(key)
            if lease is not None and (lease.who, lease.page) != (who, page) and lease.until > self._clock():
                raise LabellingError(TAKEN)
            self._leases[key] = Lease(who, page, self._clock() + LEASE_S)

    def is_there(self, row: ReviewRow) -> bool:
        """Return whether a record still says what is labelled of it: it may be erased by now."""
        source, feedback_id, number = row.key
        revisions = self._service.store.words.revisions(source, feedback_id, MOST_REVISIONS)
        said = ["\n".join(part.text for part in one.feedback.parts) for one in revisions if one.revision == number]
        return bool(said) and all(one in said[0] for one in row.sentences)

    def skip(self, key: Key, who: str) -> None:
        """Offer a record to others only."""
        with self._lock:
            self._skipped.setdefault(who, set()).add(key)

    def leave(self, page: str) -> None:
        """Give back what a page held: it was closed, or went on."""
        with self._lock:
            self._leases = {key: lease for key, lease in self._leases.items() if lease.page != page}

    def _given(self, who: str, page: str, scope: Scope, done: Iterable[Key]) -> ReviewRow | None:
        known = set(done)
        erased = self._service.store.marks.look().erased
        with self._lock:
            now = self._clock()
            heap = self._heaps.get(scope, Heap())
            # What was picked before an erasure may have words that are gone by now: it is picked again.
            for row in heap.rows if heap.erased == erased else ():
                lease = self._leases.get(row.key)
                is_held = lease is not None and lease.until > now and (lease.who, lease.page) != (who, page)
                if row.key not in known and row.key not in self._skipped.get(who, set()) and not is_held:
                    self._leases[row.key] = Lease(who, page, now + LEASE_S)
                    return row
        return None

    def _out_of_reach(self, who: str) -> set[Key]:
        with self._lock:
            now = self._clock()
            held = {key for key, lease in self._leases.items() if lease.until > now}
            return held | self._skipped.get(who, set())

    def _picked(self, scope: Scope, without: set[Key]) -> list[ReviewRow]:
        from training.review import choose
        from training.sources import StoreSource

        store = self._service.store
        source = StoreSource(store, self.taxonomy(), scope=scope, newest=NEWEST)
        judged = [one for one in store.verdicts.latest() if scope.sees(one.alert.unit)]
        return choose(source, PICKED, judged=judged, without=without)
