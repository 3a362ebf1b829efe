"""What confidences promise: a curve over thresholds that needs no labels."""

from __future__ import annotations

import numpy as np
import pytest

from training.calibrate import GRID, expected_f1_curve, f1_curve


def test_calibrated_confidences_promise_what_comes_true() -> None:
    chance = np.random.default_rng(0)
    confidence = chance.beta(0.3, 2.0, 200_000).astype(np.float32)
    labels = (chance.random(len(confidence)) < confidence).astype(np.float32)
    promised, found = expected_f1_curve(confidence), f1_curve(confidence, labels)
    np.testing.assert_allclose(promised[2:-2], found[2:-2], atol=0.02)
    # The best threshold is half of the best F1.
    assert GRID[promised.argmax()] == pytest.approx(promised.max() / 2, abs=0.03)


@pytest.mark.parametrize("rows", [0, 3], ids=["no rows", "nothing likely"])
def test_where_nothing_is_likely_nothing_is_promised(rows: int) -> None:
    assert not expected_f1_curve(np.zeros(rows, np.float32)).any()
