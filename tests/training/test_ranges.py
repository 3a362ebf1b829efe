"""Fixed ranges: the model gives a text the same answer alone and in company."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from models.windows import Batch, batch_of, special_tokens, window_of
from training.bases import base_of
from training.export import export
from training.fit import seed_everything
from training.ranges import Range

TEXTS = [
    "Thanks!",
    "THE APP CRASHED AGAIN!!! 😡",
    "I have been on hold for two hours and nobody answers the phone.",
    "Lovely staff, but the parcel came late and the box was open.",
]


@pytest.mark.parametrize(
    ("low", "high", "zero"),
    [(0.0, 5.1, 0), (-2.55, 2.55, 128), (-1.0, 0.0, 255)],
    ids=["positive", "both", "negative"],
)
def test_zero_is_one_of_the_steps(low: float, high: float, zero: int) -> None:
    found = Range(low, high)
    assert int(found.zero_point) == zero
    assert found.scale == pytest.approx((high - low) / 255)


@pytest.mark.xdist_group("torch")
def test_the_quantised_model_reads_a_text_alike_in_any_batch() -> None:
    seed_everything(0)
    base = base_of("minilm")
    model, tokenizer = base.model, base.tokenizer
    model.eval()
    # A fresh boundary head is undecided everywhere: let it see no boundary, so that every text is one sentence.
    torch.nn.init.constant_(model.boundary.bias, -50.0)
    special = special_tokens(tokenizer)
    windows = [window_of(0, text, tokenizer.encode(text, add_special_tokens=False)) for text in TEXTS]
    alone = [batch_of([window], special) for window in windows]
    exported = export(model, alone)
    assert not [node for node in onnx.load_from_string(exported).graph.node if node.op_type == "DynamicQuantizeLinear"]
    session = ort.InferenceSession(exported, providers=["CPUExecutionProvider"])

    def logits(batch: Batch) -> np.ndarray:
        return session.run(["logits"], batch.feed())[0][:, 0]

    together = logits(batch_of(windows, special))
    for row, batch in enumerate(alone):
        np.testing.assert_allclose(together[row], logits(batch)[0], atol=1e-3)
