"""Where messages may be posted: never to loopback, link-local or private addresses unless a receiver allows it.

The name is resolved once, every address is checked, and the connection goes to a checked address, so a name
that answers differently a moment later gains nothing (DNS rebinding). Each redirect is checked the same way.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from engine.errors import DeliveryError

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Checked addresses to connect to, the best first, and the name to speak to them by."""

    addresses: tuple[str, ...]
    host: str
    port: int
    scheme: str
    path: str

    def url(self, address: str) -> str:
        """Return the URL with one of the addresses in place of the name."""
        return f"{self.scheme}://{_bracketed(address)}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """The Host header."""
        host = _bracketed(self.host)
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """Return whether an address is one of the public internet's."""
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        ip = mapped
    # Site-local addresses are deprecated, and still private.
    inside = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or inside)


def resolve(url: str, *, allow_private: bool) -> Target:
    """Return the addresses that a URL leads to.

    Raises
    ------
    DeliveryError
        If the name cannot be resolved (worth another try), or leads anywhere private (final).
    """
    parts, port = _parts(url)
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise DeliveryError(f"the name {host} cannot be resolved") from problem
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise DeliveryError(
            f"{host} leads to a private address; set 'allow_private: true' on the receiver if that is meant",
            permanent=True,
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(addresses, host, port, parts.scheme, path)


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise DeliveryError("the URL is not valid", permanent=True) from problem
    if parts.scheme not in PORTS or not parts.hostname:
        raise DeliveryError("the URL must start with http:// or https://", permanent=True)
    return parts, port or PORTS[parts.scheme]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
