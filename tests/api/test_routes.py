"""Routes over HTTP: shown, and tried on feedback and on alerts that somebody imagines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.alerts.matching import EVERY_ALERT, Matching, Named
from engine.alerts.routes import Gathering, Route
from engine.alerts.silence import Silence
from engine.people import Person
from tests.support.clock import NOON
from tests.support.service import House, house

ROUTES = Route(
    "routes",
    ("operators",),
    routes=(
        Route("digital", ("manager_of: employee",), Matching((Named("topic", ("digital",)),)), Gathering(("unit",))),
        Route("uk", ("operators",), Matching((Named("unit", ("emea/uk",)),))),
    ),
)
PEOPLE = (
    Person("eve", "Eve", manager="ann"),
    Person("ann", "Ann", teams=("care",), contacts=(("operators", "ann@x.example"),)),
)


@pytest.fixture
def routed(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, routes=ROUTES) as running:
        running.service.store.people.bring(PEOPLE, NOON)
        yield running


def tried(house: House, body: Any, *, role: str = "admin", unit: str | None = None) -> Any:
    return house.client.post("/v1/routes/try", json=body, headers=house.key(role, unit))


def test_the_tree_is_shown(routed: House) -> None:
    top = routed.get("/v1/routes", role="viewer").json()["routes"]
    assert (top["name"], top["when"], top["said"], top["to"]) == ("routes", {}, "every alert", ["operators"])
    digital = top["routes"][0]
    assert digital["when"] == {"topic": ["digital"]}
    assert digital["group"] == {"by": ["unit"], "wait": "30s", "interval": "5m"}
    assert digital["continue"] is False


def test_without_routes_there_is_no_tree(tmp_path: Path) -> None:
    with house(tmp_path) as running:
        shown = running.get("/v1/routes").json()
        assert shown == {"routes": None, "stands": "nowhere", "version": None, "problems": []}
        (alert,) = tried(running, {"alert": {"severity": "low"}}).json()["alerts"]
        assert (alert["route"], alert["why"]) == ("", "there are no routes, and its rule sends it nowhere else")


def test_a_feedback_is_tried_as_live_and_nothing_is_stored(routed: House) -> None:
    body = {"feedback": {"text": "furious menu, bad", "scores": {"nps": 1}, "employee": "eve", "unit": "emea/uk"}}
    found = {one["rule"]: one for one in tried(routed, body).json()["alerts"]}
    assert set(found) == {"furious", "watched", "low-score"}
    furious = found["furious"]
    assert (furious["route"], furious["holder"], furious["team"]) == ("routes > digital", "ann", "care")
    assert furious["why"] == "routes > digital takes it is about digital (topic digital); ann manages eve"
    assert [(one["route"], one["takes"]) for one in furious["steps"]] == [
        ("routes > digital", True),
        ("routes > uk", False),
    ]
    (to,) = furious["destinations"]
    assert (to["recipient"], to["receiver"], to["now"], to["reason"]) == ("ann", "operators", "carry", "grouping")
    assert to["group"]["by"] == {"unit": "emea/uk"}
    assert "ann@x.example" not in str(found)
    assert found["watched"]["held_back"] == "shadow"
    assert routed.service.store.records.count() == 0


def test_an_alert_is_imagined(routed: House) -> None:
    (alert,) = tried(routed, {"alert": {"rule": "leaving", "unit": "emea/uk/leeds"}}).json()["alerts"]
    assert (alert["severity"], alert["kind"], alert["route"]) == ("critical", "alert", "routes > uk")
    assert alert["steps"][0]["why_not"] == "no topic was found, not digital"
    assert [one["now"] for one in alert["destinations"]] == ["send"]


def test_what_would_hold_it_back_is_said(routed: House) -> None:
    silence = Silence("si_1", EVERY_ALERT, "ann", "strike", NOON, NOON, NOON + timedelta(hours=1))
    routed.service.store.silences.add(silence)
    (alert,) = tried(routed, {"alert": {"severity": "critical"}}).json()["alerts"]
    (to,) = alert["destinations"]
    assert (to["now"], to["reason"], to["by"]) == ("hold", "silence", "si_1")


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ([], "feedback", "either a feedback or an alert"),
        ({}, "feedback", "either a feedback or an alert"),
        ({"feedback": {"text": "a"}, "alert": {}}, "feedback", "either a feedback or an alert"),
        ({"alrt": {}}, "alrt", "did you mean 'alert'"),
        ({"alert": 1}, "alert", "must be an object"),
        ({"alert": {"severty": "low"}}, "alert.severty", "did you mean 'severity'"),
        ({"alert": {"severity": "lo"}}, "alert.severity", "did you mean 'low'"),
        ({"alert": {"rule": "furios"}}, "alert.rule", "did you mean 'furious'"),
        ({"alert": {"topic": "digtal"}}, "alert.topic", "did you mean 'digital'"),
        ({"alert": {"topic": [["a"]]}}, "alert.topic", "unknown topic"),
        ({"alert": {"rule": 3}}, "alert.rule", "must be text"),
        ({"alert": {"unit": "/"}}, "alert.unit", "unit"),
        ({"alert": {"scores": {"nps": 11}}}, "alert.scores.nps", "10"),
        ({"feedback": {"id": "a"}}, "feedback.text", "text"),
    ],
    ids=str,
)
def test_a_bad_request_is_told_what_is_wrong(routed: House, body: Any, field: str, told: str) -> None:
    answer = tried(routed, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("role", "unit", "body", "status"),
    [
        ("viewer", None, {"alert": {}}, 403),
        ("agent", None, {"alert": {}}, 403),
        ("author", None, {"alert": {}}, 200),
        ("analyst", "emea", {"alert": {"unit": "emea/uk"}}, 200),
        ("analyst", "emea", {"alert": {}}, 200),
        ("analyst", "emea", {"alert": {"unit": "apac"}}, 403),
        ("analyst", "emea", {"feedback": {"text": "a", "unit": "apac"}}, 403),
    ],
    ids=["viewer", "agent", "author", "own unit", "no unit", "other unit", "other unit's feedback"],
)
def test_who_may_try(routed: House, role: str, unit: str | None, body: Any, status: int) -> None:
    assert tried(routed, body, role=role, unit=unit).status_code == status
