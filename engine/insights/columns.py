"""Feedback as columns of numbers, so that a hundred thousand records are counted at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.insights.bins import Bin
from engine.rules.tallies import stamp

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few different texts.

    Parameters
    ----------
    codes
        (n_records,) int32, which of the values each record has.
    values
        The different ones.
    """

    codes: npt.NDArray[np.int32]
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Some feedback.

    Parameters
    ----------
    many
        How much.
    at
        (n_records,) int64, when each occurred, in microseconds since 1970; empty where nobody asked.
    coded
        Columns by name.
    marks
        (n_records,) bool, by name: whether each record is one of some.
    """

    many: int
    at: Counts
    coded: Mapping[str, Coded]
    marks: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.many

    def places(self, bins: Sequence[Bin]) -> Counts:
        """Return in which bin each record is, (n_records,); the bins follow each other and hold all records."""
        edges = np.array([stamp(one.start) for one in bins], np.int64)
        found: Counts = np.searchsorted(edges, self.at, side="right") - 1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What records of a column have: any number of names each.

    Parameters
    ----------
    names
        The different names.
    having
        (n_values, n_names) sparse: which value of the column has which names.
    column
        The column.
    """

    names: tuple[str, ...]
    having: Any
    column: Coded

    def counts(self, mask: Mask | None = None) -> Counts:
        """Return how many records, or how many of those in a mask, have each name, (n_names,)."""
        codes = self.column.codes if mask is None else self.column.codes[mask]
        found: Counts = np.bincount(codes, minlength=len(self.column.values)) @ self.having
        return found

    def counts_by(self, places: Counts, many: int, mask: Mask | None = None) -> Counts:
        """Return how many records of each place have each name, (many, n_names)."""
        from scipy.sparse import coo_matrix

        codes = self.column.codes
        if mask is not None:
            places, codes = places[mask], codes[mask]
        ones = np.ones(len(codes), np.int64)
        shape = (many, len(self.column.values))
        found: Counts = (coo_matrix((ones, (places, codes)), shape).tocsr() @ self.having).toarray()
        return found


def features_of(column: Coded, names_of: Callable[[str | None], Iterable[str]]) -> Features:
    """Return what records of a column have.

    Parameters
    ----------
    names_of
        The names that a value has.
    """
    from scipy.sparse import csr_matrix

    known: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for value in column.values:
        indices += sorted({known.setdefault(name, len(known)) for name in names_of(value)})
        ends.append(len(indices))
    ones = np.ones(len(indices), np.int64)
    having = csr_matrix((ones, indices, ends), (len(column.values), len(known)))
    return Features(tuple(known), having, column)
