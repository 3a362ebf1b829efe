"""When a notification is tried again: waits that grow, with jitter, for three days; then it is given up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import DeliveryError
from engine.store.claims import Claimed, Outcome, Standing

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
# After these, every ten to fourteen hours.
LAST_WAIT = timedelta(hours=12)
LAST_JITTER = 1 / 6
JITTER = 0.1
GIVE_UP_AFTER = timedelta(hours=75)
# However old a notification is, nothing is given up before so many tries: it may have been held for days, or the
# clock may have jumped.
FEWEST_TRIES = len(WAITS) + 1
# A receiver is not left alone for longer than this, whatever it asks for.
LONGEST_REST = timedelta(hours=24)
_SHARES = 2**32


@dataclass(frozen=True, slots=True)
class Tried:
    """A try to send a notification: when it ended, and what was said; or why it failed."""

    claimed: Claimed
    at: datetime
    said: str = ""
    problem: DeliveryError | None = None


def wait_after(notification_id: str, tries: int) -> timedelta:
    """Return how long to wait after some tries: the same for the same notification, and never the same for all.

    Parameters
    ----------
    tries
        How often it was tried by now, from 1.
    """
    wait, spread = (WAITS[tries - 1], JITTER) if tries <= len(WAITS) else (LAST_WAIT, LAST_JITTER)
    drawn = int.from_bytes(hashlib.sha256(f"{notification_id}\x1f{tries}".encode()).digest()[:4], "big") / _SHARES
    return wait * (1 + spread * (2 * drawn - 1))


def outcome_of(tried: Tried) -> Outcome:
    """Return what becomes of a notification after a try."""
    claimed, at, problem = tried.claimed, tried.at, tried.problem
    if problem is None:
        return Outcome(claimed, Standing.SENT, tried.said, at, at)
    if problem.gone:
        return Outcome(claimed, Standing.STOPPED, str(problem), at, at)
    due_at = at + _rest(claimed, problem)
    too_old = due_at - claimed.created_at > GIVE_UP_AFTER and claimed.attempts + 1 >= FEWEST_TRIES
    if problem.permanent or too_old:
        return Outcome(claimed, Standing.DEAD, str(problem), at, at)
    return Outcome(claimed, Standing.RETRY, str(problem), at, due_at)


def _rest(claimed: Claimed, problem: DeliveryError) -> timedelta:
    """Return how long to wait: as the schedule says, and no shorter than the receiver asks, up to a day."""
    asked = min(problem.retry_after or timedelta(0), LONGEST_REST)
    return max(asked, wait_after(claimed.id, claimed.attempts + 1))
