"""The desk: what the pages of a process work with, composed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool

from api.console.live import Live
from api.console.oidc import Provider, provider_of
from api.console.rules.trying import Trials
from api.runtime import Service
from api.worker import Worker
from engine.store.sessions import SignedIn

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

    def __post_init__(self) -> None:
        self.live = Live(self.service.store, self.service.engine.clock)

    @cached_property
    def provider(self) -> Provider | None:
        """The identity provider that people sign in with, or None."""
        return provider_of(self.service)

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

    @property
    def cookie(self) -> str:
        """The name of the cookie of a session; browsers take the prefix from nobody but this host, over https."""
        return f"__Host-{COOKIE}" if self.is_secure else COOKIE

    async def signed_in(self, token: str | None) -> SignedIn | None:
        """Return who is signed in with a token, or None."""
        if not token or len(token) > 200:
            return None
        now = self.service.engine.clock.now()
        return await run_in_threadpool(self.service.store.sessions.find, token, now)

    def close(self) -> None:
        """End the thread that hashes."""
        self.hashing.close()
