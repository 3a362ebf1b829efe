"""Feedback over HTTP: taken whole or not at all, decided once, explained."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.shapes import DecisionsOut, ExplanationOut, ProblemOut, ReadingsOut, StoredOut
from tests.support.clock import NOON
from tests.support.service import House, house

ANGRY = {"id": "a1", "text": "I am furious. The menu is bad.", "scores": {"nps": 2}}


def test_a_decision_has_the_contract_s_shape(home: House) -> None:
    answer = home.post(ANGRY)
    assert answer.status_code == 200
    (decision,) = DecisionsOut.model_validate_json(answer.content).decisions
    assert {(alert.rule, alert.severity, alert.kind) for alert in decision.alerts} == {
        ("furious", "high", "alert"),
        ("low-score", "low", "alert"),
    }
    assert [(held.rule, held.reason) for held in decision.held_back] == [("watched", "shadow")]
    assert decision.reading.labels["emotion"] == ["anger/anger"]
    assert "emotion anger (found anger/anger 0.9 (holds))" in decision.alerts[0].reasons + decision.alerts[1].reasons


def test_the_same_record_again_gets_its_first_decision(home: House) -> None:
    first = home.post(ANGRY).json()
    home.clock.move(timedelta(hours=1))
    read_before = home.reader.records_read
    assert home.post([ANGRY, {"id": "a2", "text": "hello"}, ANGRY]).json()["decisions"][0] == first["decisions"][0]
    assert home.reader.records_read == read_before + 1
    assert home.service.store.records.count() == 2


def test_other_content_conflicts_and_writes_nothing(home: House) -> None:
    home.post(ANGRY)
    answer = home.post([{"id": "new", "text": "hello"}, ANGRY | {"text": "thanks"}])
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert ProblemOut.model_validate_json(answer.content).position == 1
    assert home.service.store.records.count() == 1


def test_revise_stores_the_next_revision_and_opens_only_what_is_new(home: House) -> None:
    home.post(ANGRY)
    changed = ANGRY | {"text": "I am furious. I am leaving."}
    (decision,) = home.post(changed, revise=True).json()["decisions"]
    assert decision["revision"] == 2
    assert [alert["rule"] for alert in decision["alerts"]] == ["leaving"]
    assert ("furious", "already_open") in [(held["rule"], held["reason"]) for held in decision["held_back"]]
    assert len(home.get("/v1/alerts").json()["alerts"]) == 3


def test_many_senders_at_once_open_each_alert_once(home: House) -> None:
    batch = [ANGRY | {"id": f"x{number}"} for number in range(20)]
    home.key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: home.post(batch).json(), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert home.service.store.records.count() == 20
    assert len(home.get("/v1/alerts", limit=1000).json()["alerts"]) == 40


@pytest.mark.parametrize(
    ("record", "field"),
    [
        pytest.param({"text": "no id"}, "id", id="no id"),
        pytest.param({"id": "a b", "text": "x"}, "id", id="a blank in the id"),
        pytest.param({"id": "1" * 201, "text": "x"}, "id", id="an id too long"),
        pytest.param({"id": "1"}, "text", id="no text"),
        pytest.param({"id": "1", "text": 5}, "text", id="text is a number"),
        pytest.param({"id": "1", "text": "x", "parts": [{"text": "y"}]}, "text", id="text and parts"),
        pytest.param({"id": "1", "parts": []}, "parts", id="no parts"),
        pytest.param({"id": "1", "text": "x" * 20_001}, "text", id="a part too long"),
        pytest.param({"id": "1", "parts": [{"text": "x" * 20_000}] * 21}, "parts", id="a record too long"),
        pytest.param({"id": "1", "parts": [{"text": "x", "speaker": "boss"}]}, "parts.0.speaker", id="a speaker"),
        pytest.param({"id": "1", "text": "x", "scores": {"nps": 11}}, "scores.nps", id="a score out of range"),
        pytest.param({"id": "1", "text": "x", "scores": {"npz": 1}}, "scores.npz", id="an unknown score"),
        pytest.param({"id": "1", "text": "x", "scores": {"nps": "NaN"}}, "scores.nps", id="a score that is NaN"),
        pytest.param({"id": "1", "text": "x", "scores": {"nps": True}}, "scores.nps", id="a score that is a flag"),
        pytest.param({"id": "1", "text": "x", "mood": "bad"}, "mood", id="an unknown field"),
        pytest.param({"id": "1", "text": "x", "occurred_at": "yesterday"}, "occurred_at", id="no time"),
        pytest.param({"id": "1", "text": "x", "occurred_at": "2026-03-02T12:05:01Z"}, "occurred_at", id="the future"),
        pytest.param({"id": "1", "text": "x", "occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", id="year 0"),
        pytest.param({"id": "1", "text": "nul \u0000"}, "text", id="a NUL character"),
        pytest.param({"id": "1", "text": "x", "unit": "/emea"}, "unit", id="a unit that is no path"),
        pytest.param({"id": "1", "text": "x", "attributes": {"a": {"b": 1}}}, "attributes.a", id="a nested attribute"),
        pytest.param([], None, id="a list as a record"),
        pytest.param("text", None, id="text as a record"),
    ],
)
def test_a_bad_record_is_refused_and_nothing_is_written(shared_home: House, record: Any, field: str | None) -> None:
    answer = shared_home.post([{"id": "good", "text": "I am furious"}, record])
    assert answer.status_code == 422
    problem = ProblemOut.model_validate_json(answer.content)
    assert (problem.field, problem.position) == (field, 1)
    assert problem.detail.startswith("record 1: ")
    assert shared_home.service.store.records.count() == 0
    assert shared_home.reader.records_read == 0


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        pytest.param(b"{", 400, "invalid-json", id="broken JSON"),
        pytest.param(b'{"id":"1","text":"x","scores":{"nps":NaN}}', 400, "invalid-json", id="a bare NaN"),
        pytest.param(b'{"id":"1","text":"\\ud800"}', 400, "invalid-json", id="half a surrogate pair"),
        pytest.param(b"[" * 200_000, 400, "invalid-json", id="nested without end"),
        pytest.param(b"", 400, "invalid-json", id="an empty body"),
        pytest.param(b"[]", 422, "invalid-feedback", id="an empty batch"),
        pytest.param(json.dumps([{"id": "1", "text": "x"}] * 1001).encode(), 422, "invalid-feedback", id="1,001"),
        pytest.param(b'"' + b"x" * (5 * 1024 * 1024) + b'"', 413, "too-large", id="more than 5 MiB"),
        pytest.param(b"\xff\xfe", 400, "invalid-json", id="no UTF-8"),
    ],
)
def test_a_bad_body_is_a_problem(shared_home: House, body: bytes, status: int, kind: str) -> None:
    answer = shared_home.client.post("/v1/feedback", content=body, headers=shared_home.key())
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:heedful:problem:{kind}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert shared_home.service.store.records.count() == 0


def test_a_body_in_chunks_has_the_same_limit(home: House) -> None:
    chunks = (b"x" * 1_000_000 for _ in range(6))
    assert home.client.post("/v1/feedback", content=chunks, headers=home.key()).status_code == 413


def test_two_contents_under_one_key_in_a_batch_conflict(home: House) -> None:
    answer = home.post([{"id": "1", "text": "a"}, {"id": "1", "text": "b"}])
    assert (answer.status_code, answer.json()["position"]) == (409, 1)
    assert home.service.store.records.count() == 0


def test_reading_stores_nothing(home: House) -> None:
    answer = home.client.post("/v1/read", json=[ANGRY], headers=home.key("viewer"))
    (reading,) = ReadingsOut.model_validate_json(answer.content).readings
    assert (reading.status, len(reading.sentences)) == ("read", 2)
    assert reading.sentences[1].start == 13
    assert home.service.store.records.count() == 0


def test_explain_says_what_was_found_and_wanted_also_where_nothing_fired(home: House) -> None:
    home.post({"id": "calm", "text": "thanks", "scores": {"nps": 9}})
    answer = home.get("/v1/feedback/calm/explain")
    explanation = ExplanationOut.model_validate_json(answer.content)
    furious = next(rule for rule in explanation.rules if rule.rule == "furious")
    assert (furious.truth, furious.outcome) == ("no", "did not hold")
    nps = furious.trace.children[1]
    assert (nps.condition, nps.truth, nps.found, nps.wanted) == ("nps at most 6", "no", 9.0, "at most 6")


def test_a_stored_feedback_can_be_seen(home: House) -> None:
    home.post(ANGRY | {"source": "survey", "attributes": {"store": "Leeds"}})
    stored = StoredOut.model_validate_json(home.get("/v1/feedback/a1", source="survey").content)
    assert stored.feedback["attributes"] == {"store": "Leeds"}
    assert stored.received_at == stored.occurred_at == NOON
    assert home.get("/v1/feedback/a1").status_code == 404


@pytest.mark.parametrize(
    ("params", "ago", "reason"),
    [
        pytest.param({"notify": False}, timedelta(0), "notify_off", id="notify is off"),
        pytest.param({}, timedelta(hours=73), "stale", id="older than 72 hours"),
        pytest.param({}, timedelta(hours=71), None, id="young enough"),
    ],
)
def test_an_alert_without_a_message_says_why(
    home: House, params: dict[str, Any], ago: timedelta, reason: str | None
) -> None:
    record = {"id": "1", "text": "hello", "scores": {"nps": 1}, "occurred_at": (NOON - ago).isoformat()}
    (decision,) = home.post(record, **params).json()["decisions"]
    assert len(decision["alerts"]) == 1
    assert [held["reason"] for held in decision["held_back"]] == ([reason] if reason else [])
    detail = home.get(f"/v1/alerts/{decision['alerts'][0]['id']}").json()
    assert detail["notifications"][0]["held_reason"] == reason


def test_with_the_reader_down_feedback_is_refused_but_known_records_still_answer(home: House) -> None:
    first = home.post(ANGRY).json()
    home.reader.down = True
    answer = home.post({"id": "other", "text": "hello"})
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:heedful:problem:reader-unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert home.post(ANGRY).json() == first


def test_degraded_feedback_is_judged_by_its_scores_and_read_later(tmp_path: Path) -> None:
    with house(tmp_path, degrade=True) as home:
        home.reader.down = True
        (decision,) = home.post(ANGRY | {"text": "I am leaving. furious"}).json()["decisions"]
        assert decision["reading"]["status"] == "unread"
        assert {(alert["rule"], alert["kind"]) for alert in decision["alerts"]} == {
            ("low-score", "alert"),
            ("leaving", "review"),
        }
        home.reader.down = False
        home.service.engine.read_later()
        later = home.get("/v1/feedback/a1").json()["decision"]
        assert later["reading"]["status"] == "read"
        opened = {(alert["rule"], alert["kind"]) for alert in home.get("/v1/alerts").json()["alerts"]}
        assert opened == {("low-score", "alert"), ("leaving", "review"), ("leaving", "alert"), ("furious", "alert")}


def test_too_much_waiting_is_refused_at_the_door(home: House) -> None:
    home.service.writer._most_waiting = 0
    answer = home.post(ANGRY)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:heedful:problem:overloaded")
    assert answer.headers["retry-after"] == "1"
