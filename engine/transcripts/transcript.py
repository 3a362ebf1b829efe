"""Transcripts: what a file says becomes the parts of a feedback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import orjson

from engine.errors import TranscriptError
from engine.feedback import MAX_RECORD_CHARACTERS, Part, Speaker
from engine.transcripts.decoding import MOST_SUBTITLE_BYTES, check_size, decoded
from engine.transcripts.formats.amazon import AMAZON, CONTACT_LENS
from engine.transcripts.formats.assemblyai import ASSEMBLYAI
from engine.transcripts.formats.azure import AZURE
from engine.transcripts.formats.deepgram import DEEPGRAM
from engine.transcripts.formats.format import Format
from engine.transcripts.formats.google import GOOGLE
from engine.transcripts.formats.whisper import WHISPER
from engine.transcripts.node import Node
from engine.transcripts.prefixes import with_speakers
from engine.transcripts.roles import Roles, roles_of
from engine.transcripts.subtitles import is_srt, is_vtt, utterances_of
from engine.transcripts.turns import parts_of
from engine.transcripts.utterance import Utterance

# Each is tried in turn; what several have in common is looked for last.
FORMATS: tuple[Format, ...] = (AMAZON, CONTACT_LENS, DEEPGRAM, AZURE, GOOGLE, WHISPER, ASSEMBLYAI)
ENDINGS = frozenset({".vtt", ".srt", ".json"})
SILENCE = (Part(""),)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in a recording.

    Parameters
    ----------
    format
        How it was written, such as ``WebVTT``.
    utterances
        By their start.
    """

    format: str
    utterances: tuple[Utterance, ...]

    def parts(self, speakers: Mapping[str, Speaker] | None = None) -> tuple[tuple[Part, ...], Roles]:
        """Return the turns, and who is who in them; of silence, one part without words.

        Parameters
        ----------
        speakers
            Who the speakers are, by their names; what it does not say, the names say, or it is guessed.

        Raises
        ------
        TranscriptError
            If it names speakers, and none of those who speak.
        """
        roles = roles_of(self.utterances, speakers)
        return parts_of(self.utterances, roles.of) or SILENCE, roles


def is_transcript(name: str) -> bool:
    """Return whether a file is a transcript by the ending of its name."""
    return PurePath(name).suffix.lower() in ENDINGS


def transcript_of(content: bytes) -> Transcript:
    """Return what a file of subtitles or of a recogniser's JSON says; how it is written is told by its content.

    Raises
    ------
    TranscriptError
        If it cannot be understood: where, and what to do about it.
    """
    text = decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        return transcript_of_json(_parsed(text))
    check_size(len(content), MOST_SUBTITLE_BYTES)
    return _of_subtitles(text)


def transcript_of_json(document: Any) -> Transcript:
    """Return what a recogniser's answer says.

    Raises
    ------
    TranscriptError
        If it is of no known recogniser, or not as that writes it.
    """
    node = Node(document)
    if isinstance(document, (dict, list)):
        for one in FORMATS:
            if isinstance(document, list) and one is not WHISPER:
                continue
            if one.fits(node):
                return Transcript(one.name, _in_order(_bounded(one.utterances(node))))
    looked_for = "; ".join(f"{one.name} ({one.looks})" for one in FORMATS)
    raise TranscriptError(f"this JSON is of no recogniser that is known; looked for: {looked_for}")


def _of_subtitles(text: str) -> Transcript:
    if not is_vtt(text) and not is_srt(text):
        raise TranscriptError(
            "this is no transcript; looked for WebVTT (WEBVTT on the first line), SRT (00:00:01,000 --> 00:00:02,000) "
            "and JSON",
            line=1,
        )
    found = with_speakers(_bounded(utterances_of(text)))
    return Transcript("WebVTT" if is_vtt(text) else "SRT", _in_order(found))


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise TranscriptError(f"this is not valid JSON: {problem.msg}", line=problem.lineno) from problem


def _bounded(utterances: Iterator[Utterance]) -> list[Utterance]:
    """Return utterances with words, as many as a record takes."""
    found, size = [], 0
    for one in utterances:
        if not one.text.strip():
            continue
        if one.end < one.start:
            raise TranscriptError(f"what is said at {one.start:g} s ends before it starts, at {one.end:g} s")
        size += len(one.text) + 1
        if size > MAX_RECORD_CHARACTERS + 1:
            raise TranscriptError(
                f"the transcript has more than {MAX_RECORD_CHARACTERS:,} characters, which is some seven hours of "
                "speech; cut it into several"
            )
        found.append(one)
    return found


def _in_order(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """Return utterances by their start: channels come one after the other, though they were spoken at once."""
    return tuple(sorted(utterances, key=lambda one: one.start))
