"""From a notification's message to what one target shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from engine.alerts.change_words import THANKS
from engine.delivery.message import Message
from engine.delivery.permitted import body_for
from engine.delivery.redaction import Mask
from engine.delivery.rendering import Templates
from engine.delivery.spec import ReceiverSpec
from engine.delivery.view import Link, event_of, view_of
from engine.delivery.words import Passage, passages

MOST_WORDS = 2_500
# Teams refuses a card of more than 28 KB, and Apprise cuts a mail after 32 KB; Slack takes more, and shows as much.
MOST_BYTES = 26_000


class LinkMaker(Protocol):
    """Makes the links of a message."""

    def links(self, message: Message, alert: dict[str, Any]) -> tuple[Link, ...]:
        """Return the links by which a message's recipient can act on an alert."""
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for one target: a line that says what it is about, the text, the words, the links."""

    summary: str
    text: str
    passages: tuple[Passage, ...]
    links: tuple[Link, ...]


class Renderer:
    """Renders the messages of one receiver.

    Parameters
    ----------
    mask
        Hides personal data, where the receiver may not see it.
    links
        What makes links; None makes none.
    """

    def __init__(self, spec: ReceiverSpec, templates: Templates, mask: Mask, links: LinkMaker | None = None) -> None:
        self._spec = spec
        self._templates = templates
        self._mask = mask
        self._links = links

    def rendered(self, target: str, message: Message, most: int = MOST_WORDS) -> Rendered:
        """Return a message as a target shows it.

        Parameters
        ----------
        most
            Characters of the customer's words.
        """
        body = body_for(self._spec, message, self._mask)
        event = event_of(message.kind, body)
        links = links_of(self._links, message, body)
        view = view_of(event, body, self._spec.zone, links)
        words = passages(body, most)
        named = self._spec.template
        summary = self._templates.render("txt", event, view, (), named).partition("\n")[0].strip()
        text = self._templates.render(target, event, view, words, named)
        if target == "txt":
            text = text.partition("\n")[2].strip() or text
        return Rendered(summary, text, words, links)


def links_of(maker: LinkMaker | None, message: Message, body: dict[str, Any]) -> tuple[Link, ...]:
    """Return the links of a message about one alert; customers get none."""
    alert = body.get("alert") if message.kind != THANKS else None
    return maker.links(message, alert) if maker is not None and alert else ()


def fitting(made: Callable[[int], bytes]) -> bytes:
    """Return what is made with as many of the customer's words as fit.

    Parameters
    ----------
    made
        Makes it with at most so many characters of words.
    """
    most = MOST_WORDS
    while len(payload := made(most)) > MOST_BYTES and most > 0:
        most //= 2
    return payload
