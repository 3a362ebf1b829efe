"""Pinned readings: what is pinned holds, all else is absent, and the record rolls up as a model's does."""

from __future__ import annotations

import numpy as np
import pytest

from engine.feedback import Part
from engine.reading import ReadingStatus, Standing
from engine.rules.example import PinnedSentence
from engine.rules.pinned import pinned_reading
from tests.support.keyword_reader import TAXONOMY

ANGER, NEUTRAL, CHURN = ("emotion", "anger/anger"), ("emotion", "neutral/neutral"), ("intent", "churn")
Labels = dict[tuple[str, str], float]


@pytest.mark.parametrize(
    ("labels", "held"),
    [
        pytest.param([{}], [], id="nothing"),
        pytest.param([{ANGER: 0.99}, {CHURN: 0.99}], [ANGER, CHURN], id="of any sentence"),
        pytest.param([{NEUTRAL: 0.99}], [NEUTRAL], id="neutral alone"),
        pytest.param([{NEUTRAL: 0.99}, {ANGER: 0.99}], [ANGER], id="neutral beside another sentence's anger"),
        pytest.param([{NEUTRAL: 0.99, ANGER: 0.99}], [ANGER], id="neutral beside its own anger"),
        pytest.param([{ANGER: 0.4}, {CHURN: 0.5}], [CHURN], id="half sure holds, less does not"),
    ],
)
def test_the_record_rolls_up(labels: list[Labels], held: list[tuple[str, str]]) -> None:
    sentences = [PinnedSentence(0, 2 * place, 2 * place + 1, one) for place, one in enumerate(labels)]
    reading = pinned_reading(sentences, (Part("a b c"),), TAXONOMY, "en")
    assert (reading.status, reading.language, reading.n_sentences) == (ReadingStatus.READ, "en", len(labels))
    assert [TAXONOMY.columns[column] for column in np.flatnonzero(reading.standing[-1] == Standing.HOLDS)] == held
    assert not (reading.standing == Standing.UNSURE).any()
    assert reading.confidence.min() == np.float32(0.01)


def test_only_the_customer_is_rolled_up() -> None:
    parts = (Part("a"), Part("b", speaker="agent"))
    both = [PinnedSentence(0, 0, 1, {CHURN: 0.99}), PinnedSentence(1, 0, 1, {ANGER: 0.99})]
    reading = pinned_reading(both, parts, TAXONOMY, None)
    column = TAXONOMY.columns.index(ANGER)
    assert reading.standing[:, column].tolist() == [0, Standing.HOLDS, 0]
    assert pinned_reading(both[1:], parts, TAXONOMY, None).record_confidence.max() == np.float32(0.01)
