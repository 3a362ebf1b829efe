"""Fixed ranges: the model gives a text the same answer alone and in company."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from models.taxonomy import default_taxonomy
from models.windows import Batch, Window, batch_of, special_tokens
from training.export import export
from training.fit import base_model, seed_everything
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
    model, tokenizer, _ = base_model(default_taxonomy())
    model.eval()
    begin, end, pad = special_tokens(tokenizer)
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    windows = [Window(0, [len(tokens)], tokens) for tokens in ids]
    alone = [batch_of([window], begin, end, pad) for window in windows]
    exported = export(model, alone)
    assert not [node for node in onnx.load_from_string(exported).graph.node if node.op_type == "DynamicQuantizeLinear"]
    session = ort.InferenceSession(exported, providers=["CPUExecutionProvider"])

    def logits(batch: Batch) -> np.ndarray:
        feed = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
        return session.run(["logits"], feed)[0][:, 0]

    together = logits(batch_of(windows, begin, end, pad))
    for row, batch in enumerate(alone):
        np.testing.assert_allclose(together[row], logits(batch)[0], atol=1e-3)
