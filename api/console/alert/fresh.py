"""A part of a page that is built again when what it shows is another."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from nicegui.element import Element

Shown = TypeVar("Shown")
_NOTHING = object()


class Fresh(Generic[Shown]):
    """A place that shows one value, and is left alone while that stays the same.

    Parameters
    ----------
    draw
        Draws the value, inside the place.
    """

    def __init__(self, draw: Callable[[Shown], None], style: str = "") -> None:
        self._draw = draw
        self._key: object = _NOTHING
        self.element = Element("div").classes(style) if style else Element("div")

    def show(self, key: Hashable, value: Shown) -> bool:
        """Show a value; return whether it is another one than before.

        Parameters
        ----------
        key
            All that is to be seen of the value: while it stays equal, nothing is built again.
        """
        if self._key == key:
            return False
        self._key = key
        self.element.clear()
        with self.element:
            self._draw(value)
        return True
