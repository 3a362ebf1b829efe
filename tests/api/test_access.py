"""Who may do what: keys, roles and units."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scope import Role
from tests.support.service import House, house

RECORD = {"id": "1", "text": "hello", "scores": {"nps": 0}}
SEE = {"viewer", "agent", "author", "analyst", "admin"}
ROUTES = [
    pytest.param("POST", "/v1/feedback", {"ingest", "admin"}, id="send"),
    pytest.param("POST", "/v1/read", SEE | {"ingest"}, id="read"),
    pytest.param("GET", "/v1/feedback/1", SEE, id="a feedback"),
    pytest.param("GET", "/v1/feedback/1/explain", SEE, id="explain"),
    pytest.param("GET", "/v1/alerts", SEE, id="alerts"),
    pytest.param("GET", "/v1/alerts/al_none", SEE, id="an alert"),
    pytest.param("POST", "/v1/alerts/al_none/verdict", SEE - {"viewer"}, id="a verdict"),
    pytest.param("GET", "/v1/rules", SEE, id="rules"),
    pytest.param("GET", "/v1/rules/export", SEE, id="an export of rules"),
    pytest.param("GET", "/v1/rules/none", SEE, id="a rule"),
    pytest.param("GET", "/v1/rules/none/versions", SEE, id="the versions of a rule"),
    pytest.param("GET", "/v1/rules/none/versions/1", SEE, id="a version of a rule"),
    pytest.param("GET", "/metrics", SEE, id="metrics"),
    pytest.param("GET", "/docs", SEE, id="docs"),
    pytest.param("GET", "/openapi.json", SEE, id="the document"),
]


@pytest.mark.parametrize("role", [str(role) for role in Role])
@pytest.mark.parametrize(("method", "path", "allowed"), ROUTES)
def test_a_role_reaches_its_routes_only(
    shared_home: House, method: str, path: str, allowed: set[str], role: str
) -> None:
    body = {"verdict": "right"} if path.endswith("verdict") else RECORD
    answer = shared_home.client.request(
        method, path, json=body if method == "POST" else None, headers=shared_home.key(role)
    )
    assert (answer.status_code == 403) == (role not in allowed)
    assert answer.status_code in (200, 403, 404)


@pytest.mark.parametrize(("method", "path", "allowed"), ROUTES)
@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="no header"),
        pytest.param("Bearer ", id="no key"),
        pytest.param("Bearer hk_wrong", id="a wrong key"),
        pytest.param("Basic dXNlcjpwYXNz", id="another scheme"),
    ],
)
def test_without_a_valid_key_nothing_is_reached(
    shared_home: House, method: str, path: str, allowed: set[str], header: str | None
) -> None:
    headers = {"authorization": header} if header is not None else {}
    answer = shared_home.client.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "key" in answer.json()["detail"]


def test_a_revoked_key_ends_at_once(home: House) -> None:
    headers = home.key("viewer")
    assert home.client.get("/v1/alerts", headers=headers).status_code == 200
    (key,) = home.service.store.keys.all()
    home.service.store.keys.revoke(key.id, home.clock.now())
    assert home.client.get("/v1/alerts", headers=headers).status_code == 401


def test_settings_open_docs_and_metrics(tmp_path: Path) -> None:
    with house(tmp_path, open_docs=True, open_metrics=True) as home:
        assert [home.client.get(path).status_code for path in ("/docs", "/openapi.json", "/metrics")] == [200] * 3


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_needs_no_key(home: House, path: str) -> None:
    assert home.client.get(path).status_code == 200


def test_readyz_tells_of_a_reader_that_is_not_there(home: House) -> None:
    home.service.reader._reader = None
    answer = home.client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    # Nobody sends feedback to what is not ready: it must come back by itself.
    home.service._wake_reader()
    assert home.client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("unit", "seen"),
    [
        pytest.param(None, {"leeds", "ukraine", "berlin", "none"}, id="every unit"),
        pytest.param("emea/uk", {"leeds"}, id="a unit and below, not its namesakes"),
        pytest.param("emea", {"leeds", "ukraine", "berlin"}, id="the level above"),
        pytest.param("emea/uk/leeds/desk", set(), id="below"),
        pytest.param("emea/%", set(), id="a wildcard is no wildcard"),
        pytest.param("EMEA", set(), id="capitals are other units"),
    ],
)
def test_a_unit_bounds_every_read(home: House, unit: str | None, seen: set[str]) -> None:
    places = {"leeds": "emea/uk/leeds", "ukraine": "emea/ukraine", "berlin": "emea/de/berlin", "none": None}
    home.post([RECORD | {"id": name, "unit": place} for name, place in places.items()])
    listed = home.get("/v1/alerts", role="viewer", unit=unit).json()["alerts"]
    assert {alert["feedback_id"] for alert in listed} == seen
    everything = home.get("/v1/alerts").json()["alerts"]
    for alert in everything:
        expected = 200 if alert["feedback_id"] in seen else 404
        assert home.get(f"/v1/alerts/{alert['id']}", role="viewer", unit=unit).status_code == expected
        for path in (f"/v1/feedback/{alert['feedback_id']}", f"/v1/feedback/{alert['feedback_id']}/explain"):
            assert home.get(path, role="viewer", unit=unit).status_code == expected


def test_a_sender_with_a_unit_sends_for_it_only(home: House) -> None:
    assert home.post(RECORD | {"unit": "emea/de"}, role="ingest", unit="emea/uk").status_code == 403
    assert home.service.store.records.count() == 0
    assert home.post(RECORD, role="ingest", unit="emea/uk").status_code == 200
    assert home.get("/v1/feedback/1").json()["feedback"]["unit"] == "emea/uk"
