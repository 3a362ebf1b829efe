"""Fixed activation ranges: the same text reads the same, whatever stands beside it in the batch.

Dynamic quantisation scales each activation by the range it has in its batch, so a text's confidences move with its
neighbours. Here every range is measured once, window by window over training texts, and written into the graph.

References
----------
B. Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference (2018),
https://arxiv.org/abs/1712.05877
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.windows import Batch
from training.graph import FUSED

STEPS = 255
# How the quantiser names the product of two scales.
SCALES = "_quant_scales_mul:0"


@dataclass(frozen=True)
class Range:
    """The lowest and the highest value of an activation; zero lies between them."""

    low: float
    high: float

    @property
    def scale(self) -> np.float32:
        """The value of one of 255 steps."""
        return np.float32((self.high - self.low) / STEPS)

    @property
    def zero_point(self) -> np.uint8:
        """The step that stands for zero."""
        return np.uint8(np.clip(round(float(-self.low / self.scale)), 0, STEPS))


def fix_ranges(model: onnx.ModelProto, batches: Iterable[Batch]) -> onnx.ModelProto:
    """Return a dynamically quantised model with the ranges that its activations have over some batches."""
    return _settled(model, _measured(model, batches))


def _activations(model: onnx.ModelProto) -> dict[str, tuple[str, str]]:
    """Return for each quantised activation the names of its scale and zero point."""
    found = (node for node in model.graph.node if node.op_type == "DynamicQuantizeLinear")
    return {node.input[0]: (node.output[1], node.output[2]) for node in found}


def _measured(model: onnx.ModelProto, batches: Iterable[Batch]) -> dict[str, Range]:
    import onnxruntime as ort

    names = _activations(model)
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    for scale, zero in names.values():
        shown.graph.output.append(helper.make_tensor_value_info(scale, TensorProto.FLOAT, []))
        shown.graph.output.append(helper.make_tensor_value_info(zero, TensorProto.UINT8, []))
    session = ort.InferenceSession(shown.SerializeToString(), providers=["CPUExecutionProvider"])
    wanted = [name for pair in names.values() for name in pair]
    low, high = np.zeros(len(names)), np.zeros(len(names))
    for batch in batches:
        found = np.array(session.run(wanted, batch.feed()), np.float64).reshape(-1, 2)
        low = np.minimum(low, -found[:, 0] * found[:, 1])
        high = np.maximum(high, found[:, 0] * (STEPS - found[:, 1]))
    return {name: Range(float(low[at]), float(high[at])) for at, name in enumerate(names)}


def _settled(model: onnx.ModelProto, ranges: Mapping[str, Range]) -> onnx.ModelProto:
    """Return the model with constants for the ranges, and each product, its scaling and its bias as one operator."""
    settled = onnx.ModelProto()
    settled.CopyFrom(model)
    nodes: list[onnx.NodeProto] = []
    products: dict[str, onnx.NodeProto] = {}
    weights = {one.name for one in model.graph.initializer}
    followers: set[str] = set()
    for node in model.graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            nodes.append(_fixed(settled, node, ranges[node.input[0]]))
        elif node.op_type == "MatMulInteger":
            product = _fused(node)
            followers |= {node.output[0], f"{product.output[0]}{SCALES}"}
            products[product.output[0]] = product
            nodes.append(product)
        elif node.op_type == "Add" and node.input[0] in products and node.input[1] in weights:
            product = products[node.input[0]]
            product.input.append(node.input[1])
            product.output[0] = node.output[0]
        elif not node.output[0].endswith(SCALES) and not followers & set(node.input):
            nodes.append(node)
    del settled.graph.node[:]
    settled.graph.node.extend(nodes)
    onnx.checker.check_model(settled)
    return settled


def _fixed(model: onnx.ModelProto, node: onnx.NodeProto, found: Range) -> onnx.NodeProto:
    value, (quantised, scale, zero) = node.input[0], node.output
    model.graph.initializer.append(numpy_helper.from_array(np.array(found.scale), scale))
    model.graph.initializer.append(numpy_helper.from_array(np.array(found.zero_point), zero))
    return helper.make_node("QuantizeLinear", [value, scale, zero], [quantised], name=quantised)


def _fused(node: onnx.NodeProto) -> onnx.NodeProto:
    value, kernel, value_zero, kernel_zero = node.input
    value_scale, kernel_scale = (name.removesuffix("_quantized") + "_scale" for name in (value, kernel))
    output = node.output[0].removesuffix("_output_quantized")
    inputs = [value, kernel, value_scale, kernel_scale, value_zero, kernel_zero]
    return helper.make_node("MatMulIntegerToFloat", inputs, [output], name=output, domain=FUSED)
