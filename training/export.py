"""From a trained network to the int8 model that ships."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import onnx
from tokenizers import Tokenizer

from models.encoder import SentenceClassifier
from models.windows import Batch, batch_of, special_tokens
from training.batches import Example
from training.easing import ease
from training.graph import exact_nodes, write_graph
from training.ranges import fix_ranges

# Ranges hardly move after a few hundred texts.
TEXTS_FOR_RANGES = 1_200


def export(model: SentenceClassifier, batches: Sequence[Batch]) -> bytes:
    """Return the network as int8 ONNX: weights per channel, activations by the ranges they have over some batches.

    References
    ----------
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "int8.onnx"
        onnx.save(ease(write_graph(model), batches), exact)
        quantize_dynamic(
            exact,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_exclude=exact_nodes(list(model.heads)),
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        fixed: bytes = fix_ranges(onnx.load(small), batches).SerializeToString()
        return fixed


def single_windows(examples: Sequence[Example], tokenizer: Tokenizer, seed: int) -> Iterator[Batch]:
    """Yield some training texts, each as a batch of its own: no padding stretches a range."""
    chance = random.Random(seed)  # noqa: S311 - which texts are measured is no secret
    special = special_tokens(tokenizer)
    for one in chance.sample(list(examples), min(TEXTS_FOR_RANGES, len(examples))):
        yield batch_of([one.window], special)
