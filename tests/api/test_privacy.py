"""Private data over HTTP and on the command line: who sees it, who may not, and what is kept of a look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.privacy_shapes import PrivateOut, PrivateViewsOut
from engine.privacy.policy import Policy
from engine.privacy.vault import Vault, new_key
from engine.scope import Role
from tests.support.recognisers import redactor_of
from tests.support.service import House, house

KEY = new_key()
PHONE = "07911 123456"
SAID = {"id": "p1", "text": f"I am furious, call {PHONE}. Bad menu.", "customer": "ann@x.example", "scores": {"nps": 1}}
SAID |= {"unit": "emea/uk"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as found:
        vault = found.service.vault = Vault([KEY])
        found.service.engine.redactor = redactor_of(Policy(keep_originals=True), vault=vault)
        yield found


def seeing(home: House, role: str = "viewer", unit: str | None = None) -> dict[str, str]:
    now = home.clock.now()
    _, secret = home.service.store.keys.create("ann", Role(role), unit, now, see_private=True)
    return {"authorization": f"Bearer {secret}"}


def look(home: House, headers: dict[str, str], **params: Any) -> Any:
    return home.client.get("/v1/feedback/p1", params={"private": True, "why": "a call"} | params, headers=headers)


def test_what_is_stored_and_answered_has_no_personal_data_and_those_who_may_see_it(home: House) -> None:
    home.post(SAID)
    stored = home.get("/v1/feedback/p1").json()
    assert stored["feedback"]["parts"][0]["text"] == "I am furious, call [PHONE_NUMBER]. Bad menu."
    answer = look(home, seeing(home))
    shown = PrivateOut.model_validate_json(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    assert shown.feedback["parts"][0]["text"] == SAID["text"]
    assert shown.feedback["customer"] == "ann@x.example"
    words = [SAID["text"][one.start : one.end] for one in shown.decision.reading.sentences]
    assert words == [f"I am furious, call {PHONE}", " Bad menu"]
    (view,) = PrivateViewsOut.model_validate(home.get("/v1/private-views").json()).views
    assert (view.who, view.source, view.feedback_id, view.why) == ("ann", "default", "p1", "a call")


def test_alerts_are_searched_by_a_customer_as_they_are_sent_and_as_they_are_stored(home: House) -> None:
    home.post(SAID)
    (stored, *_) = {alert["customer"] for alert in home.get("/v1/alerts").json()["alerts"]}
    assert stored != SAID["customer"]
    for line in (SAID["customer"], f" {SAID['customer']} ", stored):
        assert len(home.get("/v1/alerts", search=line).json()["alerts"]) == 2, line
    assert home.get("/v1/alerts", search="bob@x.example").json()["alerts"] == []


@pytest.mark.parametrize("role", [*Role])
def test_no_role_may_see_private_data_by_itself(home: House, role: Role) -> None:
    home.post(SAID)
    assert look(home, home.key(role)).status_code == 403
    assert home.get("/v1/private-views").json() == {"views": [], "cursor": None}


@pytest.mark.parametrize(
    ("unit", "params", "status", "kind"),
    [
        pytest.param("emea", {}, 200, None, id="its unit"),
        pytest.param("apac", {}, 404, "not-found", id="another unit"),
        pytest.param(None, {"why": ""}, 422, "invalid-request", id="no reason"),
        pytest.param(None, {"why": "x" * 501}, 422, "invalid-request", id="a book"),
        pytest.param(None, {"private": False}, 422, "invalid-request", id="a reason for nothing"),
        pytest.param(None, {"source": "other"}, 404, "not-found", id="no such feedback"),
    ],
)
def test_a_look_is_within_the_key_s_unit_and_says_why(
    home: House, unit: str | None, params: dict[str, Any], status: int, kind: str | None
) -> None:
    home.post(SAID)
    answer = look(home, seeing(home, unit=unit), **params)
    assert answer.status_code == status
    assert answer.json().get("type", "").rpartition(":")[2] == (kind or "")
    assert len(home.service.store.private_views.page()) == (status == 200)


def test_without_keys_nothing_opens(home: House) -> None:
    home.post(SAID)
    home.service.vault = None
    answer = look(home, seeing(home))
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:heedful:problem:vault-locked")
    assert "HEEDFUL_PRIVACY_KEYS" in answer.json()["detail"]


def test_looks_are_listed_page_by_page_for_admins_of_everything(home: House) -> None:
    home.post(SAID)
    headers = seeing(home)
    for number in range(3):
        look(home, headers, why=f"look {number}")
    first = home.get("/v1/private-views", limit=2).json()
    second = home.get("/v1/private-views", limit=2, cursor=first["cursor"]).json()
    assert [one["why"] for one in first["views"] + second["views"]] == ["look 2", "look 1", "look 0"]
    assert second["cursor"] is None
    assert home.get("/v1/private-views", feedback="p2").json()["views"] == []
    assert home.get("/v1/private-views", role="analyst").status_code == 403
    assert home.get("/v1/private-views", unit="emea").status_code == 403


def test_customers_are_found_and_silenced_by_the_names_that_senders_know(home: House) -> None:
    home.post(SAID)
    found = home.get("/v1/alerts", customer="Ann@X.example").json()["alerts"]
    assert {one["rule"] for one in found} == {"furious", "low-score"}
    assert found == home.get("/v1/alerts", customer=found[0]["customer"]).json()["alerts"]
    silence = {"matching": {"customer": ["ann@x.example", "C-77"]}, "reason": "known", "ends": "4h"}
    made = home.client.post("/v1/silences", json=silence, headers=home.key())
    assert made.json()["matching"] == {"customer": [found[0]["customer"], "C-77"]}


def test_reading_without_storing_reads_what_would_be_stored_by_the_offsets_of_what_was_sent(home: House) -> None:
    answer = home.client.post("/v1/read", json=[SAID], headers=home.key())
    sentences = answer.json()["readings"][0]["sentences"]
    assert [SAID["text"][one["start"] : one["end"]] for one in sentences] == [
        f"I am furious, call {PHONE}",
        " Bad menu",
    ]


def command(*arguments: str, keys: str = KEY) -> Any:
    return CliRunner().invoke(app, arguments, env={"HEEDFUL_PRIVACY_KEYS": keys, "COLUMNS": "200"})


def test_the_command_line_shows_lists_and_rotates(home: House, tmp_path: Path) -> None:
    home.post(SAID)
    db = f"sqlite:///{tmp_path / 'house.db'}"
    shown = command("privacy", "show", "default", "p1", "--why", "asked", "--by", "bob", "--db", db)
    assert orjson.loads(shown.output)["feedback"]["customer"] == "ann@x.example"
    assert "asked" in command("privacy", "views", "--db", db).output
    newest = command("privacy", "key").output.strip()
    assert "1 records were sealed anew" in command("privacy", "rotate", "--db", db, keys=f"{newest},{KEY}").output
    assert "0 records were sealed anew, 1 were" in command("privacy", "rotate", "--db", db, keys=newest).output
    locked = command("privacy", "rotate", "--db", db, keys=KEY)
    assert (locked.exit_code, "opened by no key" in locked.output) == (1, True)
    assert "HEEDFUL_PRIVACY_KEYS" in str(command("privacy", "rotate", "--db", db, keys="short").exception)


def test_a_key_that_sees_private_data_is_made_and_listed(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'keys.db'}"
    made = command("keys", "create", "--name", "dpo", "--role", "viewer", "--see-private", "--db", db)
    command("keys", "create", "--name", "boss", "--role", "admin", "--db", db)
    assert "sees private data" in made.output
    lines = [line for line in command("keys", "list", "--db", db).output.splitlines() if "sees it" in line]
    assert len(lines) == 1
    assert "dpo" in lines[0]
