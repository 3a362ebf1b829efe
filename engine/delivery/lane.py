"""A lane: the worker of one receiver, so that a slow receiver delays nobody else."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.delivery.message import Message
from engine.delivery.receivers import Receiver
from engine.delivery.schedule import Tried
from engine.errors import DeliveryError
from engine.ports import Clock
from engine.store.claims import Claimed

MOST_WAITING = 100
# Threads that hang in a receiver cannot be ended: after so many nothing more is tried until one comes back.
MOST_STUCK = 3


@dataclass(frozen=True, slots=True)
class _Sending:
    claimed: Claimed
    since: float


class Lane:
    """Sends to one receiver, one message after the other, in a thread that is made when there is something to send.

    Parameters
    ----------
    name, receiver
        Whom it sends to.
    clock
        Tells when a message is sent.
    done
        Called with every try, in the lane's thread; with None as the try of a message that was not begun.
    mine
        Tells whether a message is still this worker's: after a long stop of the whole process it may not be.
    patience
        A message that takes longer has failed; the thread that hangs in it is left behind.
    """

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        clock: Clock,
        done: Callable[[Claimed, Tried | None], None],
        mine: Callable[[Claimed], bool],
        patience: timedelta,
    ) -> None:
        self.name = name
        self._receiver = receiver
        self._clock = clock
        self._done = done
        self._mine = mine
        self._patience_s = patience.total_seconds()
        self._lock = threading.Condition()
        self._waiting: deque[Claimed] = deque()
        self._sending: _Sending | None = None
        self._thread: threading.Thread | None = None
        self._stuck = 0
        self._closed = False

    @property
    def room(self) -> int:
        """How many more messages it takes."""
        with self._lock:
            return MOST_WAITING - len(self._waiting) - (self._sending is not None)

    @property
    def is_sending(self) -> bool:
        """Whether a message is being sent."""
        with self._lock:
            return self._sending is not None

    def put(self, claimed: Claimed) -> None:
        """Take a message to send."""
        with self._lock:
            self._waiting.append(claimed)
            if self._thread is None:
                self._begin()
            self._lock.notify_all()

    def close(self) -> list[Claimed]:
        """Send nothing more, and return what was not begun; what is being sent is finished and told."""
        with self._lock:
            self._closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._lock.notify_all()
        return left

    def give_up(self) -> None:
        """Count a message that takes too long as failed, and go on with the next in a new thread."""
        with self._lock:
            sending = self._sending
            if sending is None or time.monotonic() - sending.since < self._patience_s:
                return
            self._sending = None
            self._stuck += 1
            self._begin()
        said = f"{self.name} did not take the message within {self._patience_s:.0f} s"
        self._tell(sending.claimed, DeliveryError(said))

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._work, name=f"to-{self.name}", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (sending := self._next()) is not None:
            if not self._mine(sending.claimed):
                self._ended(sending)
                self._done(sending.claimed, None)
                continue
            said, problem = self._send(sending.claimed)
            if not self._ended(sending):
                return
            self._tell(sending.claimed, problem, said)

    def _ended(self, sending: _Sending) -> bool:
        """Note that a send has ended; False if it took too long, was told as failed, and another thread goes on."""
        with self._lock:
            if self._sending is not sending:
                self._stuck -= 1
                return False
            self._sending = None
            return True

    def _next(self) -> _Sending | None:
        """Wait for a message; None when this thread is not wanted any more."""
        with self._lock:
            while True:
                if self._closed or self._thread is not threading.current_thread():
                    return None
                if self._waiting:
                    self._sending = _Sending(self._waiting.popleft(), time.monotonic())
                    return self._sending
                self._lock.wait()

    def _send(self, claimed: Claimed) -> tuple[str, DeliveryError | None]:
        if self._stuck >= MOST_STUCK:
            return "", DeliveryError(f"{self.name} still hangs in {self._stuck} earlier messages")
        message = _message(claimed, self._clock.now())
        try:
            return self._receiver.send(message), None
        except DeliveryError as problem:
            return "", problem
        except Exception as problem:
            # Whatever a receiver does wrong, the message is tried again and the others go on.
            return "", DeliveryError(f"{type(problem).__name__} while sending")

    def _tell(self, claimed: Claimed, problem: DeliveryError | None, said: str = "") -> None:
        self._done(claimed, Tried(claimed, self._clock.now(), said, problem))


def _message(claimed: Claimed, now: datetime) -> Message:
    return Message(
        id=claimed.id,
        body=claimed.message,
        sent_at=now,
        address=claimed.address,
        kind=claimed.kind,
        recipient=claimed.recipient,
    )
