"""Slack, Teams and webhooks against a real server that does everything wrong; mail into a real mailbox."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from engine.delivery.links import Links
from engine.delivery.message import Message
from engine.delivery.receivers import Receiver, receivers_of
from engine.delivery.samples import SAMPLES
from engine.delivery.spec import ReceiverKind, ReceiverSpec, Sees
from engine.delivery.view import Event
from engine.errors import DeliveryError
from engine.ports import SystemClock
from tests.support.clock import NOON
from tests.support.hooks import Behaviour, Hook, Mailbox, answers, endless, hangs, hook, mailbox, sends
from tests.support.recognisers import plain_mask

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ=="
SOON = timedelta(seconds=1)
LATER = timedelta(minutes=2)


@pytest.fixture
def server() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


def receiver(kind: ReceiverKind, url: str, **more: Any) -> Receiver:
    spec = ReceiverSpec("crm", kind, url, SECRET if kind == "webhook" else None, allow_private=True, timeout=SOON)
    return receivers_of({"crm": replace(spec, **more)}, plain_mask)["crm"]


def message(event: Event = Event.ALERT, kind: str = "opened", address: str | None = None, **more: Any) -> Message:
    return Message("nt_1", json.dumps({**SAMPLES[event], **more}), NOON, address, kind, "ann")


@pytest.mark.parametrize("kind", ["webhook", "slack", "teams"])
@pytest.mark.parametrize(
    ("behaviour", "said", "permanent", "gone", "rest"),
    [
        pytest.param(answers(301, location="/x"), "answered 301", True, False, None, id="301"),
        pytest.param(answers(302, location="/x"), "answered 302", True, False, None, id="302"),
        pytest.param(answers(307), "answered 307", True, False, None, id="307 to nowhere"),
        pytest.param(answers(307, location="https://localhost/"), "another kind", True, False, None, id="307 scheme"),
        pytest.param(answers(307, location="//[::"), "RemoteProtocolError", False, False, None, id="307 garbage"),
        pytest.param(answers(308, location="/again"), "more than 3 times", True, False, None, id="308 in a circle"),
        pytest.param(answers(400), "answered 400", True, False, None, id="400"),
        pytest.param(answers(408), "answered 408", False, False, None, id="408"),
        pytest.param(answers(410), "answered 410", True, True, None, id="410"),
        pytest.param(answers(429, retry_after="120"), "answered 429", False, False, LATER, id="429"),
        pytest.param(
            answers(503, retry_after="Mon, 02 Mar 2026 12:02:00 GMT"), "answered 503", False, False, LATER, id="a date"
        ),
        pytest.param(
            answers(429, retry_after="99999999"), "answered 429", False, False, timedelta(days=1), id="a long rest"
        ),
        pytest.param(
            answers(429, retry_after="Mon, 02 Mar 2020 12:02:00 GMT"), "429", False, False, timedelta(0), id="the past"
        ),
        pytest.param(answers(429, retry_after="soon"), "answered 429", False, False, None, id="a word"),
        pytest.param(answers(500, retry_after="120"), "answered 500", False, False, None, id="500"),
        pytest.param(hangs, "did not answer: ReadTimeout", False, False, None, id="hang"),
        pytest.param(sends(b""), "did not answer: RemoteProtocolError", False, False, None, id="closed"),
        pytest.param(sends(b"HTTP/1.1 2", reset=True), "did not answer: Re", False, False, None, id="reset"),
        pytest.param(sends(b"\x16\x03\x01 what?\r\n\r\n"), "RemoteProtocolError", False, False, None, id="garbage"),
        pytest.param(endless(b"HTTP/1.1 500 No\r\n\r\n"), "answered 500", False, False, None, id="endless 500"),
    ],
)
def test_answers_that_are_no_success(
    server: Hook,
    kind: ReceiverKind,
    behaviour: Behaviour,
    said: str,
    permanent: bool,
    gone: bool,
    rest: timedelta | None,
) -> None:
    server.behaviour = behaviour
    with pytest.raises(DeliveryError, match=said) as caught:
        receiver(kind, server.url).send(message())
    assert (caught.value.permanent, caught.value.gone, caught.value.retry_after) == (permanent, gone, rest)
    assert not [one for one in (SECRET, "hook?x=1", "webhook-signature") if one in str(caught.value)]


@pytest.mark.parametrize(
    ("kind", "behaviour"),
    [
        pytest.param("webhook", answers(200), id="200"),
        pytest.param("webhook", answers(204), id="204"),
        pytest.param("webhook", endless(b"HTTP/1.1 200 Yes\r\n\r\n"), id="an endless body"),
        pytest.param("webhook", sends(b"HTTP/1.1 200 Yes\r\ncontent-length: 9\r\n\r\nx", reset=True), id="reset in it"),
        pytest.param("slack", answers(200, "ok"), id="slack"),
        pytest.param("teams", answers(202), id="teams"),
    ],
)
def test_answers_that_are_a_success(server: Hook, kind: ReceiverKind, behaviour: Behaviour) -> None:
    server.behaviour = behaviour
    assert receiver(kind, server.url).send(message()).startswith("localhost answered")
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("kind", "status", "body", "said", "permanent", "gone"),
    [
        pytest.param("slack", 200, "<html>Log in", "not as Slack does", False, False, id="a login page"),
        pytest.param("slack", 404, "no_service", "404: no_service", True, True, id="webhook removed"),
        pytest.param("slack", 403, "action_prohibited", "403: action_prohibited", True, False, id="prohibited"),
        pytest.param("slack", 400, "<b>x</b> secret", "answered 400$", True, False, id="other words"),
        pytest.param("teams", 200, "failed: HTTP error 429", "HTTP error 429 in the body", False, False, id="older"),
    ],
)
def test_what_chats_say_in_the_body(
    server: Hook, kind: ReceiverKind, status: int, body: str, said: str, permanent: bool, gone: bool
) -> None:
    server.behaviour = answers(status, body)
    with pytest.raises(DeliveryError, match=said) as caught:
        receiver(kind, server.url).send(message())
    assert (caught.value.permanent, caught.value.gone) == (permanent, gone)


def test_a_redirect_that_keeps_the_body_is_followed(server: Hook) -> None:
    there = answers(308, location="/moved?y=2")
    server.behaviour = lambda got, peer: (there if got.path == "/hook?x=1" else answers(200))(got, peer)
    assert receiver("webhook", server.url).send(message()) == "localhost answered 200"
    first, second = server.got
    assert (first.path, second.path) == ("/hook?x=1", "/moved?y=2")
    assert first.body == second.body
    assert first.headers["webhook-signature"] == second.headers["webhook-signature"]


def test_a_redirect_to_a_private_address_is_refused(server: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    fake = {"public.example": "127.0.0.1"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real(fake.get(host, host), *a, **k))
    monkeypatch.setattr("engine.delivery.guard.is_public", lambda address: not seen.append(address) and len(seen) == 1)
    seen: list[str] = []
    server.behaviour = answers(307, location=f"http://localhost:{server.port}/inside")
    with pytest.raises(DeliveryError, match="localhost leads to a private address") as caught:
        receiver("webhook", f"http://public.example:{server.port}/", allow_private=False).send(message())
    assert caught.value.permanent
    assert [got.path for got in server.got] == ["/"]


@pytest.mark.parametrize("kind", ["webhook", "slack", "teams"])
def test_a_private_address_is_refused(server: Hook, kind: ReceiverKind) -> None:
    with pytest.raises(DeliveryError, match="leads to a private address"):
        receiver(kind, server.url, allow_private=False).send(message())
    assert not server.got


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("https://localhost:{port}/x", "cannot be reached: Connect", id="no TLS there"),
        pytest.param("http://no-such-host.invalid/x", "no-such-host.invalid cannot be resolved", id="no such name"),
        pytest.param("http://localhost:1/secret", "localhost cannot be reached: ConnectError$", id="nobody listens"),
    ],
)
def test_what_cannot_be_reached_is_tried_again(server: Hook, url: str, said: str) -> None:
    with pytest.raises(DeliveryError, match=said) as caught:
        receiver("webhook", url.format(port=server.port)).send(message())
    assert not caught.value.permanent


def test_a_webhook_says_what_it_is_and_nothing_of_mutes(server: Hook) -> None:
    told = replace(message(subject={"a": 1}, group={"by": {}}), sent_at=SystemClock().now())
    receiver("webhook", server.url, sees=Sees.EVERYTHING).send(told)
    (got,) = server.got
    body = Webhook(SECRET).verify(got.body, got.headers)
    assert body == {"schema": 1, **SAMPLES[Event.ALERT]}
    assert (got.headers["webhook-id"], got.headers["content-type"]) == ("nt_1", "application/json")


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_every_event_has_a_payload(server: Hook, kind: ReceiverKind, event: Event) -> None:
    server.behaviour = answers(200, "ok")
    kinds = {Event.THANK: "thanks", Event.ESCALATED: "escalated"}
    own = str(event) if event in (Event.GROUP, Event.DIGEST, Event.SILENCE_ENDED) else kinds.get(event, "opened")
    if event is Event.THANK:
        with pytest.raises(DeliveryError, match="does not send to customers"):
            receiver(kind, server.url).send(message(event, own))
        return
    receiver(kind, server.url).send(message(event, own))
    payload = json.loads(server.got[0].body)
    if kind == "slack":
        assert payload["text"]
        assert all(block["type"] in ("header", "section", "rich_text") for block in payload["blocks"])
    else:
        assert payload["attachments"][0]["content"]["type"] == "AdaptiveCard"


def test_an_address_is_quoted_into_the_url(server: Hook) -> None:
    url = f"http://localhost:{server.port}/to/{{address}}?a=b"
    receiver("webhook", url).send(message(address="x/../y?z=1&a#é@example.com"))
    assert server.got[0].path == "/to/x%2F..%2Fy%3Fz%3D1%26a%23%C3%A9%40example.com?a=b"
    with pytest.raises(DeliveryError, match="crm needs an address"):
        receiver("webhook", url).send(message())


@pytest.mark.parametrize("address", [".", ".."])
def test_an_address_does_not_climb_up_the_path(server: Hook, address: str) -> None:
    with pytest.raises(DeliveryError, match="it is not valid") as caught:
        receiver("webhook", f"http://localhost:{server.port}/to/{{address}}/x").send(message(address=address))
    assert caught.value.permanent
    assert not server.got


def test_what_is_for_people_here_never_reaches_a_customer(server: Hook) -> None:
    with pytest.raises(DeliveryError, match="it sends to customers") as caught:
        receiver("webhook", server.url, to_customer=True).send(message())
    assert caught.value.permanent
    assert not server.got
    spec = ReceiverSpec("crm", "webhook", server.url, SECRET, allow_private=True, to_customer=True)
    links = Links("key", "https://heedful.example")
    receivers_of({"crm": spec}, plain_mask, links=links)["crm"].send(message(Event.THANK, "thanks"))
    told = json.loads(server.got[0].body)
    assert told["type"] == "customer.thanks"
    assert "links" not in told


def test_neither_addresses_nor_secrets_are_logged(server: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receiver("webhook", server.url).send(message())
    assert not caplog.records


def mail(box: Mailbox, to: str = "{address}", **more: Any) -> Receiver:
    return receiver("apprise", f"mailto://localhost:{box.port}?from=heedful@x.example&to={to}", **more)


def test_a_mail_arrives_as_text_and_html_with_the_evidence_marked(box: Mailbox) -> None:
    assert mail(box).send(message(address="ann@x.example")) == "taken by E-Mail"
    ((_, to, text),) = box.mails
    found = message_from_string(text, policy=policy.default)
    assert to == ["ann@x.example"]
    assert found["subject"] == "[low] A test of this receiver"
    html = found.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    assert "<mark>every time I try to pay in the app I get lost in your menus.</mark>" in html
    assert "Mon 02 Mar 2026 12:00 UTC" in html


def test_a_mail_that_is_refused_is_tried_again(box: Mailbox) -> None:
    box.answer = "550 no such mailbox"
    with pytest.raises(DeliveryError, match="crm did not take the message") as caught:
        mail(box).send(message(address="ann@x.example"))
    assert not caught.value.permanent
    assert "ann@" not in str(caught.value)
    assert not box.mails


def test_a_mail_server_that_hangs_is_left_after_the_timeout(server: Hook) -> None:
    server.behaviour = hangs
    with pytest.raises(DeliveryError, match="did not take the message"):
        receiver("apprise", f"mailto://localhost:{server.port}?from=h@x.example&to=a@x.example").send(message())


@pytest.mark.parametrize("address", ["", "two@x.example,three@x.example", "no mailbox"])
def test_an_address_names_one_person(box: Mailbox, address: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        mail(box).send(message(address=address))
    assert caught.value.permanent
    assert not box.mails
