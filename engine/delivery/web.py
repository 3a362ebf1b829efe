"""Posting to the web: to checked addresses only, with an end to every answer, and never a secret in an error."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urljoin, urlsplit

import httpx

from engine.delivery.guard import Target, resolve
from engine.errors import DeliveryError

MOST_REDIRECTS = 3
# These keep the method and the body; after any other the message might be lost on the way.
KEEPING = frozenset({307, 308})
RETRYABLE = frozenset({408, 425, 429})
RESTING = frozenset({429, 503})
MOST_READ = 4096
LONGEST_REST = timedelta(hours=24)
# Where the address is the secret, a log of requests would tell it.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: the status, the beginning of the body, and how long it asks to be left alone."""

    host: str
    status: int
    text: str
    retry_after: timedelta | None

    @property
    def is_success(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300

    def refused(self, said: str = "", *, gone: bool = False) -> DeliveryError:
        """Return the error that an answer means.

        Parameters
        ----------
        said
            What the server said of it, if that is known to be harmless.
        gone
            Whether nothing can be sent there any more.
        """
        gone = gone or self.status == 410
        permanent = gone or (300 <= self.status < 500 and self.status not in RETRYABLE)
        rest = None if permanent else self.retry_after
        told = f": {said}" if said else ""
        return DeliveryError(
            f"{self.host} answered {self.status}{told}", permanent=permanent, gone=gone, retry_after=rest
        )


class Poster:
    """Posts bodies to one receiver's address.

    Parameters
    ----------
    allow_private
        Whether it may be loopback, link-local or private.
    timeout
        How long one message may take; also an answer that never ends.
    """

    def __init__(self, *, allow_private: bool, timeout: timedelta) -> None:
        self._allow_private = allow_private
        self._seconds = timeout.total_seconds()
        # Nothing of the environment: a proxy would resolve the name again. One connection a message, since what is
        # kept open leads to an address that was checked for another one.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            timeout=self._seconds, follow_redirects=False, trust_env=False, limits=limits, verify=_tls()
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
        """Post a body as JSON and return the answer, following a few redirects that keep it.

        Parameters
        ----------
        now
            The moment, which a ``Retry-After`` that is a date is compared with.

        Raises
        ------
        DeliveryError
            If there is no answer, or it leads to where nothing may be posted.
        """
        end = time.monotonic() + self._seconds
        for _ in range(MOST_REDIRECTS + 1):
            target = resolve(url, allow_private=self._allow_private)
            answer, location = self._once(target, body, headers, now, end)
            if answer.status not in KEEPING or location is None:
                return answer
            url = _followed(url, location, answer)
        raise DeliveryError(f"{answer.host} led on more than {MOST_REDIRECTS} times", permanent=True)

    def _once(
        self, target: Target, body: bytes, headers: Mapping[str, str], now: datetime, end: float
    ) -> tuple[Answer, str | None]:
        last = target.addresses[-1]
        for address in target.addresses:
            try:
                return self._exchange(target, address, body, headers, now, end)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                # The next address may be reachable: many names have one of IPv6 and one of IPv4.
                if address == last or time.monotonic() >= end:
                    raise DeliveryError(f"{target.host} cannot be reached: {_kind(problem)}") from None
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                raise DeliveryError(f"{target.host} did not answer: {_kind(problem)}") from None
        raise DeliveryError(f"{target.host} has no address")

    def _exchange(
        self, target: Target, address: str, body: bytes, headers: Mapping[str, str], now: datetime, end: float
    ) -> tuple[Answer, str | None]:
        own = {"host": target.host_header, "content-type": "application/json", "accept-encoding": "identity"}
        request = self._client.build_request("POST", target.url(address), content=body, headers={**headers, **own})
        request.extensions["sni_hostname"] = target.host
        response = self._client.send(request, stream=True)
        try:
            text = _beginning(response, end)
        finally:
            response.close()
        rest = _rest(response.headers.get("retry-after", ""), now) if response.status_code in RESTING else None
        return Answer(target.host, response.status_code, text, rest), response.headers.get("location")


@cache
def _tls() -> ssl.SSLContext:
    """Return by whose certificates receivers are trusted; reading them takes long enough to do it once."""
    return httpx.create_ssl_context(trust_env=False)


def _beginning(response: httpx.Response, end: float) -> str:
    """Return the beginning of a body, which may never end; what breaks in it changes nothing of the status."""
    read = bytearray()
    try:
        for piece in response.iter_raw():
            read += piece
            if len(read) >= MOST_READ or time.monotonic() >= end:
                break
    except httpx.HTTPError:
        pass
    return read[:MOST_READ].decode("utf-8", "replace")


def _followed(url: str, location: str, answer: Answer) -> str:
    try:
        onward = urljoin(url, location)
        same = urlsplit(onward).scheme == urlsplit(url).scheme
    except ValueError:
        same = False
    if not same:
        raise answer.refused("it leads to another kind of address")
    return onward


def _rest(said: str, now: datetime) -> timedelta | None:
    """Return how long a server asks to be left alone: seconds or a date, at most a day; None if it is neither."""
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST_REST)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_REST)


def _kind(problem: Exception) -> str:
    """Return what kind of error it is: its words may hold the address."""
    return type(problem).__name__
