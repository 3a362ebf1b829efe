"""Two readers over the same records, in turns, each timed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from engine.feedback import Part
from engine.ports import Reader
from engine.reading import Reading

Parts = Sequence[Part]
BATCH = 256
SINGLES = 50


@dataclass(frozen=True)
class Speed:
    """How fast a model read.

    Parameters
    ----------
    records_a_second, sentences_a_second
        In batches.
    single_ms
        Median milliseconds of one record alone.
    """

    records_a_second: float
    sentences_a_second: float
    single_ms: float


class ReaderPair:
    """Reads every batch with both models, each first in every other batch: what else the machine does slows both.

    Parameters
    ----------
    a, b
        The readers, loaded and warm.
    """

    def __init__(self, a: Reader, b: Reader) -> None:
        self._readers = (a, b)
        self._seconds = [0.0, 0.0]
        self._sentences = [0, 0]
        self._records = 0
        self._singles: tuple[list[float], list[float]] = ([], [])

    def read(self, records: Sequence[Parts]) -> Iterator[tuple[Reading, Reading]]:
        """Yield the readings of each record by both models, in order."""
        for number, start in enumerate(range(0, len(records), BATCH)):
            batch = records[start : start + BATCH]
            made: dict[int, list[Reading]] = {}
            for model in (0, 1) if number % 2 == 0 else (1, 0):
                made[model] = self._timed(model, batch)
            self._records += len(batch)
            yield from zip(made[0], made[1], strict=True)
        for parts in records[:SINGLES]:
            for model, reader in enumerate(self._readers):
                began = time.perf_counter()
                reader.read([parts])
                self._singles[model].append(1000 * (time.perf_counter() - began))

    def _timed(self, model: int, batch: Sequence[Parts]) -> list[Reading]:
        began = time.perf_counter()
        readings = self._readers[model].read(batch)
        self._seconds[model] += time.perf_counter() - began
        self._sentences[model] += sum(reading.n_sentences for reading in readings)
        return readings

    def speeds(self) -> tuple[Speed, Speed]:
        """Return how fast both were, once every record was read."""
        a, b = (
            Speed(self._records / seconds, sentences / seconds, median(singles))
            for seconds, sentences, singles in zip(self._seconds, self._sentences, self._singles, strict=True)
        )
        return a, b
