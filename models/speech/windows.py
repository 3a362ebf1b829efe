"""Windows: stretches of at most half a minute with speech in them, found while the sound comes.

Silence, noise and most music never reach the recogniser, which would make words of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.speech.sound import RATE, Samples

# The recogniser pads everything to 30 seconds, so full windows cost least.
LONGEST_S = 29.0
# Two stretches of speech with more silence than this between them are heard apart.
WIDEST_GAP_S = 3.0
ROUND_S = 120.0
PAD_MS = 200
PAUSE_MS = 400
SHORTEST_MS = 100


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of sound with speech in it.

    Parameters
    ----------
    sound
        ``(n_samples,)``.
    start
        Seconds from the start of the recording.
    """

    sound: Samples
    start: float

    @property
    def end(self) -> float:
        """Seconds from the start of the recording."""
        return self.start + len(self.sound) / RATE


class Listener:
    """Finds the windows of one channel; it holds no more than about two minutes of sound."""

    def __init__(self) -> None:
        self._pieces: list[Samples] = []
        self._held = 0
        self._passed = 0

    def hear(self, piece: Samples) -> list[Window]:
        """Take the next piece of sound, and return the windows that are complete by now."""
        self._pieces.append(piece)
        self._held += len(piece)
        return self._round(last=False) if self._held >= ROUND_S * RATE else []

    def finish(self) -> list[Window]:
        """Return the windows of what is left."""
        return self._round(last=True) if self._held else []

    def _round(self, *, last: bool) -> list[Window]:
        sound = np.concatenate(self._pieces)
        found = list(packed(_spoken(sound)))
        rest = len(sound) if last else len(sound) - RATE
        if not last and found and found[-1][1] > len(sound) - WIDEST_GAP_S * RATE:
            # What follows may belong to it.
            rest = found.pop()[0]
        windows = [Window(sound[start:end].copy(), (self._passed + start) / RATE) for start, end in found]
        self._pieces, self._held = [sound[rest:].copy()], len(sound) - rest
        self._passed += rest
        return windows


def _spoken(sound: Samples) -> list[tuple[int, int]]:
    """Return where somebody speaks, in samples, none longer than a window."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_speech_duration_ms=SHORTEST_MS,
        max_speech_duration_s=LONGEST_S - 1,
        min_silence_duration_ms=PAUSE_MS,
        speech_pad_ms=PAD_MS,
    )
    return [(one["start"], one["end"]) for one in get_speech_timestamps(sound, options)]


def packed(spoken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield as few stretches as hold all that is spoken, none longer than a window, none with a wide gap in it."""
    opened: tuple[int, int] | None = None
    for start, end in spoken:
        if opened is None:
            opened = (start, end)
        elif end - opened[0] <= LONGEST_S * RATE and start - opened[1] <= WIDEST_GAP_S * RATE:
            opened = (opened[0], end)
        else:
            yield opened
            opened = (start, end)
    if opened is not None:
        yield opened
