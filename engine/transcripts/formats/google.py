"""Google Speech-to-Text, versions 1 and 2.

References
----------
.. [1] https://cloud.google.com/speech-to-text/docs/reference/rest/v1/SpeechRecognitionResult
.. [2] https://cloud.google.com/speech-to-text/v2/docs/reference/rest/v2/SpeechRecognitionResult
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.transcripts.formats.format import Format, first, numbered
from engine.transcripts.node import Node
from engine.transcripts.times import with_unit
from engine.transcripts.utterance import Utterance
from engine.transcripts.words import phrases_of


def _fits(document: Node) -> bool:
    # An operation has the answer inside; silence has no results at all, but what was billed.
    at = _inside(document)
    if at.is_list("results"):
        return all(one.is_list("alternatives") or not one.has("alternatives") for one in at.each("results"))
    return at.has("totalBilledTime") or (at.has("metadata") and at.field("metadata").has("totalBilledDuration"))


def _inside(document: Node) -> Node:
    at = document.field("response") if document.has("response") else document
    if at.has("results") and isinstance(at.value["results"], dict):
        # Version 2 answers by file, each with its transcript.
        files = list(at.value["results"])
        if len(files) == 1:
            file = at.field("results").field(files[0])
            return file.field("transcript") if file.has("transcript") else file
    return at


def _utterances(document: Node) -> Iterator[Utterance]:
    results = list(_inside(document).each("results"))
    if len(results) > 1 and _repeats_all(results):
        results = results[-1:]
    channels = {one.name("channelTag") for one in results if one.has("channelTag")}
    before = 0.0
    for result in results:
        channel = numbered("channel", result.name("channelTag")) if len(channels) > 1 else None
        found = list(_of_result(result, channel, before))
        yield from found
        if channel is None:
            before = max((one.end for one in found), default=before)


def _repeats_all(results: list[Node]) -> bool:
    """Return whether the last result has all words again, now with their speakers, as version 1 gives them."""
    last, before = (first(result.each("alternatives")) for result in (results[-1], results[0]))
    if not any(word.has("speakerTag") or word.has("speakerLabel") for word in last.each("words")):
        return False
    begins, began = (_start(first(one.each("words"))) for one in (last, before))
    return begins <= began


def _of_result(result: Node, channel: str | None, before: float) -> Iterator[Utterance]:
    best = first(result.each("alternatives"))
    words = list(best.each("words"))
    confidence = best.confidence("confidence") or None
    if words:
        yield from phrases_of(_word(word, channel, confidence) for word in words)
        return
    end = "resultEndOffset" if result.has("resultEndOffset") else "resultEndTime"
    ends = result.seconds(end, read=with_unit) if result.has(end) else before
    yield Utterance(best.text("transcript"), min(before, ends), ends, channel, confidence)


def _word(word: Node, channel: str | None, confidence: float | None) -> Utterance:
    tag = word.name("speakerLabel") or word.name("speakerTag")
    end = "endOffset" if word.has("endOffset") else "endTime"
    start = _start(word)
    own = word.confidence("confidence") or None
    return Utterance(
        text=word.text("word"),
        start=start,
        end=word.seconds(end, read=with_unit) if word.has(end) else start,
        speaker=channel or (numbered("speaker", tag) if tag != "0" else None),
        confidence=confidence if own is None else own,
    )


def _start(word: Node) -> float:
    """Return when a word begins; the first of a recording may have no start at all, which is 0."""
    name = "startOffset" if word.has("startOffset") else "startTime"
    return word.seconds(name, read=with_unit) if word.has(name) else 0.0


GOOGLE = Format("Google Speech-to-Text", "results with alternatives", _fits, _utterances)
