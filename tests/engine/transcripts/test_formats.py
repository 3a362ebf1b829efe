"""What recognisers write becomes parts."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest

from engine.errors import TranscriptError
from engine.transcripts.transcript import transcript_of, transcript_of_json
from tests.engine.transcripts import documents as d

Turn = tuple[str, str, float, float, float | None]

CASES: dict[str, tuple[str, Any, list[Turn]]] = {
    "amazon-speakers": (
        "Amazon Transcribe",
        d.AMAZON_SPEAKERS,
        [
            ("customer", "I've been on hold.", 4.87, 5.64, round((4 * 0.9 + 4 * 0.7 + 2 * 0.5 + 5 * 0.5) / 15, 4)),
            ("customer", "Sorry about that.", 8.49, 9.24, 1.0),
        ],
    ),
    "amazon-speakers-apart-from-words": (
        "Amazon Transcribe",
        d.AMAZON_OLD_SPEAKERS,
        [("customer", "Hold.", 4.87, 5.02, 1.0), ("customer", "Sorry", 8.49, 8.88, 1.0)],
    ),
    "amazon-channels": (
        "Amazon Transcribe",
        d.AMAZON_CHANNELS,
        [
            ("customer", "Yes", 5.1, 5.2, 1.0),
            ("customer", "hold.", 5.29, 5.64, 0.5),
            ("customer", "Sir", 8.0, 8.1, 1.0),
        ],
    ),
    "contact-lens": (
        "Contact Lens",
        d.CONTACT_LENS,
        [
            ("agent", "Hello. Peter, how can I help you?", 4.64, 6.61, None),
            ("customer", "I want to cancel my plan subscription.", 7.37, 11.19, None),
        ],
    ),
    "call-analytics": ("Contact Lens", d.CALL_ANALYTICS, [("customer", "I'm quite unhappy.", 0.44, 4.96, 0.8)]),
    "google-1-speakers": (
        "Google Speech-to-Text",
        d.GOOGLE_V1,
        [("customer", "hi", 1.0, 1.4, 0.6), ("customer", "certainly", 6.3, 7.0, 0.8)],
    ),
    "google-1-without-words": ("Google Speech-to-Text", d.GOOGLE_V1_PLAIN, [("customer", "one two three", 0, 4, 0.9)]),
    "google-2-channels": (
        "Google Speech-to-Text",
        d.GOOGLE_V2,
        [("customer", "my parcel", 0.0, 0.9, 0.95), ("customer", "which", 0.5, 2.0, None)],
    ),
    "google-2-by-file": (
        "Google Speech-to-Text",
        d.GOOGLE_V2_FILES,
        [("customer", "my parcel", 0.0, 0.9, 0.95), ("customer", "which", 0.5, 2.0, None)],
    ),
    "google-silence": ("Google Speech-to-Text", {"totalBilledTime": "15s"}, [("customer", "", None, None, None)]),
    "azure-batch": (
        "Azure AI Speech",
        d.AZURE_BATCH,
        [("customer", "Hello world.", 0.76, 2.08, 0.5643), ("customer", "Yes.", 62.5, 63.0, 0.9)],
    ),
    "azure-fast": (
        "Azure AI Speech",
        d.AZURE_FAST,
        [
            ("agent", "Good afternoon. How can I help?", 0.96, 1.6, 0.9362),
            ("customer", "Hi there.", 5.0, 5.9, 0.9),
        ],
    ),
    "deepgram-utterances": (
        "Deepgram",
        d.DEEPGRAM_UTTERANCES,
        [
            ("agent", "Thank you for calling.", 0.419, 5.43, 0.8817),
            ("customer", "I'm good.", 6.0, 8.0, round((3 * 0.8 + 5 * 0.6) / 8, 4)),
        ],
    ),
    "deepgram-channels": ("Deepgram", d.DEEPGRAM_CHANNELS, [("customer", "cancel it", 0.1, 2.5, 0.9)]),
    "assemblyai": (
        "AssemblyAI",
        d.ASSEMBLYAI,
        [
            ("customer", "Smoke from hundreds.", 0.25, 1.4, round((5 * 0.5 + 13) / 18, 4)),
            ("customer", "Yes.", 1.5, 1.8, 0.9),
        ],
    ),
    "assemblyai-words": ("AssemblyAI", d.ASSEMBLYAI_WORDS, [("customer", "Smoke", 0.25, 0.65, 0.9747)]),
    "whisper": ("Whisper", d.WHISPER, [("customer", "The parcel is late.", 0, 3.3, round(math.exp(-0.286), 4))]),
    "whisper-words": ("Whisper", d.WHISPER_WORDS, [("customer", "The beach", 0, 0.6, None)]),
    "whisper-x": (
        "Whisper",
        d.WHISPER_X,
        [
            ("customer", "Late again.", 0.5, 1.5, round((4 * 0.4 + 6 * 0.8) / 10, 4)),
            ("customer", "It is 5", 2, 3, None),
        ],
    ),
    "whisper-cpp": ("Whisper", d.WHISPER_CPP, [("customer", "And so my fellow Americans", 0.99, 7.8, 0.8)]),
    "faster-whisper-list": (
        "Whisper",
        d.WHISPER["segments"][:1],
        [("customer", "The parcel is late.", 0, 3.3, 0.7513)],
    ),
}


@pytest.mark.parametrize(("name", "document", "turns"), CASES.values(), ids=CASES.keys())
def test_a_recognisers_answer_becomes_turns(name: str, document: Any, turns: list[Turn]) -> None:
    transcript = transcript_of(orjson.dumps(document))
    parts, _ = transcript.parts()
    assert transcript.format == name
    found = [(part.speaker, part.text, part.start, part.end, part.confidence) for part in parts]
    assert [one[:2] for one in found] == [one[:2] for one in turns]
    for (*_, start, end, confidence), (*_, wanted_start, wanted_end, wanted) in zip(found, turns, strict=True):
        assert (start, end) == (wanted_start, wanted_end)
        assert confidence == (wanted if wanted is None else pytest.approx(wanted, abs=1e-4))


@pytest.mark.parametrize("document", [one for _, one, _ in CASES.values()], ids=CASES.keys())
def test_a_broken_answer_is_an_error_that_says_where(document: Any) -> None:
    """Every value in turn is of another kind: what is said of it points there, and nothing else is raised."""
    said = [problem for broken in _broken(document) if (problem := _problem(broken))]
    assert said
    assert [one for one in said if not any(where in one for where in ("/", "no recogniser", "ends before"))] == []


def _problem(document: Any) -> str | None:
    try:
        transcript_of_json(document).parts()
    except TranscriptError as problem:
        return str(problem)
    return None


def _broken(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [{**value, name: other} for name, one in value.items() for other in _broken(one)] + ["odd", [value]]
    if isinstance(value, list):
        return [[*value[:n], other, *value[n + 1 :]] for n, one in enumerate(value) for other in _broken(one)] + [{}]
    return [None, {"odd": 1}, [[]], "odd", -1, 1e300, True]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b'{"results": {"items": [', "line 1: this is not valid JSON", id="truncated"),
        pytest.param(b"[" * 100_000, "not valid JSON", id="nested"),
        pytest.param(b'{"a": 1}', "looked for: Amazon Transcribe", id="other-json"),
        pytest.param(b"[1, 2]", "looked for: Amazon Transcribe", id="numbers"),
        pytest.param(b'{"segments": [{"start": NaN}]}', "not valid JSON", id="nan"),
        pytest.param(
            b'{"segments": [{"start": 2, "end": 1, "text": "x"}]}', "said at 2 s ends before it starts", id="backwards"
        ),
        pytest.param(
            b'{"segments": [{"start": -2, "end": 1, "text": "x"}]}', "/segments/0/start is a time", id="negative"
        ),
        pytest.param(b'{"segments": [{"end": 1, "text": "x"}]}', "/segments/0/start is missing", id="no-time"),
        pytest.param(
            b'{"segments": [{"start": "soon", "end": 1, "text": "x"}]}', "/segments/0/start must be a number", id="text"
        ),
    ],
)
def test_what_is_no_transcript_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(TranscriptError) as problem:
        transcript_of(content)
    assert said in str(problem.value)
    assert len(str(problem.value)) < 500
