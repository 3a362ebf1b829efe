"""Links in messages: signed, for one recipient and one alert, each good for one action and a week.

A link says who may do what; it holds nothing that is not signed, and nothing is kept for links that were not used.
Mail scanners and previews follow links, so looking at one has no effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from engine.alerts.alert import CLOSED
from engine.alerts.verdict import VerdictKind
from engine.delivery.message import Message
from engine.delivery.view import Link
from engine.errors import LinkError

GOOD_FOR = timedelta(days=7)
MOST_CHARACTERS = 1_000
SALT = "heedful link in a message"
KEY_NAME = "link_key"


class LinkAction(StrEnum):
    """What a link in a message does."""

    ACKNOWLEDGE = "acknowledge"
    RIGHT = "right"
    NOT_ACTIONABLE = "not_actionable"
    WRONG_LABEL = "wrong_label"

    @property
    def label(self) -> str:
        """How people are told of it."""
        return _LABELS[self]

    @property
    def verdict(self) -> VerdictKind | None:
        """The verdict that it gives, if it gives one."""
        return None if self is LinkAction.ACKNOWLEDGE else VerdictKind(str(self))


_LABELS: Mapping[LinkAction, str] = MappingProxyType(
    {
        LinkAction.ACKNOWLEDGE: "Acknowledge",
        LinkAction.RIGHT: "This alert is right",
        LinkAction.NOT_ACTIONABLE: "Nothing to be done",
        LinkAction.WRONG_LABEL: "It was understood wrongly",
    }
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a valid link lets somebody do.

    Parameters
    ----------
    who
        A person's id, or a receiver's name.
    """

    alert: str
    who: str
    action: LinkAction

    @property
    def link(self) -> str:
        """What is the same in every copy of the link: a message that is sent again gives no second use."""
        return hashlib.sha256("\x1f".join((self.alert, self.who)).encode()).hexdigest()


class Links:
    """Makes the links of messages, and tells what those that come back let somebody do.

    Parameters
    ----------
    key
        Signs them; who has it can make links.
    public_url
        Where people reach this service, without a slash at the end.

    References
    ----------
    RFC 2104 (HMAC), with SHA-256.
    """

    def __init__(self, key: str, public_url: str) -> None:
        self._url = public_url.rstrip("/")
        options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._signed = URLSafeSerializer(key, salt=SALT, signer_kwargs=options)

    def links(self, message: Message, alert: Mapping[str, Any]) -> tuple[Link, ...]:
        """Return the links by which a message's recipient can act on an alert; none where nobody is named."""
        alert_id = alert.get("id")
        if not message.recipient or not alert_id or alert.get("state") in CLOSED or alert.get("kind") == "system":
            return ()
        until = int((message.sent_at + GOOD_FOR).timestamp())
        return tuple(
            Link(str(action), action.label, self._address([alert_id, message.recipient, str(action), until]))
            for action in LinkAction
        )

    def claim(self, token: str, now: datetime) -> Claim:
        """Return what a link lets somebody do.

        Raises
        ------
        LinkError
            If it is not one of ours, or is too old.
        """
        if len(token) > MOST_CHARACTERS:
            raise LinkError
        try:
            alert, who, action, until = self._signed.loads(token)
            claim, ends = Claim(alert, who, LinkAction(action)), datetime.fromtimestamp(until, UTC)
        except (BadData, ValueError, TypeError) as problem:
            raise LinkError from problem
        if now >= ends:
            raise LinkError(f"This link was good for {GOOD_FOR.days} days.", ended=True)
        return claim

    def _address(self, said: list[Any]) -> str:
        token = self._signed.dumps(said)
        return f"{self._url}/l/{token if isinstance(token, str) else token.decode()}"
