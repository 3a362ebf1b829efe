"""Words, each with its time, become utterances: recognisers that time every word say little of phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.transcripts.utterance import Utterance

# A phrase ends with a sentence, where its speaker pauses, and after so many words: evidence is timed by phrases, and
# how well a sentence was heard is known by them.
PAUSE = 0.6
MOST_WORDS = 8
ENDS = (".", "?", "!", "\u3002", "\uff1f", "\uff01")


def phrases_of(words: Iterable[Utterance]) -> Iterator[Utterance]:
    """Yield phrases of a few words of one speaker each.

    Parameters
    ----------
    words
        In their order; a mark of punctuation belongs to the word before it already.
    """
    phrase: list[Utterance] = []
    for word in words:
        if phrase and (_is_over(phrase) or word.speaker != phrase[0].speaker or word.start - phrase[-1].end > PAUSE):
            yield _joined(phrase)
            phrase = []
        phrase.append(word)
    if phrase:
        yield _joined(phrase)


def _is_over(phrase: Sequence[Utterance]) -> bool:
    return len(phrase) >= MOST_WORDS or phrase[-1].text.rstrip().endswith(ENDS)


def _joined(phrase: Sequence[Utterance]) -> Utterance:
    heard = [(len(one.text), one.confidence) for one in phrase if one.confidence is not None]
    size = sum(length for length, _ in heard)
    return Utterance(
        text=" ".join(one.text.strip() for one in phrase),
        start=min(one.start for one in phrase),
        end=max(one.end for one in phrase),
        speaker=phrase[0].speaker,
        confidence=sum(length * confidence for length, confidence in heard) / size if size else None,
    )
