"""Easing: outlying channels are scaled down, and nothing that is said changes."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from onnx import numpy_helper

from models.encoder import SentenceClassifier
from models.windows import batch_of, special_tokens, window_of
from training.bases import Base, base_of
from training.easing import FACTORS, ease, factors_of
from training.fit import seed_everything
from training.graph import write_graph

TEXTS = ["Thanks!", "I have been on hold for two hours and nobody answers the phone."]
OUTLYING = 7


def test_only_channels_beyond_the_usual_are_scaled() -> None:
    reached = np.ones(400, np.float32)
    reached[OUTLYING] = 4.0
    factors = factors_of(reached)
    assert factors is not None
    assert factors[OUTLYING] == pytest.approx(0.25)
    assert np.delete(factors, OUTLYING).tolist() == [1.0] * 399


@pytest.mark.parametrize("reached", [np.full(400, 2.0), np.zeros(400)], ids=["alike", "silent"])
def test_channels_that_are_alike_are_left(reached: np.ndarray) -> None:
    assert factors_of(reached.astype(np.float32)) is None


@pytest.fixture(scope="module")
def base() -> Base:
    seed_everything(0)
    found = base_of("minilm")
    found.model.eval()
    return found


@pytest.mark.xdist_group("torch")
def test_an_eased_graph_says_the_same_and_keeps_its_weights(base: Base) -> None:
    special = special_tokens(base.tokenizer)
    windows = [window_of(0, text, base.tokenizer.encode(text, add_special_tokens=False)) for text in TEXTS]
    batches = [batch_of([window], special) for window in windows]
    exact = write_graph(_with_an_outlying_channel(base.model))
    eased = ease(exact, batches)
    weights = {one.name: numpy_helper.to_array(one) for one in eased.graph.initializer}
    factors = weights[f"layer_1.narrow{FACTORS}"]
    assert factors[OUTLYING] < 1
    plain = {one.name: numpy_helper.to_array(one) for one in exact.graph.initializer}
    kernel = "layer_1.narrow.kernel"
    np.testing.assert_allclose(weights[kernel] * factors[:, None], plain[kernel], rtol=1e-6)
    for batch in batches:
        np.testing.assert_allclose(_logits(eased, batch.feed()), _logits(exact, batch.feed()), atol=1e-3)


def _with_an_outlying_channel(model: SentenceClassifier) -> SentenceClassifier:
    with torch.no_grad():
        model.trunk.encoder.layer[0].intermediate.dense.bias[OUTLYING] = 50.0
    return model


def _logits(graph: onnx.ModelProto, feed: dict[str, np.ndarray]) -> np.ndarray:
    session = ort.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["logits"], feed)[0]
