"""Receivers over HTTP: listed without their addresses, tested the real way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.receiver_shapes import ReceiversOut, ReceiverTestOut
from engine.delivery.receivers import receivers_of
from engine.delivery.spec import ReceiverSpec
from tests.support.hooks import Hook, answers, hook
from tests.support.recognisers import plain_mask
from tests.support.service import House, house


@pytest.fixture
def server() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, server: Hook) -> Iterator[House]:
    crm = ReceiverSpec("crm", "webhook", server.url, "a secret", allow_private=True)
    specs = {
        "crm": crm,
        "people": replace(crm, name="people", url=f"{server.url}&to={{address}}"),
        "thanks": replace(crm, name="thanks", to_customer=True),
    }
    with house(tmp_path) as found:
        found.service.specs, found.service.senders = specs, receivers_of(specs, plain_mask)
        yield found


def try_it(home: House, name: str, role: str = "admin", **body: Any) -> Any:
    return home.client.post(f"/v1/receivers/{name}/test", json=body, headers=home.key(role))


def test_receivers_are_listed_without_addresses_and_secrets(home: House, server: Hook) -> None:
    answer = home.get("/v1/receivers")
    found = ReceiversOut.model_validate_json(answer.content).receivers
    assert [(one.name, one.kind, one.takes_address, one.to_customer) for one in found] == [
        ("crm", "webhook", False, False),
        ("people", "webhook", True, False),
        ("thanks", "webhook", False, True),
    ]
    assert "localhost" not in answer.text
    assert "secret" not in answer.text


def test_a_test_message_arrives(home: House, server: Hook) -> None:
    found = ReceiverTestOut.model_validate_json(try_it(home, "crm").content)
    assert (found.delivered, found.said) == (True, "localhost answered 200")
    assert '"A test of this receiver"' in server.got[0].body
    assert try_it(home, "thanks").json()["delivered"]


def test_a_failure_says_what_happened(home: House, server: Hook) -> None:
    server.behaviour = answers(403)
    answer = try_it(home, "crm")
    assert answer.status_code == 200
    assert answer.json() | {"took_s": 0} == {
        "receiver": "crm",
        "delivered": False,
        "said": "localhost answered 403",
        "permanent": True,
        "took_s": 0,
    }


def test_an_address_is_given_where_it_is_needed(home: House, server: Hook) -> None:
    assert "needs an address" in try_it(home, "people").json()["said"]
    assert try_it(home, "people", address="a@x.example").json()["delivered"]
    assert server.got[0].path.endswith("&to=a%40x.example")


@pytest.mark.parametrize("role", ["viewer", "agent", "author", "analyst", "ingest"])
def test_only_admins_may(home: House, server: Hook, role: str) -> None:
    assert home.get("/v1/receivers", role=role).status_code == 403
    assert try_it(home, "crm", role).status_code == 403
    assert not server.got


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        pytest.param("crn", {}, 404, "did you mean 'crm'?", id="a slip"),
        pytest.param("crm", {"adress": "x"}, 422, "adress", id="a field"),
        pytest.param("crm", {"address": 5}, 422, "address", id="a number"),
    ],
)
def test_bad_requests_say_what(home: House, name: str, body: dict[str, Any], status: int, said: str) -> None:
    answer = try_it(home, name, **body)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
