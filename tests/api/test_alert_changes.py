"""Alerts changed over HTTP: versions, people, many at once, attempts, and the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.alert_shapes import AlertDetailOut, AlertOut, AlertsOut, ChangedOut
from api.change_shapes import AttemptIn, ChangeIn
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.change_intake import FIELDS
from engine.alerts.changes import Action
from engine.people import Person
from tests.support.people import employ
from tests.support.service import House

ATTEMPT = {"channel": "phone", "outcome": "voicemail"}


@pytest.fixture
def alerts(home: House) -> list[str]:
    """Alerts of one customer, an hour apart, oldest first: high, high, low."""
    employ(home.service.store)
    for number, text in enumerate(("I am furious", "so furious", "hello")):
        nps = 5 if "furious" in text else 1
        home.post({"id": f"f{number}", "text": text, "scores": {"nps": nps}, "unit": "emea/uk", "customer": "c1"})
        home.clock.move(timedelta(hours=1))
    return [alert["id"] for alert in reversed(home.get("/v1/alerts").json()["alerts"])]


def change(home: House, alert: str, body: Any, *, role: str = "agent", path: str = "changes", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return home.client.post(f"/v1/alerts/{alert}/{path}", json=body, headers=home.key(role) | named)


def test_a_change_needs_the_version_that_was_seen(home: House, alerts: list[str]) -> None:
    tag = home.get(f"/v1/alerts/{alerts[0]}").headers["etag"]
    unseen = change(home, alerts[0], {"action": "acknowledge"})
    assert (unseen.status_code, unseen.json()["type"]) == (428, "urn:heedful:problem:precondition-required")
    done = change(home, alerts[0], {"action": "acknowledge", "note": "on it"}, if_match=tag)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert AlertOut.model_validate_json(done.content).state == "acknowledged"
    late = change(home, alerts[0], {"action": "start", "version": 1})
    assert (late.status_code, "you saw version 1, it is 2 now" in late.json()["detail"]) == (412, True)
    assert change(home, alerts[0], {"action": "start", "version": 2}).json()["state"] == "in_progress"


@pytest.mark.parametrize(
    ("body", "status", "field", "said"),
    [
        pytest.param([], 422, None, "must be an object", id="a list"),
        pytest.param({}, 422, "action", "the action is missing; use one of: acknowledge", id="nothing"),
        pytest.param({"action": "resolv"}, 422, "action", "did you mean 'resolve'", id="a misspelt action"),
        pytest.param({"action": "link_problem"}, 422, "action", "dismiss, link, note,", id="one of problems"),
        pytest.param({"action": "note"}, 422, "note", "the note is empty", id="an empty note"),
        pytest.param({"action": "note", "note": 5}, 422, "note", "must be text", id="a note of 5"),
        pytest.param({"action": "note", "note": "\x1b[2J"}, 422, "note", "control characters", id="steers a terminal"),
        pytest.param({"action": "note", "note": "x" * 2001}, 422, "note", "2,001 characters", id="a novel"),
        pytest.param({"action": "start", "remedy": "x"}, 422, "remedy", "unknown field of start", id="another's field"),
        pytest.param({"action": "attempt"}, 422, "channel", "the channel is missing", id="no channel"),
        pytest.param(
            ATTEMPT | {"action": "attempt", "outcome": "voicmail"}, 422, "outcome", "'voicemail'", id="an outcome"
        ),
        pytest.param({"action": "resolve", "remedy": "x" * 201}, 422, "remedy", "201 characters", id="a long remedy"),
        pytest.param({"action": "assign"}, 422, "to", "say whom", id="assigned to nothing"),
        pytest.param({"action": "assign", "to": "anna"}, 422, "to", "did you mean 'ann'", id="a misspelt person"),
        pytest.param({"action": "assign", "to": ["ann"]}, 422, "to", "unknown person or team", id="a list of people"),
        pytest.param({"action": "link", "feedback": "f1"}, 422, "feedback", '"source"', id="a link to text"),
        pytest.param({"action": "link", "feedback": {"id": 5}}, 422, "feedback", "must be text", id="a link to 5"),
        pytest.param({"action": "dismiss"}, 422, "note", "say why", id="dismissed for nothing"),
        pytest.param({"action": "reopen"}, 409, None, "is open, and not closed", id="reopened while open"),
        pytest.param({"action": "start", "person": "annie"}, 422, "person", "'ann'", id="nobody of the people"),
        pytest.param({"action": "start", "version": "1"}, 422, "version", "whole number", id="a version of text"),
        pytest.param({"action": "verdict", "verdict": "rihgt"}, 422, "verdict", "'right'", id="a misspelt verdict"),
    ],
)
def test_what_is_refused_says_why(
    home: House, alerts: list[str], body: Any, status: int, field: str | None, said: str
) -> None:
    body = {"version": 1} | body if isinstance(body, dict) else body
    answer = change(home, alerts[0], body)
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert said in answer.json()["detail"]
    assert home.get(f"/v1/alerts/{alerts[0]}").headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("to", "holder", "team"),
    [
        pytest.param("ann", "ann", "care", id="a person, whose first team counts"),
        pytest.param("kim", "kim", None, id="a person of no team"),
        pytest.param("phone", "phone", "phone", id="a team"),
    ],
)
def test_assigning(home: House, alerts: list[str], to: str, holder: str, team: str | None) -> None:
    given = change(home, alerts[0], {"action": "assign", "to": to, "version": 1}).json()
    assert (given["holder"], given["team"], given["state"]) == (holder, team, "open")
    back = change(home, alerts[0], {"action": "assign", "to": None, "version": 2}).json()
    assert (back["holder"], back["team"]) == (None, None)


@pytest.mark.parametrize(
    ("to", "status"),
    [
        pytest.param("leeds", 422, id="a person of a unit below, who does not see it"),
        pytest.param("paris", 422, id="a person of another unit"),
        pytest.param("paris-desk", 422, id="a team of another unit"),
        pytest.param("emea", 200, id="a person of a unit above"),
        pytest.param("ann", 200, id="a person of no unit"),
        pytest.param("emea-desk", 200, id="a team with somebody of a unit above"),
    ],
)
def test_who_may_be_given_an_alert_of_a_unit(home: House, alerts: list[str], to: str, status: int) -> None:
    units = {"leeds": "emea/uk/leeds", "paris": "emea/fr", "emea": "emea"}
    for name, unit in units.items():
        home.service.store.people.put(Person(name, name, units=(unit,), teams=(f"{name}-desk",)), home.clock.now())
    seen = [{"id": alert, "version": 1} for alert in alerts]
    many = bulk(home, {"action": "assign", "to": to, "alerts": seen})
    assert many.status_code == (status if status == 200 else 409)
    one = change(home, alerts[0], {"action": "assign", "to": to, "version": 1 if status == 422 else 2})
    if status == 422:
        assert (one.status_code, one.json()["field"]) == (422, "to")
        assert {refused["status"] for refused in many.json()["refused"]} == {422}
    else:
        assert [one["holder"] for one in many.json()["alerts"]] == [to] * 3


def test_a_key_acts_in_a_persons_name(home: House, alerts: list[str]) -> None:
    change(home, alerts[0], ATTEMPT | {"person": "ann"}, path="attempts")
    detail = AlertDetailOut.model_validate_json(home.get(f"/v1/alerts/{alerts[0]}").content)
    assert (detail.events[-1].who, detail.events[-1].data["through"]) == ("ann", "agent:None")
    assert detail.attempts[0].who == "ann"
    refused = change(home, alerts[0], ATTEMPT | {"person": "ann"}, path="attempts", role="analyst")
    assert (refused.status_code, "acts for itself" in refused.json()["detail"]) == (403, True)
    assert change(home, alerts[0], ATTEMPT, path="attempts", role="viewer").status_code == 403
    given = change(home, alerts[0], {"verdict": "right", "person": "bob"}, path="verdict")
    assert given.json()["who"] == "bob"


def test_an_attempt_needs_no_version_and_meets_the_follow_up(home: House, alerts: list[str]) -> None:
    done = change(home, alerts[1], ATTEMPT | {"note": "left word"}, path="attempts").json()
    assert (done["state"], done["version"]) == ("in_progress", 2)
    detail = AlertDetailOut.model_validate_json(home.get(f"/v1/alerts/{alerts[1]}").content)
    assert detail.clocks.follow_up.met_at == home.clock.now()
    assert [(one.channel, one.outcome, one.note) for one in detail.attempts] == [("phone", "voicemail", "left word")]
    assert (detail.earlier.count, [one.id for one in detail.earlier.alerts]) == (1, [alerts[0]])
    assert change(home, alerts[1], ATTEMPT | {"action": "note"}, path="attempts").status_code == 422


def test_linked_feedback_is_shown(home: House, alerts: list[str]) -> None:
    body = {"action": "link", "feedback": {"id": "f2"}, "note": "the same call"}
    assert change(home, alerts[0], body).json()["version"] == 2
    detail = AlertDetailOut.model_validate_json(home.get(f"/v1/alerts/{alerts[0]}").content)
    assert [(one.source, one.id) for one in detail.feedback] == [("default", "f2")]
    assert change(home, alerts[0], body).status_code == 409


def test_earlier_alerts_are_those_in_sight(home: House, alerts: list[str]) -> None:
    home.post({"id": "f9", "text": "furious", "scores": {"nps": 5}, "unit": "emea/de", "customer": "c1"})
    last = home.get("/v1/alerts").json()["alerts"][0]["id"]
    assert home.get(f"/v1/alerts/{last}").json()["earlier"]["count"] == 3
    assert home.get(f"/v1/alerts/{last}", unit="emea/de").json()["earlier"] == {"count": 0, "alerts": []}


def bulk(home: House, body: Any) -> Any:
    return home.client.post("/v1/alerts/changes", json=body, headers=home.key("agent"))


def test_many_at_once_are_all_changed_or_none(home: House, alerts: list[str]) -> None:
    change(home, alerts[1], {"action": "start", "version": 1})
    seen = [{"id": alert, "version": 1} for alert in alerts]
    answer = bulk(home, {"action": "acknowledge", "alerts": seen})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:heedful:problem:changes-refused")
    (refused,) = answer.json()["refused"]
    assert (refused["alert"], refused["status"]) == (alerts[1], 412)
    assert home.get(f"/v1/alerts/{alerts[0]}").headers["etag"] == '"1"'
    seen[1]["version"] = 2
    done = ChangedOut.model_validate_json(bulk(home, {"action": "assign", "to": "care", "alerts": seen}).content)
    assert [(one.id, one.holder) for one in done.alerts] == [(alert, "care") for alert in alerts]


@pytest.mark.parametrize(
    ("alerts_of", "status", "field"),
    [
        pytest.param(lambda ids: [], 422, "alerts", id="none"),
        pytest.param(lambda ids: ids, 422, "alerts.0", id="ids alone"),
        pytest.param(lambda ids: [{"id": ids[0]}] * 2, 422, "alerts.1", id="one twice"),
        pytest.param(lambda ids: [{"id": ids[0], "vesion": 1}], 422, "alerts.0.vesion", id="a misspelt field"),
        pytest.param(lambda ids: [{"id": ids[0]}], 428, None, id="not seen"),
        pytest.param(lambda ids: [{"id": ids[0], "version": 1}] * 1001, 422, "alerts", id="1,001"),
    ],
)
def test_many_that_are_named_badly(home: House, alerts: list[str], alerts_of: Any, status: int, field: Any) -> None:
    answer = bulk(home, {"action": "acknowledge", "alerts": alerts_of(alerts)})
    assert (answer.status_code, answer.json().get("field")) == (status, field)


def queue(home: House, **params: Any) -> list[str]:
    page = AlertsOut.model_validate_json(home.get("/v1/alerts", **params).content)
    return [alert.id for alert in page.alerts]


def test_the_queue_has_the_most_urgent_first_and_the_oldest_of_equals(home: House, alerts: list[str]) -> None:
    assert queue(home, sort="priority") == alerts
    change(home, alerts[0], {"action": "resolve", "version": 1})
    assert queue(home, sort="priority") == alerts[1:]
    first = home.get("/v1/alerts", sort="priority", limit=1).json()
    assert [alert["id"] for alert in first["alerts"]] == [alerts[1]]
    assert queue(home, sort="priority", limit=1, cursor=first["cursor"]) == [alerts[2]]


def test_filters_of_the_queue(home: House, alerts: list[str]) -> None:
    change(home, alerts[0], {"action": "assign", "to": "ann", "version": 1})
    change(home, alerts[1], {"action": "assign", "to": "care", "version": 1})
    change(home, alerts[2], {"action": "acknowledge", "version": 1})
    assert queue(home, holder="ann") == [alerts[0]]
    assert queue(home, team="care", sort="priority") == alerts[:2]
    assert queue(home, mine=True, person="ann", sort="priority") == alerts[:2]
    assert queue(home, mine=True, person="ann", holder="bob") == []
    assert queue(home, mine=True) == []
    assert queue(home, state=["acknowledged", "resolved"]) == [alerts[2]]
    assert queue(home, problem="pr_1") == []


def test_overdue_is_what_is_late_on_a_clock_and_not_closed(home: House, alerts: list[str]) -> None:
    store = home.service.store
    with store.database.write() as connection:
        for name, hours in ((alerts[0], 1), (alerts[1], 99)):
            due = home.clock.now() + timedelta(hours=hours)
            connection.exec_driver_sql(
                "UPDATE alert SET follow_up_due = ?, close_due = ? WHERE id = ?",
                (due.replace(tzinfo=None).isoformat(sep=" "), None, name),
            )
    assert queue(home, overdue=True) == []
    home.clock.move(timedelta(hours=2))
    assert queue(home, overdue=True) == [alerts[0]]
    change(home, alerts[0], ATTEMPT, path="attempts")
    assert queue(home, overdue=True) == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        pytest.param({"sort": "priority", "state": "resolved"}, "state", id="closed ones in a queue"),
        pytest.param({"person": "ann"}, "person", id="a person without mine"),
        pytest.param({"sort": "priority", "cursor": "WyIyMDI2Iiwx"}, "cursor", id="a cursor"),
        pytest.param({"sort": "urgent"}, "sort", id="an order"),
    ],
)
def test_a_bad_question_names_its_parameter(home: House, alerts: list[str], params: Any, field: str) -> None:
    answer = home.get("/v1/alerts", **params)
    assert (answer.status_code, answer.json()["field"].split(".")[-1]) == (422, field)


def test_a_cursor_of_one_order_is_none_of_the_other(home: House, alerts: list[str]) -> None:
    cursor = home.get("/v1/alerts", limit=1).json()["cursor"]
    assert home.get("/v1/alerts", sort="priority", cursor=cursor).status_code == 422


def test_the_shapes_say_what_is_taken() -> None:
    taken = {"action", "note", "version", "person"}.union(*FIELDS.values())
    assert set(ChangeIn.model_fields) == taken
    assert set(AttemptIn.model_fields) == {*FIELDS[Action.ATTEMPT], "version", "person"}
    shown = AttemptIn.model_json_schema()["properties"]
    assert shown["channel"]["enum"] == list(Channel)
    assert shown["outcome"]["enum"] == list(AttemptOutcome)
