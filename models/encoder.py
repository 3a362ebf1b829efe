"""The trainable encoder: a BERT trunk, sentences pooled beside their record, one linear head a task.

The verbatim is encoded whole; each sentence is the mean of its own tokens, and its features are that mean beside
the record's mean. Only training imports this module: scoring runs the same network on ONNX Runtime.

References
----------
W. Wang et al., MiniLM: Deep Self-Attention Distillation (2020), https://arxiv.org/abs/2002.10957
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn


class SentenceClassifier(nn.Module):
    """A trunk with one linear head a task.

    Parameters
    ----------
    trunk
        A transformers ``BertModel``.
    sizes
        Number of leaves of each task, in the order of the taxonomy's columns.
    dropout
        On the features, while training.
    """

    def __init__(self, trunk: nn.Module, sizes: Mapping[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        self.trunk = trunk
        width: int = cast(Any, trunk).config.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({task: nn.Linear(2 * width, size) for task, size in sizes.items()})

    def forward(self, input_ids: Tensor, attention_mask: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits and sentence means.

        Parameters
        ----------
        input_ids, attention_mask
            (batch, n_tokens).
        pool
            (batch, n_sentences, n_tokens): the weight of each token in each sentence; a sentence's sum to 1.

        Returns
        -------
        tuple[Tensor, Tensor]
            Logits (batch, n_sentences, n_labels) and means (batch, n_sentences, width).
        """
        states = self.trunk(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        means = pool.to(states.dtype) @ states
        mask = attention_mask.to(states.dtype)
        record = (mask / mask.sum(1, keepdim=True)).unsqueeze(1) @ states
        features = self.dropout(torch.cat([means, record.expand_as(means)], dim=-1))
        return torch.cat([head(features) for head in self.heads.values()], dim=-1), means
