"""Hearing: words of windows, checked, with their times."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.errors import TranscriptionStoppedError
from engine.transcripts.utterance import Utterance
from models.speech.guards import NOISE_BELOW, Heard, doubt, is_broadcast
from models.speech.transcript import Gap, Transcript, Unheard
from models.speech.windows import Window

# A language is taken from the first window that is this sure of it.
SURE_OF_LANGUAGE = 0.5
ENDS = (".", "?", "!", "。", "？", "！")
# What is likely to be talked of. On 80 records of voc dev, spoken by espeak-ng, it took the word error rate from 29% to
# 27%, and a beam of two to 25%, for no more time than can be measured; it also makes less of languages unknown to it.
PROMPT = "Customer feedback: the order, delivery, refund, app, staff, price and account."
# How a window is heard; and how once more, when the words went round in circles.
PLAIN: dict[str, Any] = {"beam_size": 2, "initial_prompt": PROMPT}
UNLOOPED: dict[str, Any] = {"beam_size": 5, "no_repeat_ngram_size": 3}
Stop = Callable[[], bool]


class Hearing:
    """What is heard in one recording, as its windows come.

    Parameters
    ----------
    whisper
        The loaded model.
    pipeline
        The same, for stretches that are found already.
    stop
        Asked before each window whether to give up.
    """

    def __init__(self, whisper: Any, pipeline: Any, stop: Stop | None = None) -> None:
        self._whisper = whisper
        self._pipeline = pipeline
        self._stop = stop
        self._language: str | None = None if whisper.model.is_multilingual else "en"
        self._utterances: list[Utterance] = []
        self._gaps: list[Gap] = []

    def hear(self, windows: Sequence[Window], speaker: str | None) -> None:
        """Hear what somebody says in windows.

        Raises
        ------
        TranscriptionStoppedError
            If it was told to stop.
        """
        for window in windows:
            self.check()
            segments, why = self._understood(window)
            if why is None:
                self._utterances += _utterances(segments, window.start, speaker)
            else:
                self._gaps.append(Gap(window.start, window.end, why))

    def check(self) -> None:
        """Give up if told to.

        Raises
        ------
        TranscriptionStoppedError
            If it was told to stop.
        """
        if self._stop is not None and self._stop():
            raise TranscriptionStoppedError

    def transcript(self, seconds: float, model: str) -> Transcript:
        """Return all that was heard."""
        said = tuple(sorted(self._utterances, key=lambda one: (one.start, one.end)))
        language = self._language if self._whisper.model.is_multilingual else None
        return Transcript(said, tuple(self._gaps), language, seconds, model)

    def _understood(self, window: Window) -> tuple[list[Any], Unheard | None]:
        segments = self._segments(window, PLAIN)
        why = doubt(_heard(segments))
        if why is Unheard.LOOP:
            segments = self._segments(window, UNLOOPED)
            heard = _heard(segments)
            why = doubt(heard) or (Unheard.LOOP if heard.log_probability < NOISE_BELOW else None)
        return segments, why

    def _segments(self, window: Window, options: dict[str, Any]) -> list[Any]:
        segments, _ = self._pipeline.transcribe(
            window.sound,
            language=self._spoken(window),
            clip_timestamps=[{"start": 0.0, "end": window.end - window.start}],
            batch_size=1,
            temperature=0.0,
            without_timestamps=False,
            word_timestamps=True,
            vad_filter=False,
            **options,
        )
        return list(segments)

    def _spoken(self, window: Window) -> str:
        """Return the language that is spoken; a first window that leaves it open does not decide for the others."""
        if self._language is not None:
            return self._language
        language, sure, _ = self._whisper.detect_language(window.sound)
        if sure >= SURE_OF_LANGUAGE:
            self._language = str(language)
        return str(language)


def _heard(segments: Sequence[Any]) -> Heard:
    if not segments:
        return Heard("", -math.inf, 0.0)
    text = "".join(segment.text for segment in segments).strip()
    words = [word.probability for segment in segments for word in segment.words or ()]
    sure = float(sum(words) / len(words)) if words else 0.0
    return Heard(text, segments[0].avg_logprob, segments[0].no_speech_prob, sure)


def _utterances(segments: Sequence[Any], start: float, speaker: str | None) -> Iterator[Utterance]:
    """Yield the sentences of segments; one that only subtitles of films have is passed over."""
    for segment in segments:
        for words in _sentences(segment.words or ()):
            text = "".join(word.word for word in words).strip()
            if not text or is_broadcast(text):
                continue
            sure = sum(float(word.probability) for word in words) / len(words)
            first, last = float(words[0].start), float(words[-1].end)
            yield Utterance(text, start + first, start + max(first, last), speaker, round(min(max(sure, 0.0), 1.0), 4))


def _sentences(words: Sequence[Any]) -> Iterator[list[Any]]:
    said: list[Any] = []
    for word in words:
        said.append(word)
        if word.word.rstrip().endswith(ENDS):
            yield said
            said = []
    if said:
        yield said
