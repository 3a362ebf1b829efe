"""Slack and Teams: rendered messages, posted to their incoming webhooks."""

from __future__ import annotations

import re

import orjson

from engine.delivery.blocks import slack_payload, teams_payload
from engine.delivery.message import Message
from engine.delivery.permitted import url_for
from engine.delivery.rendered import Renderer, fitting
from engine.delivery.spec import ReceiverSpec
from engine.delivery.web import Answer, Poster
from engine.errors import DeliveryError

# What Slack says when a webhook was taken away, or its channel is no more.
_GONE = frozenset({"no_service", "no_service_id", "no_team", "team_disabled", "channel_is_archived", "no_active_hooks"})
_WORD = re.compile(r"[a-z_]{2,40}\Z")
_LATER = re.compile(r"HTTP error (429|5\d\d)")


class SlackReceiver:
    """Posts each message to an incoming webhook of Slack's.

    References
    ----------
    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    """

    def __init__(self, spec: ReceiverSpec, renderer: Renderer) -> None:
        self._spec = spec
        self._renderer = renderer
        self._poster = Poster(allow_private=spec.allow_private, timeout=spec.timeout)

    def send(self, message: Message) -> str:
        """Post the message; Slack says ``ok`` when it was taken, and else why not."""
        answer = _posted(self._poster, self._spec, message, self._payload(message))
        said = answer.text.strip()
        if answer.is_success and said == "ok":
            return f"{answer.host} answered ok"
        if answer.is_success:
            raise DeliveryError(f"{answer.host} answered {answer.status}, and not as Slack does")
        raise answer.refused(said if _WORD.match(said) else "", gone=said in _GONE)

    def _payload(self, message: Message) -> bytes:
        def made(most: int) -> bytes:
            one = self._renderer.rendered("slack", message, most)
            return orjson.dumps(slack_payload(one.text, one.summary, one.passages))

        return fitting(made)


class TeamsReceiver:
    """Posts each message as an Adaptive Card to a workflow of Teams's.

    References
    ----------
    https://learn.microsoft.com/power-automate/teams/send-a-message-in-teams
    """

    def __init__(self, spec: ReceiverSpec, renderer: Renderer) -> None:
        self._spec = spec
        self._renderer = renderer
        self._poster = Poster(allow_private=spec.allow_private, timeout=spec.timeout)

    def send(self, message: Message) -> str:
        """Post the message; a workflow takes it with 2xx, and older connectors say errors in the body."""
        answer = _posted(self._poster, self._spec, message, self._payload(message))
        if not answer.is_success:
            raise answer.refused()
        later = _LATER.search(answer.text)
        if later:
            raise DeliveryError(f"{answer.host} answered {answer.status}, and {later[0]} in the body")
        return f"{answer.host} answered {answer.status}"

    def _payload(self, message: Message) -> bytes:
        def made(most: int) -> bytes:
            one = self._renderer.rendered("teams", message, most)
            return orjson.dumps(teams_payload(one.text, one.summary, one.passages, one.links))

        return fitting(made)


def _posted(poster: Poster, spec: ReceiverSpec, message: Message, payload: bytes) -> Answer:
    return poster.post(url_for(spec, message), payload, {}, message.sent_at)
