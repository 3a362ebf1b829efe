"""Cues and transcripts are taken in, kept, and told again."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.errors import FeedbackError
from engine.feedback import Cue, feedback_from_dict
from engine.intake import admit
from engine.program import Program
from tests.engine.transcripts import documents as d
from tests.support.clock import NOON

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Late!\n\n00:03.000 --> 00:04.000\n<v B>How can I help you?"


def test_cues_are_kept() -> None:
    cues = [{"at": 0, "start": 1, "end": 2.5, "confidence": 0.5}, {"at": 3, "start": 3, "end": 3}]
    feedback = admit({"id": "1", "parts": [{"text": "my parcel", "cues": cues}]}, Program(), NOON)
    assert feedback.parts[0].cues == (Cue(0, 1.0, 2.5, 0.5), Cue(3, 3.0, 3.0))
    assert feedback_from_dict(orjson.loads(orjson.dumps(feedback.as_dict()))) == feedback


@pytest.mark.parametrize(
    ("cues", "field", "said"),
    [
        pytest.param({}, "parts.0.cues", "must be a list", id="no-list"),
        pytest.param([1], "parts.0.cues.0", "must be an object", id="no-object"),
        pytest.param([{"at": 0, "start": 0, "end": 1, "to": 1}], "parts.0.cues.0.to", "unknown field", id="field"),
        pytest.param([{"at": 0, "start": 0}], "parts.0.cues.0", "needs a start, and an end", id="no-end"),
        pytest.param([{"at": 0, "start": 2, "end": 1}], "parts.0.cues.0", "not before it", id="backwards"),
        pytest.param([{"at": 0.5, "start": 0, "end": 1}], "parts.0.cues.0", "whole number", id="fraction"),
        pytest.param([{"at": True, "start": 0, "end": 1}], "parts.0.cues.0", "whole number", id="flag"),
        pytest.param([{"at": -1, "start": 0, "end": 1}], "parts.0.cues.0", "inside the text", id="before"),
        pytest.param([{"at": 9, "start": 0, "end": 1}], "parts.0.cues.0", "inside the text", id="after"),
        pytest.param([{"at": 1, "start": 0, "end": 1}] * 2, "parts.0.cues.1", "must rise", id="twice"),
        pytest.param(
            [{"at": 1, "start": 0, "end": 1, "confidence": 2}], "parts.0.cues.0.confidence", "0 to 1", id="sure"
        ),
    ],
)
def test_cues_that_do_not_fit(cues: Any, field: str, said: str) -> None:
    with pytest.raises(FeedbackError, match=said) as problem:
        admit({"id": "1", "parts": [{"text": "my parcel", "cues": cues}]}, Program(), NOON)
    assert problem.value.field == field


@pytest.mark.parametrize(
    ("record", "speakers", "guessed"),
    [
        pytest.param({"transcript": VTT}, ["customer", "agent"], True, id="guessed"),
        pytest.param({"transcript": VTT, "speakers": {"A": "agent"}}, ["agent", "customer"], False, id="said"),
        pytest.param({"transcript": d.CONTACT_LENS}, ["agent", "customer"], False, id="json-as-it-is"),
        pytest.param({"transcript": orjson.dumps(d.WHISPER).decode()}, ["customer"], False, id="json-text"),
        pytest.param({"transcript": d.WHISPER["segments"]}, ["customer"], False, id="json-list"),
    ],
)
def test_a_transcript_is_taken_as_it_is(record: dict[str, Any], speakers: list[str], *, guessed: bool) -> None:
    feedback = admit({"id": "1"} | record, Program(), NOON)
    assert [part.speaker for part in feedback.parts] == speakers
    assert feedback.speakers_guessed is guessed
    assert feedback_from_dict(orjson.loads(orjson.dumps(feedback.as_dict()))) == feedback


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param({"transcript": VTT, "text": "x"}, "text", "has text and transcript; give one", id="both"),
        pytest.param({"text": "x", "speakers": {}}, "speakers", "belong to a transcript", id="speakers-of-text"),
        pytest.param({"transcript": "hello"}, "transcript", "line 1: this is no transcript", id="prose"),
        pytest.param({"transcript": {"a": 1}}, "transcript", "looked for", id="other-json"),
        pytest.param({"transcript": 5}, "transcript", "looked for", id="number"),
        pytest.param({"transcript": "WEBVTT \ud800"}, "transcript", "remove what is no text", id="half-a-pair"),
        pytest.param(
            {"transcript": [{"start": 0, "end": 1, "text": "a\x00"}]}, "transcript", "NUL character", id="nul-in-json"
        ),
        pytest.param({"transcript": VTT, "speakers": {"A": "agnt"}}, "speakers", "did you mean 'agent'", id="role"),
        pytest.param({"transcript": VTT, "speakers": {"A": []}}, "speakers", "unknown speaker", id="no-role"),
        pytest.param({"transcript": VTT, "speakers": {"Z": "agent"}}, "speakers", "use one of: A, B", id="nobody"),
        pytest.param({"transcript": VTT, "speakers": ["agent"]}, "speakers", "must be an object", id="no-mapping"),
    ],
)
def test_transcripts_that_do_not_fit(record: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(FeedbackError, match=said) as problem:
        admit({"id": "1"} | record, Program(), NOON)
    assert problem.value.field == field
