"""Subtitles: WebVTT and SRT.

References
----------
.. [1] https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from engine.errors import TranscriptError
from engine.names import show
from engine.transcripts.times import clock
from engine.transcripts.utterance import Utterance

ARROW = "-->"
# More than any day of speech has.
MOST_CAPTIONS = 100_000
# Two cues of rolling captions may follow each other with so little between them, in seconds.
AT_ONCE = 0.1

# Every repetition has an end: a hostile line is gone through once.
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]{1,9}([^<>]{0,200})>", re.IGNORECASE)
# Voices, classes, styles, karaoke times; in SRT also fonts, and commands of other subtitle programs.
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|ruby|rt|lang|font)(?:[.\s][^<>]{0,300})?>|<(?:\d+:)?\d\d:\d\d[.,]\d{3}>|\{\\[a-z][^{}]{0,300}\}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Caption:
    """A cue of a file: what is shown from one time to another, with the line on which its times stand."""

    line: int
    start: float
    end: float
    shown: tuple[str, ...]


def is_vtt(text: str) -> bool:
    """Return whether a text begins as WebVTT does."""
    return re.match(r"WEBVTT(?:[ \t\n]|\Z)", text) is not None


def is_srt(text: str) -> bool:
    """Return whether a text begins as SRT does: with times, or a number and times."""
    lines = [line for line in text.lstrip()[:400].split("\n") if line.strip()][:2]
    return any(ARROW in line for line in lines)


def utterances_of(text: str) -> Iterator[Utterance]:
    """Yield what was said in a WebVTT or SRT file.

    Raises
    ------
    TranscriptError
        With the line, if something is not as such files are: times that are none, or end before they start, and
        words without times.
    """
    return (one for caption in _once(_few(_captions(text))) for one in _said(caption))


def _few(captions: Iterator[Caption]) -> list[Caption]:
    found = list(islice(captions, MOST_CAPTIONS + 1))
    if len(found) > MOST_CAPTIONS:
        raise TranscriptError(f"there are more than {MOST_CAPTIONS:,} captions; cut the file", line=found[-1].line)
    return found


def _captions(text: str) -> Iterator[Caption]:
    lines = text.split("\n")
    at = _after_header(lines) if is_vtt(text) else 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
        elif ARROW in lines[at]:
            start, end = _times(lines[at], at + 1)
            below = _end_of_block(lines, at + 1)
            yield Caption(at + 1, start, end, tuple(line for line in lines[at + 1 : below] if line.strip()))
            at = below
        elif at + 1 < len(lines) and ARROW in lines[at + 1]:
            # Its number or name: nothing that was said.
            at += 1
        elif re.match(r"(NOTE|STYLE|REGION)([ \t]|\Z)", lines[at]):
            at = _end_of_block(lines, at)
        else:
            raise TranscriptError(
                f"'{show(lines[at])}' stands without times; write 00:00:01.000 {ARROW} ...", line=at + 1
            )


def _after_header(lines: Sequence[str]) -> int:
    at = 1
    while at < len(lines) and lines[at].strip() and ARROW not in lines[at]:
        at += 1
    return at


def _end_of_block(lines: Sequence[str], at: int) -> int:
    """Return the line after a block: an empty one, or one with times; a line of spaces ends none."""
    while at < len(lines) and lines[at] and ARROW not in lines[at]:
        at += 1
    # A number right above the next times belongs to them, where no empty line parts it from the words before.
    is_number = at < len(lines) and ARROW in lines[at] and lines[at - 1].strip().isdigit()
    return at - 1 if is_number and ARROW not in lines[at - 1] else at


def _times(line: str, number: int) -> tuple[float, float]:
    begin, _, rest = line.partition(ARROW)
    words = rest.split(maxsplit=1)
    start, end = clock(begin.strip()), clock(words[0]) if words else None
    if start is None or end is None:
        wrong = begin.strip() if start is None else "".join(words[:1])
        raise TranscriptError(f"'{show(wrong)}' is no time; write 00:01:02.500", line=number)
    if end < start:
        raise TranscriptError(f"this ends before it starts: {show(line.strip())}", line=number)
    return start, end


def _once(captions: list[Caption]) -> list[Caption]:
    """Return captions with every line once: rolling captions show each again above the next.

    They are rolling when most of those with several lines begin with the last ones before: what is only said twice,
    in captions of its own, was said twice.
    """
    fresh = captions[:1] + [_without(one, before) for before, one in pairwise(captions)]
    several = sum(len(one.shown) > 1 for one in captions[1:])
    rolled = sum(0 < len(new.shown) < len(one.shown) for new, one in zip(fresh, captions, strict=True))
    return fresh if rolled and rolled * 2 >= several else captions


def _without(caption: Caption, before: Caption) -> Caption:
    """Return a caption without the lines that stood at the end of the one before it."""
    if caption.start - before.end > AT_ONCE:
        return caption
    now, then = ([_plain(line) for line in one.shown] for one in (caption, before))
    for count in range(min(len(now), len(then)), 0, -1):
        if now[:count] == then[-count:]:
            return Caption(caption.line, caption.start, caption.end, caption.shown[count:])
    return caption


def _said(caption: Caption) -> Iterator[Utterance]:
    """Yield what each voice says in a caption."""
    pieces = _VOICE.split("\n".join(caption.shown))
    for speaker, words in [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]:
        text = _plain(words)
        if text:
            name = None if speaker is None else " ".join(html.unescape(speaker).split()) or None
            yield Utterance(text, caption.start, caption.end, name)


def _plain(words: str) -> str:
    """Return words without tags, entities and line breaks."""
    return " ".join(html.unescape(_TAG.sub("", words)).split())
