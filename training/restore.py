"""From an artifact back to a network that can be trained on: weights are read by the names they were written with.

An artifact holds int8 weights, so what comes back is the network that ships, not the one before it was quantised: near
enough to go on from, since fine-tuning moves every weight by more than a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from engine.errors import ArtifactError
from engine.taxonomy import TASKS, Taxonomy
from models.artifact import load_artifact
from models.encoder import EXPERT_TASK, SentenceClassifier
from training.easing import FACTORS

Array = npt.NDArray[np.float32]
Weights = dict[str, Array]
# Attention as plain products: in bfloat16 on a CPU the fused operator's backward pass takes ten times as long.
PLAIN = "eager"


def restore(folder: Path) -> tuple[SentenceClassifier, Taxonomy]:
    """Return the network of an artifact, in float32, and its label trees.

    Raises
    ------
    ArtifactError
        If the artifact does not verify, or its graph was not written by this version.
    """
    artifact = load_artifact(folder)
    graph = onnx.load(folder / "model.onnx").graph
    given = _weights(graph)
    taxonomy = artifact.config.taxonomy
    try:
        model = SentenceClassifier(_trunk(graph, given), {task: len(taxonomy.leaves[task]) for task in TASKS})
        state = _embeddings(given) | _heads(given)
        for layer in range(_layers(given)):
            state |= _layer(given, layer)
        model.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    except (KeyError, RuntimeError, StopIteration) as problem:
        raise ArtifactError(
            f"{folder / 'model.onnx'} was written by another version and cannot be trained on ({problem}); "
            "start from a base encoder with --base minilm"
        ) from problem
    return model, taxonomy


def _weights(graph: onnx.GraphProto) -> Weights:
    """Return every weight in float32, those that are quantised by their scales."""
    raw = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found: Weights = {}
    for name, value in raw.items():
        if name.endswith("_quantized"):
            plain = name.removesuffix("_quantized")
            zero = raw[f"{plain}_zero_point"].astype(np.float32)
            found[plain] = ((value.astype(np.float32) - zero) * raw[f"{plain}_scale"]).astype(np.float32)
            factors = raw.get(f"{plain.removesuffix('.kernel')}{FACTORS}")
            if factors is not None:
                found[plain] *= factors[:, None]
        elif value.dtype == np.float32:
            found.setdefault(name, value)
    return found


def _layers(given: Mapping[str, Array]) -> int:
    return sum(name.endswith(".qkv.kernel") for name in given)


def _trunk(graph: onnx.GraphProto, given: Mapping[str, Array]) -> torch.nn.Module:
    from transformers import BertConfig, BertModel

    attention = next(node for node in graph.node if node.op_type == "MultiHeadAttention")
    norm = next(node for node in graph.node if node.op_type == "LayerNormalization")
    vocabulary, width = given["words"].shape
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_hidden_layers=_layers(given),
        num_attention_heads=next(one.i for one in attention.attribute if one.name == "num_heads"),
        intermediate_size=given["layer_1.wide.kernel"].shape[1],
        max_position_embeddings=given["positions"].shape[0],
        layer_norm_eps=next(one.f for one in norm.attribute if one.name == "epsilon"),
        attn_implementation=PLAIN,
    )
    trunk: torch.nn.Module = BertModel(config, add_pooling_layer=False)
    return trunk


def _embeddings(given: Mapping[str, Array]) -> Weights:
    prefix = "trunk.embeddings."
    width = given["words"].shape[1]
    return {
        f"{prefix}word_embeddings.weight": given["words"],
        f"{prefix}position_embeddings.weight": given["positions"],
        # The graph adds the one type that is used to the positions.
        f"{prefix}token_type_embeddings.weight": np.zeros((2, width), np.float32),
        f"{prefix}LayerNorm.weight": given["norm.weight"],
        f"{prefix}LayerNorm.bias": given["norm.bias"],
    }


def _layer(given: Mapping[str, Array], layer: int) -> Weights:
    prefix, name = f"trunk.encoder.layer.{layer}.", f"layer_{layer + 1}"
    kinds = ("query", "key", "value")
    kernels = np.split(given[f"{name}.qkv.kernel"], len(kinds), axis=1)
    biases = np.split(given[f"{name}.attention.bias"], len(kinds))
    found: Weights = {}
    for kind, kernel, bias in zip(kinds, kernels, biases, strict=True):
        found[f"{prefix}attention.self.{kind}.weight"] = kernel.T
        found[f"{prefix}attention.self.{kind}.bias"] = bias
    for target, written in (("attention.output", "out"), ("intermediate", "wide"), ("output", "narrow")):
        found[f"{prefix}{target}.dense.weight"] = given[f"{name}.{written}.kernel"].T
        found[f"{prefix}{target}.dense.bias"] = given[f"{name}.{target}.dense.bias"]
    for target, written in (("attention.output", f"{name}.middle"), ("output", name)):
        found[f"{prefix}{target}.LayerNorm.weight"] = given[f"{written}.norm.0"]
        found[f"{prefix}{target}.LayerNorm.bias"] = given[f"{written}.norm.1"]
    return found


def _heads(given: Mapping[str, Array]) -> Weights:
    found: Weights = {"attention.weight": given["attention"].T}
    for task in TASKS:
        kernel = np.concatenate([given[f"head.{task}.sentence"], given[f"head.{task}.record"]]).T
        bias = given[f"head.{task}.bias"]
        if task == EXPERT_TASK:
            half = len(bias) // 2
            # The graph has the second expert as its difference to the first.
            found["talk.weight"], found["talk.bias"] = kernel[:half] + kernel[half:], bias[:half] + bias[half:]
            kernel, bias = kernel[:half], bias[:half]
        found[f"heads.{task}.weight"], found[f"heads.{task}.bias"] = kernel, bias
    found["gate.weight"], found["gate.bias"] = given["gate.kernel"].T, given["gate.bias"]
    found["boundary.weight"] = given["boundary.kernel"].T
    found["boundary.bias"] = np.concatenate([given["turn.bias"], np.zeros(1, np.float32)])
    found["recall.weight"], found["recall.bias"] = given["recall.kernel"].T, given["recall.bias"]
    return found
