"""Sockets: each speaks for pages of its own session only.

NiceGUI takes what a socket says for any page whose id it names. That id is random, but it stands in the address of the
socket, and so in the logs of proxies: whoever reads those, and has an account, could act as whoever has the page open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import structlog
from nicegui import Client, core

SAID = ("event", "javascript_response", "ack")
MOST_LOGGED = 500
log = structlog.get_logger(__name__)


@cache
def bind() -> None:
    """Let a socket open and use a page only in the session that the page was built for; once a process."""
    handlers = core.sio.handlers["/"]
    for name in SAID:
        handlers[name] = _bound(handlers[name])
    handlers["log"] = _bound(logged)
    accept = Client.accept_handshake

    @wraps(accept)
    def accepted(client: Client, socket_id: str, tab_id: str, environ: dict[str, Any] | None) -> bool:
        return is_its_own(environ, client) and accept(client, socket_id, tab_id, environ)

    Client.accept_handshake = accepted  # type: ignore[method-assign, assignment]


def logged(_socket_id: str, message: Any) -> None:
    """Log what went wrong in a page, as one short line of our own: whoever has an account can say anything here."""
    log.warning("something went wrong in a page", said=str(message.get("message"))[:MOST_LOGGED])


def _bound(handler: Callable[[str, Any], object]) -> Callable[[str, Any], None]:
    @wraps(handler)
    def told(socket_id: str, message: Any) -> None:
        client = Client.instances.get(str(message.get("client_id"))) if isinstance(message, dict) else None
        if client is not None and is_its_own(core.sio.get_environ(socket_id), client):
            handler(socket_id, message)

    return told


def is_its_own(environ: dict[str, Any] | None, client: Client) -> bool:
    """Return whether a socket was opened in the session that a page was built for."""
    known = (environ or {}).get("asgi.scope", {}).get("state", {}).get("signed_in")
    return known is not None and known.session == client.request.state.signed_in.session
