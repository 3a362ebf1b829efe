"""Testing a receiver: one message on the real way there, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from engine.delivery.receivers import Receiver
from engine.delivery.samples import sample_message
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError
from engine.ports import Clock


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test message.

    Parameters
    ----------
    said
        What the receiver said, or why the message was not delivered.
    permanent
        Of a failure: whether trying again is of no use.
    took_s
        How long it took, in seconds.
    """

    receiver: str
    delivered: bool
    said: str
    permanent: bool
    took_s: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "receiver": self.receiver,
            "delivered": self.delivered,
            "said": self.said,
            "permanent": self.permanent,
            "took_s": round(self.took_s, 3),
        }


def send_test(receiver: Receiver, spec: ReceiverSpec, clock: Clock, address: str | None = None) -> Tested:
    """Send a test message and say what happened.

    Parameters
    ----------
    address
        Whom to send it to, where the receiver needs an address.
    """
    begun = time.monotonic()
    try:
        said, problem = receiver.send(sample_message(spec, clock, address)), None
    except DeliveryError as error:
        said, problem = str(error), error
    took = time.monotonic() - begun
    return Tested(spec.name, problem is None, said, problem is not None and problem.permanent, took)
