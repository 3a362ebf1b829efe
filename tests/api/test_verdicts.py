"""Verdicts over HTTP: given by those who may, shown with the alert, refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from api.alert_shapes import AlertDetailOut, VerdictIn, VerdictOut
from engine.alerts.verdict import FIELDS
from tests.support.service import House

WRONG = {"verdict": "wrong_label", "labels": {"emotion": ["gratitude"], "topic": []}, "note": "It was irony."}


@pytest.fixture
def alert(home: House) -> str:
    home.post({"id": "1", "text": "I am furious", "scores": {"nps": 5}, "unit": "emea/uk"})
    found: str = home.get("/v1/alerts").json()["alerts"][0]["id"]
    return found


def give(home: House, alert: str, body: Any, role: str = "agent", unit: str | None = None) -> Any:
    return home.client.post(f"/v1/alerts/{alert}/verdict", json=body, headers=home.key(role, unit))


def test_a_verdict_is_shown_with_its_alert(home: House, alert: str) -> None:
    before = AlertDetailOut.model_validate_json(home.get(f"/v1/alerts/{alert}").content)
    assert before.verdict is None
    given = VerdictOut.model_validate_json(give(home, alert, WRONG).content)
    assert given.labels == {"emotion": ["joy/gratitude"], "topic": []}
    assert (given.who, given.at) == ("agent:None", home.clock.now())
    after = AlertDetailOut.model_validate_json(home.get(f"/v1/alerts/{alert}").content)
    assert after.verdict == given
    assert [event.kind for event in after.events] == ["opened", "verdict"]
    assert "It was irony." in after.events[1].why


def test_a_verdict_moves_the_precision_of_its_rule(home: House, alert: str) -> None:
    def precision(unit: str | None = None) -> Any:
        return home.get("/v1/rules/furious/precision", unit=unit).json()["precision"]

    assert precision() is None
    give(home, alert, {"verdict": "right"})
    assert (precision()["right"], precision()["judged"], precision("emea/de")) == (1, 1, None)
    give(home, alert, {"verdict": "not_actionable"})
    assert (precision()["right"], precision()["value"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        pytest.param(WRONG | {"labels": {"emotion": ["gratitud"]}}, 422, "labels.emotion", id="a misspelt label"),
        pytest.param({"verdict": "perfect"}, 422, "verdict", id="no such verdict"),
        pytest.param([WRONG], 422, None, id="a list"),
    ],
)
def test_a_bad_verdict_is_a_problem_that_names_its_field(
    home: House, alert: str, body: Any, status: int, field: str | None
) -> None:
    answer = give(home, alert, body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert answer.json()["type"] == "urn:heedful:problem:invalid-verdict"
    assert home.get(f"/v1/alerts/{alert}").json()["verdict"] is None


def test_a_body_that_is_no_json_is_a_problem(home: House, alert: str) -> None:
    headers = home.key("agent") | {"content-type": "application/json"}
    answer = home.client.post(f"/v1/alerts/{alert}/verdict", content=b"{", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("unit", "status"),
    [pytest.param("emea", 200, id="above"), pytest.param("emea/uk/leeds", 404, id="below"), pytest.param("a", 404)],
)
def test_a_unit_bounds_who_may_judge(home: House, alert: str, unit: str, status: int) -> None:
    assert give(home, alert, {"verdict": "right"}, unit=unit).status_code == status


def test_the_shape_says_what_is_taken() -> None:
    assert set(VerdictIn.model_fields) == set(FIELDS)
