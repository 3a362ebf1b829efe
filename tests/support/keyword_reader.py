"""A reader that goes by keywords: deterministic, instant, and easy to foresee in a test.

A sentence ends at a full stop. ``furious`` is anger, ``maybe`` before a keyword makes it unsure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.errors import ReaderUnavailableError
from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing, blank_reading
from engine.taxonomy import Taxonomy

LEAVES = {
    "emotion": ("anger/anger", "anger/annoyance", "joy/gratitude", "neutral/neutral"),
    "intent": ("complaint", "praise", "churn", "safety-risk"),
    "topic": ("digital/ease-of-use", "digital/reliability", "billing/accuracy"),
}
TAXONOMY = Taxonomy(LEAVES, {})
KEYWORDS = {
    "furious": ("emotion", "anger/anger"),
    "annoying": ("emotion", "anger/annoyance"),
    "thanks": ("emotion", "joy/gratitude"),
    "bad": ("intent", "complaint"),
    "great": ("intent", "praise"),
    "leaving": ("intent", "churn"),
    "danger": ("intent", "safety-risk"),
    "menu": ("topic", "digital/ease-of-use"),
    "crash": ("topic", "digital/reliability"),
    "invoice": ("topic", "billing/accuracy"),
}


class KeywordReader:
    def __init__(self, taxonomy: Taxonomy = TAXONOMY, model: str = "keywords@1") -> None:
        self.taxonomy = taxonomy
        self.model = model
        self.down = False
        self.records_read = 0

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        if self.down:
            raise ReaderUnavailableError
        self.records_read += len(records)
        return [self._one(parts) for parts in records]

    def _one(self, parts: Sequence[Part]) -> Reading:
        spans, confidence, standing = [], [], []
        for number, part in enumerate(parts):
            start = 0
            for piece in part.text.split("."):
                if piece.strip():
                    spans.append((number, start, start + len(piece)))
                    found = _labels(piece.lower(), self.taxonomy)
                    confidence.append(found[0])
                    standing.append(found[1])
                start += len(piece) + 1
        own = [parts[number].speaker == "customer" for number, _, _ in spans]
        if not any(own):
            return blank_reading(ReadingStatus.EMPTY, self.taxonomy, model=self.model)
        rows = np.array(confidence, np.float32)
        stand = np.array(standing, np.uint8)
        return Reading(
            ReadingStatus.READ,
            "en",
            self.model,
            self.taxonomy,
            np.array(spans, np.int32),
            np.vstack([rows, rows[own].max(axis=0)]),
            np.vstack([stand, stand[own].max(axis=0)]),
            np.zeros((len(spans), 4), np.float16),
        )


def _labels(sentence: str, taxonomy: Taxonomy) -> tuple[list[float], list[int]]:
    columns = list(taxonomy.columns)
    confidence, standing = [0.01] * len(columns), [int(Standing.ABSENT)] * len(columns)
    unsure = "maybe" in sentence
    for word, label in KEYWORDS.items():
        if word in sentence and label in columns:
            confidence[columns.index(label)] = 0.4 if unsure else 0.9
            standing[columns.index(label)] = int(Standing.UNSURE if unsure else Standing.HOLDS)
    return confidence, standing
