"""A sheet: what is known of every condition over a batch of cases, one bit a case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.intp]

WORD = 64


def pack(flags: Flags) -> Words:
    """Return (n, n_words) words of (n, n_rows) flags; bit i of a row is flag i, the bits beyond are 0."""
    n, rows = flags.shape
    packed = np.packbits(flags, axis=1, bitorder="little")
    whole = np.zeros((n, words_for(rows) * 8), np.uint8)
    whole[:, : packed.shape[1]] = packed
    return whole.view(np.uint64)


def unpack(words: Words) -> Flags:
    """Return (n, 64 x n_words) flags of (n, n_words) words."""
    octets = np.ascontiguousarray(words).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little").view(np.bool_)


def words_for(rows: int) -> int:
    """Return how many words hold so many bits."""
    return -(-rows // WORD)


class Sheet:
    """The truth of every node, as two runs of bits a node: where it is yes, then where it is possible.

    Possible is yes or unknown. A node is live while it may be possible somewhere: what needs a node that is not
    live is never looked at.

    Parameters
    ----------
    nodes
        How many slots there are.
    rows
        How many cases.
    """

    def __init__(self, nodes: int, rows: int) -> None:
        self.rows = rows
        self.words = words_for(rows)
        self.bits: Words = np.zeros((nodes, 2 * self.words), np.uint64)
        self.live: Flags = np.ones(nodes, np.bool_)
        self.valid = pack(np.ones((1, rows), np.bool_))[0]

    def write(self, slots: Slots, yes: Words, possible: Words) -> None:
        """Set the truth of leaves from their (n, n_words) words."""
        self.bits[slots, : self.words] = yes
        self.bits[slots, self.words :] = possible
        self.live[slots] = possible.any(axis=1)

    def write_certain(self, slots: Slots, holds: Words) -> None:
        """Set the truth of leaves that are never unknown."""
        self.write(slots, holds, holds)

    def write_open(self, slots: Slots) -> None:
        """Set leaves that nobody has looked at yet to unknown everywhere."""
        self.write(slots, np.zeros((len(slots), self.words), np.uint64), np.tile(self.valid, (len(slots), 1)))

    def yes(self, slots: Slots) -> Words:
        """Return (n, n_words): where nodes hold."""
        return np.take(self.bits, slots, axis=0)[:, : self.words]

    def unknown(self, slots: Slots) -> Words:
        """Return (n, n_words): where nodes are unknown."""
        found = np.take(self.bits, slots, axis=0)
        unknown: Words = found[:, self.words :] & ~found[:, : self.words]
        return unknown


def where(words: Words) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the row and the bit of every bit that is set, looking only into words that are not 0."""
    row, word = np.nonzero(words)
    at, bit = np.nonzero(unpack(words[row, word][:, None]))
    return row[at], word[at] * WORD + bit


def slots_of(slots: Sequence[int]) -> Slots:
    """Return slots as an array."""
    return np.fromiter(slots, np.intp, len(slots))
