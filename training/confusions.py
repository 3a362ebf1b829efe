"""What is said instead: labels that are missed, and the wrong ones that stand in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
SHOWN = 50


@dataclass(frozen=True)
class Confusion:
    """A missed label and a wrong one that was said in the same row.

    Parameters
    ----------
    missed
        The label that is there and was not said.
    said
        The label that was said and is not there; None where the label was missed and no wrong one was said.
    rows
        In how many records or sentences.
    share
        Of the rows that miss the label, 0 to 1.
    """

    missed: str
    said: str | None
    rows: int
    share: float


def confusions(held: Flags, labels: Flags, known: Flags, leaves: Sequence[str], most: int = SHOWN) -> list[Confusion]:
    """Return what was said instead of what, the most frequent first.

    Parameters
    ----------
    held, labels, known
        (n_rows, n_labels) of one task: what was said, what is there, what was judged.
    """
    missed, wrong = labels & known & ~held, held & known & ~labels
    nothing = ~wrong.any(axis=1, keepdims=True)
    table = missed.T.astype(np.float32) @ np.hstack([wrong, nothing]).astype(np.float32)
    misses = missed.sum(axis=0)
    names = [*leaves, None]
    order = np.argsort(-table.ravel(), kind="stable")[:most]
    return [
        Confusion(leaves[label], names[other], int(table[label, other]), round(float(table[label, other]) / count, 4))
        for label, other in zip(*(at.tolist() for at in np.unravel_index(order, table.shape)), strict=True)
        if table[label, other] and (count := int(misses[label]))
    ]
