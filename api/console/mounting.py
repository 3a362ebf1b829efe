"""Mounting: the console at `/` of the service's application. Nothing of it is imported before."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI
from nicegui import ui
from starlette.routing import Match, Mount
from starlette.types import Scope

from api.console import quicker, registry, sign_routes, sockets
from api.console.assets import address
from api.console.desk import Desk
from api.console.guard import Guard
from api.runtime import Service

# What belongs to the API: what is not found there is answered there.
API = frozenset({"v1", "livez", "readyz", "metrics", "docs", "openapi.json", "l", "sign-in", "sign-out", "_console"})
# Browsers that sleep for less come back to the page they had.
AWAY_S = 30.0


class ConsoleMount(Mount):
    """Everything that is not the API's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request is the console's."""
        if scope["type"] in ("http", "websocket") and scope["path"].split("/", 2)[1] in API:
            return Match.NONE, {}
        return super().matches(scope)


def mount(app: FastAPI, service: Service) -> Desk:
    """Mount the console; call it after every other route is there.

    Raises
    ------
    SettingsError
        If only half of an identity provider is said.
    """
    registry.register()
    sockets.bind()
    desk = Desk(service)
    # What is wrong with the settings is said at the start.
    _ = desk.provider, desk.browsers
    app.state.desk = desk
    app.include_router(sign_routes.router)
    app.router.routes.append(ConsoleMount("/", app=Guard(_inner(), desk), name="console"))
    return desk


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    """Keep the pages and their watcher running."""
    inner = _inner()
    async with inner.router.lifespan_context(inner):
        watcher = asyncio.create_task(desk.live.run(), name="console-live")
        try:
            yield
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
            desk.close()


@cache
def _inner() -> FastAPI:
    """Return the application that NiceGUI is set up in; it knows one a process.

    It keeps nothing of its own about visitors: no storage, and no cookie. Sessions are the store's.
    """
    quicker.make()
    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ui.run_with(
        inner,
        root=registry.not_found,
        title="Heedful",
        favicon=address("icon.svg"),
        dark=None,
        language="en-US",
        binding_refresh_interval=None,
        reconnect_timeout=AWAY_S,
        tailwind=False,
        show_welcome_message=False,
    )
    return inner
