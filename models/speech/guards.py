"""Guards against words that nobody said: recognisers make them of noise, music and languages they do not know."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from models.speech.transcript import Unheard

# Mean log probabilities of a token: English that a voice of the plainest kind speaks stays above the first, the
# invented English for other languages and for music falls below it.
UNCLEAR_BELOW = -1.2
NOISE_BELOW, NOISE_ABOVE = -1.0, 0.6
# The mean probability of a word, likewise.
UNSURE_BELOW = 0.5
# How far a text can be compressed, and how often some different words follow themselves, when it goes round in
# circles: few words three times, many words twice.
LOOP_ABOVE = 2.4
MANY_WORDS, MOST_WORDS = 6, 20
# What subtitles of films end with, and no customer says; then, what customers do say, but not that faintly.
BROADCAST = re.compile(
    r"(thanks? (you )?(so much )?for watching|(please )?(like and )?subscribe( to .*)?|subtitles by .*|"
    r"transcri(bed|ption) by .*|captions? by .*|.*amara\.org.*|see you (in the )?next (time|video)|"
    r"music|applause|blank_audio|silence|foreign)"
)
FAINT = re.compile(r"(you|thank you|thanks|bye|bye bye|okay|oh|so|hmm|uh|the end)")
FAINT_BELOW, FAINT_NOISE = -0.7, 0.4
_EDGES = " \t.,!?()[]*-♪\"'"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of one window.

    Parameters
    ----------
    text
        All of it.
    log_probability
        Of a token, the mean.
    no_speech
        The probability that nobody speaks.
    sure
        The probability that a word is right, the mean.
    """

    text: str
    log_probability: float
    no_speech: float
    sure: float = 1.0


def doubt(heard: Heard) -> Unheard | None:
    """Return why a window's words cannot be believed; None if they can."""
    said = heard.text.lower().strip(_EDGES)
    if not said:
        return Unheard.NOISE if heard.no_speech > NOISE_ABOVE else Unheard.UNCLEAR
    if heard.no_speech > NOISE_ABOVE and heard.log_probability < NOISE_BELOW:
        return Unheard.NOISE
    if BROADCAST.fullmatch(said) or _is_faint(said, heard):
        return Unheard.PHRASE
    if is_loop(heard.text):
        return Unheard.LOOP
    unclear = heard.log_probability < UNCLEAR_BELOW or heard.sure < UNSURE_BELOW
    return Unheard.UNCLEAR if unclear else None


def is_loop(text: str) -> bool:
    """Return whether a text goes round in circles: "no, no, no" does not, "and then I, and then I, and then I" does."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) > LOOP_ABOVE or _repeats(re.findall(r"\w+", text.lower()))


def _repeats(words: list[str]) -> bool:
    for size in range(2, MOST_WORDS + 1):
        run, again = 0, 1 if size >= MANY_WORDS else 2
        for at in range(size, len(words)):
            run = run + 1 if words[at] == words[at - size] else 0
            if run >= size * again and len(set(words[at - size : at])) > 1:
                return True
    return False


def is_broadcast(text: str) -> bool:
    """Return whether a sentence is one that subtitles of films have and customers do not say."""
    return BROADCAST.fullmatch(text.lower().strip(_EDGES)) is not None


def _is_faint(said: str, heard: Heard) -> bool:
    faint = heard.log_probability < FAINT_BELOW or heard.no_speech > FAINT_NOISE
    return faint and FAINT.fullmatch(said) is not None
