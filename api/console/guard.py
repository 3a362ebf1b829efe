"""The door of the console: who is signed in, and whether a request comes from its own pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.console.desk import Desk
from engine.store.sessions import SignedIn

SIGN_IN = "/sign-in"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What holds nobody's data: scripts, styles and fonts.
STATIC = ("/_nicegui/", "/_console/", "/favicon.ico")
# What belongs to an open page, whatever its address begins with.
SOCKET = "/_nicegui_ws/"
OWN = ("/_nicegui/client/", SOCKET)
CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Lets only those who are signed in reach the pages, and only pages of this service reach their sockets.

    Parameters
    ----------
    app
        The pages.
    desk
        What they work with.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or open a socket."""
        connection = HTTPConnection(scope)
        path = scope["path"]
        if not is_from_here(connection, self._desk):
            await _refuse(scope, receive, send, PlainTextResponse("this request does not come from here", 403))
            return
        if path.startswith(STATIC) and not path.startswith(OWN):
            await self._app(scope, receive, send)
            return
        # An open page connects by itself, again and again where it has no socket: nobody need be there.
        lives = not path.startswith(SOCKET)
        signed_in = await self._desk.signed_in(connection.cookies.get(self._desk.cookie), lives=lives)
        if signed_in is None:
            await _refuse(scope, receive, send, _to_sign_in(scope))
            return
        await self._app(_known(scope, self._desk, signed_in), receive, _with_headers(scope, send))


def _known(scope: Scope, desk: Desk, signed_in: SignedIn) -> Scope:
    """Return a scope that the pages find the desk and the account in."""
    return {**scope, "state": {**scope.get("state", {}), "desk": desk, "signed_in": signed_in}}


def _to_sign_in(scope: Scope) -> Response:
    """Return where somebody who is not signed in goes: pages lead to the form, the rest of a page to nothing."""
    if scope["type"] == "http" and scope["method"] in SAFE and not scope["path"].startswith(OWN):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(sign_in_path(wanted), 303, {"Cache-Control": "no-store"})
    return PlainTextResponse("sign in first", 401)


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        # Closed before it was opened: servers answer this with 403.
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, send)


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent if scope["type"] == "http" else send


def is_from_here(connection: HTTPConnection, desk: Desk) -> bool:
    """Return whether a request may come from where it says it comes from.

    What changes something must name this service as its origin, and so must every socket; what only looks may be
    sent from anywhere that is not another's script. Browsers set these headers themselves, and no page can.
    """
    headers = connection.headers
    is_socket, method = connection.scope["type"] == "websocket", connection.scope.get("method", "GET")
    origin = headers.get("origin")
    if origin is not None:
        return _is_ours(origin, headers, desk)
    if is_socket:
        return False
    return method in SAFE or headers.get("sec-fetch-site") == "same-origin"


def _is_ours(origin: str, headers: Mapping[str, str], desk: Desk) -> bool:
    try:
        found = urlsplit(origin)
        host = found.netloc.lower()
    except ValueError:
        return False
    # Who reaches the service by https has no page of it that came in the clear.
    if found.scheme not in (("https",) if desk.is_secure else ("http", "https")) or not host:
        return False
    if desk.origin is not None and f"{found.scheme}://{host}" == desk.origin:
        return True
    return host == headers.get("host", "").lower()


def local_path(wanted: str | None) -> str:
    """Return a path of this service that somebody may be led to: never another's address."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or len(wanted) > 2_000:
        return "/"
    if not wanted.isprintable() or "\\" in wanted or wanted.startswith((SIGN_IN, "/sign-out", "/_")):
        return "/"
    return wanted


def sign_in_path(wanted: str | None) -> str:
    """Return the path of the form, that leads back to where somebody wanted to go."""
    path = local_path(wanted)
    return SIGN_IN if path == "/" else f"{SIGN_IN}?next={quote(path, safe='')}"
