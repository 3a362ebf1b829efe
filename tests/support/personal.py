"""Feedback with personal data planted in it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from engine.privacy.policy import Finding, Kind
from tests.support.personal_values import STRUCTURED, Way
from tests.support.personal_ways import CARRIERS, WAYS

OPEN, CLOSE = "‹", "›"


@dataclass(frozen=True, slots=True)
class Planted:
    """A text and the personal data in it: start, end and kind of each."""

    text: str
    spans: tuple[tuple[int, int, Kind], ...]

    @property
    def values(self) -> tuple[str, ...]:
        """What is personal, as it is written."""
        return tuple(self.text[start:end] for start, end, _ in self.spans)


def planted(
    n: int,
    seed: int,
    kinds: Sequence[Kind] = STRUCTURED,
    ways: Mapping[Kind, Sequence[Way]] = WAYS,
    carriers: Sequence[str] = CARRIERS,
) -> list[Planted]:
    """Return so many texts with one piece of personal data each, kinds and ways of writing in turn, always the same."""
    rng = Random(seed)
    return [_planted(rng, place, kinds, ways, carriers) for place in range(n)]


def _planted(
    rng: Random, place: int, kinds: Sequence[Kind], ways: Mapping[Kind, Sequence[Way]], carriers: Sequence[str]
) -> Planted:
    kind = kinds[place % len(kinds)]
    way = ways[kind][place // len(kinds) % len(ways[kind])]
    written = way(rng)
    if OPEN not in written:
        written = f"{OPEN}{written}{CLOSE}"
    pieces = rng.choice(carriers).replace("{}", written).replace(CLOSE, OPEN).split(OPEN)
    spans, at = [], 0
    for number, piece in enumerate(pieces):
        if number % 2:
            spans.append((at, at + len(piece), kind))
        at += len(piece)
    return Planted("".join(pieces), tuple(spans))


def covered(text: str, span: tuple[int, int, Kind], findings: Iterable[Finding]) -> bool:
    """Tell whether findings cover a planted span, all of its letters and digits, whatever kind they say it is."""
    start, end, _ = span
    left = set(range(start, end)).difference(*(range(found.start, found.end) for found in findings))
    return not any(text[place].isalnum() for place in left)
