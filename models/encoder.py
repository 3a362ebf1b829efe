"""The trainable encoder: a BERT trunk, one pass a verbatim, and everything that is read off it.

The verbatim is encoded whole. A boundary head says at which words a sentence or clause begins; each task pools the
tokens of a sentence with an attention of its own, and its features are that beside the record's mean. Emotions have
two experts, since people label feedback and talk among each other by different habits; a gate on the record's mean
weighs them. Only training imports this module: scoring runs the same network on ONNX Runtime.

References
----------
W. Wang et al., MiniLM: Deep Self-Attention Distillation (2020), https://arxiv.org/abs/2002.10957; R. Jacobs et al.,
Adaptive Mixtures of Local Experts (1991), for the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

# The task whose labelling differs between feedback and talk among people.
EXPERT_TASK = "emotion"
# The shares of the trunk's layers after which a sentence's mean is kept: early ones remember what fine-tuning forgets,
# and together they give back the base encoder's embedding.
RECALLED = (1 / 3, 2 / 3, 1.0)


@dataclass(frozen=True)
class Outputs:
    """What one pass gives.

    Parameters
    ----------
    logits
        (batch, n_sentences, n_labels) of the expert for feedback.
    talk
        (batch, n_sentences, n_emotions) of the expert for talk among people.
    gate
        (batch,) logit that a record is talk.
    boundary
        (batch, n_tokens) logit that a sentence begins at a token.
    means
        (batch, n_sentences, n_recalled * width): the mean of a sentence's tokens in each of the recalled layers; empty
        while training.
    """

    logits: Tensor
    talk: Tensor
    gate: Tensor
    boundary: Tensor
    means: Tensor


class SentenceClassifier(nn.Module):
    """A trunk with one attention and one linear head a task, a second expert for emotions, and a boundary head.

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
        self.attention = nn.Linear(width, len(sizes), bias=False)
        nn.init.zeros_(self.attention.weight)
        self.heads = nn.ModuleDict({task: nn.Linear(2 * width, size) for task, size in sizes.items()})
        self.talk = nn.Linear(2 * width, sizes[EXPERT_TASK])
        self.gate = nn.Linear(width, 1)
        # Of a token and of the one before it.
        self.boundary = nn.Linear(width, 2)
        # From the recalled layers' means to the embedding; fitted afterwards, in closed form (training/recall.py).
        self.recall = nn.Linear(width * len(RECALLED), width)

    @property
    def recalled(self) -> list[int]:
        """The numbers of the layers that are recalled, the embeddings being number 0."""
        layers: int = cast(Any, self.trunk).config.num_hidden_layers
        return [round(share * layers) for share in RECALLED]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, pool: Tensor) -> Outputs:
        """Return what is read off one pass.

        Parameters
        ----------
        input_ids, attention_mask
            (batch, n_tokens).
        pool
            (batch, n_sentences, n_tokens): the weight of each token in each sentence; a sentence's sum to 1.
        """
        found = self.trunk(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        states = found.last_hidden_state
        pool = pool.to(states.dtype)
        mask = attention_mask.to(states.dtype)
        record = (mask / mask.sum(1, keepdim=True)).unsqueeze(1) @ states
        around = record.expand(-1, pool.shape[1], -1)
        strengths = self.attention(states).float().clamp(-20, 20).exp().to(states.dtype)
        features = {}
        for place, task in enumerate(self.heads):
            weights = pool * strengths[:, :, place].unsqueeze(1)
            own = (weights / weights.sum(-1, keepdim=True).clamp(min=1e-6)) @ states
            features[task] = self.dropout(torch.cat([own, around], dim=-1))
        logits = torch.cat([head(features[task]) for task, head in self.heads.items()], dim=-1)
        talk = self.talk(features[EXPERT_TASK])
        here, before = self.boundary(states).unbind(-1)
        boundary = here + nn.functional.pad(before[:, :-1], (1, 0))
        gate = self.gate(record).flatten()
        # Nothing is fitted through them but the map to the embedding, and that in closed form.
        recalled = [] if self.training else [pool @ found.hidden_states[layer] for layer in self.recalled]
        means = torch.cat(recalled, dim=-1) if recalled else states.new_zeros(0)
        return Outputs(logits, talk, gate, boundary, means)
