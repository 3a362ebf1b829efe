"""Writing the trained network as an ONNX graph of ONNX Runtime's fused operators.

The graph is written node by node: it needs no tracing, its names are stable, and the fused operators (attention,
bias and GELU) are there without an optimizer having to find them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.encoder import EXPERT_TASK, RECALLED, SentenceClassifier
from models.windows import HINT, NEVER, OUTSIDE

FUSED = "com.microsoft"
OPSET = 17
Array = npt.NDArray[np.float32]


class GraphWriter:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """Add a weight and return its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output


def write_graph(model: SentenceClassifier) -> onnx.ModelProto:
    """Return the network as ONNX, in float32.

    Inputs are ``input_ids`` (batch, n_tokens) int64, ``attention_mask`` (batch, n_tokens) int32 and ``breaks``
    (batch, n_tokens) float32, what is known of where sentences begin (see `models.windows`). Outputs are ``logits``
    (batch, n_sentences, n_labels) and ``embedding`` (batch, n_sentences, width), both float32, and ``segments``
    (batch, n_tokens) int64, the sentence of each token.
    """
    weights = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    config = cast(Any, model.trunk).config
    writer = GraphWriter()
    states = [_embeddings(writer, weights, config.layer_norm_eps)]
    for layer in range(config.num_hidden_layers):
        states.append(_layer(writer, weights, layer, states[-1], config.num_attention_heads, config.layer_norm_eps))
    _segments(writer, weights, states[-1])
    _recall(writer, weights, [states[layer] for layer in model.recalled])
    _pool_and_classify(writer, weights, list(model.heads), states[-1])
    tokens, rows = ["batch", "tokens"], ["batch", "sentences"]
    graph = helper.make_graph(
        writer.nodes,
        "heedful",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, tokens),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT32, tokens),
            helper.make_tensor_value_info("breaks", TensorProto.FLOAT, tokens),
        ],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*rows, "labels"]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [*rows, "width"]),
            helper.make_tensor_value_info("segments", TensorProto.INT64, tokens),
        ],
        writer.weights,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _embeddings(writer: GraphWriter, weights: dict[str, Array], epsilon: float) -> str:
    prefix = "trunk.embeddings."
    words = writer.weight("words", weights[f"{prefix}word_embeddings.weight"])
    # Every token is of type 0, so that row is added to the positions once and for all.
    kinds = weights[f"{prefix}token_type_embeddings.weight"][0]
    positions = writer.weight("positions", weights[f"{prefix}position_embeddings.weight"] + kinds)
    found = writer.node("Gather", [words, "input_ids"], "word_states", axis=0)
    shape = writer.node("Shape", ["input_ids"], "shape", start=1, end=2)
    zero, one = writer.weight("zero", np.zeros(1, np.int64)), writer.weight("one", np.ones(1, np.int64))
    ends = writer.node("Slice", [positions, zero, shape, zero, one], "position_states")
    total = writer.node("Add", [found, ends], "embedded")
    norm = [writer.weight(f"norm.{part}", weights[f"{prefix}LayerNorm.{part}"]) for part in ("weight", "bias")]
    return writer.node("LayerNormalization", [total, *norm], "layer_0", axis=-1, epsilon=epsilon)


def _layer(writer: GraphWriter, weights: dict[str, Array], layer: int, states: str, heads: int, epsilon: float) -> str:
    prefix, name = f"trunk.encoder.layer.{layer}.", f"layer_{layer + 1}"

    def linear(source: str, target: str, into: str) -> str:
        kernel = writer.weight(f"{into}.kernel", weights[f"{prefix}{target}.weight"].T)
        return writer.node("MatMul", [source, kernel], into)

    def bias(target: str) -> str:
        return writer.weight(f"{name}.{target}.bias", weights[f"{prefix}{target}.bias"])

    def residual(source: str, skip: str, target: str, into: str) -> str:
        # Add and LayerNormalization, not the fused SkipLayerNormalization: three times as fast on a CPU.
        biased = writer.node("Add", [source, bias(f"{target}.dense")], f"{into}.biased")
        total = writer.node("Add", [biased, skip], f"{into}.sum")
        named = [f"{prefix}{target}.LayerNorm.{part}" for part in ("weight", "bias")]
        norm = [writer.weight(f"{into}.norm.{place}", weights[one]) for place, one in enumerate(named)]
        return writer.node("LayerNormalization", [total, *norm], into, axis=-1, epsilon=epsilon)

    # One product for query, key and value: the input is quantised once, not three times.
    kinds = ("query", "key", "value")
    kernels = [weights[f"{prefix}attention.self.{kind}.weight"].T for kind in kinds]
    projected = writer.node(
        "MatMul", [states, writer.weight(f"{name}.qkv.kernel", np.concatenate(kernels, axis=1))], f"{name}.qkv"
    )
    parts = [f"{name}.{kind}" for kind in kinds]
    writer.nodes.append(helper.make_node("Split", [projected], parts, name=f"{name}.split", axis=-1))
    biases = np.concatenate([weights[f"{prefix}attention.self.{kind}.bias"] for kind in kinds])
    inputs = [*parts, writer.weight(f"{name}.attention.bias", biases), "attention_mask"]
    attended = writer.node("MultiHeadAttention", inputs, f"{name}.attended", FUSED, num_heads=heads)
    out = linear(attended, "attention.output.dense", f"{name}.out")
    middle = residual(out, states, "attention.output", f"{name}.middle")
    wide = linear(middle, "intermediate.dense", f"{name}.wide")
    active = writer.node("BiasGelu", [wide, bias("intermediate.dense")], f"{name}.active", FUSED)
    narrow = linear(active, "output.dense", f"{name}.narrow")
    return residual(narrow, middle, "output", name)


def _segments(writer: GraphWriter, weights: dict[str, Array], states: str) -> None:
    """Tell sentences apart: ``segments`` numbers them, ``pool`` has the weight of each token in each of them."""
    number = partial(_number, writer)
    score = writer.node("MatMul", [states, writer.weight("boundary.kernel", weights["boundary.weight"].T)], "turns")
    parts = ["turn.here", "turn.before"]
    writer.nodes.append(helper.make_node("Split", [score], parts, name="turns.split", axis=-1))
    # What a token says of the next one counts there: everything moves one place to the right.
    kept = writer.node("Slice", [parts[1], number("from", 0), number("to", -1), number("along", 1)], "turn.kept")
    moved = writer.node("Pad", [kept, writer.weight("turn.pads", np.array([0, 1, 0, 0, 0, 0], np.int64))], "turn.moved")
    both = writer.node("Add", [writer.node("Add", [parts[0], moved], "turn.sum"), _turn_bias(writer, weights)], "turn")
    own = writer.node("Squeeze", [both, number("turn.last", -1)], "boundary")
    known = writer.node("Mul", ["breaks", writer.weight("hint", np.array(HINT, np.float32))], "breaks.scaled")
    cut = writer.node("Greater", [writer.node("Add", [known, own], "cut.sum"), number("cut.from", 0.0)], "cut")
    counted = writer.node(
        "CumSum",
        [writer.node("Cast", [cut], "cut.number", to=TensorProto.INT64), _scalar(writer, "cut.axis", 1)],
        "nth",
    )
    inside = writer.node("Greater", ["breaks", number("outside", (NEVER + OUTSIDE) / 2)], "inside")
    place = writer.node("Sub", [counted, number("nth.one", 1)], "nth.from_0")
    segments = writer.node("Where", [inside, place, number("segments.none", -1)], "segments")
    _one_hot(writer, segments)


def _one_hot(writer: GraphWriter, segments: str) -> None:
    most = writer.node("ReduceMax", [segments], "segments.most", keepdims=0)
    count = writer.node("Add", [most, _scalar(writer, "segments.one", 1)], "segments.count")
    ends = [_scalar(writer, "rows.from", 0), count, _scalar(writer, "rows.step", 1)]
    rows = writer.node("Range", ends, "rows")
    row = writer.node("Unsqueeze", [rows, writer.weight("rows.axis", np.array([1], np.int64))], "rows.column")
    token = writer.node("Unsqueeze", [segments, writer.weight("tokens.axis", np.array([1], np.int64))], "tokens.row")
    owned = writer.node("Cast", [writer.node("Equal", [token, row], "owned")], "owned.number", to=TensorProto.FLOAT)
    total = writer.node("ReduceSum", [owned, _number(writer, "owned.last", -1)], "owned.total", keepdims=1)
    writer.node("Div", [owned, writer.node("Max", [total, _number(writer, "owned.least", 1.0)], "owned.size")], "pool")


def _number(writer: GraphWriter, name: str, value: float) -> str:
    return writer.weight(name, np.array([value], np.int64 if isinstance(value, int) else np.float32))


def _scalar(writer: GraphWriter, name: str, value: int) -> str:
    return writer.weight(name, np.array(value, np.int64))


def _turn_bias(writer: GraphWriter, weights: dict[str, Array]) -> str:
    return writer.weight("turn.bias", weights["boundary.bias"].sum(keepdims=True))


def _recall(writer: GraphWriter, weights: dict[str, Array], layers: Sequence[str]) -> None:
    """Write the embedding: the recalled layers' means, brought back to the base encoder's space."""
    means = [writer.node("MatMul", ["pool", layer], f"mean.{place}") for place, layer in enumerate(layers)]
    joined = writer.node("Concat", means, "means", axis=-1)
    recalled = writer.node("MatMul", [joined, writer.weight("recall.kernel", weights["recall.weight"].T)], "recalled")
    writer.node("Add", [recalled, writer.weight("recall.bias", weights["recall.bias"])], "embedding")


def _pool_and_classify(writer: GraphWriter, weights: dict[str, Array], tasks: Sequence[str], states: str) -> None:
    last = writer.weight("last", np.array([-1], np.int64))
    record = _record_mean(writer, states, last)
    pooled = _attended(writer, weights["attention.weight"], tasks, states, last)
    found = []
    for task in tasks:
        kernel, bias = weights[f"heads.{task}.weight"].T, weights[f"heads.{task}.bias"]
        if task == EXPERT_TASK:
            # The second expert as its difference to the first: the gate then needs one product.
            kernel = np.concatenate([kernel, weights["talk.weight"].T - kernel], axis=1)
            bias = np.concatenate([bias, weights["talk.bias"] - bias])
        scored = _head(writer, task, kernel, bias, pooled[task], record)
        found.append(_gated(writer, weights, scored, record) if task == EXPERT_TASK else scored)
    writer.nodes.append(helper.make_node("Concat", found, ["logits"], name="logits", axis=-1))


def _record_mean(writer: GraphWriter, states: str, last: str) -> str:
    mask = writer.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    middle = writer.weight("middle", np.array([1], np.int64))
    count = writer.node("ReduceSum", [mask, last], "count", keepdims=1)
    share = writer.node("Unsqueeze", [writer.node("Div", [mask, count], "share"), middle], "share_row")
    return writer.node("MatMul", [share, states], "record")


def _attended(writer: GraphWriter, attention: Array, tasks: Sequence[str], states: str, last: str) -> dict[str, str]:
    """Pool each sentence's tokens once a task, by the strengths that the task gives them."""
    score = writer.node("MatMul", [states, writer.weight("attention", attention.T)], "scores")
    ends = [writer.weight(f"scores.{name}", np.array(at, np.float32)) for name, at in (("low", -20), ("high", 20))]
    strength = writer.node("Exp", [writer.node("Clip", [score, *ends], "bounded")], "strengths")
    turned = writer.node("Transpose", [strength], "strengths.turned", perm=[0, 2, 1])
    rows = [f"strengths.{task}" for task in tasks]
    writer.nodes.append(helper.make_node("Split", [turned], rows, name="strengths.split", axis=1))
    least = writer.weight("least", np.array(1e-6, np.float32))
    found = {}
    for task, row in zip(tasks, rows, strict=True):
        weight = writer.node("Mul", ["pool", row], f"weights.{task}")
        total = writer.node("ReduceSum", [weight, last], f"total.{task}", keepdims=1)
        share = writer.node("Div", [weight, writer.node("Max", [total, least], f"sum.{task}")], f"shares.{task}")
        found[task] = writer.node("MatMul", [share, states], f"pooled.{task}")
    return found


def _head(writer: GraphWriter, task: str, kernel: Array, bias: Array, pooled: str, record: str) -> str:
    # The head on [sentence, record] is the sum of two halves, so nothing has to be repeated for every sentence.
    half = kernel.shape[0] // 2
    own = writer.node("MatMul", [pooled, writer.weight(f"head.{task}.sentence", kernel[:half])], f"own.{task}")
    around = writer.node("MatMul", [record, writer.weight(f"head.{task}.record", kernel[half:])], f"around.{task}")
    both = writer.node("Add", [own, around], f"both.{task}")
    return writer.node("Add", [both, writer.weight(f"head.{task}.bias", bias)], f"scored.{task}")


def _gated(writer: GraphWriter, weights: dict[str, Array], scored: str, record: str) -> str:
    """Weigh the two experts by the gate."""
    parts = ["expert.feedback", "expert.difference"]
    writer.nodes.append(helper.make_node("Split", [scored], parts, name="experts.split", axis=-1))
    gate = writer.node("MatMul", [record, writer.weight("gate.kernel", weights["gate.weight"].T)], "gate.product")
    gate = writer.node("Add", [gate, writer.weight("gate.bias", weights["gate.bias"])], "gate.logit")
    gate = writer.node("Sigmoid", [gate], "gate")
    return writer.node("Add", [parts[0], writer.node("Mul", [gate, parts[1]], "expert.share")], "experts")


def exact_nodes(tasks: Sequence[str]) -> list[str]:
    """Return the products that stay exact: a thousandth of the work, and the last word on every label."""
    each = [f"{name}.{task}" for task in tasks for name in ("pooled", "own", "around")]
    means = [f"mean.{place}" for place in range(len(RECALLED))]
    return ["turns", "record", "scores", "gate.product", "recalled", *means, *each]
