"""Links in messages: no effect when looked at, once an action when pressed, in the recipient's name."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.alerts.changes import Action, By, Change
from engine.delivery.links import GOOD_FOR, Links
from engine.delivery.message import Message
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import receivers_of
from engine.delivery.spec import ReceiverSpec
from engine.people import Person
from tests.support.hooks import answers, hook
from tests.support.recognisers import plain_mask
from tests.support.service import House, house

URL = "https://heedful.example/base"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, public_url=URL + "/") as found:
        found.post({"id": "f1", "text": "I am furious", "scores": {"nps": 5}, "customer": "ann"})
        yield found


def alert_of(home: House) -> dict[str, Any]:
    (one,) = home.get("/v1/alerts").json()["alerts"]
    found: dict[str, Any] = home.get(f"/v1/alerts/{one['id']}").json()
    return found


def links(home: House, recipient: str = "ben") -> dict[str, str]:
    """Return the paths of the links in a message about the alert, by action."""
    alert = alert_of(home)
    message = Message("nt_1", json.dumps({"alert": alert}), home.clock.now(), None, "opened", recipient)
    assert home.service.links is not None
    found = home.service.links.links(message, alert)
    assert all(one.url.startswith(URL + "/l/") for one in found)
    return {one.action: urlsplit(one.url).path.removeprefix("/base") for one in found}


def events(home: House) -> list[tuple[str, str]]:
    return [(event["kind"], event["who"]) for event in alert_of(home)["events"]]


def test_looking_has_no_effect_however_often_and_by_whatever(home: House) -> None:
    path = links(home)["acknowledge"]
    for method in ("GET", "HEAD", "GET"):
        page = home.client.request(method, path, headers={"purpose": "prefetch"})
        assert page.status_code == 200
    assert events(home) == [("opened", "heedful")]
    assert "<button" in page.text
    assert "A furious customer" in page.text
    assert "furious, nps" not in page.text


def test_pressing_acknowledges_in_the_recipients_name_and_once(home: House) -> None:
    path = links(home)["acknowledge"]
    done, again = home.client.post(path), home.client.post(path)
    assert (done.status_code, again.status_code) == (200, 200)
    assert "<h1>Done</h1>" in done.text
    assert "<h1>Done already</h1>" in again.text
    assert "<h1>Done already</h1>" in home.client.get(path).text
    alert = alert_of(home)
    assert (alert["state"], alert["version"]) == ("acknowledged", 2)
    assert [who for _, who in events(home)] == ["heedful", "ben"]
    assert alert["events"][1]["why"] == "by a link in a message"


def test_links_in_a_delivered_message_act_for_whom_it_was_sent_to(home: House) -> None:
    with hook() as server:
        server.behaviour = answers(200, "ok")
        spec = ReceiverSpec("operators", "slack", server.url, allow_private=True)
        senders = receivers_of({"operators": spec}, plain_mask, links=home.service.links)
        assert Outbox(home.service.store.outbox, senders, home.clock).run_once() == 1
        found = re.findall(rf"<{URL}(/l/[^|>]+)\|Acknowledge>", server.got[0].body)
    assert len(found) == 1
    assert home.client.post(found[0]).status_code == 200
    assert [who for _, who in events(home)] == ["heedful", "operators"]


@pytest.mark.parametrize("kind", ["right", "not_actionable", "wrong_label"])
def test_pressing_gives_a_verdict(home: House, kind: str) -> None:
    assert home.client.post(links(home)[kind]).status_code == 200
    verdict = alert_of(home)["verdict"]
    assert (verdict["verdict"], verdict["who"], verdict["note"]) == (kind, "ben", "by a link in a message")
    assert verdict["labels"] == ({} if kind == "wrong_label" else None)


def test_each_recipient_has_links_of_their_own_and_a_message_sent_again_gives_no_second_use(home: House) -> None:
    first = links(home)["right"]
    home.clock.move(timedelta(minutes=5))
    again, other = links(home)["right"], links(home, "cleo")["right"]
    assert len({first, again, other}) == 3
    assert "<h1>Done</h1>" in home.client.post(first).text
    assert "<h1>Done already</h1>" in home.client.post(again).text
    assert "<h1>Done</h1>" in home.client.post(other).text


def test_links_of_who_has_left_have_ended(home: House) -> None:
    people, now = home.service.store.people, home.clock.now()
    people.put(Person("ben", "Ben"), now)
    path = links(home)["acknowledge"]
    assert home.client.get(path).status_code == 200
    people.remove("ben", now)
    for answer in (home.client.get(path), home.client.post(path)):
        assert (answer.status_code, "has left" in answer.text) == (410, True)
    assert events(home) == [("opened", "heedful")]


def test_two_clicks_at_once_act_once(home: House) -> None:
    path = links(home)["acknowledge"]
    pages: list[str] = []
    threads = [threading.Thread(target=lambda: pages.append(home.client.post(path).text)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("<h1>Done</h1>" in page for page in pages) == 1
    assert sum("<h1>Done already</h1>" in page for page in pages) == 5
    assert alert_of(home)["version"] == 2


def test_what_is_acknowledged_already_says_so(home: House) -> None:
    mine, theirs = links(home)["acknowledge"], links(home, "cleo")["acknowledge"]
    home.client.post(mine)
    page = home.client.post(theirs)
    assert page.status_code == 409
    assert "The alert is acknowledged already." in page.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_ends_after_a_week(home: House, method: str) -> None:
    path = links(home)["right"]
    home.clock.move(GOOD_FOR)
    page = home.client.request(method, path)
    assert page.status_code == 410
    assert "was good for 7 days" in page.text
    assert alert_of(home)["verdict"] is None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_ends_with_its_alert(home: House, method: str) -> None:
    path = links(home)["right"]
    close(home)
    page = home.client.request(method, path)
    assert page.status_code == 410
    assert "its links have ended with it" in page.text
    assert alert_of(home)["verdict"] is None


def test_a_link_that_was_used_says_so_also_when_its_alert_is_closed(home: House) -> None:
    path = links(home)["right"]
    home.client.post(path)
    close(home)
    assert "<h1>Done already</h1>" in home.client.post(path).text
    assert links(home) == {}


def close(home: House) -> None:
    home.service.store.changes.apply(
        Change(Action.DISMISS, note="no"), {alert_of(home)["id"]: None}, By("dan"), home.clock.now()
    )


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("x", id="nothing"),
        pytest.param("a.b.c", id="dots"),
        pytest.param("é" * 10, id="letters"),
        pytest.param("x" * 5_000, id="long"),
        pytest.param("%00%ff", id="bytes"),
        pytest.param("W10.c2ln", id="a bad signature"),
    ],
)
def test_what_is_no_link_of_ours_gets_one_answer(home: House, token: str) -> None:
    pages = [home.client.request(method, f"/l/{token}") for method in ("GET", "POST")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages} | {home.client.get("/l/other").text}) == 1


def test_every_changed_character_is_noticed(home: House) -> None:
    path = links(home)["acknowledge"]
    token = path.removeprefix("/l/")
    for place in range(0, len(token), 7):
        # Of the last character of a signature, base64 passes over the last two bits: "A" and "B" say the same there.
        other = token[:place] + ("A" if token[place] != "A" else "Q") + token[place + 1 :]
        assert home.client.post(f"/l/{other}").status_code == 404
    assert alert_of(home)["state"] == "open"


def test_links_of_another_service_are_none_of_ours(home: House) -> None:
    alert = alert_of(home)
    message = Message("nt_1", "{}", home.clock.now(), None, "opened", "ben")
    for link in Links("another key of thirty-two letters", URL).links(message, alert):
        assert home.client.post(urlsplit(link.url).path.removeprefix("/base")).status_code == 404


def test_pages_are_kept_by_nobody_and_run_nothing(home: House) -> None:
    path = links(home)["acknowledge"]
    for page in (home.client.get(path), home.client.post(path), home.client.get("/l/x")):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "<script" not in page.text
        assert '<html lang="en">' in page.text


def test_without_a_public_url_there_are_no_links(tmp_path: Path) -> None:
    with house(tmp_path) as plain:
        assert plain.service.links is None
        assert plain.client.get("/l/x").status_code == 404


@pytest.mark.parametrize(
    ("alert", "recipient"),
    [
        pytest.param({"id": "al_1", "state": "open"}, "", id="nobody"),
        pytest.param({"id": "al_1", "state": "resolved"}, "ben", id="closed"),
        pytest.param({"id": "al_1", "state": "open", "kind": "system"}, "ben", id="the service itself"),
        pytest.param({"state": "open"}, "ben", id="no alert"),
    ],
)
def test_where_nobody_can_act_there_are_no_links(home: House, alert: dict[str, Any], recipient: str) -> None:
    assert home.service.links is not None
    assert home.service.links.links(Message("nt_1", "{}", home.clock.now(), None, "opened", recipient), alert) == ()
