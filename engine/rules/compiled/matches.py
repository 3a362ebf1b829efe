"""Matches: which rules hold for which cases of a batch, and which are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.rules.truth import Truth


@dataclass(frozen=True)
class Matches:
    """The rules that are not `no`, as arrays sorted by case and then by the order of the rules.

    Parameters
    ----------
    names
        All rules, in their order.
    cases, rules
        (n_matches,) which case, and which of the names.
    yes
        (n_matches,) whether the rule holds; else it is unknown.
    n_cases
        How many cases were asked about.
    """

    names: tuple[str, ...]
    cases: npt.NDArray[np.intp]
    rules: npt.NDArray[np.intp]
    yes: npt.NDArray[np.bool_]
    n_cases: int

    def __len__(self) -> int:
        """How many matches there are."""
        return len(self.cases)

    def by_case(self) -> list[list[tuple[str, Truth]]]:
        """Return for every case the names that are yes or unknown, in their order."""
        found: list[list[tuple[str, Truth]]] = [[] for _ in range(self.n_cases)]
        for case, rule, yes in zip(self.cases.tolist(), self.rules.tolist(), self.yes.tolist(), strict=True):
            found[case].append((self.names[rule], Truth.YES if yes else Truth.UNKNOWN))
        return found


Found = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.bool_]]


def matches_of(names: tuple[str, ...], found: Sequence[Found], n_cases: int) -> Matches:
    """Return what was found batch by batch, in order."""
    if not found:
        nothing = np.zeros(0, np.intp)
        return Matches(names, nothing, nothing, np.zeros(0, np.bool_), n_cases)
    cases, rules, yes = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((rules, cases))
    return Matches(names, cases[order], rules[order], yes[order], n_cases)
