"""Problems over HTTP: opened, changed, followed; the customers behind them as JSON and CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from api.problem_shapes import (
    CustomersOut,
    ProblemChangeIn,
    ProblemIn,
    ProblemRecordDetailOut,
    ProblemRecordOut,
    ProblemRecordsOut,
    SuggestionsOut,
)
from engine.alerts.problem_intake import CHANGE_FIELDS, FIELDS
from tests.support.service import House

CUSTOMERS = ("=HYPERLINK(1)", "C-2", None)


def post(home: House, path: str, body: Any, role: str = "agent", unit: str | None = None) -> Any:
    return home.client.post(path, json=body, headers=home.key(role, unit))


@pytest.fixture
def alerts(home: House) -> list[str]:
    """The alerts of three furious customers: the name of the first is a formula, the last has none."""
    for number, customer in enumerate(CUSTOMERS):
        record = {"id": str(number), "text": "I am furious, it will crash", "scores": {"nps": 5}, "unit": "emea/uk"}
        home.post(record | ({"customer": customer} if customer else {}))
    found = home.get("/v1/alerts", rule="furious").json()["alerts"]
    return [alert["id"] for alert in sorted(found, key=lambda alert: alert["feedback_id"])]


def test_the_shapes_say_what_is_taken() -> None:
    assert set(ProblemIn.model_fields) == set(FIELDS)
    assert set(ProblemChangeIn.model_fields) == set(CHANGE_FIELDS)


def test_a_problem_is_opened_followed_and_solved(home: House, alerts: list[str]) -> None:
    body = {"title": "The app crashes", "topic": "digital/reliability", "holder": "operators", "due": "14d"}
    answer = post(home, "/v1/problems", body | {"alerts": alerts[:2], "inhibits": {"matching": {"rule": "furious"}}})
    mine = ProblemRecordOut.model_validate_json(answer.content)
    changes = f"/v1/problems/{mine.id}/changes"
    linked = post(home, changes, {"change": "link", "version": 1, "alerts": alerts[2:]})
    assert ProblemRecordOut.model_validate_json(linked.content).version == 2
    stale = post(home, changes, {"change": "solve", "version": 1, "why": "done"})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:heedful:problem:changed-meanwhile")
    solved = post(home, changes, {"change": "solve", "version": 2, "why": "release 4.2"})
    assert solved.json()["state"] == "solved"
    assert post(home, changes, {"change": "solve", "version": 3, "why": "again"}).status_code == 409
    shown = ProblemRecordDetailOut.model_validate_json(home.get(f"/v1/problems/{mine.id}", role="viewer").content)
    assert [event.kind for event in shown.events] == ["opened", "linked", "linked", "solved"]
    assert (shown.linked, len(shown.alerts)) == ({"open": 3}, 3)
    assert shown.rate is not None
    assert shown.rate.trend == "too_little"
    assert home.get(f"/v1/alerts/{alerts[0]}").json()["problem"] == mine.id
    listed = ProblemRecordsOut.model_validate_json(home.get("/v1/problems", state="solved").content)
    assert [one.id for one in listed.problems] == [mine.id]


def test_the_customers_come_as_json_and_as_csv_without_formulas(home: House, alerts: list[str]) -> None:
    mine = post(home, "/v1/problems", {"title": "Crashes", "alerts": alerts}).json()["id"]
    found = CustomersOut.model_validate_json(home.get(f"/v1/problems/{mine}/customers", role="viewer").content)
    assert found.problem == mine
    assert [one.customer for one in found.customers] == ["=HYPERLINK(1)", "C-2", None]
    assert found.customers[1].scores == {"nps": 5}
    answer = home.get(f"/v1/problems/{mine}/customers", format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["customer"] for row in rows] == ["'=HYPERLINK(1)", "C-2", ""]
    assert rows[1]["alerts"] == f"{alerts[1]} open"
    assert rows[1]["scores"] == "nps=5"
    empty = post(home, "/v1/problems", {"title": "Nothing"}).json()["id"]
    assert home.get(f"/v1/problems/{empty}/customers").json() == {"problem": empty, "customers": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"title": ""}, "title", id="no title"),
        pytest.param({"title": "a", "topic": "digital/reliabilty"}, "topic", id="a misspelt topic"),
        pytest.param({"title": "a", "holder": "nobody"}, "holder", id="an unknown holder"),
        pytest.param({"title": "a", "inhibits": {"matching": {"rul": "x"}}}, "inhibits.matching.rul", id="inhibits"),
        pytest.param("x", None, id="no object"),
    ],
)
def test_a_bad_problem_names_its_field(home: House, body: Any, field: str | None) -> None:
    answer = post(home, "/v1/problems", body)
    assert (answer.status_code, answer.json().get("field")) == (422, field)
    assert home.get("/v1/problems").json()["problems"] == []


def test_a_unit_s_key_keeps_to_its_unit(home: House, alerts: list[str]) -> None:
    everywhere = post(home, "/v1/problems", {"title": "a"}).json()["id"]
    assert post(home, "/v1/problems", {"title": "a"}, unit="emea/uk").status_code == 403
    mine = post(home, "/v1/problems", {"title": "a", "unit": "emea/uk", "alerts": alerts}, unit="emea/uk").json()["id"]
    assert [one["id"] for one in home.get("/v1/problems", role="viewer", unit="emea/uk").json()["problems"]] == [mine]
    for path in ("", "/customers"):
        assert home.get(f"/v1/problems/{everywhere}{path}", role="viewer", unit="emea/uk").status_code == 404
        assert home.get(f"/v1/problems/{mine}{path}", role="viewer", unit="emea/de").status_code == 404
    change = {"change": "note", "version": 1, "why": "x"}
    assert post(home, f"/v1/problems/{everywhere}/changes", change, unit="emea/uk").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "ingest"])
def test_who_may_not_is_refused(home: House, role: str) -> None:
    assert post(home, "/v1/problems", {"title": "a"}, role).status_code == 403
    assert post(home, "/v1/problems/pr_1/changes", {}, role).status_code == 403
    assert home.get("/v1/problems/suggestions", role="ingest").status_code == 403


def test_what_was_done_is_on_the_audit_record(home: House, alerts: list[str]) -> None:
    mine = post(home, "/v1/problems", {"title": "a", "alerts": alerts}).json()["id"]
    changes = f"/v1/problems/{mine}/changes"
    assert post(home, changes, {"change": "note", "version": 7, "why": "unseen"}).status_code == 412
    assert post(home, changes, {"change": "solve", "version": 1, "why": "done"}).status_code == 200
    entries = home.service.store.audit.page(kind="problem")
    assert [(one.entry.what, one.entry.subject) for one in entries] == [("solve", mine), ("open", mine)]


def test_suggestions_are_shown(home: House, alerts: list[str]) -> None:
    found = SuggestionsOut.model_validate_json(home.get("/v1/problems/suggestions", role="viewer").content)
    by_rule = next(one for one in found.suggestions if one.by == "rule" and one.name == "furious")
    assert (by_rule.finding, by_rule.week, set(by_rule.alerts)) == ("too_new", 3, set(alerts))
