"""Receivers: where messages go."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Mapping
from typing import Protocol, TextIO

import orjson
from standardwebhooks.webhooks import Webhook

from engine.delivery.chats import SlackReceiver, TeamsReceiver
from engine.delivery.message import Message
from engine.delivery.others import AppriseReceiver
from engine.delivery.permitted import body_for, url_for
from engine.delivery.redaction import Mask
from engine.delivery.rendered import LinkMaker, Renderer, links_of
from engine.delivery.rendering import Templates
from engine.delivery.spec import TIMEOUT as TIMEOUT
from engine.delivery.spec import ReceiverSpec
from engine.delivery.web import Poster
from engine.errors import DeliveryError

# The version of the bodies that webhooks get: what is in them is only ever added to.
SCHEMA = 1


class Receiver(Protocol):
    """Takes messages."""

    def send(self, message: Message) -> str:
        """Deliver a message and return what happened, shortly.

        Raises
        ------
        DeliveryError
            If it was not delivered.
        """
        ...


class LogReceiver:
    """Writes each message as one line of JSON.

    Parameters
    ----------
    spec
        With the name, written before the message, and what may be seen.
    mask
        Hides personal data, where it may not be seen.
    stream
        Where to; by default standard error.
    """

    def __init__(self, spec: ReceiverSpec, mask: Mask, stream: TextIO | None = None) -> None:
        self._spec = spec
        self._mask = mask
        self._stream = stream

    def send(self, message: Message) -> str:
        """Write the message."""
        stream = self._stream or sys.stderr
        body = body_for(self._spec, message, self._mask)
        stream.write(orjson.dumps({"receiver": self._spec.name, "id": message.id, "message": body}).decode() + "\n")
        stream.flush()
        return "written to the log"


class UnusableReceiver:
    """Sends nothing, and says why: its messages wait for another try, and its fallback gets what waits too long."""

    def __init__(self, spec: ReceiverSpec) -> None:
        self._spec = spec

    def send(self, message: Message) -> str:  # noqa: ARG002
        """Refuse the message."""
        raise DeliveryError(f"{self._spec.name} cannot be used: {self._spec.problem}")


class WebhookReceiver:
    """Posts each message as JSON, signed by the Standard Webhooks specification.

    Parameters
    ----------
    spec
        With the URL and the secret: ``whsec_`` and base64, or any text, whose SHA-256 is the key then.
    mask
        Hides personal data, where it may not be seen.
    links
        What makes the links of a message, if any are made.

    References
    ----------
    https://www.standardwebhooks.com
    """

    def __init__(self, spec: ReceiverSpec, mask: Mask, links: LinkMaker | None = None) -> None:
        self._spec = spec
        self._mask = mask
        self._links = links
        self._webhook = Webhook(_signing_key(spec.secret or ""))
        self._poster = Poster(allow_private=spec.allow_private, timeout=spec.timeout)

    def send(self, message: Message) -> str:
        """Post the message; any answer of 2xx is a success."""
        body = body_for(self._spec, message, self._mask)
        acts = {one.action: one.url for one in links_of(self._links, message, body)}
        told = {"schema": SCHEMA, **body} | ({"links": acts} if acts else {})
        text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": str(int(message.sent_at.timestamp())),
            "webhook-signature": self._webhook.sign(message.id, message.sent_at, text),
        }
        answer = self._poster.post(url_for(self._spec, message), text.encode(), headers, message.sent_at)
        if not answer.is_success:
            raise answer.refused()
        return f"{answer.host} answered {answer.status}"


def receivers_of(
    specs: Mapping[str, ReceiverSpec],
    mask: Mask,
    stream: TextIO | None = None,
    templates: Mapping[str, str] | None = None,
    links: LinkMaker | None = None,
) -> dict[str, Receiver]:
    """Return the receivers that a program declares.

    Parameters
    ----------
    mask
        Hides personal data from receivers that may not see it.
    stream
        Where those of kind log write.
    templates
        The program's own templates, by file name.
    links
        What makes the links of a message; None makes none.
    """
    shared = Templates(templates)
    return {name: _receiver(spec, mask, stream, shared, links) for name, spec in specs.items()}


def _receiver(
    spec: ReceiverSpec, mask: Mask, stream: TextIO | None, templates: Templates, links: LinkMaker | None
) -> Receiver:
    if spec.problem is not None:
        return UnusableReceiver(spec)
    renderer = Renderer(spec, templates, mask, links)
    if spec.kind == "webhook":
        return WebhookReceiver(spec, mask, links)
    if spec.kind == "slack":
        return SlackReceiver(spec, renderer)
    if spec.kind == "teams":
        return TeamsReceiver(spec, renderer)
    if spec.kind == "apprise":
        return AppriseReceiver(spec, renderer)
    return LogReceiver(spec, mask, stream)


def _signing_key(secret: str) -> str:
    if secret.startswith("whsec_"):
        return secret
    return "whsec_" + base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()
