"""Model artifacts: small ones that verify and read nothing, and variants of the one that ships."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from engine.taxonomy import Taxonomy
from models.artifact import DEFAULT, FILES, Calibration, ModelConfig, save_artifact
from models.taxonomy import default_taxonomy
from tests.support.keyword_reader import TAXONOMY


def small_artifact(folder: Path, name: str = "small", taxonomy: Taxonomy = TAXONOMY) -> Path:
    """Write an artifact whose version depends on its name and trees."""
    ones = np.ones(len(taxonomy.columns), np.float32)
    flat = Calibration(ones, ones * 0, ones * 0.5, ones * 0.35)
    config = json.dumps(ModelConfig(name, taxonomy, 256, flat, flat).as_dict()).encode()
    save_artifact(folder, {file: file.encode() for file in FILES} | {"config.json": config})
    return folder


def variant(folder: Path, threshold: float) -> Path:
    """Write the model that ships with one threshold for every label of a record."""
    contents = {file: (DEFAULT / file).read_bytes() for file in FILES}
    config = json.loads(contents["config.json"])
    record = config["record"]
    record["threshold"] = [threshold] * len(record["threshold"])
    record["unsure_from"] = [threshold] * len(record["unsure_from"])
    save_artifact(folder, contents | {"config.json": json.dumps(config).encode()})
    return folder


Array = npt.NDArray[np.float32]
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "!", "?")
SAYS_IT, SAYS_NOTHING = 4.0, -4.0


def keyword_artifact(
    folder: Path, keywords: Mapping[str, tuple[str, str]], words: Sequence[str], taxonomy: Taxonomy = TAXONOMY
) -> Path:
    """Write a model that really runs: a sentence has the labels of its keywords, and ends at a full stop.

    Parameters
    ----------
    keywords
        The label of each, in lower case and without accents; they and `words` are all that it knows.
    """
    vocabulary = {token: place for place, token in enumerate(dict.fromkeys([*SPECIAL_TOKENS, *keywords, *words]))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    columns = len(taxonomy.columns)
    table = np.zeros((len(vocabulary), columns), np.float32)
    for word, label in keywords.items():
        table[vocabulary[word], taxonomy.columns.index(label)] = 2 * SAYS_IT
    ends = [vocabulary[mark] for mark in ".!?"]
    embedding = np.random.default_rng(7).normal(size=(len(vocabulary), 16)).astype(np.float32)
    ones = np.ones(columns, np.float32)
    flat = Calibration(ones, ones * 0, ones * 0.5, ones * 0.35)
    config = ModelConfig("palabras", taxonomy, 256, flat, flat)
    contents = {
        "model.onnx": _network(table, embedding, ends).SerializeToString(),
        "tokenizer.json": tokenizer.to_str().encode(),
        "config.json": json.dumps(config.as_dict()).encode(),
        "metrics.json": b"{}",
        "card.md": b"Made in a test.",
    }
    save_artifact(folder, contents)
    return folder


def _network(table: Array, embedding: Array, ends: Sequence[int]) -> onnx.ModelProto:
    """Return the network: segments from marks, and per segment the sum of its tokens' rows."""
    constants = {
        "table": table,
        "vectors": embedding,
        "ends": np.array(ends, np.int64),
        "begins": np.array(0.5, np.float32),
        "outside": np.array(-1.5, np.float32),
        "never": np.array(-0.5, np.float32),
        "one": np.array(1, np.int64),
        "none": np.array(-1, np.int64),
        "axis": np.array(1, np.int64),
        "last": np.array([-1], np.int64),
        "second": np.array([1], np.int64),
        "pads": np.array([0, 1, 0, 0], np.int64),
        "start": np.array([0, 0], np.int64),
        "minus": np.array([9_223_372_036_854_775_807, -1], np.int64),
        "quiet": np.array(SAYS_NOTHING, np.float32),
        "zero": np.array(0, np.int64),
    }
    nodes = [
        helper.make_node("Greater", ["breaks", "outside"], ["inside"]),
        helper.make_node("Greater", ["breaks", "begins"], ["certain"]),
        helper.make_node("Greater", ["breaks", "never"], ["free"]),
        # Whether the token before is a mark that ends a sentence.
        helper.make_node("Unsqueeze", ["input_ids", "last"], ["ids3"]),
        helper.make_node("Equal", ["ids3", "ends"], ["marks"]),
        helper.make_node("Cast", ["marks"], ["marks_int"], to=TensorProto.INT64),
        helper.make_node("ReduceMax", ["marks_int"], ["mark"], axes=[2], keepdims=0),
        helper.make_node("Pad", ["mark", "pads"], ["padded"]),
        helper.make_node("Slice", ["padded", "start", "minus"], ["after_mark"]),
        helper.make_node("Cast", ["after_mark"], ["after"], to=TensorProto.BOOL),
        helper.make_node("And", ["after", "free"], ["may"]),
        helper.make_node("Or", ["certain", "may"], ["begin"]),
        helper.make_node("And", ["begin", "inside"], ["begin_inside"]),
        helper.make_node("Cast", ["begin_inside"], ["steps"], to=TensorProto.INT64),
        helper.make_node("CumSum", ["steps", "axis"], ["counted"]),
        helper.make_node("Sub", ["counted", "one"], ["numbered"]),
        helper.make_node("Where", ["inside", "numbered", "none"], ["segments"]),
        # (b, s, n): which token is in which segment.
        helper.make_node("ReduceMax", ["segments"], ["most"], keepdims=0),
        helper.make_node("Add", ["most", "one"], ["count"]),
        helper.make_node("Range", ["zero", "count", "one"], ["numbers"]),
        helper.make_node("Unsqueeze", ["numbers", "last"], ["column"]),
        helper.make_node("Unsqueeze", ["segments", "second"], ["row"]),
        helper.make_node("Equal", ["row", "column"], ["belongs"]),
        helper.make_node("Cast", ["belongs"], ["pool"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["table", "input_ids"], ["said"], axis=0),
        helper.make_node("MatMul", ["pool", "said"], ["sums"]),
        helper.make_node("Add", ["sums", "quiet"], ["logits"]),
        helper.make_node("Gather", ["vectors", "input_ids"], ["meant"], axis=0),
        helper.make_node("MatMul", ["pool", "meant"], ["embedding"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["b", "n"]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT32, ["b", "n"]),
        helper.make_tensor_value_info("breaks", TensorProto.FLOAT, ["b", "n"]),
    ]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "s", table.shape[1]]),
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["b", "s", embedding.shape[1]]),
        helper.make_tensor_value_info("segments", TensorProto.INT64, ["b", "n"]),
    ]
    held = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "keywords", inputs, outputs, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


SPANISH = default_taxonomy()
_KEYWORDS = {
    "funciona": ("topic", "digital/reliability"),
    "furiosa": ("emotion", "anger/anger"),
    "devuelvan": ("intent", "refund-request"),
    "gracias": ("emotion", "joy/gratitude"),
    "roto": ("topic", "product/quality"),
}
_WORDS = """
    no la app desde ayer estoy quiero que me el dinero llego muchas y mi pedido muy mal nadie responde
"""


def spanish_artifact(folder: Path) -> Path:
    """Write a model that reads a few words of Spanish, with the default trees."""
    return keyword_artifact(folder, _KEYWORDS, _WORDS.split(), SPANISH)
