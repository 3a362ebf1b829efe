"""Slices: the records by the values of an attribute or a score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.names import unknown
from training.data import Labelled, Value
from training.mistakes import shown

MOST_SLICES = 20
MOST_NAME = 60
# A number with no more values than this is sliced by each of them.
FEW_VALUES = 7
QUARTERS = (0.25, 0.5, 0.75)
MISSING, OTHER = "(missing)", "(other)"
NPS = "nps"
NPS_EDGES = (6, 8)
NPS_GROUPS = ("detractors, 0 to 6", "passives, 7 and 8", "promoters, 9 and 10")


def slices_of(items: Sequence[Labelled], name: str) -> dict[str, npt.NDArray[np.intp]]:
    """Return for each slice the places of its records; what is missing comes last.

    Numbers are put in buckets: ``nps`` in detractors, passives and promoters, another one of more than seven values
    in quarters of like mass. Of words, the 20 most frequent are shown by themselves.

    Raises
    ------
    DataError
        If no record has that attribute.
    """
    values = [item.attributes.get(name) for item in items]
    given = [place for place, value in enumerate(values) if value is not None]
    if not given:
        raise DataError(f"--by: {unknown('attribute', name, {known for item in items for known in item.attributes})}")
    numbers = [_number(values[place]) for place in given]
    names = _buckets(name, numbers) if all(not math.isnan(number) for number in numbers) else _words(values, given)
    found: dict[str, list[int]] = {said: [] for _, said in sorted(set(names))}
    for place, (_, said) in zip(given, names, strict=True):
        found[said].append(place)
    missing = sorted(set(range(len(items))) - set(given))
    if missing:
        found[MISSING] = missing
    return {said: np.array(places, np.intp) for said, places in found.items()}


def _number(value: Value | None) -> float:
    """Return a value as a finite number, or NaN; yes and no are words."""
    try:
        number = math.nan if value is None or isinstance(value, bool) else float(value)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def _buckets(name: str, numbers: Sequence[float]) -> list[tuple[int, str]]:
    """Return each number's bucket: its place in the order, and its name."""
    found = np.array(numbers)
    values = np.unique(found)
    if name.casefold() == NPS and values[0] >= 0 and values[-1] <= 10:
        return [(place, NPS_GROUPS[place]) for place in np.searchsorted(NPS_EDGES, found).tolist()]
    edges = values if len(values) <= FEW_VALUES else np.unique(np.quantile(found, QUARTERS))
    places = np.searchsorted(edges, found)
    names = {int(place): _range(found[places == place]) for place in np.unique(places)}
    return [(place, names[place]) for place in places.tolist()]


def _range(numbers: npt.NDArray[np.float64]) -> str:
    low, high = f"{numbers.min():g}", f"{numbers.max():g}"
    return low if low == high else f"{low} to {high}"


def _words(values: Sequence[Value | None], given: Sequence[int]) -> list[tuple[int, str]]:
    """Return each value's place in the order of frequency, and its name."""
    names = [_said(values[place]) for place in given]
    ranks = {said: rank for rank, (said, _) in enumerate(Counter(names).most_common(MOST_SLICES))}
    return [(ranks[said], said) if said in ranks else (MOST_SLICES, OTHER) for said in names]


def _said(value: Value | None) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(str(value), MOST_NAME)
