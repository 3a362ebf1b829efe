"""The door: how many bytes of bodies are worked on at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.errors import OverloadedError

# Parsed, a body takes about ten times its size.
MOST_BYTES = 24 * 1024 * 1024


class Door:
    """Bounds the bodies in work, so that any number of senders needs only so much memory.

    It belongs to one event loop. A body that is alone always passes.

    Parameters
    ----------
    most_bytes
        Bytes of all bodies in work; what would exceed them is refused.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._inside = 0

    @contextmanager
    def passing(self) -> Iterator[Callable[[int], None]]:
        """Give a function that counts the bytes of one body as they come; they leave when the block ends.

        The function raises `OverloadedError` when too much is in work already.
        """
        mine = 0

        def count(size: int) -> None:
            nonlocal mine
            if self._inside > mine and self._inside + size > self._most:
                raise OverloadedError("too many large requests are in work; try again in a moment")
            self._inside += size
            mine += size

        try:
            yield count
        finally:
            self._inside -= mine
