"""What of a message a receiver may have, and where it goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from engine.alerts.change_words import THANKS
from engine.delivery.message import Message
from engine.delivery.redaction import Mask, redacted
from engine.delivery.spec import ADDRESS, ReceiverSpec
from engine.errors import DeliveryError

# What of a message is there for mutes alone.
OF_MUTES = frozenset({"subject", "group", "at_once"})


def body_for(spec: ReceiverSpec, message: Message, mask: Mask) -> dict[str, Any]:
    """Return what a receiver may see of a message.

    Parameters
    ----------
    mask
        Hides personal data from receivers that may not see it.

    Raises
    ------
    DeliveryError
        If it is not for this receiver: what is meant for people here must never reach a customer.
    """
    if spec.to_customer != (message.kind == THANKS):
        said = "it sends to customers" if spec.to_customer else "it does not send to customers"
        raise DeliveryError(f"this message is not for {spec.name}: {said}", permanent=True)
    told = {name: value for name, value in orjson.loads(message.body).items() if name not in OF_MUTES}
    return redacted(told, spec.sees, mask)


def url_for(spec: ReceiverSpec, message: Message) -> str:
    """Return where a message goes.

    Raises
    ------
    DeliveryError
        If the receiver needs an address, and the message has none, or one that would lead elsewhere.
    """
    if not spec.takes_address:
        return spec.url or ""
    if not message.address:
        raise DeliveryError(f"{spec.name} needs an address, and nobody's is known", permanent=True)
    if message.address in (".", ".."):
        raise DeliveryError(f"{spec.name} cannot send to this address: it is not valid", permanent=True)
    # Quoted, so that an address can change nothing of the URL but itself; a step up a path has nothing to quote.
    return (spec.url or "").replace(ADDRESS, quote(message.address, safe=""))
