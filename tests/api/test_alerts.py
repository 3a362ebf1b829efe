"""Alerts over HTTP: filters, pages, details."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.alert_shapes import AlertDetailOut, AlertsOut
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.service import House


@pytest.fixture
def busy(home: House) -> House:
    for number in range(6):
        text = "I am furious. leaving" if number % 2 else "maybe leaving"
        home.post({"id": f"f{number}", "text": text, "scores": {"nps": 5}, "unit": f"emea/u{number}", "customer": "c1"})
        home.clock.move(timedelta(minutes=1))
    return home


@pytest.mark.parametrize(
    ("params", "count"),
    [
        pytest.param({}, 9, id="all"),
        pytest.param({"rule": "furious"}, 3, id="rule"),
        pytest.param({"severity": "critical"}, 6, id="severity"),
        pytest.param({"severity": ["critical", "high"]}, 9, id="severities"),
        pytest.param({"unassigned": True}, 9, id="unassigned"),
        pytest.param({"kind": "review"}, 3, id="kind"),
        pytest.param({"sort": "priority"}, 6, id="the queue"),
        pytest.param({"sort": "priority", "kind": "review"}, 3, id="the queue of reviews"),
        pytest.param({"state": "open"}, 9, id="open"),
        pytest.param({"state": "resolved"}, 0, id="resolved"),
        pytest.param({"unit": "emea/u1"}, 2, id="unit"),
        pytest.param({"unit": "emea"}, 9, id="unit above"),
        pytest.param({"customer": "c2"}, 0, id="customer"),
        pytest.param({"customer": "c\x00"}, 0, id="a customer with a NUL"),
        pytest.param({"search": "c1"}, 9, id="a customer by id"),
        pytest.param({"search": "f1"}, 2, id="a feedback by id"),
        pytest.param({"search": "FURIOUS  am"}, 6, id="words in any order and case"),
        pytest.param({"search": "furious maybe"}, 0, id="words that nobody said together"),
        pytest.param({"search": "fur_ous"}, 0, id="no wildcards"),
        pytest.param({"search": "parts"}, 0, id="a word of the record, and not of the customer"),
        pytest.param({"search": "c\x00"}, 0, id="a search with a NUL"),
        pytest.param({"since": "0001-01-01T00:00:00+14:00"}, 9, id="since before all calendars"),
        pytest.param({"since": (NOON + timedelta(minutes=4)).isoformat()}, 3, id="since"),
        pytest.param({"until": "2026-03-02T12:01:00"}, 1, id="until, in the program's zone"),
        pytest.param({"rule": "furious", "kind": "review"}, 0, id="two at once"),
    ],
)
def test_filters(busy: House, params: dict[str, Any], count: int) -> None:
    page = AlertsOut.model_validate_json(busy.get("/v1/alerts", **params).content)
    assert len(page.alerts) == count


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 100])
def test_pages_hold_every_alert_once_newest_first(busy: House, limit: int) -> None:
    seen: list[tuple[str, str]] = []
    cursor = None
    while True:
        page = busy.get("/v1/alerts", limit=limit, **({"cursor": cursor} if cursor else {})).json()
        assert len(page["alerts"]) <= limit
        seen += [(alert["opened_at"], alert["id"]) for alert in page["alerts"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 9


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"cursor": "nonsense"}, id="cursor"),
        pytest.param({"cursor": "WyIyMDI2Iiwx"}, id="a cursor of other content"),
        pytest.param({"limit": 0}, id="limit 0"),
        pytest.param({"limit": 1001}, id="limit 1,001"),
        pytest.param({"severity": "huge"}, id="severity"),
        pytest.param({"since": "tomorrow"}, id="since"),
    ],
)
def test_a_bad_question_is_a_problem(busy: House, params: dict[str, Any]) -> None:
    answer = busy.get("/v1/alerts", **params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_alert_tells_its_history(busy: House) -> None:
    (alert, *_) = busy.get("/v1/alerts", rule="furious").json()["alerts"]
    detail = AlertDetailOut.model_validate_json(busy.get(f"/v1/alerts/{alert['id']}").content)
    assert [event.kind for event in detail.events] == ["opened"]
    assert [told.receiver for told in detail.notifications] == ["operators"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v1/nothing", 404, id="no such route"),
        pytest.param("DELETE", "/v1/alerts", 405, id="no such method"),
        pytest.param("GET", "/v1/alerts/al_none", 404, id="no such alert"),
        pytest.param("GET", "/v1/alerts/a%00", 404, id="a NUL in a path"),
        pytest.param("GET", "/v1/feedback/a%00/explain", 404, id="a NUL in an id"),
    ],
)
def test_every_error_is_a_problem(home: House, method: str, path: str, status: int) -> None:
    answer = home.client.request(method, path, headers=home.key())
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_metrics_count_what_was_decided(busy: House) -> None:
    text = busy.get("/metrics").text
    assert 'heedful_feedback_total{status="read"} 6.0' in text
    assert 'heedful_requests_total{method="POST",route="/v1/feedback",status="200"} 6.0' in text
    assert "heedful_commit_seconds_count 6.0" in text
    assert 'heedful_alerts_total{kind="alert",rule="furious",severity="high"} 3.0' in text


def test_metrics_name_routes_not_what_strangers_ask_for(home: House) -> None:
    home.client.get("/secret/path")
    home.client.request("BREW", "/v1/alerts")
    home.get("/v1/feedback/some-id")
    text = home.get("/metrics").text
    assert 'heedful_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert 'heedful_requests_total{method="other",route="/v1/alerts",status="405"} 1.0' in text
    assert 'heedful_requests_total{method="GET",route="/v1/feedback/{feedback_id}",status="404"} 1.0' in text
    assert "secret" not in text
    assert "some-id" not in text


def test_the_openapi_document_names_every_shape(home: House) -> None:
    document = home.get("/openapi.json").json()
    assert {"FeedbackIn", "PartIn", "DecisionOut", "ReadingOut", "AlertOut", "ProblemOut"} <= set(
        document["components"]["schemas"]
    )
    posted = document["paths"]["/v1/feedback"]["post"]
    assert posted["requestBody"]["content"]["application/json"]["schema"]["oneOf"]


@pytest.mark.parametrize("said", ["Ärger im Büro", "ärger im büro", "ÄRGER IM BÜRO"])
@pytest.mark.parametrize("search", ["ärger", "Büro", "BÜRO ÄRGER"])
def test_words_are_found_in_any_case_of_any_letters(store: Store, said: str, search: str) -> None:
    engine = engine_on(store)
    engine.process([feedback(1, f"I am furious. {said}", scores={"nps": 1})])
    assert store.alerts.page(AlertFilter(search=search)).alerts
    assert not store.alerts.page(AlertFilter(search=search + " nowhere")).alerts
    assert store.alerts.count(AlertFilter(search=search), 1) == 1


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param('"im büro"', True, id="a phrase"),
        pytest.param('"büro im"', False, id="in another order"),
        pytest.param("buro", True, id="without its accent"),
        pytest.param("ärg*", True, id="how a word begins"),
        pytest.param("büro -paris", True, id="a word that was not said"),
        pytest.param("büro -ärger", False, id="without one that was said"),
        pytest.param("before", False, id="what an earlier revision said"),
    ],
)
def test_words_are_asked_for_as_in_the_search_of_feedback(store: Store, line: str, found: bool) -> None:
    engine = engine_on(store)
    engine.process([feedback(1, "I am furious. before", scores={"nps": 1})])
    engine.process([feedback(1, "I am furious. Ärger im Büro", scores={"nps": 1})], revise=True)
    assert bool(store.alerts.page(AlertFilter(search=line)).alerts) is found
