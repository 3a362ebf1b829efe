"""A step takes long texts in parts: every example once, no part too large."""

from __future__ import annotations

import pytest
import torch

from models.windows import SPECIAL, Window
from training.batches import Example, parts


def example(tokens: int) -> Example:
    window = Window([7] * tokens, [0.0] * tokens)
    none = torch.zeros(1, 2)
    return Example(window, [tokens], [True] * tokens, [0], none, none, talk=False, bounded=True)


@pytest.mark.parametrize(
    ("lengths", "found"),
    [
        ([3, 5, 4], [[3, 4, 5]]),
        ([18, 3, 18, 3], [[3, 3], [18, 18]]),
        ([98, 3], [[3], [98]]),
        ([5], [[5]]),
    ],
    ids=["short ones together", "with their padding", "one that is too long alone", "one"],
)
def test_parts_hold_so_many_tokens(lengths: list[int], found: list[list[int]]) -> None:
    given = [example(length) for length in lengths]
    made = list(parts(given, 40))
    assert [[len(one.window.tokens) for one in part] for part in made] == found
    for part in made:
        assert len(part) == 1 or len(part) * (SPECIAL + max(len(one.window.tokens) for one in part)) <= 40
