"""The context of a page: events are handled in their order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from contextlib import nullcontext
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from api.console.context import Context
from engine.accounts import Account
from engine.scope import Role
from engine.store.sessions import SignedIn
from tests.support.clock import NOON, StillClock


class SlowAtFirst:
    """Sessions that are looked up: the first look waits for the next one, for a while."""

    def __init__(self) -> None:
        self.looks = 0
        self.next = threading.Event()

    def valid(self, sessions: Collection[str], _now: datetime) -> frozenset[str]:
        self.looks += 1
        if self.looks == 1:
            self.next.wait(0.2)
        else:
            self.next.set()
        return frozenset(sessions)


def test_what_was_typed_counts_before_the_click_however_long_its_session_is_looked_up() -> None:
    done: list[str] = []
    store = SimpleNamespace(sessions=SlowAtFirst())
    desk: Any = SimpleNamespace(service=SimpleNamespace(store=store, engine=SimpleNamespace(clock=StillClock())))
    client: Any = nullcontext()

    async def act(what: str) -> None:
        done.append(what)

    async def go() -> None:
        account = Account("a", "Ann", "ann@example.com", Role.ADMIN, None, False, None, True, None, NOON)
        context = Context(desk, SignedIn(account, "s"), client)
        handled = context.doing(act)
        await asyncio.gather(handled("typed"), handled("clicked"))

    asyncio.run(go())
    assert done == ["typed", "clicked"]
