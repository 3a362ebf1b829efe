"""Easing: channels that reach far beyond the others are scaled down before they are quantised, their weights up.

One channel of a layer's states reaches 29 where the others stay below 7, so a range that holds it leaves the others a
quarter of the 255 steps. Dividing it by what it exceeds them by, and multiplying its row of the weights by the same,
changes no product and halves what int8 costs. Only products whose range shrinks enough pay for the scaling.

References
----------
G. Xiao et al., SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models (2023),
https://arxiv.org/abs/2211.10438.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.windows import Batch

Array = npt.NDArray[np.float32]
# The products whose inputs have such channels, by the ends of their names.
PRODUCTS = (".wide", ".narrow")
# What a channel may reach: as far as this share of the channels does.
USUAL = 0.99
# A range has to shrink by this much.
WORTH = 2.5
# How the factors of a product's input are named, for `training.restore`.
FACTORS = ".factors"


def ease(model: onnx.ModelProto, batches: Sequence[Batch]) -> onnx.ModelProto:
    """Return a float32 graph with eased inputs, by how far each channel reaches over some batches."""
    products = [node for node in model.graph.node if node.op_type == "MatMul" and node.name.endswith(PRODUCTS)]
    reached = _reached(model, batches, [node.input[0] for node in products])
    factors = {node.name: factors_of(reached[node.input[0]]) for node in products}
    eased = onnx.ModelProto()
    eased.CopyFrom(model)
    del eased.graph.node[:]
    for node in model.graph.node:
        found = factors.get(node.name)
        eased.graph.node.extend([node] if found is None else _scaled(eased, node, found))
    return eased


def factors_of(reached: Array) -> Array | None:
    """Return by what each channel is multiplied, (n_channels,) at most 1; None where that is not worth its time.

    Parameters
    ----------
    reached
        (n_channels,) the largest size of each channel.
    """
    usual = np.quantile(reached, USUAL)
    if reached.max() < WORTH * usual or not usual:
        return None
    found: Array = (usual / np.maximum(usual, reached)).astype(np.float32)
    return found


def _reached(model: onnx.ModelProto, batches: Sequence[Batch], names: Sequence[str]) -> dict[str, Array]:
    """Return the largest size of each channel of some activations."""
    import onnxruntime as ort

    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = ort.InferenceSession(shown.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, Array] = {}
    for batch in batches:
        for name, states in zip(names, session.run(list(names), batch.feed()), strict=True):
            sizes = np.abs(states).reshape(-1, states.shape[-1]).max(axis=0)
            found[name] = np.maximum(found.get(name, sizes), sizes)
    return found


def _scaled(model: onnx.ModelProto, node: onnx.NodeProto, factors: Array) -> list[onnx.NodeProto]:
    """Return a product with its input scaled down; its weights in the model are scaled up."""
    kernel = next(one for one in model.graph.initializer if one.name == node.input[1])
    kernel.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(kernel) / factors[:, None], kernel.name))
    name = f"{node.name}{FACTORS}"
    model.graph.initializer.append(numpy_helper.from_array(factors, name))
    eased = f"{node.name}.eased"
    return [
        helper.make_node("Mul", [node.input[0], name], [eased], name=eased),
        helper.make_node("MatMul", [eased, node.input[1]], list(node.output), name=node.name),
    ]
