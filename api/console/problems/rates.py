"""The rates of many problems: each goes through weeks of feedback, so they are counted in turn, and remembered."""

from __future__ import annotations

import threading
import time

from api.runtime import Service
from engine.alerts.problem import Problem
from engine.alerts.rates import RateChange

AGAIN_S = 300.0
MOST = 1_000
Key = tuple[str, int]


class Rates:
    """What the pages of a process have counted (`Desk.kept`)."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._counting = threading.Lock()
        self._known: dict[Key, tuple[float, RateChange | None]] = {}

    def known(self, problem: Problem) -> RateChange | None:
        """Return what was counted last, however long ago; None where nothing was, or there is no topic."""
        found = self._known.get(_key(problem))
        return found[1] if found else None

    def is_due(self, problem: Problem) -> bool:
        """Return whether a rate is to be counted, for the first time or again."""
        found = self._known.get(_key(problem))
        return problem.topic is not None and (found is None or time.monotonic() - found[0] >= AGAIN_S)

    def of(self, problem: Problem) -> RateChange | None:
        """Return the rate of a problem, counted in the last minutes; run it in a thread."""
        with self._counting:
            if self.is_due(problem):
                rate = self._service.store.problems.rate(problem, self._service.engine.clock.now())
                self._known[_key(problem)] = (time.monotonic(), rate)
                while len(self._known) > MOST:
                    del self._known[next(iter(self._known))]
        return self.known(problem)


def _key(problem: Problem) -> Key:
    return problem.id, problem.version
