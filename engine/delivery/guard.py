"""Where webhooks may go: never to loopback, link-local or private addresses unless a receiver allows it.

The name is resolved once, every address is checked, and the connection goes to the checked address, so a name
that answers differently a moment later gains nothing (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address to connect to, and the name to speak to it by."""

    address: str
    host: str
    port: int
    scheme: str
    path: str

    @property
    def url(self) -> str:
        """The URL with the address in place of the name."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """Return whether an address is one of the public internet's."""
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        ip = mapped
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolve(url: str, *, allow_private: bool) -> Target:
    """Return the address that a webhook's URL leads to.

    Raises
    ------
    DeliveryError
        If the name cannot be resolved (worth another try), or leads anywhere private (final).
    """
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise DeliveryError("the webhook's URL must start with http:// or https://", permanent=True)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise DeliveryError(f"the name {host} cannot be resolved") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise DeliveryError(
            f"{host} leads to a private address; set 'allow_private: true' on the receiver if that is meant",
            permanent=True,
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(addresses[0], host, port, parts.scheme, path)
