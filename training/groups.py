"""Emotions in groups, as published with GoEmotions: six after Ekman and neutral, and by sentiment.

References
----------
D. Demszky et al., GoEmotions: A Dataset of Fine-Grained Emotions (ACL 2020), https://arxiv.org/abs/2005.00547
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.taxonomy import Taxonomy

Flags = npt.NDArray[np.bool_]
NEUTRAL = "neutral"
_SENTIMENT = {
    "positive": ("admiration amusement approval caring desire excitement gratitude joy love optimism pride relief"),
    "negative": (
        "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness"
    ),
    "ambiguous": "confusion curiosity realization surprise",
    NEUTRAL: NEUTRAL,
}
SENTIMENT = {leaf: group for group, leaves in _SENTIMENT.items() for leaf in leaves.split()}
Groups = Mapping[str, Sequence[int]]


def groupings(taxonomy: Taxonomy) -> dict[str, Groups]:
    """Return for each grouping the columns of its groups; none if the emotions are not those of GoEmotions."""
    leaves = taxonomy.leaves["emotion"]
    names = [leaf.rsplit("/", 1)[-1] for leaf in leaves]
    if set(names) != set(SENTIMENT):
        return {}
    first = taxonomy.slices["emotion"].start
    return {
        "Ekman": _columns([leaf.split("/")[0] for leaf in leaves], first),
        "sentiment": _columns([SENTIMENT[name] for name in names], first),
    }


def _columns(groups: Sequence[str], first: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, group in enumerate(groups, start=first):
        found.setdefault(group, []).append(column)
    return found


def grouped(held: Flags, groups: Groups) -> Flags:
    """Return (n_rows, n_groups) whether a group holds: any of its leaves does, and for neutral no other.

    Parameters
    ----------
    held
        (n_rows, n_labels) what was said, or what is there.
    """
    found: Flags = np.stack([held[:, list(columns)].any(axis=1) for columns in groups.values()], axis=1)
    neutral = list(groups).index(NEUTRAL)
    found[:, neutral] &= found.sum(axis=1) == 1
    return found
