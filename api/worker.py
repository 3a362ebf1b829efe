"""The one thread that writes: judging and committing happen there, in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.errors import OverloadedError

Result = TypeVar("Result")
MOST_WAITING = 200


class Writer:
    """Runs functions one after the other in a thread of its own.

    Parameters
    ----------
    most_waiting
        Calls that may wait; more are refused at the door.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._most_waiting = most_waiting
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run a function in the writer's thread and return its result.

        A caller that goes away does not stop the work: what was begun is committed.

        Raises
        ------
        OverloadedError
            If too many calls wait already.
        """
        if self._waiting >= self._most_waiting:
            raise OverloadedError
        self._waiting += 1
        try:
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, work))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._pool.shutdown(wait=True)
