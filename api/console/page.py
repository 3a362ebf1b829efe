"""What a page says of itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.scope import READERS, Role


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console.

    Parameters
    ----------
    path
        Its address; ``{name}`` in it is a parameter of its function, as are those after ``?``.
    title
        What the navigation and the browser's tab say.
    roles
        Whose role sees it; others do not find it in the navigation and are refused.
    icon
        A name of Material Icons, for the navigation.
    place
        Its place in the navigation; None is not in it.
    under
        The path of the page that the navigation shows as chosen instead.
    """

    path: str
    title: str
    roles: Collection[Role] = READERS
    icon: str = ""
    place: int | None = None
    under: str | None = None
