"""A transcript: what was heard in a recording, and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.transcripts.utterance import Utterance


class Unheard(StrEnum):
    """Why something that sounded like speech gave no words."""

    NOISE = "noise"
    UNCLEAR = "unclear"
    LOOP = "loop"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that gave no words.

    Parameters
    ----------
    start, end
        Seconds from the start of the recording.
    """

    start: float
    end: float
    reason: Unheard


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in a recording.

    Parameters
    ----------
    utterances
        In the order of their starts; their speakers are ``left`` and ``right`` where the channels were heard apart.
    gaps
        Stretches that sounded like speech and gave no words.
    language
        The code of the language that was spoken; None where the recogniser knows only one.
    seconds
        How long the recording is.
    model
        What it was heard with.
    """

    utterances: tuple[Utterance, ...]
    gaps: tuple[Gap, ...]
    language: str | None
    seconds: float
    model: str

    @property
    def unclear_seconds(self) -> float:
        """Seconds in which somebody seems to speak and was not understood."""
        return sum((gap.end - gap.start for gap in self.gaps), 0.0)
