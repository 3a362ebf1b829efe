"""Bodies at the door: their type, their size, their pace, their number."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import Request

from api.body import body_of
from api.door import Door
from api.problems import SlowBodyError
from engine.errors import OverloadedError
from tests.support.service import House

RECORD = b'{"id": "1", "text": "hello"}'


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="no type said"),
        pytest.param({"content-type": "application/json"}, 200, id="JSON"),
        pytest.param({"content-type": "Application/JSON; charset=utf-8"}, 200, id="JSON with a charset"),
        pytest.param({"content-type": "application/vnd.survey+json"}, 200, id="a kind of JSON"),
        pytest.param({"content-encoding": "identity"}, 200, id="not encoded"),
        pytest.param({"content-type": "application/x-www-form-urlencoded"}, 415, id="a form, as curl sends"),
        pytest.param({"content-type": "text/csv"}, 415, id="CSV"),
        pytest.param({"content-type": "application/json", "content-encoding": "gzip"}, 415, id="gzip"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/read"])
def test_only_plain_json_is_taken(home: House, path: str, headers: dict[str, str], status: int) -> None:
    answer = home.client.post(path, content=RECORD, headers=home.key() | headers)
    assert answer.status_code == status
    if status == 415:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:heedful:problem:unsupported-media-type"
        assert home.service.store.records.count() == 0


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.body.MOST_SECONDS", 0.01)

    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    request = Request({"type": "http", "method": "POST", "headers": []}, never)
    with pytest.raises(SlowBodyError):
        asyncio.run(body_of(request, lambda _size: None))


def test_the_door_bounds_what_is_in_work() -> None:
    door = Door(most_bytes=10)
    with door.passing() as first:
        first(8)
        with door.passing() as second:
            second(2)
            with pytest.raises(OverloadedError):
                second(1)
        with door.passing() as third:
            third(2)
    with door.passing() as alone:
        alone(8)
        alone(8)


def test_a_full_door_answers_503_and_opens_again(home: House) -> None:
    with home.service.door.passing() as count:
        count(10**9)
        answer = home.post({"id": "1", "text": "hello"})
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:heedful:problem:overloaded")
        assert answer.headers["retry-after"] == "1"
    assert home.service.store.records.count() == 0
    assert home.post({"id": "1", "text": "hello"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        pytest.param("POST", "/v1/feedback?notfy=false", "notfy", id="a misspelt notify"),
        pytest.param("POST", "/v1/read?notify=false", "notify", id="a parameter of another route"),
        pytest.param("GET", "/v1/alerts?severty=high", "severty", id="a misspelt filter"),
        pytest.param("GET", "/v1/feedback/1?src=x", "src", id="a misspelt source"),
    ],
)
def test_an_unknown_parameter_is_refused_not_passed_over(home: House, method: str, path: str, name: str) -> None:
    answer = home.client.request(method, path, content=RECORD, headers=home.key())
    assert answer.status_code == 422
    assert answer.json()["field"] == name
    assert home.service.store.records.count() == 0


@pytest.mark.parametrize("unit", [None, ""])
def test_an_empty_unit_takes_the_key_s(home: House, unit: str | None) -> None:
    record = {"id": "1", "text": "hello", "unit": unit}
    assert home.post(record, role="ingest", unit="emea/uk").status_code == 200
    assert home.get("/v1/feedback/1").json()["feedback"]["unit"] == "emea/uk"
