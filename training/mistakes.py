"""The worst errors: what a model was surest of and wrong, and what it was surest is not there and missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.taxonomy import Taxonomy
from training.measuring import Flags, Rows

MOST_TEXT = 1_000
# What joins an emoji, and the line's end, are no danger to a page or a terminal.
_KEPT = "\n\u200d"


@dataclass(frozen=True)
class Mistake:
    """A label that was said and is not there, or is there and was not said.

    Parameters
    ----------
    confidence
        The model's confidence of `label`, 0 to 1.
    labels, said
        All labels of the task that are there, and all that were said.
    """

    id: str
    text: str
    task: str
    label: str
    confidence: float
    labels: tuple[str, ...]
    said: tuple[str, ...]


def shown(text: str, most: int = MOST_TEXT) -> str:
    """Return a customer's words for a page or a terminal: not too long, and nothing in them that steers either."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(one if one.isprintable() or one in _KEPT else " " if one.isspace() else "\ufffd" for one in short)


def worst(rows: Rows, taxonomy: Taxonomy, top: int) -> tuple[tuple[Mistake, ...], tuple[Mistake, ...]]:
    """Return the most confident wrong labels, and the most confidently missed ones, the worst first."""
    wrong, missed = rows.held & ~rows.labels, rows.labels & ~rows.held
    return _first(wrong, -rows.confidence, rows, taxonomy, top), _first(missed, rows.confidence, rows, taxonomy, top)


def _first(
    which: Flags, order: npt.NDArray[np.float32], rows: Rows, taxonomy: Taxonomy, top: int
) -> tuple[Mistake, ...]:
    row, column = np.nonzero(which)
    chosen = np.argsort(order[row, column], kind="stable")[:top]
    return tuple(
        _mistake(rows, taxonomy, r, c) for r, c in zip(row[chosen].tolist(), column[chosen].tolist(), strict=True)
    )


def _mistake(rows: Rows, taxonomy: Taxonomy, row: int, column: int) -> Mistake:
    task, label = taxonomy.columns[column]
    columns, leaves = taxonomy.slices[task], taxonomy.leaves[task]
    return Mistake(
        id=shown(rows.ids[row], 80),
        text=shown(rows.texts[row]),
        task=task,
        label=label,
        confidence=round(float(rows.confidence[row, column]), 4),
        labels=_names(rows.labels[row, columns], leaves),
        said=_names(rows.held[row, columns], leaves),
    )


def _names(flags: Flags, leaves: Sequence[str]) -> tuple[str, ...]:
    return tuple(leaf for leaf, flag in zip(leaves, flags.tolist(), strict=True) if flag)
