"""What the API takes and answers about receivers, as OpenAPI shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.shapes import Shape
from engine.delivery.spec import ReceiverKind, ReceiverSpec


class ReceiverOut(Shape):
    """A receiver, without its address and its secret."""

    name: str
    kind: ReceiverKind
    sees: Literal["everything", "masked", "labels"]
    takes_address: bool
    to_customer: bool
    fallback: str | None
    template: str | None
    budget: int | None
    zone: str


class ReceiversOut(Shape):
    """Every receiver of the program."""

    receivers: list[ReceiverOut]


class ReceiverTestIn(Shape):
    """A test message."""

    address: str | None = Field(None, max_length=500, description="whom to send it to, where the receiver needs that")


class ReceiverTestOut(Shape):
    """What came of a test message."""

    receiver: str
    delivered: bool
    said: str
    permanent: bool
    took_s: float


def receiver_out(spec: ReceiverSpec) -> dict[str, Any]:
    """Return a receiver as plain JSON values, without its address and its secret."""
    shown = {name: getattr(spec, name) for name in ReceiverOut.model_fields}
    return shown | {"sees": str(spec.sees), "zone": str(spec.zone)}
