"""The desk: what the pages of a process work with, composed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool

from api.console.browsers import Browsers
from api.console.live import Live
from api.console.oidc import KEY_NAME, Provider, provider_of
from api.console.rules.trying import Trials
from api.runtime import Service
from api.worker import Worker
from engine.store.sessions import SignedIn

Kept = TypeVar("Kept")
COOKIE = "heedful_session"
MOST_SIGNING_IN = 50
SIGNING_IN = "too many people are signing in at once; try again in a moment"


@dataclass
class Desk:
    """A service, as the pages see it.

    ``live`` tells open pages of changes; passwords are hashed one after the other in ``hashing``, since each takes
    64 MiB; ``provider`` is the identity provider, where there is one; ``trials`` remembers what became of the examples
    of rules.
    """

    service: Service
    live: Live = field(init=False)
    hashing: Worker = field(default_factory=lambda: Worker("sign-in", MOST_SIGNING_IN, (SIGNING_IN, 5)))
    trials: Trials = field(default_factory=Trials)

    _kept: dict[object, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.live = Live(self.service.store, self.service.engine.clock)

    def kept(self, make: Callable[[Service], Kept]) -> Kept:
        """Return what the pages of one kind share, such as who works on what; made when it is first asked for."""
        if make not in self._kept:
            self._kept[make] = make(self.service)
        found: Kept = self._kept[make]
        return found

    @cached_property
    def provider(self) -> Provider | None:
        """The identity provider that people sign in with, or None."""
        return provider_of(self.service)

    @cached_property
    def browsers(self) -> Browsers:
        """The browsers that somebody has signed in with before."""
        return Browsers(self.service.store.secrets.get(KEY_NAME, self.service.engine.clock.now()))

    @cached_property
    def origin(self) -> str | None:
        """Where browsers reach the service, as an origin; None where only they know."""
        if self.service.settings.public_url is None:
            return None
        found = urlsplit(self.service.settings.public_url)
        return f"{found.scheme}://{found.netloc}".lower()

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the service by https, so that cookies never travel in the clear."""
        return self.origin is not None and self.origin.startswith("https://")

    def named(self, cookie: str) -> str:
        """Return the name of a cookie; over https with a prefix that browsers take from nobody but this very host."""
        return f"__Host-{cookie}" if self.is_secure else cookie

    @property
    def cookie(self) -> str:
        """The name of the cookie of a session."""
        return self.named(COOKIE)

    async def signed_in(self, token: str | None, *, lives: bool = True) -> SignedIn | None:
        """Return who is signed in with a token, or None; ``lives`` where it is a sign of life that it is shown."""
        if not token or len(token) > 200:
            return None
        now = self.service.engine.clock.now()
        return await run_in_threadpool(lambda: self.service.store.sessions.find(token, now, lives=lives))

    def close(self) -> None:
        """End the thread that hashes."""
        self.hashing.close()
