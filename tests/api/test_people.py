"""People and attainment over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from engine.people import Person
from tests.support.service import House

ANN = {"name": "Ann", "units": ["emea/uk"], "leads": ["emea/uk/leeds"], "teams": ["care"]}


def put(home: House, person: str, body: Any, role: str = "admin", unit: str | None = None) -> Any:
    return home.client.put(f"/v1/people/{person}", json=body, headers=home.key(role, unit))


def test_a_person_is_entered_changed_and_let_go(home: House) -> None:
    made = put(home, "ann", ANN)
    assert made.status_code == 201
    assert made.json() == {
        "id": "ann",
        "name": "Ann",
        "manager": None,
        "units": ["emea/uk", "emea/uk/leeds"],
        "leads": ["emea/uk/leeds"],
        "teams": ["care"],
        "contacts": [],
        "calendar": None,
        "managed": False,
        "gone": False,
    }
    contact = {"receiver": "operators", "address": "desk 4"}
    assert put(home, "ann", ANN | {"contacts": [contact]}).status_code == 200
    assert home.get("/v1/people/ann", role="viewer").json()["contacts"] == [contact]
    assert home.get("/v1/teams", role="viewer").json() == {"teams": [{"name": "care", "members": ["ann"]}]}
    assert home.client.delete("/v1/people/ann", headers=home.key()).status_code == 204
    assert home.get("/v1/people/ann").json()["gone"] is True
    assert home.get("/v1/people").json() == {"people": [], "cursor": None}


@pytest.mark.parametrize(
    ("person", "body", "field"),
    [
        pytest.param("ann", {"manager": "bo"}, "manager", id="a manager who is not there"),
        pytest.param("ann", {"nme": "Ann"}, "nme", id="an unknown field"),
        pytest.param("ann", {"contacts": [{"receiver": "mail", "address": "a"}]}, "contacts", id="no such receiver"),
        pytest.param("ann", {"contacts": [{"receiver": "operators"}]}, "contacts", id="no address"),
        pytest.param("ann", {"units": ["a//b"]}, "units", id="no unit"),
        pytest.param("ann", {"teams": "care"}, "teams", id="no list"),
        pytest.param("ann", {"calendar": "office"}, "calendar", id="no such calendar"),
        pytest.param("holder", {}, "id", id="a word"),
        pytest.param("operators", {}, "id", id="a receiver"),
        pytest.param("ann", [], None, id="no object"),
        pytest.param("ann", {"name": "A\x00"}, "name", id="what cannot be stored"),
    ],
)
def test_what_does_not_fit_is_refused(shared_home: House, person: str, body: Any, field: str | None) -> None:
    refused = put(shared_home, person, body)
    assert (refused.status_code, refused.json().get("field")) == (422, field)
    assert shared_home.service.store.people.all() == []


def test_who_stands_in_the_file_is_read_only(home: House) -> None:
    home.service.store.people.bring([Person("ann", "Ann")], home.clock.now())
    assert put(home, "ann", ANN).json()["type"] == "urn:heedful:problem:managed-person"
    assert home.client.delete("/v1/people/ann", headers=home.key()).status_code == 409


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        pytest.param("admin", None, 201, id="an admin"),
        pytest.param("agent", None, 403, id="an agent"),
        pytest.param("viewer", None, 403, id="a viewer"),
        pytest.param("admin", "emea", 403, id="an admin of a unit"),
    ],
)
def test_who_may_enter_people(home: House, role: str, unit: str | None, status: int) -> None:
    assert put(home, "ann", ANN, role, unit).status_code == status


def test_a_key_of_a_unit_sees_the_people_of_its_unit(home: House) -> None:
    for person, unit in (("ann", "emea/uk"), ("bo", "apac")):
        put(home, person, {"units": [unit], "teams": [f"{person}-team"]})
    seen = home.get("/v1/people", role="viewer", unit="emea").json()["people"]
    assert [one["id"] for one in seen] == ["ann"]
    assert home.get("/v1/people/bo", role="viewer", unit="emea").status_code == 404
    assert [one["name"] for one in home.get("/v1/teams", role="viewer", unit="emea").json()["teams"]] == ["ann-team"]


def test_people_come_in_pages(home: House) -> None:
    for person in ("a1", "b1", "c1"):
        put(home, person, {})
    first = home.get("/v1/people", limit=2).json()
    assert ([one["id"] for one in first["people"]], first["cursor"]) == (["a1", "b1"], "b1")
    rest = home.get("/v1/people", limit=2, cursor="b1").json()
    assert ([one["id"] for one in rest["people"]], rest["cursor"]) == (["c1"], None)


def test_attainment_is_asked_for_and_answered(home: House) -> None:
    home.post({"id": "1", "text": "furious", "scores": {"nps": 1}})
    found = home.get("/v1/attainment", role="viewer", by="severity", goal="90% followed up in 24h").json()
    # Opened now, and the span ends before now.
    assert found["total"]["alerts"] == 0
    until = "2026-03-03T00:00:00"
    found = home.get("/v1/attainment", role="viewer", by="severity", goal="90% followed up in 24h", until=until).json()
    assert found["goal"] == "90% followed up within 1d"
    assert [(line["name"], line["alerts"]) for line in found["groups"]] == [("high", 1), ("low", 1)]
    assert found["total"]["follow_up"] == {
        "met": 0,
        "missed": 0,
        "pending": 2,
        "share": None,
        "low": None,
        "high": None,
    }
    assert found["total"]["goal"] == {"answer": "nothing_to_count", "settled": False, "pending": 2}


def test_attainment_by_intent(home: House) -> None:
    home.post(
        [{"id": "1", "text": "furious. leaving", "scores": {"nps": 1}}, {"id": "2", "text": "x", "scores": {"nps": 0}}]
    )
    alerts = [
        home.get("/v1/attainment", until="2026-03-03T00:00:00", **asked).json()["total"]["alerts"]
        for asked in ({}, {"intent": "churn"}, {"intent": "praise"})
    ]
    assert alerts == [4, 3, 0]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param({"goal": "soon"}, "goal", id="no goal"),
        pytest.param({"by": "colour"}, "by", id="no group"),
        pytest.param({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "since", id="backwards"),
        pytest.param({"team": "care", "wthin": "1d"}, "wthin", id="an unknown parameter"),
    ],
)
def test_a_question_that_cannot_be_asked(home: House, asked: dict[str, str], field: str) -> None:
    refused = home.get("/v1/attainment", **asked)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
