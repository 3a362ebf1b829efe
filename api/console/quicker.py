"""NiceGUI, made quicker: what it would find out again for every element of every page, it is told once."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from nicegui import helpers

_look = helpers.expects_arguments
_known: dict[Any, bool] = {}


def expects_arguments(func: Callable[..., Any]) -> bool:
    """Return whether a function wants arguments; of a method of a class, that is looked at only once.

    Each new element asks this three times of the same method of its own: half of what an element cost.
    """
    if not isinstance(func, MethodType):
        return _look(func)
    known = _known.get(func.__func__)
    if known is None:
        known = _known[func.__func__] = _look(func)
    return known


def make() -> None:
    """Make it so, for the whole process."""
    helpers.expects_arguments = expects_arguments
