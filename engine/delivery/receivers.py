"""Receivers: where messages go."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, TextIO

import httpx
from standardwebhooks.webhooks import Webhook

from engine.delivery.guard import resolve
from engine.delivery.message import Message
from engine.errors import DeliveryError
from engine.program import ReceiverSpec

TIMEOUT = timedelta(seconds=10)
RETRYABLE = frozenset({408, 425, 429})


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
    name
        The receiver's name, written before the message.
    stream
        Where to; by default standard error.
    """

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self.name = name
        self.stream = stream

    def send(self, message: Message) -> str:
        """Write the message."""
        stream = self.stream or sys.stderr
        stream.write(f'{{"receiver":"{self.name}","id":"{message.id}","message":{message.body}}}\n')
        stream.flush()
        return "written to the log"


class WebhookReceiver:
    """Posts each message as JSON, signed by the Standard Webhooks specification.

    Parameters
    ----------
    spec
        With the URL and the secret: ``whsec_`` and base64, or any text, whose SHA-256 is the key then.

    References
    ----------
    https://www.standardwebhooks.com
    """

    def __init__(self, spec: ReceiverSpec) -> None:
        self._url = spec.url or ""
        self._allow_private = spec.allow_private
        self._webhook = Webhook(_signing_key(spec.secret or ""))
        self._client = httpx.Client(timeout=TIMEOUT.total_seconds(), follow_redirects=False, trust_env=False)

    def send(self, message: Message) -> str:
        """Post the message; any answer of 2xx is a success."""
        target = resolve(self._url, allow_private=self._allow_private)
        headers = {
            "host": target.host_header,
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(message.sent_at.timestamp())),
            "webhook-signature": self._webhook.sign(message.id, message.sent_at, message.body),
        }
        request = self._client.build_request("POST", target.url, content=message.body.encode(), headers=headers)
        request.extensions["sni_hostname"] = target.host
        try:
            # The status is all that counts: the body, which may never end, is left unread.
            response = self._client.send(request, stream=True)
            response.close()
        except httpx.HTTPError as problem:
            raise DeliveryError(f"{target.host} did not answer: {type(problem).__name__}") from problem
        return _judged(target.host, response.status_code)


def _judged(host: str, status: int) -> str:
    if 200 <= status < 300:
        return f"{host} answered {status}"
    permanent = 300 <= status < 500 and status not in RETRYABLE
    raise DeliveryError(f"{host} answered {status}", permanent=permanent)


def _signing_key(secret: str) -> str:
    if secret.startswith("whsec_"):
        return secret
    return "whsec_" + base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def receivers_of(specs: Mapping[str, ReceiverSpec], stream: TextIO | None = None) -> dict[str, Receiver]:
    """Return the receivers that a program declares."""
    return {
        name: WebhookReceiver(spec) if spec.kind == "webhook" else LogReceiver(name, stream)
        for name, spec in specs.items()
    }
