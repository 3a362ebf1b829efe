"""The reader: parts in, readings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from engine.feedback import Part, Speaker
from engine.reading import Reading, ReadingStatus, Standing, blank_reading
from engine.taxonomy import NEUTRAL, Taxonomy
from models.artifact import DEFAULT, Artifact, Calibration, load_artifact
from models.gibberish import WordShapes, stands_for_nothing
from models.hearing import heard_in, lowered, lowered_record, standing_of
from models.language import Language, identify
from models.mixed import beside, may_be_mixed, tongues_of
from models.runtime import Encoded, Runtime
from models.sentences import Span
from models.windows import SPECIAL, Window, given, packed, picked, together

Array = npt.NDArray[np.float32]


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


NO_SPANS = np.zeros((0, 3), np.int32)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A record on its way: why it is not read, or its windows, of which the first `own` are the customer's.

    Of one in several languages, `unread` are the sentences in those that are not read, and `codes` the languages of
    all of them.
    """

    status: ReadingStatus
    language: Language | None
    parts: Sequence[Part]
    windows: Sequence[Window] = ()
    own: int = 0
    unread: npt.NDArray[np.int32] = field(default_factory=lambda: NO_SPANS)
    codes: Mapping[tuple[int, ...], str] = field(default_factory=dict)


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

    def for_languages(self, languages: Sequence[str]) -> OnnxReader:
        """Return a reader of other languages with the same model."""
        return OnnxReader(self._artifact, self._runtime, languages)

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        """Read the parts of each record.

        The record's status, language and labels are those of the customer's parts, which are encoded without
        the others: what an agent says changes nothing in them. Where they are not read, no part is.

        Raises
        ------
        ReaderUnavailableError
            If the model's output is not finite.
        """
        prepared = self._prepare(records)
        encoded = self._encoded(prepared)
        apart = [self._told_apart(one, of) for one, of in zip(prepared, encoded, strict=True)]
        changed = [new.windows is not old.windows for new, old in zip(apart, prepared, strict=True)]
        # Once more, and without the words that are not read: they say nothing of those beside them.
        again = iter(self._encoded([one for one, other in zip(apart, changed, strict=True) if other]))
        encoded = [next(again) if other else of for of, other in zip(encoded, changed, strict=True)]
        made = iter(self._readings([one for one in apart if one.windows], [of for of in encoded if of]))
        return [self._whole(one, next(made)) if one.windows else self._blank(one) for one in apart]

    def _encoded(self, prepared: Sequence[_Prepared]) -> list[list[Encoded]]:
        """Return what the model makes of each record's windows."""
        encoded = self._runtime.run([window for one in prepared for window in one.windows])
        ends = accumulate(len(one.windows) for one in prepared)
        return [encoded[end - len(one.windows) : end] for one, end in zip(prepared, ends, strict=True)]

    def _told_apart(self, one: _Prepared, encoded: Sequence[Encoded]) -> _Prepared:
        """Return a record as it is, or without the sentences that are in languages which are not read."""
        if not one.windows or one.language is None:
            return one
        spans = _spans(one.windows, encoded)
        tongues = tongues_of(one.parts, spans, one.language, self._languages)
        if tongues is None:
            return one if one.language.supported else _refused(one, one.language)
        ends = list(accumulate(len(of.logits) for of in encoded))
        rows = zip(one.windows, encoded, ends, strict=True)
        left = [picked(window, of.segments, tongues.read[end - len(of.logits) : end]) for window, of, end in rows]
        own = sum(bool(window.tokens) for window in left[: one.own])
        if not own:
            return _refused(one, tongues.whole)
        codes = {tuple(span): of.code for span, of in zip(spans.tolist(), tongues.of, strict=True)}
        told = replace(one, language=tongues.whole, unread=spans[~tongues.read], codes=codes)
        windows = [window for window in left if window.tokens]
        return told if tongues.read.all() else replace(told, windows=windows, own=own)

    def logits_of(self, texts: Sequence[tuple[str, Sequence[Span]]]) -> Array:
        """Return the logits, (n_sentences, n_labels), of texts whose sentences are given.

        A sentence of more tokens than a window counts by its beginning; one without tokens has logits of 0.
        """
        encodings = self._runtime.tokenizer.encode_batch([text for text, _ in texts], add_special_tokens=False)
        windows: list[Window] = []
        kept: list[bool] = []
        for encoding, (_, spans) in zip(encodings, texts, strict=True):
            sentences = given(0, encoding, spans, self._most)
            kept += [sentence is not None for sentence in sentences]
            windows += together([sentence for sentence in sentences if sentence is not None], self._most)
        logits = np.zeros((len(kept), len(self.taxonomy.columns)), np.float32)
        if windows:
            logits[kept] = np.concatenate([one.logits for one in self._runtime.run(windows)])
        return logits

    def record_logits(self, texts: Sequence[str]) -> Array:
        """Return each text's logits as a record, (n_texts, n_labels), in whatever language it is."""
        encodings = self._runtime.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        windows = [packed([(0, text, one)], self._most) for text, one in zip(texts, encodings, strict=True)]
        encoded = iter(self._runtime.run([window for some in windows for window in some]))
        found = np.zeros((len(texts), len(self.taxonomy.columns)), np.float32)
        for row, some in enumerate(windows):
            if some:
                found[row] = roll_up(np.concatenate([next(encoded).logits for _ in some]), [0], self.taxonomy)[0]
        return found

    def _prepare(self, records: Sequence[Sequence[Part]]) -> list[_Prepared]:
        texts = [part.text for parts in records for part in parts]
        encodings = iter(self._runtime.tokenizer.encode_batch(texts, add_special_tokens=False))
        return [self._record(parts, [next(encodings) for _ in parts]) for parts in records]

    def _record(self, parts: Sequence[Part], encodings: Sequence[Encoding]) -> _Prepared:
        text = "\n".join(part.text for part in parts if part.speaker == "customer")
        if not any(character.isalnum() for character in text):
            symbols = any(not character.isspace() and ord(character) > 0x2000 for character in text)
            return _Prepared(ReadingStatus.UNSURE if symbols else ReadingStatus.EMPTY, None, parts)
        if stands_for_nothing(text) or self._shapes.is_gibberish(text):
            return _Prepared(ReadingStatus.UNSURE, None, parts)
        language = identify(text, self._languages)
        if not (language.supported or may_be_mixed(text, self._languages)):
            return _Prepared(ReadingStatus.UNSUPPORTED_LANGUAGE, language, parts)
        numbered = [(number, part, encodings[number]) for number, part in enumerate(parts)]
        windows = self._windows(numbered, "customer")
        own = len(windows)
        if not own:
            return _Prepared(ReadingStatus.EMPTY, language, parts)
        windows += self._windows(numbered, "agent") + self._windows(numbered, "other")
        return _Prepared(ReadingStatus.READ, language, parts, windows, own)

    def _windows(self, parts: Sequence[tuple[int, Part, Encoding]], speaker: Speaker) -> list[Window]:
        return packed([(n, part.text, encoding) for n, part, encoding in parts if part.speaker == speaker], self._most)

    def _blank(self, one: _Prepared) -> Reading:
        code, confidence = _told(one.language)
        return blank_reading(one.status, self.taxonomy, model=self.model, language=code, language_confidence=confidence)

    def _whole(self, one: _Prepared, reading: Reading) -> Reading:
        """Return the reading of a record with the sentences that were not read, if there are any."""
        if not one.codes:
            return reading
        unread = blank_reading(ReadingStatus.READ, self.taxonomy, model=self.model, spans=one.unread)
        spans = [*reading.spans.tolist(), *one.unread.tolist()]
        return beside(reading, unread, [one.codes[tuple(span)] for span in spans], self.model)

    def _readings(self, read: Sequence[_Prepared], encoded: Sequence[Sequence[Encoded]]) -> list[Reading]:
        if not read:
            return []
        config = self._artifact.config
        confidence, standing = judged(_logits(one for windows in encoded for one in windows), config.sentence)
        ends = np.cumsum([sum(len(one.logits) for one in windows) for windows in encoded]).tolist()
        own = [_logits(windows[: one.own]) for one, windows in zip(read, encoded, strict=True)]
        firsts = np.cumsum([0, *(len(logits) for logits in own[:-1])])
        record_confidence, record_standing = judged(roll_up(np.concatenate(own), firsts, self.taxonomy), config.record)
        found = [_spans(one.windows, windows) for one, windows in zip(read, encoded, strict=True)]
        for number, (one, spans) in enumerate(zip(read, found, strict=True)):
            heard = heard_in(spans, one.parts)
            if heard is not None:
                place = slice(ends[number] - len(spans), ends[number])
                confidence[place] = lowered(confidence[place], heard)
                standing[place] = stands(confidence[place], config.sentence)
                alone = judged(own[number], config.record)[0]
                record_confidence[number] = lowered_record(alone, heard[: len(alone)], self.taxonomy)
                record_standing[number] = stands(record_confidence[number], config.record)
        self._settle_neutral(record_standing)
        readings = []
        for number, (one, first, end) in enumerate(zip(read, [0, *ends], ends, strict=False)):
            spans = found[number]
            order = np.lexsort((spans[:, 1], spans[:, 0]))
            rows = np.arange(first, end)[order]
            code, sure = _told(one.language)
            readings.append(
                Reading(
                    status=ReadingStatus.READ,
                    language=code,
                    language_confidence=sure,
                    model=self.model,
                    taxonomy=self.taxonomy,
                    spans=spans[order],
                    confidence=np.vstack([confidence[rows], record_confidence[number]]),
                    standing=np.vstack([standing[rows], record_standing[number]]),
                    embedding=np.concatenate([of.embedding for of in encoded[number]])[order].astype(np.float16),
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


def _refused(one: _Prepared, language: Language) -> _Prepared:
    """Return a record of which no sentence of the customer's is read."""
    return _Prepared(ReadingStatus.UNSUPPORTED_LANGUAGE, language, one.parts)


def _told(language: Language | None) -> tuple[str | None, float | None]:
    return (None, None) if language is None else (language.code, language.confidence)


def _logits(encoded: Iterable[Encoded]) -> Array:
    """Return the logits of some windows' sentences, (n_sentences, n_labels)."""
    return np.concatenate([one.logits for one in encoded])


def _spans(windows: Sequence[Window], encoded: Sequence[Encoded]) -> npt.NDArray[np.int32]:
    """Return (n_sentences, 3) part, start and end of each sentence: from its first token to its last."""
    found = []
    for window, one in zip(windows, encoded, strict=True):
        places = np.array(window.places, np.int32)
        firsts = np.flatnonzero(np.diff(one.segments, prepend=-1))
        lasts = np.append(firsts[1:], len(places)) - 1
        found.append(np.column_stack([places[firsts, 0], places[firsts, 1], places[lasts, 2]]))
    return np.concatenate(found)


def roll_up(logits: Array, firsts: Sequence[int] | npt.NDArray[np.int64], taxonomy: Taxonomy) -> Array:
    """Return the logits of records, (n_records, n_labels): those of their highest sentence.

    Neutral is the exception, and takes the lowest: a record is as neutral as its least neutral sentence.

    Parameters
    ----------
    logits
        (n_sentences, n_labels).
    firsts
        (n_records,) the row of each record's first sentence.
    """
    found: Array = np.maximum.reduceat(logits, firsts, axis=0)
    if NEUTRAL in taxonomy.columns:
        column = taxonomy.columns.index(NEUTRAL)
        found[:, column] = np.minimum.reduceat(logits[:, column], firsts)
    return found


def judged(logits: Array, calibration: Calibration) -> tuple[Array, npt.NDArray[np.uint8]]:
    """Return calibrated confidences, rounded to four decimals, and what the thresholds make of them.

    Parameters
    ----------
    logits
        (n_rows, n_labels).
    """
    # Beyond 30 a confidence is 0 or 1 in every decimal that is kept, and its exponential may overflow.
    scores = np.clip(logits * calibration.scale + calibration.shift, -30, 30)
    confidence = (1.0 / (1.0 + np.exp(-scores))).astype(np.float32).round(4)
    return confidence, stands(confidence, calibration)


def stands(confidence: Array, calibration: Calibration) -> npt.NDArray[np.uint8]:
    """Return what the thresholds make of confidences."""
    return standing_of(confidence, calibration.threshold, calibration.unsure_from)
