"""What every answer of the service tells browsers, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/v1/"
# Nobody's types are guessed, no page of the API is framed, and what customers said is kept by no cache.
EVERYWHERE: Mapping[str, str] = {"X-Content-Type-Options": "nosniff"}
OF_THE_API: Mapping[str, str] = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
# A year, and of this host only: its neighbours are not ours to decide about.
BY_HTTPS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}


class Careful:
    """Adds headers to every answer that does not bring its own.

    Parameters
    ----------
    public_url
        Where browsers reach the service; by https, they are told to come by nothing else.
    """

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._everywhere = {**EVERYWHERE, **(BY_HTTPS if (public_url or "").startswith("https://") else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = {**self._everywhere, **(OF_THE_API if scope["path"].startswith(API) else {})}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in own.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)
