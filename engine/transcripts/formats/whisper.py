"""Whisper: openai-whisper, OpenAI's API, faster-whisper, WhisperX and whisper.cpp.

References
----------
.. [1] https://github.com/openai/whisper/blob/main/whisper/transcribe.py
.. [2] https://platform.openai.com/docs/api-reference/audio/verbose-json-object
.. [3] https://github.com/ggml-org/whisper.cpp/blob/master/examples/cli/cli.cpp
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.transcripts.formats.format import Format
from engine.transcripts.node import Node
from engine.transcripts.utterance import Utterance
from engine.transcripts.words import phrases_of

# Whisper's own rule for what is silence, though words were made up for it.
NO_SPEECH, UNLIKELY = 0.6, -1.0


def _fits(document: Node) -> bool:
    if document.is_list("segments") or document.is_list("transcription"):
        return True
    if isinstance(document.value, list):
        return not document.value or Node(document.value[0]).has("start", "end", "text")
    words = document.value.get("words") if document.has("words") else None
    return isinstance(words, list) and (not words or Node(words[0]).has("word", "start")) and document.has("text")


def _utterances(document: Node) -> Iterator[Utterance]:
    if isinstance(document.value, list):
        segments = document.members()
    elif document.is_list("transcription"):
        yield from map(_of_cpp, document.each("transcription"))
        return
    elif not document.is_list("segments"):
        yield from phrases_of(_words(document, None))
        return
    else:
        segments = document.each("segments")
    for segment in segments:
        yield from _of_segment(segment)


def _of_segment(segment: Node) -> Iterator[Utterance]:
    likely, silent = segment.number("avg_logprob"), segment.number("no_speech_prob")
    if likely is not None and silent is not None and silent > NO_SPEECH and likely < UNLIKELY:
        return
    speaker = segment.name("speaker")
    if segment.is_list("words") and all(word.has("start", "end") for word in segment.each("words")):
        yield from phrases_of(_words(segment, speaker))
        return
    confidence = segment.confidence("confidence")
    if confidence is None and likely is not None:
        confidence = math.exp(min(likely, 0.0))
    yield Utterance(segment.text("text"), segment.seconds("start"), segment.seconds("end"), speaker, confidence)


def _words(node: Node, speaker: str | None) -> Iterator[Utterance]:
    for word in node.each("words"):
        confidence = word.confidence("probability")
        yield Utterance(
            text=word.text("word"),
            start=word.seconds("start"),
            end=word.seconds("end"),
            speaker=word.name("speaker") or speaker,
            confidence=word.confidence("score") if confidence is None else confidence,
        )


def _of_cpp(segment: Node) -> Utterance:
    offsets = segment.field("offsets")
    # Tokens such as [_BEG_] are marks, and no words.
    heard = [one.number("p") for one in segment.each("tokens") if not one.text("text").startswith("[_")]
    sure = [p for p in heard if p is not None]
    return Utterance(
        text=segment.text("text"),
        start=offsets.seconds("from", each=1000),
        end=offsets.seconds("to", each=1000),
        speaker=segment.name("speaker"),
        confidence=min(max(sum(sure) / len(sure), 0.0), 1.0) if sure else None,
    )


WHISPER = Format("Whisper", "segments, transcription", _fits, _utterances)
