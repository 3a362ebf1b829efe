"""Reading what is not urgent through the reader that feedback needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.feedback import Part
from engine.ports import Reader
from engine.reading import Reading
from engine.taxonomy import Taxonomy

Records = Sequence[Sequence[Part]]
# What is read in a small part of a second.
CHARACTERS_AT_ONCE = 4_000


class PatientReader:
    """Reads a little at a time, so that feedback that comes meanwhile is read in between.

    Parameters
    ----------
    reader
        Whose owner reads for all.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self._reader.model

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of the model."""
        return self._reader.taxonomy

    def read(self, records: Records) -> list[Reading]:
        """Read records, waiting for each few of them.

        Raises
        ------
        OverloadedError
            If too much feedback waits already.
        ReaderUnavailableError
            If the model cannot be used now.
        """
        return [reading for some in _few(records) for reading in self._reader.read(some)]


def _few(records: Records) -> Iterator[Records]:
    """Yield records in groups of few characters; one that is longer is alone."""
    group: list[Sequence[Part]] = []
    size = 0
    for parts in records:
        length = sum(len(part.text) for part in parts)
        if group and size + length > CHARACTERS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(parts)
        size += length
    if group:
        yield group
