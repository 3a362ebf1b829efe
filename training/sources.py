"""Where records for labelling come from: the store with its readings, or a file that the model reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from engine.feedback import Feedback, Part
from engine.ports import Reader
from engine.reading import Reading
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store
from engine.taxonomy import Taxonomy
from training.selection import Key

CHUNK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """A reading of the customer's sentences, whose it is, and where its record can be fetched."""

    key: Key
    place: int
    reading: Reading


@dataclass(frozen=True, slots=True, eq=False)
class Fetched:
    """A record with its words and the reading of the customer's sentences."""

    key: Key
    place: int
    feedback: Feedback
    reading: Reading


class Source(Protocol):
    """Readings one by one, and records of some places."""

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees that labels are suggested from."""
        ...

    def each(self) -> Iterator[Offered]:
        """Yield every reading, in an order that stays the same."""
        ...

    def fetch(self, places: Sequence[int]) -> list[Fetched]:
        """Return the records of some places, in the order of the places."""
        ...


class StoreSource:
    """The feedback of a store, latest revisions only.

    Parameters
    ----------
    taxonomy
        What labels are suggested from.
    reader
        Reads what is fetched anew; None suggests what the stored readings say.
    scope
        Whose records are offered.
    newest
        Only those of about so many records that came last; None is all.
    """

    def __init__(
        self,
        store: Store,
        taxonomy: Taxonomy,
        reader: Reader | None = None,
        *,
        scope: Scope = EVERYTHING,
        newest: int | None = None,
    ) -> None:
        self._store = store
        self._scope = scope
        self._newest = newest
        self._taxonomy = taxonomy
        self._reader = reader

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees that labels are suggested from."""
        return self._taxonomy

    def each(self) -> Iterator[Offered]:
        """Yield the stored readings."""
        for one in self._store.readings.each(self._scope, self._newest):
            yield Offered((one.source, one.id, one.revision), one.sequence, _own(one.reading, one.parts))

    def fetch(self, places: Sequence[int]) -> list[Fetched]:
        """Return records by sequence number."""
        found = {stored.decision.sequence: stored for stored in self._store.records.at(places)}
        stored = [found[place] for place in places]
        readings = [one.decision.reading for one in stored]
        if self._reader is not None:
            readings = self._reader.read([one.feedback.parts for one in stored])
        return [
            Fetched(
                key=(*one.feedback.key, one.decision.revision),
                place=one.decision.sequence,
                feedback=one.feedback,
                reading=_own(reading, one.feedback.parts),
            )
            for one, reading in zip(stored, readings, strict=True)
        ]


class FileSource:
    """The feedback of a file that can be gone through more than once.

    Parameters
    ----------
    entries
        Begins at the first record whenever it is called; yields lines and records.
    """

    def __init__(self, entries: Callable[[], Iterator[tuple[int, Feedback]]], reader: Reader) -> None:
        self._entries = entries
        self._reader = reader

    @property
    def taxonomy(self) -> Taxonomy:
        """The model's label trees."""
        return self._reader.taxonomy

    def each(self) -> Iterator[Offered]:
        """Yield what the model reads."""
        entries = self._entries()
        while chunk := list(islice(entries, CHUNK)):
            readings = self._reader.read([feedback.parts for _, feedback in chunk])
            for (line, feedback), reading in zip(chunk, readings, strict=True):
                yield Offered((*feedback.key, 1), line, _own(reading, feedback.parts))

    def fetch(self, places: Sequence[int]) -> list[Fetched]:
        """Return records by line."""
        wanted = set(places)
        found = {line: feedback for line, feedback in self._entries() if line in wanted}
        readings = self._reader.read([found[place].parts for place in places])
        return [
            Fetched((*found[place].key, 1), place, found[place], _own(reading, found[place].parts))
            for place, reading in zip(places, readings, strict=True)
        ]


def _own(reading: Reading, parts: Sequence[Part]) -> Reading:
    """Return a reading with the customer's sentences alone: nobody else's words are labelled."""
    return reading.only(reading.of_customer(parts))
