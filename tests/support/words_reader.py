"""A reader that embeds sentences by their words: deterministic, instant, and alike exactly when words are shared.

It has learnt the background by heart: there it sees what each sentence is about, as a good model would.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing, blank_reading
from models.taxonomy import default_taxonomy
from tests.support.keyword_reader import TAXONOMY

DIMENSIONS = 256
SHORTEST = 4


@cache
def _vector(word: str) -> npt.NDArray[np.float64]:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(DIMENSIONS)


@cache
def _known() -> dict[str, str]:
    """The sentences of the background, each with the words that describe its topics."""
    said = default_taxonomy().descriptions
    rows = map(json.loads, files("models").joinpath("background.jsonl").read_text("utf-8").splitlines())
    return {row["text"]: " ".join(said[f"topic:{topic}"] for topic in row["topic"]) for row in rows}


def _embedding(sentence: str) -> npt.NDArray[np.float64]:
    sentence += f" {_known().get(sentence, '')}"
    words = ["".join(filter(str.isalnum, word)) for word in sentence.lower().replace(":", " ").split()]
    total = sum((_vector(word) for word in words if len(word) >= SHORTEST), np.zeros(DIMENSIONS))
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9))


class WordsReader:
    """Ends a sentence at a full stop; claims complaint where it says bad; reads nothing that begins with ``zzz``."""

    taxonomy = TAXONOMY

    def __init__(self, model: str = "words@1") -> None:
        self.model = model

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        return [self._one(parts) for parts in records]

    def _one(self, parts: Sequence[Part]) -> Reading:
        spans, rows = [], []
        for number, part in enumerate(parts):
            start = 0
            for piece in [part.text] if part.text in _known() else part.text.split("."):
                if piece.strip() and not piece.startswith("zzz"):
                    spans.append((number, start, start + len(piece)))
                    rows.append(_embedding(piece))
                start += len(piece) + 1
        own = [parts[part].speaker == "customer" for part, _, _ in spans]
        if not any(own):
            return blank_reading(ReadingStatus.UNSURE, TAXONOMY, model=self.model)
        said = ["bad" in parts[part].text[start:end] for part, start, end in spans]
        confidence = np.zeros((len(spans) + 1, len(TAXONOMY.columns)), np.float32)
        column = TAXONOMY.columns.index(("intent", "complaint"))
        confidence[:, column] = [0.9 * bad for bad in (*said, any(np.array(said)[own]))]
        return Reading(
            ReadingStatus.READ,
            "en",
            self.model,
            TAXONOMY,
            np.array(spans, np.int32),
            confidence,
            (confidence > 0.5).astype(np.uint8) * np.uint8(Standing.HOLDS),
            np.array(rows, np.float16),
        )
