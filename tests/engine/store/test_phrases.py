"""The vectors of phrases, kept by model on both databases."""

from __future__ import annotations

import numpy as np
import pytest

from engine.store.phrases import PhraseRows
from engine.store.store import Store


def vector(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.fixture
def phrases(store: Store) -> PhraseRows:
    store.phrases.keep("a@1", {"wants to leave": vector(0.6, 0.8), "möchte gehen ✨": vector(1, 0)})
    store.phrases.keep("b@1", {"wants to leave": vector(0, 1)})
    return store.phrases


def test_a_phrase_has_a_vector_of_its_own_for_every_model(phrases: PhraseRows) -> None:
    found = phrases.find("a@1", ["wants to leave", "möchte gehen ✨", "something else"])
    assert {text: found[text].tolist() for text in found} == {
        "wants to leave": [pytest.approx(0.6), pytest.approx(0.8)],
        "möchte gehen ✨": [1, 0],
    }
    assert phrases.find("b@1", ["wants to leave"])["wants to leave"].tolist() == [0, 1]
    assert phrases.find("c@1", ["wants to leave"]) == {}


def test_what_is_kept_stays_as_it_was(phrases: PhraseRows) -> None:
    phrases.keep("b@1", {"wants to leave": vector(1, 0), "new": vector(1, 1)})
    assert phrases.find("b@1", ["wants to leave"])["wants to leave"].tolist() == [0, 1]
    assert phrases.find("b@1", ["new"])["new"].tolist() == [1, 1]


def test_many_phrases_and_long_ones_are_found_again(phrases: PhraseRows) -> None:
    many = {f"{n} " + "\U0001f600" * 490: vector(n, 1) for n in range(1_300)}
    phrases.keep("a@1", many)
    found = phrases.find("a@1", list(many))
    assert {text: one.tolist() for text, one in found.items()} == {text: one.tolist() for text, one in many.items()}
    assert phrases.find("a@1", []) == {}
