"""An utterance: what one speaker said in one go, as a recogniser or a subtitle file gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech: a word, a segment or a subtitle.

    Parameters
    ----------
    text
        The words.
    start, end
        Seconds from the start of the recording.
    speaker
        Who spoke, as the file names them; None where it does not say.
    confidence
        The recogniser's confidence, 0 to 1; None where it does not say.
    """

    text: str
    start: float
    end: float
    speaker: str | None = None
    confidence: float | None = None
