"""Nodes: JSON values that know where they stand in their document, so that errors can say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, cast

from engine.errors import TranscriptError
from engine.names import show
from engine.transcripts.times import MOST_SECONDS

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (dict, "an object"),
    (list, "a list"),
    (str, "text"),
    ((int, float), "a number"),
)


class Node:
    """A value of a JSON document.

    Parameters
    ----------
    value
        As it was parsed.
    pointer
        Where it stands (RFC 6901); empty for the document.
    """

    __slots__ = ("pointer", "value")

    def __init__(self, value: Any, pointer: str = "") -> None:
        self.value = value
        self.pointer = pointer

    def has(self, *names: str) -> bool:
        """Return whether it is an object with all these fields, none of them null."""
        return isinstance(self.value, dict) and all(self.value.get(name) is not None for name in names)

    def is_list(self, name: str) -> bool:
        """Return whether it is an object with a list of that name."""
        return isinstance(self.value, dict) and isinstance(self.value.get(name), list)

    def field(self, name: str) -> Node:
        """Return a field of an object; of a field that is not there, or is null, the value is None.

        Raises
        ------
        TranscriptError
            If this is no object.
        """
        if not isinstance(self.value, dict):
            raise self._wrong("must be an object")
        return Node(self.value.get(name), f"{self.pointer}/{name.replace('~', '~0').replace('/', '~1')}")

    def each(self, name: str) -> Iterator[Node]:
        """Yield what is in a list; nothing where there is none.

        Raises
        ------
        TranscriptError
            If it is there, and no list.
        """
        found = self.field(name)
        if found.value is None:
            return iter(())
        return found.members()

    def members(self) -> Iterator[Node]:
        """Yield what is in this list.

        Raises
        ------
        TranscriptError
            If it is no list.
        """
        if not isinstance(self.value, list):
            raise self._wrong("must be a list")
        return (Node(one, f"{self.pointer}/{place}") for place, one in enumerate(self.value))

    def text(self, name: str) -> str:
        """Return a text; an empty one where there is none.

        Raises
        ------
        TranscriptError
            If it is there, and no text.
        """
        found = self.field(name)
        if found.value is None:
            return ""
        if not isinstance(found.value, str):
            raise found._wrong("must be text")
        return found.value

    def name(self, name: str) -> str | None:
        """Return what somebody is called, by a text or a whole number; None where that is not said."""
        value = self.field(name).value
        if isinstance(value, str):
            return value.strip() or None
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        """Return a number, also one that is written as text; None where there is none.

        Raises
        ------
        TranscriptError
            If it is there, and no finite number.
        """
        found = self.field(name)
        value = found.value
        if value is None:
            return None
        try:
            number = math.nan if isinstance(value, (bool, list, dict)) else float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise found._wrong("must be a number")
        return number

    def seconds(self, name: str, *, each: float = 1.0, read: Callable[[str], float | None] | None = None) -> float:
        """Return a time in seconds.

        Parameters
        ----------
        each
            How many of its units are a second.
        read
            Reads it where it is text; without, it is a number.

        Raises
        ------
        TranscriptError
            If it is missing, no such time, negative, or longer than any recording.
        """
        found = self.field(name)
        if found.value is None:
            raise found._wrong("is missing: it says when these words were said")
        if read is not None and isinstance(found.value, str):
            value = read(found.value)
            if value is None:
                raise found._wrong("is no time")
        else:
            value = cast(float, self.number(name)) / each
        if not 0 <= value <= MOST_SECONDS:
            raise found._wrong("is a time that no recording has")
        return value

    def confidence(self, name: str) -> float | None:
        """Return a confidence from 0 to 1; None where there is none."""
        number = self.number(name)
        return None if number is None else min(max(number, 0.0), 1.0)

    def _wrong(self, said: str) -> TranscriptError:
        # What stands there may be a customer's words: its kind is said, and not the value.
        kind = next((name for of, name in _KINDS if isinstance(self.value, of)), None)
        found = f", not {kind}" if kind and "must" in said else ""
        return TranscriptError(f"{show(self.pointer or 'the document')} {said}{found}")
