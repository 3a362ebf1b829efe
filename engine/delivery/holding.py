"""What one worker holds of the outbox: leases that are renewed, orphans of dead workers, and clocks that jump."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from engine.ports import Clock
from engine.store.claims import Claimed, Outcome
from engine.store.outbox import MOST_BEHIND, OutboxRows, Settle

LEASE = timedelta(minutes=1)
# Longer than a living worker takes to renew what it holds, so that a clock that jumps takes nothing from it.
GRACE_S = 20.0

log = structlog.get_logger(__name__)


class Holding:
    """The notifications that a worker may send.

    A lease that has ended by the clock is not enough to take a notification from another worker: it must also stand
    unchanged for a while that is measured without the clock. So a clock that jumps ahead has nothing sent twice.

    Parameters
    ----------
    worker
        A name that no other worker has.
    elapsed
        Seconds from a steady beginning, whatever the clock does.
    marks
        By receiver, a mark of its address.
    settle
        Holds, puts off or combines what is due, in the transaction that claims.
    """

    def __init__(
        self,
        rows: OutboxRows,
        worker: str,
        clock: Clock,
        elapsed: Callable[[], float],
        marks: Mapping[str, str],
        settle: Settle | None,
    ) -> None:
        self._rows = rows
        self._worker = worker
        self._clock = clock
        self._elapsed = elapsed
        self._marks = marks
        self._settle = settle
        self._until: dict[str, datetime] = {}
        # Leases that have ended by the clock, and since when they are seen to stand like that.
        self._suspects: dict[str, tuple[tuple[str, datetime], float]] = {}
        self._last: datetime | None = None
        # Whether addresses may be others than at the last look.
        self._moved = True

    def use(self, marks: Mapping[str, str], settle: Settle | None) -> None:
        """Go on with other receivers."""
        self._marks, self._settle = marks, settle
        self._moved = True

    @property
    def ids(self) -> frozenset[str]:
        """What is held."""
        return frozenset(self._until)

    def holds(self, claimed: Claimed) -> bool:
        """Return whether a notification may be sent by this worker at this moment."""
        until = self._until.get(claimed.id)
        return until is not None and self._clock.now() < until

    def turn(self, outcomes: Sequence[Outcome], room: Mapping[str, int]) -> list[Claimed]:
        """Record what became of tries, and claim what is due."""
        now = self._clock.now()
        claimed = self._rows.turn(self._worker, now, outcomes, room, LEASE, self._marks, self._settle)
        for outcome in outcomes:
            self._until.pop(outcome.claimed.id, None)
        self._until |= {one.id: now + LEASE for one in claimed}
        return claimed

    def release(self, ids: Collection[str]) -> None:
        """Give back what was not begun."""
        self._rows.release(self._worker, ids, self._clock.now())
        for one in ids:
            self._until.pop(one, None)

    def look(self) -> None:
        """Renew leases, free what dead workers hold, bring back what waits for a moment that will not come."""
        now = self._clock.now()
        if self._moved:
            self._moved = False
            for name in self._rows.receivers.start_moved(self._marks, now):
                log.warning("a stopped receiver has another address: it is started", receiver=name)
        if self._last is None or now < self._last - MOST_BEHIND:
            brought = self._rows.bring_back(now, everything=self._last is not None)
            if brought:
                log.warning("the clock went back: what waits is due now", notifications=brought)
        self._last = now
        self._renew(now)
        self._free(now)

    def _renew(self, now: datetime) -> None:
        ending = [one for one, until in self._until.items() if until - now < LEASE / 2 or until - now > LEASE]
        if ending:
            self._rows.renew(self._worker, ending, now, LEASE)
            self._until |= dict.fromkeys(ending, now + LEASE)

    def _free(self, now: datetime) -> None:
        """Take back what stands unchanged since its lease ended; also what this worker claimed and never got."""
        ended = {one: held for one, held in self._rows.expired(now).items() if one not in self._until}
        seen = self._elapsed()
        before = self._suspects
        self._suspects = {
            one: before[one] if one in before and before[one][0] == held else (held, seen)
            for one, held in ended.items()
        }
        orphans = {one: held for one, (held, since) in self._suspects.items() if seen - since >= GRACE_S}
        if orphans:
            self._rows.take_back(orphans)
            log.warning("a worker is gone: what it held is due again", notifications=len(orphans))
