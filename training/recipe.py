"""How a model is fitted, and what it is fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

# Held out of everything: it calibrates what ships. The next folds are held out of one member each.
CALIBRATION_FOLD = 0


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted.

    Parameters
    ----------
    epochs
        Passes over the data.
    members
        Networks that part ways after half of the epochs and whose weights are averaged in the end.
    own_folds
        Whether each member is fitted without a fold of its own: what it says of that fold chooses thresholds. A run
        that goes on from a model which has seen these folds has no use for that.
    with_base
        Whether the weights that a run goes on from count in the average as one more member: they keep what was learnt
        before. Of no use to a run from fresh heads.
    batch
        Verbatims a step.
    trunk_rate, head_rate
        Highest learning rates; both rise over the first part (`warm_up`) and fall to zero linearly.
    corpus_weight
        How often the corpus stands in an epoch for each time that the other sets do; the last time, as variants.
    max_tokens
        A window's length.
    held_out
        Share of the corpus in a fold; `talk_held_out` of talk among people.
    patience
        Epochs without a better score on the held-out fold after which fitting ends; None never ends early.
    """

    epochs: int = 2
    members: int = 3
    own_folds: bool = True
    with_base: bool = False
    batch: int = 32
    trunk_rate: float = 1e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.05
    corpus_weight: int = 4
    max_tokens: int = 256
    held_out: float = 0.10
    talk_held_out: float = 0.08
    patience: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Stage:
    """Some epochs of one network.

    Parameters
    ----------
    name
        Of its files among the run's.
    seed
        Of its order, its dropout and its variants.
    without
        The folds it does not see.
    first, last
        Its epochs: from `first` up to, not including, `last`.
    follows
        The stage whose weights and optimizer it goes on from; None for the base.
    """

    name: str
    seed: int
    without: tuple[int, ...]
    first: int
    last: int
    follows: str | None = None


def stages(recipe: Recipe, seed: int) -> Sequence[Stage]:
    """Return a run's stages: one network, or a common beginning and then each member.

    References
    ----------
    M. Wortsman et al., Model soups: averaging weights of multiple fine-tuned models (2022),
    https://arxiv.org/abs/2203.05482.
    """
    folds = range(1, recipe.members + 1)
    if recipe.members == 1:
        return [Stage("member-1", seed, (CALIBRATION_FOLD,), 0, recipe.epochs)]
    parting = recipe.epochs // 2
    own = {fold: (fold,) if recipe.own_folds else () for fold in folds}
    common = Stage("common", seed, (CALIBRATION_FOLD, *(fold for fold in folds if own[fold])), 0, parting)
    follows = common.name if parting else None
    members = [
        Stage(f"member-{fold}", seed + 100 * fold, (CALIBRATION_FOLD, *own[fold]), parting, recipe.epochs, follows)
        for fold in folds
    ]
    return [common, *members] if parting else members
