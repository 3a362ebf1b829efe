"""Listening: a port is taken before anybody is told of it, and given back in good order."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.errors import HeedfulError

if TYPE_CHECKING:
    import uvicorn

    from api.runtime import Service

DRAIN_S = 30
# What the server and other libraries log may repeat what was sent: errors come with their words.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "api.masking.MaskingFormatter", "fmt": "%(levelname)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
BACKLOG = 2048


class ListenError(HeedfulError):
    """The service cannot listen."""


def listen(host: str, ports: Iterable[int]) -> socket.socket:
    """Return a socket that listens on the first port that is free.

    Raises
    ------
    ListenError
        If none is, or the address is not one of this machine.
    """
    tried, problem = [], ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in ports:
        try:
            return socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            tried.append(str(port))
            problem = (error.strerror or str(error)).split(" (while")[0]
    span = tried[0] if len(tried) == 1 else f"{tried[0]} to {tried[-1]}"
    raise ListenError(f"cannot listen on {host}, port {span}: {problem}; choose others with --host and --port")


def address(listening: socket.socket) -> str:
    """Return the address to call."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_of(service: Service) -> uvicorn.Server:
    """Return the HTTP server of a service, not started."""
    import uvicorn

    from api.app import create_app
    from api.only import Only

    return uvicorn.Server(
        uvicorn.Config(
            create_app(service, console=service.only is not Only.INGEST),
            log_config=LOGGING,
            log_level="warning",
            access_log=False,
            server_header=False,
            # A sender that stops in the middle of a body must not keep the process from ending.
            timeout_graceful_shutdown=DRAIN_S,
        )
    )


def serve_on(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until Ctrl-C, then answer what was begun and end.

    Raises
    ------
    ListenError
        If the service could not start.
    """
    # uvicorn raises Ctrl-C again after it has shut down in good order.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise ListenError("the service could not start; the log above says why")
