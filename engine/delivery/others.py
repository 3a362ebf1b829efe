"""Everything else: e-mail, SMS, voice, paging and chats over Apprise, one target a notification.

Apprise tells no status and no headers: whether it was taken is all that is known, so a failure is always tried again,
no receiver counts as gone, and nobody can ask to be left alone. It connects by itself, so addresses are not checked;
only services of a fixed list are used.
"""

from __future__ import annotations

import logging
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from engine.delivery.escaping import chat_safe
from engine.delivery.message import Message
from engine.delivery.permitted import url_for
from engine.delivery.rendered import Renderer, fitting
from engine.delivery.schemes import SCHEMES, Shape, scheme_of
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAsset, NotifyBase

TARGET = {Shape.MAIL: "html", Shape.SHORT: "sms", Shape.TEXT: "txt"}
MOST_OF_TITLE = 200


class AppriseReceiver:
    """Sends each message over one service of Apprise's.

    References
    ----------
    https://github.com/caronc/apprise/wiki
    """

    def __init__(self, spec: ReceiverSpec, renderer: Renderer) -> None:
        self._spec = spec
        self._renderer = renderer
        self._shape = SCHEMES[scheme_of(spec.url or "")]

    def send(self, message: Message) -> str:
        """Send the message; all that can be said of it is whether it was taken."""
        service = service_of(url_for(self._spec, message))
        if service is None:
            raise DeliveryError(f"{self._spec.name} cannot send to this address: it is not valid", permanent=True)
        if targets_of(service) != 1:
            said = f"{self._spec.name} needs one target, and finds {targets_of(service)} in its address"
            raise DeliveryError(said, permanent=True)
        # Without these the library waits for as long as it likes.
        service.socket_connect_timeout = service.socket_read_timeout = self._spec.timeout.total_seconds()
        if not self._taken(service, message):
            raise DeliveryError(f"{self._spec.name} did not take the message ({service.service_name})")
        return f"taken by {service.service_name}"

    def _taken(self, service: NotifyBase, message: Message) -> bool:
        from apprise import NotifyFormat, NotifyType, OverflowMode

        target = TARGET[self._shape]
        made = partial(self._renderer.rendered, target, message)
        text = fitting(lambda most: made(most).text.encode()).decode()
        title = "" if self._shape is Shape.SHORT else made(0).summary[:MOST_OF_TITLE]
        if self._shape is Shape.TEXT:
            text, title = chat_safe(text), chat_safe(title)
        form = NotifyFormat.HTML if self._shape is Shape.MAIL else NotifyFormat.TEXT
        asked: dict[str, Any] = {"body_format": form, "notify_type": NotifyType.WARNING}
        try:
            return bool(service.notify(body=text, title=title, overflow=OverflowMode.TRUNCATE, **asked))
        except Exception as problem:
            # A plugin may raise anything; its words may hold the address.
            raise DeliveryError(f"{self._spec.name} failed: {type(problem).__name__}") from None


def targets_of(service: NotifyBase) -> int:
    """Return how many a service would tell: it counts one also where no address it was given is valid."""
    return len(service) if getattr(service, "targets", True) else 0


def service_of(url: str) -> NotifyBase | None:
    """Return the service that a URL names; None if it is not valid.

    No plugin is loaded from a path, nothing is kept on disk, and nothing but this URL is read.
    """
    return _library().instantiate(url, asset=_asset())


@cache
def _library() -> type[Apprise]:
    """Return the library with its services known; it is large, and is not loaded before it is needed."""
    # It logs addresses and what servers say.
    logging.getLogger("apprise").disabled = True
    with warnings.catch_warnings():
        # Of modules that services which are not used here import.
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise

        Apprise.instantiate("mailto://")
    return Apprise


def _asset() -> AppriseAsset:
    from apprise import AppriseAsset, PersistentStoreMode

    return AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, secure_logging=True)
