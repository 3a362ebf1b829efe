"""The context: what a page gets, and the one way from it to the data."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import structlog
from nicegui import Client, background_tasks, ui
from starlette.concurrency import run_in_threadpool

from api.addresses import base_of
from api.auditing import What, noted
from api.auth import Caller, check_role
from api.console.desk import Desk
from api.console.guard import SIGN_IN
from api.console.live import Follower, Topic
from api.runtime import Service
from engine.accounts import Account
from engine.errors import HeedfulError, SignInError
from engine.scope import Role
from engine.store.sessions import SignedIn

SEEN_EVERY_S = 60.0
UNFORESEEN = "Something went wrong here. Nothing was changed; the log says more."
Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class Context:
    """Who looks at a page, and what the page may do for them.

    Parameters
    ----------
    desk
        What all pages of the process work with.
    signed_in
        The account and its session; an account that changes loses its sessions, so this stays true.
    client
        The page in its browser.
    """

    def __init__(self, desk: Desk, signed_in: SignedIn, client: Client) -> None:
        self.desk = desk
        self.client = client
        self._signed_in = signed_in
        self._seen = time.monotonic()
        # Events are looked at in their order: what was typed comes before the click on the button beside it.
        self._turn = asyncio.Lock()
        self.caller = caller_of(signed_in.account)

    @property
    def account(self) -> Account:
        """Who is signed in."""
        return self._signed_in.account

    @property
    def session(self) -> str:
        """By which session."""
        return self._signed_in.session

    @property
    def service(self) -> Service:
        """What runs."""
        return self.desk.service

    @property
    def base(self) -> str:
        """What stands before the paths of links that are read elsewhere."""
        request = self.client.request
        return base_of(self.service.settings, request.base_url if request is not None else "")

    def now(self) -> datetime:
        """Return the moment."""
        return self.service.engine.clock.now()

    def may(self, roles: Collection[Role]) -> bool:
        """Return whether the account has one of some roles: what it may not do is not shown, and is refused anyway."""
        return self.caller.role in roles

    def need(self, roles: Collection[Role]) -> None:
        """Refuse what the account's role may not do.

        Raises
        ------
        ForbiddenError
            If its role is not one of these.
        """
        check_role(self.caller, roles)

    async def read(self, work: Callable[[], Result], *, key: Hashable = None) -> Result:
        """Ask the store something, in a thread.

        Parameters
        ----------
        key
            While pages refresh: what the answer depends on beside the scope of the account. Pages that ask the same
            share one answer.

        Raises
        ------
        SignInError
            If the session is over.
        """
        if key is None:
            await self._check()
            return await run_in_threadpool(work)
        if not self.desk.live.holds(self.session):
            await self._check()
        return await self.desk.live.shared((key, self.caller.scope), work)

    async def write(
        self, work: Callable[[], Result], roles: Collection[Role], *, audited: What | None = None
    ) -> Result:
        """Change something, in the thread that writes, if the account may.

        Parameters
        ----------
        roles
            Whose role may: the same that the API lets do it.
        audited
            For the record of changed settings: what is done, to what kind of thing, and to which.

        Raises
        ------
        SignInError
            If the session is over.
        ForbiddenError
            If the account may not.
        """
        await self._check()
        self.need(roles)
        if audited is not None:
            work = noted(self.service, self.caller, audited, work)
        return await self.service.writer.run(work)

    def doing(self, act: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """Return what handles an event of the page: what goes wrong is said there in plain words.

        Use it for every handler that reads or writes: ``ui.button("Save", on_click=context.doing(save))``.
        """

        @wraps(act)
        async def handled(*args: Any) -> None:
            # What the handler draws or says belongs to the page: the button may be gone by then.
            with self.client:
                try:
                    async with self._turn:
                        await self._was_active()
                    await act(*args)
                except SignInError:
                    self.leave()
                except HeedfulError as problem:
                    say_wrong(str(problem))
                except Exception as problem:
                    log.error("a page's action failed", error=type(problem).__name__, exc_info=problem)
                    say_wrong(UNFORESEEN)

        return handled

    def follow(self, refresh: Callable[[], Awaitable[None]], *topics: Topic) -> None:
        """Run something whenever what the page shows has changed, at most once a second."""
        self.desk.live.follow(Follower(self.client, self.session, frozenset(topics), refresh, self.leave))

    async def when_erased(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run something whenever words may be gone that the page shows; call it before the page reads any."""
        marks = self.service.store.marks
        seen = await self.read(lambda: marks.look().erased)

        async def look() -> None:
            nonlocal seen
            erased = await self.read(lambda: marks.look().erased, key="erased")
            if erased != seen:
                seen = erased
                await act()

        self.follow(look, Topic.ERASURES)

    def end_with_session(self) -> None:
        """Leave the page once the session is over, whatever the page itself follows."""

        async def nothing() -> None:
            pass

        self.follow(nothing)

    def leave(self) -> None:
        """Lead to the form: the session is over, and the page shows nothing more."""
        with suppress(RuntimeError), self.client:
            self.client.content.clear()
            ui.run_javascript(f"window.location.assign({SIGN_IN!r})")

    async def _check(self) -> None:
        valid = await run_in_threadpool(self.service.store.sessions.valid, [self.session], self.now())
        if not valid:
            raise SignInError("you are signed out; sign in again")

    async def _was_active(self) -> None:
        """Write now and then that somebody is there: pages that refresh by themselves are no sign of life."""
        await self._check()
        if time.monotonic() - self._seen >= SEEN_EVERY_S:
            self._seen = time.monotonic()
            await run_in_threadpool(self.service.store.sessions.seen, [self.session], self.now())


def caller_of(account: Account) -> Caller:
    """Return who asks when an account does."""
    through = account.email if account.person else None
    return Caller(account.who, account.role, account.scope, through, account.see_private)


def say_wrong(said: str) -> None:
    """Say on the page that something did not work; the words are shown as they are."""
    ui.notify(f"{said[:1].upper()}{said[1:]}", type="negative", position="top", timeout=8_000, multi_line=True)


def say_done(said: str) -> None:
    """Say on the page that something was done."""
    ui.notify(said, type="positive", position="top", timeout=3_000)


def later(work: Awaitable[None]) -> None:
    """Begin something that the page does not wait for."""
    background_tasks.create(work)
