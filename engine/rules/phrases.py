"""The phrases that rules ask about, and what a reader makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import Located
from engine.feedback import Part
from engine.names import show
from engine.ports import Reader
from engine.reading import Reading, ReadingStatus
from engine.rules.case import Phrases, Vector
from engine.rules.rule import Rule

TINY = 1e-6


@dataclass(frozen=True)
class ReadPhrases:
    """Phrases, read.

    Parameters
    ----------
    vectors
        (d,) of unit length, of those that were read, by the model that read them: a phrase in another language than
        the main model's is read by the model of that language, if there is one.
    unread
        How far the reader got with the others.
    """

    vectors: Mapping[str, Phrases]
    unread: Mapping[str, ReadingStatus]


def phrases_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the phrases that rules ask about, each once, in their order."""
    return tuple(dict.fromkeys(phrase for rule in rules for phrase in rule.phrases))


def read_phrases(reader: Reader, phrases: Sequence[str]) -> ReadPhrases:
    """Read phrases, each alone: its vector is the mean of its sentences.

    Raises
    ------
    ReaderUnavailableError
        If the model cannot be used now.
    """
    readings = reader.read([[Part(phrase)] for phrase in phrases]) if phrases else []
    vectors: dict[str, dict[str, Vector]] = {}
    unread = {}
    for phrase, reading in zip(phrases, readings, strict=True):
        vector = _vector(reading)
        if vector is None:
            unread[phrase] = reading.status
        else:
            vectors.setdefault(reading.space, {})[phrase] = vector
    return ReadPhrases(vectors, unread)


def unread_phrases(rules: Iterable[Rule], unread: Mapping[str, ReadingStatus]) -> list[Located]:
    """Return a warning for every phrase of a rule that the model cannot read."""
    return [
        Located(rule.file, rule.line, 1, _unread(rule, phrase, unread[phrase]), "warning")
        for rule in rules
        for phrase in rule.phrases
        if phrase in unread
    ]


def _vector(reading: Reading) -> Vector | None:
    if not reading.n_sentences:
        return None
    mean = reading.embedding.astype(np.float64).mean(axis=0)
    length = float(np.linalg.norm(mean))
    return None if length < TINY else (mean / length).astype(np.float32)


def _unread(rule: Rule, phrase: str, status: ReadingStatus) -> str:
    return (
        f"the model cannot read '{show(phrase)}' ({status}), which rule '{rule.slug}' asks about, and is unsure of it "
        "everywhere; say it in a few plain words of a language that the program reads"
    )
