"""Threads that do one thing after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.errors import OverloadedError

Result = TypeVar("Result")


class Worker:
    """Runs functions one after the other in a thread of its own.

    Parameters
    ----------
    name
        Of the thread.
    most_waiting
        Calls that may be in work or wait; more are refused at the door.
    busy
        What who is refused is told, and after how many seconds to try again.
    """

    def __init__(self, name: str, most_waiting: int, busy: tuple[str | None, int] = (None, 1)) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._most_waiting = most_waiting
        self._busy = busy
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run a function in the worker's thread and return its result.

        A caller that goes away does not stop the work: what was begun is finished.

        Raises
        ------
        OverloadedError
            If too many calls wait already.
        """
        self.check_room()
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        done.add_done_callback(self._leave)
        return await asyncio.shield(done)

    def check_room(self) -> None:
        """Refuse if one more call would be refused: what leads to it can then be spared.

        Raises
        ------
        OverloadedError
            If too many calls wait already.
        """
        if self._waiting >= self._most_waiting:
            said, retry_after_s = self._busy
            raise OverloadedError(said, retry_after_s=retry_after_s)

    def _leave(self, _done: object) -> None:
        self._waiting -= 1

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._pool.shutdown(wait=True)
