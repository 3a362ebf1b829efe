"""Live pages: one watcher a process looks at what changed, and tells the pages that show it.

No page asks the store by itself. The watcher compares a few small numbers, and lets those pages refresh whose topics
changed: a page at most once a second, and all of them together with a small share of a processor, so that a hundred
open consoles cost those who send feedback little. What several pages ask alike is asked once a round.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from starlette.concurrency import run_in_threadpool

from engine.ports import Clock
from engine.store.marks import Mark
from engine.store.store import Store

if TYPE_CHECKING:
    from nicegui import Client

LOOK_S = 0.4
# A page refreshes at most so often.
PAGE_S = 1.0
# Rounds take at most one part in so many of a processor; what they find is sent outside of them, for half as much.
PART = 15
# Sessions that ended elsewhere are found so often; and pages refresh so often without any change, for what time brings.
SESSIONS_S = 5.0
ANYWAY_S = 60.0
Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class Topic(StrEnum):
    """What a page shows, and wants to be told of."""

    FEEDBACK = "feedback"
    ALERTS = "alerts"
    RULES = "rules"
    PEOPLE = "people"
    PROBLEMS = "problems"
    SETTINGS = "settings"
    ERASURES = "erasures"


# What of a mark tells of a topic.
TELLS: dict[Topic, tuple[str, ...]] = {
    Topic.FEEDBACK: ("feedback",),
    Topic.ALERTS: ("newest", "events", "signals"),
    Topic.RULES: ("rules",),
    Topic.PEOPLE: ("people",),
    Topic.PROBLEMS: ("problems",),
    Topic.SETTINGS: ("settings",),
    Topic.ERASURES: ("erased",),
}


def changed_topics(before: Mark, after: Mark) -> frozenset[Topic]:
    """Return what changed between two marks."""
    return frozenset(
        topic for topic, names in TELLS.items() if any(getattr(before, one) != getattr(after, one) for one in names)
    )


@dataclass(eq=False)
class Follower:
    """A page that follows some topics.

    Parameters
    ----------
    client
        The page in its browser.
    session
        By which its reader is signed in.
    refresh
        What brings it up to date, run inside the page.
    leave
        What is done once the session is over.
    """

    client: Client
    session: str
    topics: frozenset[Topic]
    refresh: Callable[[], Awaitable[None]]
    leave: Callable[[], None]
    is_due: bool = False
    refreshed_at: float = field(default_factory=time.monotonic)

    @property
    def is_gone(self) -> bool:
        """Whether nobody looks at the page any more."""
        return bool(self.client.is_deleted)


class Live:
    """The watcher of a process.

    Parameters
    ----------
    store
        What is watched.
    clock
        Says when sessions are over.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._followers: set[Follower] = set()
        self._mark: Mark | None = None
        self._swept = 0.0
        self._asked: dict[Hashable, asyncio.Future[Any]] | None = None
        self._holding: frozenset[str] = frozenset()
        # Seconds of processor time that threads have worked for rounds.
        self._worked = 0.0
        self._woken = asyncio.Event()

    def follow(self, follower: Follower) -> None:
        """Tell a page of changes until it is gone."""
        self._followers.add(follower)
        follower.client.on_delete(lambda: self._followers.discard(follower))
        self._woken.set()

    def holds(self, session: str) -> bool:
        """Return whether the round that is going on has seen that a session holds: it asks for all of them at once."""
        return session in self._holding

    async def shared(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """Ask the store something in a thread; within one round, the same only once for all pages.

        Parameters
        ----------
        key
            All that the answer depends on: the question, its filter, and the scope of who asks.
        """
        if self._asked is None:
            return await run_in_threadpool(work)
        found = self._asked.get(key)
        if found is None:
            found = self._asked[key] = asyncio.ensure_future(run_in_threadpool(lambda: self._counted(work)))
        result: Result = await asyncio.shield(found)
        return result

    def _counted(self, work: Callable[[], Result]) -> Result:
        """Do something, and count what it takes of a processor."""
        began = time.thread_time()
        try:
            return work()
        finally:
            self._worked += time.thread_time() - began

    async def run(self) -> None:
        """Watch until cancelled; what fails is looked at again."""
        while True:
            began, used = time.monotonic(), time.thread_time()
            self._worked = 0.0
            try:
                if self._followers:
                    await self._round()
            except Exception as problem:
                # Pages keep what they show; the next round brings them up to date.
                log.error("watching for changes failed", problem=str(problem), error=type(problem).__name__)
            await self._rest(time.monotonic() - began, time.thread_time() - used + self._worked)

    async def _rest(self, took: float, used: float) -> None:
        """Wait for the next round.

        Parameters
        ----------
        took, used
            The seconds of the last one, and those that a processor worked meanwhile. What feedback needed of this
            thread counts as well, and where others are busy a round takes longer: both let rounds be fewer.
        """
        if self._followers:
            await asyncio.sleep(max(LOOK_S, took, used * (PART - 1)))
            return
        self._mark = None
        self._woken.clear()
        await self._woken.wait()

    async def _round(self) -> None:
        """Look once, and refresh the pages that show something else now."""
        now = time.monotonic()
        if now - self._swept >= SESSIONS_S:
            self._swept = now
            await self._sweep()
        mark = await run_in_threadpool(self._store.marks.look)
        # The first page may have been built before the first look.
        topics = frozenset(Topic) if self._mark is None else changed_topics(self._mark, mark)
        self._mark = mark
        due = [one for one in self._followers if self._is_due(one, topics, now)]
        if not due:
            return
        sessions = {one.session for one in due}
        self._holding = await run_in_threadpool(self._store.sessions.valid, sessions, self._clock.now())
        self._asked = {}
        try:
            for follower in due:
                await self._bring(follower)
        finally:
            self._asked, self._holding = None, frozenset()

    def _is_due(self, follower: Follower, topics: frozenset[Topic], now: float) -> bool:
        age = now - follower.refreshed_at
        follower.is_due = follower.is_due or bool(topics & follower.topics) or age >= ANYWAY_S
        return follower.is_due and age >= PAGE_S and follower.client.has_socket_connection

    async def _bring(self, follower: Follower) -> None:
        if follower.is_gone:
            self._followers.discard(follower)
            return
        # When it begins, not when the round did: others may have taken their time.
        follower.is_due, follower.refreshed_at = False, time.monotonic()
        try:
            with follower.client:
                await follower.refresh()
        except Exception as problem:
            # One page must not keep the others from their news.
            log.error("a page could not be refreshed", problem=str(problem), error=type(problem).__name__)

    async def _sweep(self) -> None:
        """Let pages go whose session is over: signed out elsewhere, expired, or the account changed."""
        sessions = {one.session for one in self._followers}
        now = self._clock.now()
        # Pages that have come meanwhile were not asked for.
        over = sessions - await run_in_threadpool(self._store.sessions.valid, sessions, now)
        for follower in [one for one in self._followers if one.session in over]:
            self._followers.discard(follower)
            if not follower.is_gone:
                follower.leave()
