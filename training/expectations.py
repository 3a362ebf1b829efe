"""What a behavioural case expects of its readings, and what was found instead.

References
----------
M. T. Ribeiro, T. Wu, C. Guestrin, S. Singh: Beyond Accuracy: Behavioral Testing of NLP Models with CheckList
(ACL 2020), https://aclanthology.org/2020.acl-main.442. As there, a label that changes sides is forgiven when its
confidence hardly moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.reading import Reading, ReadingStatus, Standing

# What is nearly certain cannot be asked to rise by much more, nor what is nearly ruled out to fall.
CEILING = 0.9
FLOOR = 0.1
# Confidences have four decimals; a difference of two of them is compared as such.
DECIMALS = 4


@dataclass(frozen=True)
class Failure:
    """One expectation that was not met: what was wanted and found, and in which of the case's texts (from 0)."""

    text: int
    wanted: str
    found: str


@dataclass(frozen=True)
class Label:
    """A node of the taxonomy by its name, ``task:path``, and the columns of the leaves below it."""

    name: str
    columns: tuple[int, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether a leaf below it holds for the record; unsure is not holding."""
        return self.standing(reading) == Standing.HOLDS

    def standing(self, reading: Reading) -> int:
        """Return the highest `Standing` of its leaves for the record."""
        return int(reading.standing[-1, list(self.columns)].max())

    def confidence(self, reading: Reading) -> float:
        """Return the highest confidence of its leaves for the record."""
        return float(reading.record_confidence[list(self.columns)].max())

    def found(self, reading: Reading) -> str:
        """Return how it stands in a reading, for people."""
        if reading.status is not ReadingStatus.READ:
            return f"status {reading.status}"
        return f"{Standing(self.standing(reading)).name.lower()} at {self.confidence(reading):.2f}"


class Expectation(Protocol):
    """Something to expect of the readings of a case's texts, the first being the case's own text."""

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield what is not as expected."""
        ...


@dataclass(frozen=True)
class HasStatus:
    """Every text is read so far."""

    status: ReadingStatus

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield the texts with another status."""
        for number, reading in enumerate(readings):
            if reading.status is not self.status:
                yield Failure(number, f"status {self.status}", f"status {reading.status}")


@dataclass(frozen=True)
class Holds:
    """A label holds, or (`wanted` false) does not."""

    label: Label
    wanted: bool = True

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield a failure if the case's own text is not so."""
        if self.label.holds(readings[0]) is not self.wanted:
            wanted = self.label.name if self.wanted else f"not {self.label.name}"
            yield Failure(0, wanted, self.label.found(readings[0]))


@dataclass(frozen=True)
class AnyOf:
    """At least one of the labels holds."""

    labels: tuple[Label, ...]

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield a failure if none of them holds for the case's own text."""
        if not any(label.holds(readings[0]) for label in self.labels):
            wanted = "any of " + ", ".join(label.name for label in self.labels)
            nearest = max(self.labels, key=lambda label: label.confidence(readings[0]))
            yield Failure(0, wanted, f"{nearest.name} {nearest.found(readings[0])}")


@dataclass(frozen=True)
class Same:
    """A label holds in every text or in none; to change sides within a small step of confidence counts as the same."""

    label: Label
    within: float

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield the variants in which the label stands otherwise than in the case's own text."""
        before = readings[0]
        for number, after in enumerate(readings[1:], 1):
            moved = abs(_moved(self.label, before, after))
            if self.label.holds(before) is not self.label.holds(after) and moved > self.within:
                yield _changed(number, f"same {self.label.name}", self.label, before, after)


@dataclass(frozen=True)
class Keeps:
    """A label that holds in the case's own text holds in the other one too, within a small step of confidence."""

    label: Label
    within: float

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield a failure if the label is lost."""
        before, after = readings
        lost = self.label.holds(before) and not self.label.holds(after)
        if lost and -_moved(self.label, before, after) > self.within:
            yield _changed(1, f"keeps {self.label.name}", self.label, before, after)


@dataclass(frozen=True)
class Raises:
    """A label's confidence rises by at least so much, or to the ceiling."""

    label: Label
    by: float

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield a failure if it rises by less."""
        before, after = readings
        enough = _moved(self.label, before, after) >= self.by
        already = min(self.label.confidence(before), self.label.confidence(after)) >= CEILING
        if not (enough or already):
            yield _changed(1, f"raises {self.label.name} by {self.by:g}", self.label, before, after)


@dataclass(frozen=True)
class Lowers:
    """A label's confidence falls by at least so much, or to the floor."""

    label: Label
    by: float

    def failures(self, readings: Sequence[Reading]) -> Iterator[Failure]:
        """Yield a failure if it falls by less."""
        before, after = readings
        enough = -_moved(self.label, before, after) >= self.by
        already = max(self.label.confidence(before), self.label.confidence(after)) <= FLOOR
        if not (enough or already):
            yield _changed(1, f"lowers {self.label.name} by {self.by:g}", self.label, before, after)


def _moved(label: Label, before: Reading, after: Reading) -> float:
    return round(label.confidence(after) - label.confidence(before), DECIMALS)


def _changed(number: int, wanted: str, label: Label, before: Reading, after: Reading) -> Failure:
    return Failure(number, wanted, f"{label.found(before)}, then {label.found(after)}")
