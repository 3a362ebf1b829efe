"""From a trained network to the int8 model that ships."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx

from models.encoder import SentenceClassifier
from training.graph import write_graph

# The pooling and the heads are a thousandth of the work and the last word on every label: they stay exact.
EXACT = ("embedding", "record", "own", "around")


def export(model: SentenceClassifier) -> bytes:
    """Return the network as int8 ONNX: weights per channel, activations at run time.

    References
    ----------
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "int8.onnx"
        onnx.save(write_graph(model), exact)
        quantize_dynamic(
            exact,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_exclude=list(EXACT),
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return small.read_bytes()
