"""The outbox worker: claims due notifications, sends them, records each attempt.

Delivery is at least once: a worker that dies after sending and before recording leaves the notification to be
claimed again when its lease ends. The message id stays the same, so the receiver can tell.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from engine.delivery.message import Message
from engine.delivery.receivers import Receiver
from engine.errors import DeliveryError, StoreError
from engine.ports import Clock
from engine.store.messages import DEAD, PENDING, SENT
from engine.store.outbox import Claimed, OutboxRows, Outcome

LEASE = timedelta(minutes=5)
BATCH = 20
GIVE_UP_AFTER = timedelta(hours=75)
# Growing waits: five seconds at first, then about a factor of five, then half a day.
WAITS_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)

log = structlog.get_logger(__name__)


class Outbox:
    """Delivers what is due.

    Parameters
    ----------
    rows
        The store's side.
    receivers
        By name.
    clock
        Tells what is due.
    """

    def __init__(self, rows: OutboxRows, receivers: Mapping[str, Receiver], clock: Clock) -> None:
        self._rows = rows
        self._receivers = receivers
        self._clock = clock
        self._worker = secrets.token_hex(8)

    def run_once(self) -> int:
        """Deliver one batch of due notifications and return how many attempts were made."""
        claimed = self._rows.claim(self._worker, self._clock.now(), LEASE, BATCH)
        for one in claimed:
            outcome = self._attempt(one)
            self._rows.record(one, self._worker, outcome)
            log.info("notification", id=one.id, receiver=one.receiver, state=outcome.state, detail=outcome.detail)
        return len(claimed)

    def _attempt(self, claimed: Claimed) -> Outcome:
        now = self._clock.now()
        receiver = self._receivers.get(claimed.receiver)
        if receiver is None:
            return Outcome(DEAD, f"the program has no receiver {claimed.receiver} any more", now, now)
        try:
            detail = receiver.send(Message(claimed.id, claimed.message, now))
        except DeliveryError as problem:
            return _failed(claimed, str(problem), now, permanent=problem.permanent)
        except (OSError, ValueError) as problem:
            return _failed(claimed, f"{type(problem).__name__} while sending", now, permanent=False)
        return Outcome(SENT, detail, now, now)

    def run(self, stop: threading.Event, idle_s: float = 0.5) -> None:
        """Deliver until told to stop; a store that does not answer is tried again."""
        while not stop.is_set():
            try:
                if self.run_once():
                    continue
            except StoreError as problem:
                log.error("the outbox cannot reach the store", problem=str(problem))
            stop.wait(idle_s)


def _failed(claimed: Claimed, detail: str, now: datetime, *, permanent: bool) -> Outcome:
    wait = timedelta(seconds=WAITS_S[min(claimed.attempts, len(WAITS_S) - 1)])
    if permanent or now + wait - claimed.created_at > GIVE_UP_AFTER:
        return Outcome(DEAD, detail, now, now)
    return Outcome(PENDING, detail, now, now + wait)
