"""Silences over HTTP: begun and ended by those who may, listed within a key's unit, refused with a field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.silence_shapes import SilenceOut, SilencesOut
from tests.support.service import House

BODY = {"matching": {"rule": "furious", "unit": "emea/uk"}, "reason": "the courier is on strike", "ends": "4h"}


def post(home: House, path: str, body: Any = None, role: str = "agent", unit: str | None = None) -> Any:
    return home.client.post(path, json=body, headers=home.key(role, unit))


def test_a_silence_begins_is_listed_and_ends(home: House) -> None:
    made = SilenceOut.model_validate_json(post(home, "/v1/silences", BODY).content)
    assert (made.state, made.author, made.ends_at) == ("active", "agent:None", home.clock.now() + timedelta(hours=4))
    assert made.said == "the rule is furious and the unit is emea/uk, or a unit below"
    later = SilenceOut.model_validate_json(post(home, "/v1/silences", BODY | {"starts": "1d"}).content)
    listed = SilencesOut.model_validate_json(home.get("/v1/silences", role="viewer").content)
    assert {one.id: one.state for one in listed.silences} == {made.id: "active", later.id: "pending"}
    ended = SilenceOut.model_validate_json(post(home, f"/v1/silences/{made.id}/end").content)
    assert (ended.state, ended.ended_by) == ("ended", "agent:None")
    assert post(home, f"/v1/silences/{made.id}/end").status_code == 409
    assert [one["id"] for one in home.get("/v1/silences").json()["silences"]] == [later.id]
    first = home.get("/v1/silences", ended=True, limit=1).json()
    second = home.get("/v1/silences", ended=True, limit=1, cursor=first["cursor"]).json()
    assert {one["silences"][0]["id"] for one in (first, second)} == {made.id, later.id}
    assert second["cursor"] is None


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        pytest.param(BODY | {"ends": None}, "invalid-silence", "ends", id="no end"),
        pytest.param(BODY | {"reason": ""}, "invalid-silence", "reason", id="no reason"),
        pytest.param(BODY | {"matching": {"rule": 1.5, "x": {}}}, "invalid-matching", "matching.x", id="conditions"),
        pytest.param([BODY], "invalid-silence", None, id="a list"),
    ],
)
def test_a_bad_silence_is_a_problem_that_names_its_field(home: House, body: Any, kind: str, field: str | None) -> None:
    answer = post(home, "/v1/silences", body)
    assert (answer.status_code, answer.json().get("field")) == (422, field)
    assert answer.json()["type"] == f"urn:heedful:problem:{kind}"
    assert home.get("/v1/silences").json()["silences"] == []


def test_a_unit_s_key_keeps_to_its_unit(home: House) -> None:
    wide = BODY | {"matching": {"rule": "furious"}}
    assert post(home, "/v1/silences", wide, unit="emea/uk").status_code == 403
    theirs = post(home, "/v1/silences", wide).json()["id"]
    mine = post(home, "/v1/silences", BODY, unit="emea/uk").json()["id"]
    assert [one["id"] for one in home.get("/v1/silences", role="agent", unit="emea/uk").json()["silences"]] == [mine]
    assert post(home, f"/v1/silences/{theirs}/end", unit="emea/uk").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "ingest"])
def test_who_may_not_is_refused(home: House, role: str) -> None:
    assert post(home, "/v1/silences", BODY, role).status_code == 403
    assert post(home, "/v1/silences/si_1/end", None, role).status_code == 403
    assert home.get("/v1/silences", role="ingest").status_code == 403


def test_time_alone_tells_of_its_end(home: House) -> None:
    made = post(home, "/v1/silences", BODY).json()["id"]
    home.clock.move(timedelta(hours=5))
    home.service.tick()
    (told,) = home.get("/v1/silences", ended=True).json()["silences"]
    assert (told["id"], told["noticed_at"] is not None) == (made, True)
