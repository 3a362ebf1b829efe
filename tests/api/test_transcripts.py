"""Transcripts over HTTP: taken as they are, and what they say is told with its time, from the alert to the message."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from api.alert_shapes import AlertOut
from api.shapes import ExplanationOut, ProblemOut, ReadingsOut
from engine.alerts.alert import EvidenceSpan
from engine.delivery.words import passages
from tests.engine.transcripts import documents as d
from tests.support.service import House

CALL = """WEBVTT

00:01.000 --> 00:02.000
<v A>How can I help you?

01:32.000 --> 01:36.000
<v B>I am furious.

01:40.000 --> 01:41.000
<v B>The menu is bad.
"""
SPOKEN = {"id": "c1", "transcript": CALL, "scores": {"nps": 2}}
TIMED = {"part": 1, "start": 0, "end": 12, "starts": 92.0, "ends": 95.692}


def _alert(home: House, rule: str) -> dict[str, Any]:
    found = [one for one in home.get("/v1/alerts").json()["alerts"] if one["rule"] == rule]
    told: dict[str, Any] = home.get(f"/v1/alerts/{found[0]['id']}").json()
    return told


def test_a_transcript_is_decided_as_its_parts_would_be(home: House) -> None:
    answer = home.post(SPOKEN)
    assert answer.status_code == 200, answer.text
    assert "furious" in [alert["rule"] for alert in answer.json()["decisions"][0]["alerts"]]
    stored = home.get("/v1/feedback/c1").json()["feedback"]
    assert stored["speakers"] == "guessed"
    assert [part.get("speaker") for part in stored["parts"]] == ["agent", None]
    parts = {"id": "c1", "parts": stored["parts"], "scores": {"nps": 2}}
    assert home.post(parts).status_code == 409, "who says who the speakers are says more than who does not"
    assert home.post(SPOKEN).json() == answer.json()


def test_evidence_of_speech_is_told_with_its_time(home: House) -> None:
    home.post(SPOKEN)
    (evidence,) = AlertOut.model_validate(_alert(home, "furious"), extra="ignore").evidence
    assert evidence.model_dump(exclude={"shows"}) == TIMED
    explained = ExplanationOut.model_validate_json(home.get("/v1/feedback/c1/explain").content)
    found = next(rule.trace for rule in explained.rules if rule.rule == "furious")
    at = found.evidence or next(one.evidence for one in found.children if one.evidence)
    assert at is not None
    assert (at.starts, at.ends, at.heard) == (92.0, 95.692, None)
    (told,) = [one for one in explained.reading.sentences if one.starts == 92.0]
    assert told.speaker == "customer"


def test_alerts_that_were_stored_without_times_are_still_told(home: House) -> None:
    home.post(SPOKEN)
    with home.service.store.database.write() as connection:
        connection.execute(sa.text("UPDATE alert SET evidence = '[[1, 0, 13, \"emotion: anger\"]]'"))
    assert _alert(home, "furious")["evidence"] == [{"part": 1, "start": 0, "end": 13, "shows": "emotion: anger"}]


def test_a_message_says_when_it_was_said() -> None:
    span = EvidenceSpan(0, 0, 4, "emotion: anger", 92.4, 96.0).as_dict()
    body = {
        "alert": {"evidence": [span]},
        "feedback": {"parts": [{"part": 0, "start": 0, "of": 9, "text": "Late again"}]},
    }
    (passage,) = passages(body, 100)
    assert passage.about == "(at 1:32)"


def test_what_was_heard_badly_says_so(home: House) -> None:
    parts = [{"text": "I am furious.", "start": 1, "end": 2, "confidence": 0.43}]
    answer = home.client.post("/v1/read", json={"id": "1", "parts": parts}, headers=home.key())
    (reading,) = ReadingsOut.model_validate_json(answer.content).readings
    assert [one.heard for one in reading.sentences] == [0.43]


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param({"transcript": CALL, "speakers": {"Z": "agent"}}, "speakers", "use one of: A, B", id="speaker"),
        pytest.param({"transcript": "WEBVTT\n\n00:02.000 --> 00:01.000\nx"}, "transcript", "line 3", id="backwards"),
        pytest.param({"transcript": d.GOOGLE_V1 | {"results": [1]}}, "transcript", "/results/0 must be", id="json"),
        pytest.param({"transcript": {"segments": [{"text": "x"}]}}, "transcript", "/segments/0/start", id="pointer"),
    ],
)
def test_a_transcript_that_cannot_be_understood_says_where(
    home: House, record: dict[str, Any], field: str, said: str
) -> None:
    answer = home.post([{"id": "1", "text": "fine"}, {"id": "2"} | record])
    problem = ProblemOut.model_validate_json(answer.content)
    assert (answer.status_code, problem.field, problem.position) == (422, field, 1)
    assert said in problem.detail
    assert home.service.store.records.count() == 0


def test_a_deep_document_is_refused(home: House) -> None:
    deep = orjson.loads("[" * 500 + "]" * 500)
    assert home.post({"id": "1", "transcript": deep}).status_code == 422
