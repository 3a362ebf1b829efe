"""The outbox: claims due notifications, hands each to its receiver's lane, records what became of it.

Delivery is at least once: a worker that dies after sending and before recording leaves the notification to another
one. The message id stays the same, so the receiver can tell. One thread talks to the store; each receiver has a lane
of its own, so a slow or hanging receiver delays nobody else.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from engine.delivery.holding import Holding
from engine.delivery.lane import MOST_WAITING, Lane
from engine.delivery.receivers import Receiver
from engine.delivery.schedule import Tried, outcome_of
from engine.delivery.spec import OPERATORS, TIMEOUT, ReceiverSpec
from engine.errors import DeliveryError, StoreError
from engine.ports import Clock
from engine.store.claims import Claimed, Outcome, Standing
from engine.store.outbox import OutboxRows, Settle

# A message that takes so many times its receiver's timeout has failed, whatever hangs.
PATIENCE = 3
LOOK_AGAIN_S = 5.0
# While processes are replaced one after the other, an older one does not know the receivers that a newer one has: a
# message that is younger than this is tried again.
STRANGE_FOR = timedelta(hours=1)
FINISH_S = 12.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Receivers:
    """Receivers that are used from the next turn on."""

    receivers: Mapping[str, Receiver]
    specs: Mapping[str, ReceiverSpec]
    settle: Settle | None
    retired: Collection[str]


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
    specs
        What the program says of them: how long a message may take, where it goes.
    settle
        Holds, puts off or combines what is due, in the transaction that claims.
    elapsed
        Seconds from a steady beginning, whatever the clock does.
    retired
        Receivers that are no more: what waits for them is left to who hands it over to others.
    """

    def __init__(
        self,
        rows: OutboxRows,
        receivers: Mapping[str, Receiver],
        clock: Clock,
        specs: Mapping[str, ReceiverSpec] | None = None,
        settle: Settle | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        retired: Collection[str] = (),
    ) -> None:
        self._rows = rows
        self._receivers = receivers
        self._clock = clock
        self._specs = specs or {}
        self._retired = retired
        self._elapsed = elapsed
        self._holding = Holding(rows, secrets.token_hex(8), clock, elapsed, _marks(self._specs), settle)
        self._lanes: dict[str, Lane] = {}
        # Of receivers that are others by now: each finishes the message that it is sending.
        self._ending: list[Lane] = []
        self._next: _Receivers | None = None
        self._strangers: list[str] = []
        self._looked: float | None = None
        self._lock = threading.Lock()
        self._told: list[tuple[Claimed, Tried | None]] = []
        # Called with what was recorded.
        self.when_recorded: list[Callable[[Sequence[Outcome]], object]] = []
        self._woken = threading.Event()
        rows.call_when_added(self._woken.set)

    def use(
        self,
        receivers: Mapping[str, Receiver],
        specs: Mapping[str, ReceiverSpec],
        settle: Settle | None = None,
        retired: Collection[str] = (),
    ) -> None:
        """Go on with other receivers; what is being sent to the ones before is finished there."""
        with self._lock:
            self._next = _Receivers(receivers, specs, settle, retired)
        self._woken.set()

    def run(self, stop: threading.Event, idle_s: float = 0.5) -> None:
        """Deliver until told to stop; a store that does not answer is tried again."""
        while not stop.is_set():
            self._woken.clear()
            if stop.is_set():  # set, and woken, between the two
                break
            try:
                self._turn()
            except Exception as problem:
                # Whatever went wrong, what waits must be tried again: nothing is taken as recorded that is not.
                log.error("the outbox could not go on", problem=str(problem), error=type(problem).__name__)
                stop.wait(idle_s)
            self._woken.wait(idle_s)
        with suppress(StoreError):
            self._finish()

    def wake(self) -> None:
        """Let it look at once, also at whether it is to stop."""
        self._woken.set()

    def run_once(self) -> int:
        """Deliver what is due now, as far as the lanes have room, and return how many tries were made."""
        tries = self._turn()
        while self._holding.ids:
            self._woken.wait(LOOK_AGAIN_S)
            self._woken.clear()
            tries += self._turn(claim=False)
        self._close()
        return tries

    def _turn(self, *, claim: bool = True) -> int:
        """Record what the lanes told, claim and hand out what is due, and return how many tries were recorded."""
        self._change()
        self._look()
        with self._lock:
            told = list(self._told)
        unbegun = [claimed.id for claimed, tried in told if tried is None]
        if unbegun:
            self._holding.release(unbegun)
        outcomes = [outcome_of(tried) for _, tried in told if tried is not None]
        room = self._room() if claim else {}
        if outcomes or (room and self._rows.is_due(self._clock.now(), list(room))):
            for claimed in self._holding.turn(outcomes, room):
                self._hand(claimed)
        # Not before all of it is in the store.
        with self._lock:
            del self._told[: len(told)]
        _log(outcomes)
        for call in self.when_recorded if outcomes else ():
            call(outcomes)
        return len(outcomes)

    def _change(self) -> None:
        """Take over other receivers, if there are any; what waits in a lane that is no more is claimed again."""
        with self._lock:
            new, self._next = self._next, None
        if new is None:
            return
        before, self._specs = self._specs, new.specs
        self._receivers, self._retired = new.receivers, new.retired
        for name in [name for name in self._lanes if before.get(name) != new.specs.get(name)]:
            lane = self._lanes.pop(name)
            self._ending.append(lane)
            for claimed in lane.close():
                self._done(claimed, None)
        self._holding.use(_marks(new.specs), new.settle)
        # Those that have just come, or gone, are strangers or not from now on.
        self._looked = None

    def _look(self) -> None:
        """Look, now and then, after leases, hanging lanes, and receivers that are not declared any more."""
        now = self._elapsed()
        if self._looked is not None and now - self._looked < LOOK_AGAIN_S:
            return
        for lane in (*self._lanes.values(), *self._ending):
            lane.give_up()
        self._ending = [lane for lane in self._ending if lane.is_sending]
        self._holding.look()
        self._strangers = self._rows.strangers([*self._receivers, *self._retired])
        self._looked = now

    def _room(self) -> dict[str, int]:
        """Return the receivers that take more messages, and how many each."""
        room = dict.fromkeys((*self._receivers, *self._strangers), MOST_WAITING)
        room |= {name: lane.room for name, lane in self._lanes.items()}
        return {name: some for name, some in room.items() if some > 0}

    def _hand(self, claimed: Claimed) -> None:
        receiver = self._receivers.get(claimed.receiver)
        if receiver is None:
            self._done(claimed, self._stranger(claimed))
            return
        lane = self._lanes.get(claimed.receiver)
        if lane is None:
            spec = self._specs.get(claimed.receiver)
            patience = (spec.timeout if spec else TIMEOUT) * PATIENCE
            lane = Lane(claimed.receiver, receiver, self._clock, self._done, self._holding.holds, patience)
            self._lanes[claimed.receiver] = lane
        lane.put(claimed)

    def _stranger(self, claimed: Claimed) -> Tried:
        """Return the failed try of a message to a receiver that the program does not have."""
        now = self._clock.now()
        problem = DeliveryError(
            f"the program has no receiver {claimed.receiver}", permanent=now - claimed.created_at >= STRANGE_FOR
        )
        return Tried(claimed, now, problem=problem)

    def _done(self, claimed: Claimed, tried: Tried | None) -> None:
        """Take what a lane tells; called in its thread."""
        with self._lock:
            self._told.append((claimed, tried))
        self._woken.set()

    def _close(self) -> None:
        """End the lanes; what they did not begin is told as such."""
        for lane in self._lanes.values():
            for claimed in lane.close():
                self._done(claimed, None)
        self._lanes = {}

    def _finish(self) -> None:
        """Give back what was not begun, and record what is being sent, unless it takes too long."""
        self._close()
        end = time.monotonic() + FINISH_S
        while self._holding.ids and time.monotonic() < end:
            self._woken.clear()
            self._turn(claim=False)
            if self._holding.ids:
                self._woken.wait(0.5)


def _log(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        claimed = one.claimed
        log.info("notification", id=claimed.id, receiver=claimed.receiver, state=str(one.standing), detail=one.detail)
        if claimed.receiver == OPERATORS and one.standing in (Standing.DEAD, Standing.STOPPED):
            # Nobody is left who could be told.
            log.critical("the operators did not get a message", id=claimed.id, alert=claimed.alert, detail=one.detail)


def _marks(specs: Mapping[str, ReceiverSpec]) -> dict[str, str]:
    """Return a mark of each receiver's address: another one when the address is, and nothing of the address."""
    return {name: hashlib.sha256(f"{name}\x1f{spec.url}".encode()).hexdigest()[:12] for name, spec in specs.items()}
