"""The outbox over HTTP and on the command line, and what metrics tell of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.delivery.outbox import Outbox
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError
from tests.support.receivers import HeldReceiver, always
from tests.support.service import House


@pytest.fixture
def dead(home: House) -> str:
    """The id of a notification that was given up."""
    home.service.rest()
    home.post({"id": "f1", "text": "hello", "scores": {"nps": 1}, "unit": "emea/uk"})
    deliver(home, always(lambda: DeliveryError("answered 404", permanent=True)))
    (found,) = home.get("/v1/outbox").json()["notifications"]
    return str(found["id"])


def deliver(home: House, receiver: HeldReceiver) -> None:
    outbox = Outbox(home.service.store.outbox, {"operators": receiver}, home.clock)
    outbox.when_recorded.append(home.service.metrics.tried)
    outbox.run_once()


def post(home: House, path: str, role: str = "admin", unit: str | None = None, **params: Any) -> Any:
    return home.client.post(path, params=params, headers=home.key(role, unit))


def test_what_was_given_up_is_listed_shown_and_tried_again(home: House, dead: str) -> None:
    (listed,) = home.get("/v1/outbox", state="dead", receiver="operators").json()["notifications"]
    assert (listed["state"], listed["kind"], listed["recipient"]) == ("dead", "opened", "operators")
    assert listed["attempts"][0]["detail"] == "answered 404"
    assert home.get("/v1/outbox", state="sent").json() == {"notifications": [], "cursor": None}
    shown = home.get(f"/v1/outbox/{dead}").json()
    assert shown["message"]["feedback"]["text"] == "hello"
    assert post(home, f"/v1/outbox/{dead}/retry").json()["state"] == "pending"
    taken = HeldReceiver()
    deliver(home, taken)
    assert taken.ids == [dead]
    assert home.get(f"/v1/outbox/{dead}").json()["state"] == "sent"
    again = post(home, f"/v1/outbox/{dead}/retry")
    assert (again.status_code, again.json()["type"]) == (409, "urn:heedful:problem:conflict")
    events = home.get(f"/v1/alerts/{listed['alert']}").json()["events"]
    assert "notification_retried" in [one["kind"] for one in events]


def test_what_is_dropped_is_never_sent_and_the_alert_knows_why(home: House, dead: str) -> None:
    assert post(home, f"/v1/outbox/{dead}/drop").status_code == 422
    assert post(home, f"/v1/outbox/{dead}/drop", why="by \x00").status_code == 422
    dropped = post(home, f"/v1/outbox/{dead}/drop", why="told by phone").json()
    assert dropped["state"] == "dropped"
    taken = HeldReceiver()
    deliver(home, taken)
    assert taken.got == []
    events = home.get(f"/v1/alerts/{dropped['alert']}").json()["events"]
    assert (events[-1]["kind"], events[-1]["why"]) == ("notification_dropped", "told by phone")


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [("viewer", None, 403), ("agent", None, 403), ("admin", "emea/uk", 200), ("admin", "apac", 404)],
)
def test_who_may_retry(home: House, dead: str, role: str, unit: str | None, status: int) -> None:
    assert post(home, f"/v1/outbox/{dead}/retry", role, unit).status_code == status
    seen = home.get("/v1/outbox", role=role, unit=unit)
    assert len(seen.json().get("notifications", [])) == (status == 200)


def test_receivers_are_listed_and_started(home: House, dead: str) -> None:
    (known,) = home.get("/v1/receivers/states").json()["receivers"]
    assert (known["name"], known["state"], known["failures"]) == ("operators", "on", 1)
    post(home, f"/v1/outbox/{dead}/retry")
    deliver(home, HeldReceiver([DeliveryError("answered 410", permanent=True, gone=True)]))
    assert home.get("/v1/receivers/states").json()["receivers"][0]["state"] == "stopped"
    assert post(home, "/v1/receivers/operators/start", unit="emea").status_code == 403
    assert post(home, "/v1/receivers/operatrs/start").status_code == 404
    assert post(home, "/v1/receivers/operators/start").json() == {"name": "operators", "due": 1}


def test_a_receiver_is_paused_by_who_may(home: House) -> None:
    home.service.specs = {**home.service.specs, "crm": ReceiverSpec("crm", "log")}
    path = "/v1/receivers/crm/pause"
    assert post(home, path, "author", why="x").status_code == 403
    assert post(home, path, unit="emea", why="x").status_code == 403
    assert post(home, "/v1/receivers/cmr/pause", why="x").status_code == 404
    assert post(home, path, why="a\x07b").status_code == 422
    assert post(home, "/v1/receivers/operators/pause", why="x").status_code == 409
    paused = post(home, path, why="it moves").json()
    assert (paused["state"], paused["reason"]) == ("stopped", "paused by admin:None: it moves")
    assert post(home, path, why="again").status_code == 409
    (change,) = home.get("/v1/audit", kind="receiver", who="admin:None").json()["changes"]
    assert (change["what"], change["subject"], change["data"]) == ("pause", "crm", {"why": "it moves"})
    assert home.get("/v1/audit", kind="receiver", who="somebody").json()["changes"] == []
    assert post(home, "/v1/receivers/crm/start").json() == {"name": "crm", "due": 0}


def test_metrics_tell_of_the_outbox(home: House, dead: str) -> None:
    text = home.get("/metrics").text
    assert 'heedful_notifications{receiver="operators",state="dead"} 1.0' in text
    assert 'heedful_delivery_tries_total{outcome="dead",receiver="operators"} 1.0' in text
    assert "heedful_oldest_due_seconds{" not in text
    post(home, f"/v1/outbox/{dead}/retry")
    assert 'heedful_oldest_due_seconds{receiver="operators"} 0.0' in home.get("/metrics").text


def test_the_command_line_does_the_same(home: House, dead: str) -> None:
    db = home.service.store.database.url.render_as_string(hide_password=False)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--db", db])

    assert dead in run("outbox", "list", "--state", "dead", "--json").output
    assert json.loads(run("outbox", "show", dead, "--json").output)["attempts"][0]["outcome"] == "dead"
    assert "answered 404" in run("outbox", "show", dead).output
    assert "1 due now" in run("outbox", "retry", "--state", "dead").output
    assert run("outbox", "retry").exit_code != 0
    assert f"{dead} is dropped" in run("outbox", "drop", dead, "--why", "told by phone").output
    assert json.loads(run("receivers", "states", "--json").output)[0]["name"] == "operators"
    assert "operators is started; 0 notifications" in run("receivers", "start", "operators").output
    assert run("receivers", "start", "operatrs").exit_code != 0
