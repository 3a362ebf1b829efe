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
    stands: Literal["file", "published", "always"] = Field(description="where it is declared, and so changed")
    version: int | None = Field(description="of a published one")
    problem: str | None = Field(description="why nothing can be sent to it here as it is")


class ReceiversOut(Shape):
    """Every receiver that is in force: those of the program's file, and those that are published."""

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


OWN = ("sees", "zone", "stands", "version")


def receiver_out(spec: ReceiverSpec) -> dict[str, Any]:
    """Return a receiver as plain JSON values, without its address, its secret, and its version."""
    shown = {name: getattr(spec, name) for name in ReceiverOut.model_fields if name not in OWN}
    stands = "file" if spec.file else "published" if spec.published else "always"
    return shown | {"sees": str(spec.sees), "zone": str(spec.zone), "stands": stands}
