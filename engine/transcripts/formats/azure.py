"""Azure AI Speech: batch and fast transcription.

References
----------
.. [1] https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
.. [2] https://learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.transcripts.formats.format import Format, first, numbered
from engine.transcripts.node import Node
from engine.transcripts.times import TICKS_A_SECOND, iso
from engine.transcripts.utterance import Utterance


def _fits(document: Node) -> bool:
    return document.is_list("recognizedPhrases") or (document.is_list("phrases") and document.has("combinedPhrases"))


def _utterances(document: Node) -> Iterator[Utterance]:
    is_batch = document.is_list("recognizedPhrases")
    phrases = [
        phrase
        for phrase in document.each("recognizedPhrases" if is_batch else "phrases")
        if phrase.text("recognitionStatus") in ("", "Success")
    ]
    by_channel = len({phrase.name("channel") for phrase in phrases if phrase.has("channel")}) > 1
    for phrase in phrases:
        kind = "channel" if by_channel else "speaker"
        yield (_of_batch if is_batch else _of_fast)(phrase, numbered(kind, phrase.name(kind)))


def _of_batch(phrase: Node, speaker: str | None) -> Utterance:
    start, lasts = _time(phrase, "offset"), _time(phrase, "duration")
    best = first(phrase.each("nBest"))
    text = best.text("display") or best.text("lexical")
    return Utterance(text, start, start + lasts, speaker, best.confidence("confidence"))


def _time(phrase: Node, name: str) -> float:
    ticks = f"{name}InTicks"
    return phrase.seconds(ticks, each=TICKS_A_SECOND) if phrase.has(ticks) else phrase.seconds(name, read=iso)


def _of_fast(phrase: Node, speaker: str | None) -> Utterance:
    start = phrase.seconds("offsetMilliseconds", each=1000)
    lasts = phrase.seconds("durationMilliseconds", each=1000)
    return Utterance(phrase.text("text"), start, start + lasts, speaker, phrase.confidence("confidence"))


AZURE = Format("Azure AI Speech", "recognizedPhrases", _fits, _utterances)
