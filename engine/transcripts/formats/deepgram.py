"""Deepgram.

References
----------
.. [1] https://developers.deepgram.com/docs/utterances
.. [2] https://developers.deepgram.com/docs/multichannel
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.transcripts.formats.format import Format, first, numbered
from engine.transcripts.node import Node
from engine.transcripts.utterance import Utterance
from engine.transcripts.words import phrases_of


def _fits(document: Node) -> bool:
    return document.has("results") and document.field("results").is_list("channels")


def _utterances(document: Node) -> Iterator[Utterance]:
    results = document.field("results")
    channels = list(results.each("channels"))
    by_channel = len(channels) > 1
    if results.is_list("utterances"):
        for one in results.each("utterances"):
            kind = "channel" if by_channel else "speaker"
            yield from _said(one, numbered(kind, one.name(kind)), by_channel=by_channel)
        return
    for number, channel in enumerate(channels):
        name = f"channel_{number}" if by_channel else None
        yield from _said(first(channel.each("alternatives")), name, by_channel=by_channel)


def _said(one: Node, speaker: str | None, *, by_channel: bool) -> Iterator[Utterance]:
    """Yield the phrases of an utterance, or of an alternative; where no word is timed, the whole."""
    if list(one.each("words")):
        yield from phrases_of(_word(word, speaker, by_channel=by_channel) for word in one.each("words"))
    elif one.text("transcript"):
        text, confidence = one.text("transcript"), one.confidence("confidence")
        yield Utterance(text, one.seconds("start"), one.seconds("end"), speaker, confidence)


def _word(word: Node, speaker: str | None, *, by_channel: bool) -> Utterance:
    own = None if by_channel else numbered("speaker", word.name("speaker"))
    return Utterance(
        text=word.text("punctuated_word") or word.text("word"),
        start=word.seconds("start"),
        end=word.seconds("end"),
        speaker=own or speaker,
        confidence=word.confidence("confidence"),
    )


DEEPGRAM = Format("Deepgram", "results.channels", _fits, _utterances)
