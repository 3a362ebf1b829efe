"""A receiver that a test holds in its hands: what it answers, and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from engine.delivery.message import Message
from engine.errors import DeliveryError

PATIENCE_S = 30


class HeldReceiver:
    """Keeps what it got; fails as it is told, and hangs until it is let go.

    Parameters
    ----------
    problems
        What it answers, one a message; after them it takes everything. None takes one.
    hangs
        Whether it hangs until it is let go.
    first
        Whether it does so with the first message only.
    """

    def __init__(
        self, problems: Sequence[DeliveryError | None] = (), *, hangs: bool = False, first: bool = False
    ) -> None:
        self.problems = list(problems)
        self.got: list[Message] = []
        self.let_go = threading.Event()
        self.changed = threading.Condition()
        self.first = first
        if not hangs:
            self.let_go.set()

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.got]

    def send(self, message: Message) -> str:
        with self.changed:
            self.got.append(message)
            hangs = len(self.got) == 1 or not self.first
            problem = self.problems.pop(0) if self.problems else None
            self.changed.notify_all()
        assert not hangs or self.let_go.wait(PATIENCE_S)
        if problem is not None:
            raise problem
        return "taken"

    def wait_for(self, count: int) -> None:
        """Wait until so many messages came."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, PATIENCE_S), f"only {len(self.got)} came"


def always(problem: Callable[[], DeliveryError]) -> HeldReceiver:
    """Return a receiver that never takes anything."""

    class Never(HeldReceiver):
        def send(self, message: Message) -> str:
            self.problems = [problem()]
            return super().send(message)

    return Never()
