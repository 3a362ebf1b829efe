"""Turns: what one speaker said until another did, as a part of a feedback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.feedback import MAX_PART_CHARACTERS, Cue, Part, Speaker
from engine.transcripts.utterance import Utterance

# A part of one utterance is cut between two words, and where there is none so far back, inside one.
MOST_WORD = 200


def parts_of(utterances: Sequence[Utterance], speakers: Mapping[str, Speaker] | None = None) -> tuple[Part, ...]:
    """Return the turns of a conversation: neighbouring utterances of one speaker become one part.

    Utterances are taken in their order; those without words are passed over. A turn of more characters than a part
    may have is cut before the utterance that would be too much. Times are kept to the millisecond.

    Parameters
    ----------
    speakers
        Who the speakers are, by the names that the utterances have; a speaker who is not in it, and one without a
        name, is the customer: nothing that may be the customer's is left unread.
    """
    roles = {} if speakers is None else speakers
    return tuple(_part(turn, roles) for turn in _turns(_fitting(utterances)))


def _fitting(utterances: Sequence[Utterance]) -> Iterator[Utterance]:
    """Yield utterances that fit into a part, on one line."""
    for one in utterances:
        text = " ".join(one.text.split())
        if not text:
            continue
        whole = replace(one, text=text)
        yield from [whole] if len(text) <= MAX_PART_CHARACTERS else _pieces(whole)


def _pieces(one: Utterance) -> Iterator[Utterance]:
    """Yield an utterance that is longer than a part in pieces, each with its share of the time."""
    size, at = len(one.text), 0
    while at < size:
        to = min(at + MAX_PART_CHARACTERS, size)
        if to < size:
            space = one.text.rfind(" ", max(to - MOST_WORD, at + 1), to + 1)
            to = to if space < 0 else space
        start, end = (one.start + (one.end - one.start) * place / size for place in (at, to))
        yield replace(one, text=one.text[at:to].strip(), start=start, end=end)
        at = to


def _turns(utterances: Iterator[Utterance]) -> Iterator[list[Utterance]]:
    turn: list[Utterance] = []
    size = 0
    for one in utterances:
        if turn and (one.speaker != turn[0].speaker or size + 1 + len(one.text) > MAX_PART_CHARACTERS):
            yield turn
            turn, size = [], 0
        size += len(one.text) + (1 if turn else 0)
        turn.append(one)
    if turn:
        yield turn


def _part(turn: Sequence[Utterance], speakers: Mapping[str, Speaker]) -> Part:
    cues, at = [], 0
    for one in turn:
        cues.append(Cue(at, round(one.start, 3), round(one.end, 3), _rounded(one.confidence)))
        at += len(one.text) + 1
    return Part(
        text=" ".join(one.text for one in turn),
        speaker=speakers.get(turn[0].speaker, "customer") if turn[0].speaker is not None else "customer",
        start=min(cue.start for cue in cues),
        end=max(cue.end for cue in cues),
        confidence=_rounded(_mean_confidence(turn)),
        cues=tuple(cues),
    )


def _mean_confidence(turn: Sequence[Utterance]) -> float | None:
    """Return the mean confidence by characters of the utterances that have one."""
    heard = [(len(one.text), one.confidence) for one in turn if one.confidence is not None]
    size = sum(length for length, _ in heard)
    return sum(length * confidence for length, confidence in heard) / size if size else None


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)
