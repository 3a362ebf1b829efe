"""Amazon Transcribe, its call analytics, and Contact Lens.

References
----------
.. [1] https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html
.. [2] https://docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html
.. [3] https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.transcripts.formats.format import Format, first
from engine.transcripts.node import Node
from engine.transcripts.utterance import Utterance
from engine.transcripts.words import phrases_of


def _is_transcribe(document: Node) -> bool:
    if not document.has("results"):
        return False
    results = document.field("results")
    return results.is_list("items") or results.has("channel_labels")


def _of_transcribe(document: Node) -> Iterator[Utterance]:
    results = document.field("results")
    if not results.has("channel_labels"):
        yield from phrases_of(_words(results.each("items"), _speakers(results)))
        return
    for channel in results.field("channel_labels").each("channels"):
        name = channel.name("channel_label")
        yield from phrases_of(replace(word, speaker=name) for word in _words(channel.each("items"), {}))


def _speakers(results: Node) -> dict[str, str]:
    """Return who spoke at which start, as older files say it: apart from the words."""
    found: dict[str, str] = {}
    if results.has("speaker_labels"):
        for segment in results.field("speaker_labels").each("segments"):
            for item in segment.each("items"):
                found[str(item.field("start_time").value)] = item.name("speaker_label") or ""
    return found


def _words(items: Iterator[Node], speakers: dict[str, str]) -> Iterator[Utterance]:
    """Yield words; a mark of punctuation, which has no time, stands with the word before it."""
    word: Utterance | None = None
    for item in items:
        said = first(item.each("alternatives"))
        if item.text("type") == "punctuation":
            word = word and replace(word, text=word.text + said.text("content"))
            continue
        if word is not None:
            yield word
        speaker = item.name("speaker_label") or speakers.get(str(item.field("start_time").value))
        word = Utterance(
            text=said.text("content"),
            start=item.seconds("start_time"),
            end=item.seconds("end_time"),
            speaker=speaker or None,
            confidence=said.confidence("confidence"),
        )
    if word is not None:
        yield word


def _is_call(document: Node) -> bool:
    return document.is_list("Transcript") and (
        document.has("Participants") or all(turn.has("ParticipantRole") for turn in document.each("Transcript"))
    )


def _of_call(document: Node) -> Iterator[Utterance]:
    roles = {one.name("ParticipantId"): one.name("ParticipantRole") for one in document.each("Participants")}
    for turn in document.each("Transcript"):
        who = turn.name("ParticipantId")
        items = [item.confidence("Confidence") for item in turn.each("Items")]
        heard = [one for one in items if one is not None]
        yield Utterance(
            text=turn.text("Content"),
            start=turn.seconds("BeginOffsetMillis", each=1000),
            end=turn.seconds("EndOffsetMillis", each=1000),
            speaker=turn.name("ParticipantRole") or roles.get(who) or who,
            confidence=sum(heard) / len(heard) if heard else None,
        )


AMAZON = Format("Amazon Transcribe", "results.items", _is_transcribe, _of_transcribe)
CONTACT_LENS = Format("Contact Lens", "Transcript with ParticipantRole", _is_call, _of_call)
