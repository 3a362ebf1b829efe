"""Lists of different lengths as a few rectangular tables, so that they are gone through column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEW = 8


def padded_size(size: int) -> int:
    """Return the length a list is padded to: its own while it is short, else the next power of two."""
    return size if size <= FEW else 1 << (size - 1).bit_length()


def pad(entries: tuple[int, ...]) -> tuple[int, ...]:
    """Return a list with its last entry repeated: neither `and`, `or` nor a maximum changes by that."""
    return entries + entries[-1:] * (padded_size(len(entries)) - len(entries))


@dataclass(frozen=True)
class Table:
    """Lists of one padded length.

    Parameters
    ----------
    places
        (n,) where each list stood.
    entries
        (n, size) the lists.
    """

    places: npt.NDArray[np.intp]
    entries: npt.NDArray[np.intp]


def tables(lists: Sequence[tuple[int, ...]]) -> list[Table]:
    """Return lists that are not empty as tables, one a padded length."""
    sizes: dict[int, list[int]] = defaultdict(list)
    for place, entries in enumerate(lists):
        sizes[padded_size(len(entries))].append(place)
    return [
        Table(np.array(places, np.intp), np.array([pad(lists[place]) for place in places], np.intp))
        for places in sizes.values()
    ]
