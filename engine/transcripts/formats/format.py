"""A format: how the JSON of a recogniser is known, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.transcripts.node import Node
from engine.transcripts.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write transcripts in JSON.

    Parameters
    ----------
    name
        For people.
    looks
        What its documents are known by, for people.
    fits
        Returns whether a document is one.
    utterances
        Yields what was said.
    """

    name: str
    looks: str
    fits: Callable[[Node], bool]
    utterances: Callable[[Node], Iterator[Utterance]]


def numbered(kind: str, name: str | None) -> str | None:
    """Return what a speaker or channel that has only a number is called, such as ``speaker_0``."""
    return f"{kind}_{name}" if name is not None and name.isdigit() else name


def first(nodes: Iterator[Node]) -> Node:
    """Return the first of some nodes, such as the best of the alternatives; an empty object where there is none."""
    return next(nodes, Node({}))
