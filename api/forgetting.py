"""What the service erases by itself: what somebody asked for, what was cut off, and what has reached its age."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable

import structlog

from engine.errors import ConflictError
from engine.pipeline import Engine
from engine.privacy.erasure import Erasure

LOOK_S = 15.0
log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """The service ends: what is left is done by whoever goes on."""


class Forgetter:
    """Works at erasures, one after the other, beside everything else that writes.

    Parameters
    ----------
    engine
        Whose store, whose clock, and whose program's rules of retention.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._awake = threading.Event()

    def wake(self) -> None:
        """Look at once: something was asked for, or the service ends."""
        self._awake.set()

    def run(self, stop: threading.Event) -> None:
        """Erase what is to be erased until the service ends."""
        while True:
            self._awake.clear()
            # After that, so that no call to wake is lost: who ends the service stops first and wakes then.
            if stop.is_set():
                return
            self.look(stop)
            self._awake.wait(LOOK_S)

    def look(self, stop: threading.Event) -> list[Erasure]:
        """Take up what is unfinished and what retention does today, and return what was done."""
        store, now = self._engine.store, self._engine.clock.now
        done: list[Erasure] = []
        works: tuple[Callable[[], list[str]], ...] = (
            lambda: store.erasures.unfinished(now()),
            lambda: store.retention.due(self._engine.program.retention, now()),
        )
        for work in works:
            try:
                for erasure_id in work():
                    done += self._finish(erasure_id, stop)
            except StoppedError:
                return done
            except Exception as problem:
                # What was erased is noted with it: the next look goes on there.
                log.error("an erasure failed", problem=str(problem), error=type(problem).__name__)
        return done

    def _finish(self, erasure_id: str, stop: threading.Event) -> list[Erasure]:
        def rest(seconds: float) -> None:
            if stop.wait(seconds):
                raise StoppedError

        try:
            erasure = self._engine.store.erasures.run(erasure_id, self.worker, self._engine.clock, rest)
        except ConflictError:
            # Another process is at it.
            return []
        log.info("erasure", id=erasure.id, kind=str(erasure.kind), erasing=str(erasure.erasing), **_counted(erasure))
        return [erasure]


def _counted(erasure: Erasure) -> dict[str, int]:
    return {"records": erasure.counts.get("feedback", 0), "rows": sum(erasure.counts.values())}
