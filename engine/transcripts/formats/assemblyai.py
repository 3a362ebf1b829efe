"""AssemblyAI.

References
----------
.. [1] https://www.assemblyai.com/docs/api-reference/transcripts/get
.. [2] https://www.assemblyai.com/docs/pre-recorded-audio/transcribe-multiple-audio-channels
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.transcripts.formats.format import Format, numbered
from engine.transcripts.node import Node
from engine.transcripts.utterance import Utterance
from engine.transcripts.words import phrases_of


def _fits(document: Node) -> bool:
    if document.has("segments"):
        return False
    if document.is_list("utterances"):
        return all(one.has("text", "start") for one in document.each("utterances"))
    return document.is_list("words") and all(word.has("text", "start") for word in document.each("words"))


def _utterances(document: Node) -> Iterator[Utterance]:
    if not document.is_list("utterances"):
        yield from phrases_of(_word(word, None) for word in document.each("words"))
        return
    by_channel = len({one.name("channel") for one in document.each("utterances") if one.has("channel")}) > 1
    for one in document.each("utterances"):
        speaker = numbered("channel", one.name("channel")) if by_channel else one.name("speaker")
        if list(one.each("words")):
            yield from phrases_of(_word(word, speaker) for word in one.each("words"))
        else:
            start, end = one.seconds("start", each=1000), one.seconds("end", each=1000)
            yield Utterance(one.text("text"), start, end, speaker, one.confidence("confidence"))


def _word(word: Node, speaker: str | None) -> Utterance:
    return Utterance(
        text=word.text("text"),
        start=word.seconds("start", each=1000),
        end=word.seconds("end", each=1000),
        speaker=speaker or word.name("speaker"),
        confidence=word.confidence("confidence"),
    )


ASSEMBLYAI = Format("AssemblyAI", "utterances or words with text", _fits, _utterances)
