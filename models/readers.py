"""Several readers as one: each record is read by the model of its language, and each sentence where it has several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.ports import Reader
from engine.reading import AND, Reading, ReadingStatus, Standing
from engine.taxonomy import NEUTRAL, Taxonomy
from models.language import identify
from models.mixed import beside

Records = Sequence[Sequence[Part]]
Rows = npt.NDArray[np.bool_]


class LanguageReaders:
    """A `Reader` that sends what the main one does not read to the reader of its language.

    A reading carries the model and the label trees of the reader that made it. Sentences in another language than the
    record's are read by the reader of theirs where both have the same trees; else they have no labels.

    Parameters
    ----------
    main
        Reads every record first, and says in which language it is.
    others
        By ISO 639-1 code, who reads that language.
    languages
        The codes that the main one reads.
    """

    def __init__(self, main: Reader, others: Mapping[str, Reader], languages: Sequence[str]) -> None:
        self._main = main
        self._others = dict(others)
        self._languages = tuple(languages)

    @property
    def model(self) -> str:
        """Name and version of the main model."""
        return self._main.model

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of the main model."""
        return self._main.taxonomy

    @property
    def others(self) -> Mapping[str, str]:
        """Names and versions of the other models, by the language that each reads."""
        return {code: reader.model for code, reader in self._others.items()}

    def read(self, records: Records) -> list[Reading]:
        """Read the parts of each record.

        Raises
        ------
        ReaderUnavailableError
            If a model that is needed cannot be used now.
        """
        readings = self._main.read(records)
        for code, reader in self._others.items():
            places = [
                n for n, (one, parts) in enumerate(zip(readings, records, strict=True)) if self._is(code, one, parts)
            ]
            theirs = reader.read([records[place] for place in places]) if places else []
            for place, reading in zip(places, theirs, strict=True):
                if reading.status is not ReadingStatus.UNSUPPORTED_LANGUAGE:
                    readings[place] = reading
        return self._completed(records, readings)

    def _is(self, code: str, reading: Reading, parts: Sequence[Part]) -> bool:
        """Return whether a record is in a language: as the main reader says, or where it saw no words at all."""
        if reading.status is not ReadingStatus.UNSURE:
            return reading.language == code
        # Words of another language can look like keys hit at random; its own reader knows better.
        text = "\n".join(part.text for part in parts if part.speaker == "customer")
        return any(one.isalpha() for one in text) and identify(text, self._languages).code == code

    def _completed(self, records: Records, readings: Sequence[Reading]) -> list[Reading]:
        """Return readings with the sentences of each other language read by the reader of that language."""
        found = list(readings)
        readers = {**dict.fromkeys(self._languages, self._main), **self._others}
        for code in sorted({code for one in readings for code in one.languages if code in readers}):
            places = [place for place, one in enumerate(found) if self._lacks(one, code, readers[code])]
            if not places:
                continue
            only = [_only(records[place], found[place], _unread(found[place], code)) for place in places]
            for place, theirs in zip(places, readers[code].read(only), strict=True):
                if theirs.status is ReadingStatus.READ:
                    found[place] = _with(found[place], theirs, code, records[place])
        return found

    def _lacks(self, reading: Reading, code: str, reader: Reader) -> bool:
        """Return whether a reading has sentences that a reader with the same trees can read, and did not."""
        same = reading.taxonomy.version == reader.taxonomy.version and reader.model != reading.space
        return same and reading.language != code and bool(_unread(reading, code).any())


def second_models(reader: Reader | None) -> Mapping[str, str]:
    """Return the names and versions of the models that read other languages than the main one, by language."""
    return reader.others if isinstance(reader, LanguageReaders) else {}


def _unread(reading: Reading, code: str) -> Rows:
    """Return which sentences, (n_sentences,), are in a language and were not read."""
    rows: Rows = np.array([one == code for one in reading.languages], bool)
    return rows & ~reading.embedding.any(axis=1) if rows.size else rows


def _only(parts: Sequence[Part], reading: Reading, rows: Rows) -> list[Part]:
    """Return parts in which only some sentences are left, where they were; spaces stand for all else."""
    blank = [[" "] * len(part.text) for part in parts]
    for part, start, end in reading.spans[rows].tolist():
        blank[part][start:end] = parts[part].text[start:end]
    return [replace(part, text="".join(left)) for part, left in zip(parts, blank, strict=True)]


def _with(reading: Reading, theirs: Reading, code: str, parts: Sequence[Part]) -> Reading:
    """Return a reading in which another's sentences take the place of those that were not read in that language."""
    kept = reading.only(~_unread(reading, code))
    codes = [*kept.languages, *(theirs.languages or [code] * theirs.n_sentences)]
    model = reading.model if theirs.model in reading.model.split(AND) else f"{reading.model}{AND}{theirs.model}"
    whole = beside(kept, theirs, codes, model)
    confidence, standing = whole.confidence.copy(), whole.standing.copy()
    if theirs.of_customer(parts).any():
        confidence[-1], standing[-1] = _rolled_up(kept, theirs)
    return replace(whole, confidence=confidence, standing=standing)


def _rolled_up(one: Reading, other: Reading) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Return the record's row of two readings together: the higher of each label, and neutral only where both are."""
    confidence = np.maximum(one.confidence[-1], other.confidence[-1])
    standing = np.maximum(one.standing[-1], other.standing[-1])
    columns = one.taxonomy.columns
    if NEUTRAL in columns:
        neutral = columns.index(NEUTRAL)
        confidence[neutral] = min(one.confidence[-1, neutral], other.confidence[-1, neutral])
        emotions = standing[one.taxonomy.slices[NEUTRAL[0]]] == Standing.HOLDS
        alone = emotions.sum() == (standing[neutral] == Standing.HOLDS)
        both = min(one.standing[-1, neutral], other.standing[-1, neutral])
        standing[neutral] = both if alone else Standing.ABSENT
    return confidence, standing
