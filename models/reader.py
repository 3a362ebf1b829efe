"""The reader: parts in, readings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing, blank_reading
from engine.taxonomy import Taxonomy
from models.artifact import DEFAULT, Artifact, Calibration, load_artifact
from models.gibberish import WordShapes, stands_for_nothing
from models.language import identify
from models.runtime import Runtime
from models.sentences import Span, split
from models.windows import SPECIAL, Piece, pieces_of, windows_of

Array = npt.NDArray[np.float32]
NEUTRAL = ("emotion", "neutral/neutral")


def load_reader(
    folder: Path | None = None, languages: Sequence[str] = ("en",), threads: int | None = None
) -> OnnxReader:
    """Load the model of a folder; by default the one that ships.

    Raises
    ------
    ArtifactError
        If the artifact is incomplete, changed or of another format.
    """
    artifact = load_artifact(folder or DEFAULT)
    reader = OnnxReader(artifact, Runtime(artifact.folder, threads), languages)
    # The tokeniser and the language identifier load with their first text: let that not be a customer's.
    reader.read([[Part("Guten Tag, how are things?")]])
    return reader


@dataclass(slots=True)
class _Prepared:
    """A record on its way: why it is not read, or its sentences."""

    status: ReadingStatus
    language: str | None
    pieces: list[Piece]


class OnnxReader:
    """Reads with one model.

    Parameters
    ----------
    artifact
        The verified model.
    runtime
        Its session.
    languages
        ISO 639-1 codes of the languages that are read.
    """

    def __init__(self, artifact: Artifact, runtime: Runtime, languages: Sequence[str]) -> None:
        self._artifact = artifact
        self._runtime = runtime
        self._languages = tuple(languages)
        self._shapes = WordShapes.of(runtime.tokenizer)
        self._most = artifact.config.max_tokens - SPECIAL
        columns = self.taxonomy.columns
        self._neutral = columns.index(NEUTRAL) if NEUTRAL in columns else None

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self._artifact.model

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of the model."""
        return self._artifact.config.taxonomy

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        """Read the customer's parts of each record.

        Raises
        ------
        ReaderUnavailableError
            If the model's output is not finite.
        """
        prepared = self._prepare(records)
        read = [one for one in prepared if one.status is ReadingStatus.READ]
        windows, firsts, total = [], [], 0
        for one in read:
            firsts.append(total)
            windows += windows_of(one.pieces, total, self._most)
            total += len(one.pieces)
        logits, embedding = self._runtime.run(windows, total, len(self.taxonomy.columns))
        made = iter(self._readings(read, firsts, logits, embedding))
        return [next(made) if one.status is ReadingStatus.READ else self._blank(one) for one in prepared]

    def logits_of(self, texts: Sequence[tuple[str, Sequence[Span]]]) -> Array:
        """Return the logits, (n_sentences, n_labels), of texts whose sentences are given.

        A sentence of more tokens than a window counts by its beginning.
        """
        pieces: list[list[Piece]] = []
        firsts: list[int] = []
        encodings = self._runtime.tokenizer.encode_batch([text for text, _ in texts], add_special_tokens=False)
        for encoding, (_, spans) in zip(encodings, texts, strict=True):
            firsts.append(sum(len(some) for some in pieces))
            pieces.append([pieces_of(0, encoding, [span], self._most)[0] for span in spans])
        windows = [w for some, first in zip(pieces, firsts, strict=True) for w in windows_of(some, first, self._most)]
        total = sum(len(some) for some in pieces)
        return self._runtime.run(windows, total, len(self.taxonomy.columns))[0]

    def _prepare(self, records: Sequence[Sequence[Part]]) -> list[_Prepared]:
        texts = [part.text for parts in records for part in parts if part.speaker == "customer"]
        encodings = iter(self._runtime.tokenizer.encode_batch(texts, add_special_tokens=False))
        return [
            self._record([(n, part, next(encodings)) for n, part in enumerate(parts) if part.speaker == "customer"])
            for parts in records
        ]

    def _record(self, parts: Sequence[tuple[int, Part, Encoding]]) -> _Prepared:
        text = "\n".join(part.text for _, part, _ in parts)
        if not any(character.isalnum() for character in text):
            symbols = any(not character.isspace() and ord(character) > 0x2000 for character in text)
            return _Prepared(ReadingStatus.UNSURE if symbols else ReadingStatus.EMPTY, None, [])
        if stands_for_nothing(text) or self._shapes.is_gibberish(text):
            return _Prepared(ReadingStatus.UNSURE, None, [])
        language = identify(text, self._languages)
        if not language.supported:
            return _Prepared(ReadingStatus.UNSUPPORTED_LANGUAGE, language.code, [])
        pieces = [
            piece
            for number, part, encoding in parts
            for piece in pieces_of(number, encoding, split(part.text), self._most)
        ]
        return _Prepared(ReadingStatus.READ, language.code, pieces)

    def _blank(self, one: _Prepared) -> Reading:
        return blank_reading(one.status, self.taxonomy, model=self.model, language=one.language)

    def _readings(self, read: list[_Prepared], firsts: list[int], logits: Array, embedding: Array) -> list[Reading]:
        if not read:
            return []
        config = self._artifact.config
        confidence, standing = judged(logits, config.sentence)
        highest = np.maximum.reduceat(logits, firsts, axis=0)
        record_confidence, record_standing = judged(highest, config.record)
        self._settle_neutral(record_standing)
        half = embedding.astype(np.float16)
        readings = []
        for number, one in enumerate(read):
            rows = slice(firsts[number], firsts[number] + len(one.pieces))
            readings.append(
                Reading(
                    status=ReadingStatus.READ,
                    language=one.language,
                    model=self.model,
                    taxonomy=self.taxonomy,
                    spans=np.array([(p.part, p.start, p.end) for p in one.pieces], np.int32).reshape(-1, 3),
                    confidence=np.vstack([confidence[rows], record_confidence[number]]),
                    standing=np.vstack([standing[rows], record_standing[number]]),
                    embedding=half[rows],
                )
            )
        return readings

    def _settle_neutral(self, standing: npt.NDArray[np.uint8]) -> None:
        """Let neutral hold for a record only when no other emotion does."""
        if self._neutral is None:
            return
        emotions = standing[:, self.taxonomy.slices["emotion"]]
        others = (emotions == Standing.HOLDS).sum(axis=1) - (standing[:, self._neutral] == Standing.HOLDS)
        standing[others > 0, self._neutral] = Standing.ABSENT


def judged(logits: Array, calibration: Calibration) -> tuple[Array, npt.NDArray[np.uint8]]:
    """Return calibrated confidences, rounded to four decimals, and what the thresholds make of them.

    Parameters
    ----------
    logits
        (n_rows, n_labels).
    """
    confidence = 1.0 / (1.0 + np.exp(-(logits * calibration.scale + calibration.shift)))
    confidence = confidence.astype(np.float32).round(4)
    standing = (confidence >= calibration.unsure_from).astype(np.uint8)
    standing += (confidence >= calibration.threshold).astype(np.uint8)
    return confidence, standing
