"""What a command opened is closed at its end, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

_opened: ContextVar[ExitStack | None] = ContextVar("opened", default=None)


@contextmanager
def closing_what_is_opened() -> Iterator[None]:
    """Close, at the end of a block, what was opened in its thread; who closes theirs earlier may."""
    with ExitStack() as stack:
        token = _opened.set(stack)
        try:
            yield
        finally:
            _opened.reset(token)


def close_later(close: Callable[[], object]) -> None:
    """Have something closed at the end of the block that goes on, if one does."""
    stack = _opened.get()
    if stack is not None:
        stack.callback(close)
