"""Delivery: at least once, with one id; retried, given up, and never to a private address unasked."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.delivery.guard import is_public, resolve
from engine.delivery.message import Message
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import LogReceiver, WebhookReceiver
from engine.errors import DeliveryError
from engine.ports import SystemClock
from engine.program import ReceiverSpec
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback
from tests.support.recognisers import plain_mask

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ=="


class Hook(ThreadingHTTPServer):
    """A real server that keeps what it got and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.got: list[tuple[dict[str, str], str]] = []
        self.url = f"http://localhost:{self.server_port}/hook?x=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = self.server
        assert isinstance(hook, Hook)
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(hook.status)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def receiver(url: str, *, allow_private: bool = True, secret: str = SECRET) -> WebhookReceiver:
    return WebhookReceiver(ReceiverSpec("crm", "webhook", url, secret, allow_private), plain_mask)


def message() -> Message:
    return Message("nt_1", '{"type":"alert.opened","text":"é"}', SystemClock().now())


def test_a_webhook_is_signed(hook: Hook) -> None:
    assert receiver(hook.url).send(message()) == "localhost answered 200"
    headers, body = hook.got[0]
    assert Webhook(SECRET).verify(body, headers) == {"schema": 1, "type": "alert.opened", "text": "é"}
    assert headers["webhook-id"] == "nt_1"
    assert headers["host"] == f"localhost:{hook.server_port}"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + " ", headers)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(301, True), (400, True), (404, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_answers_that_are_no_success(hook: Hook, status: int, permanent: bool) -> None:
    hook.status = status
    with pytest.raises(DeliveryError, match=f"localhost answered {status}") as caught:
        receiver(hook.url).send(message())
    assert caught.value.permanent is permanent
    assert len(hook.got) == 1


def test_private_addresses_are_refused_unless_allowed(hook: Hook) -> None:
    with pytest.raises(DeliveryError, match="leads to a private address") as caught:
        receiver(hook.url, allow_private=False).send(message())
    assert caught.value.permanent
    assert not hook.got


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("url", ["ftp://x.example", "file:///etc/passwd", "https://", "gopher://127.0.0.1"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(DeliveryError, match="must start with http"):
        resolve(url, allow_private=True)


class Flaky:
    """Fails until it is told to succeed."""

    def __init__(self, problem: DeliveryError | None) -> None:
        self.problem = problem
        self.ids: list[str] = []

    def send(self, message: Message) -> str:
        self.ids.append(message.id)
        if self.problem:
            raise self.problem
        return "taken"


def told(store: Store) -> dict[str, object]:
    (alert,) = store.alerts.of_feedback("default", "f1")
    return store.alerts.notifications([alert.id])[0]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def waiting(store: Store, clock: StillClock) -> Store:
    engine_on(store, clock=clock).process([feedback(1, "hello")], notify=True)
    return store


def test_a_message_goes_out_once(waiting: Store, clock: StillClock) -> None:
    stream = io.StringIO()
    outbox = Outbox(
        waiting.outbox, {"operators": LogReceiver(ReceiverSpec("operators", "log"), plain_mask, stream)}, clock
    )
    assert (outbox.run_once(), outbox.run_once()) == (1, 0)
    line = json.loads(stream.getvalue())
    assert line["message"]["alert"]["rule"] == "low-score"
    assert line["message"]["feedback"]["text"] == "hello"
    assert told(waiting)["state"] == "sent"


def test_a_permanent_failure_is_not_tried_again(waiting: Store, clock: StillClock) -> None:
    flaky = Flaky(DeliveryError("gone", permanent=True))
    assert Outbox(waiting.outbox, {"operators": flaky}, clock).run_once() == 1
    assert told(waiting)["state"] == "dead"


def test_a_message_to_a_receiver_that_is_not_declared_is_given_up_when_no_newer_process_took_it(
    waiting: Store, clock: StillClock
) -> None:
    states = []
    for _ in range(3):
        Outbox(waiting.outbox, {}, clock).run_once()
        states.append(told(waiting)["state"])
        clock.move(timedelta(minutes=35))
    assert states == ["pending", "pending", "dead"]
    assert told(waiting)["attempts"][0]["detail"] == "the program has no receiver operators"  # type: ignore[index]


def test_workers_share_the_outbox_without_sending_twice(store: Store, clock: StillClock) -> None:
    engine_on(store, clock=clock).process([feedback(n, "hello") for n in range(100)], notify=True)
    flaky = Flaky(None)
    workers = [Outbox(store.outbox, {"operators": flaky}, clock) for _ in range(3)]
    threads = [threading.Thread(target=lambda w=w: [w.run_once() for _ in range(20)]) for w in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(flaky.ids) == len(set(flaky.ids)) == 100
    assert store.outbox.counts() == {"sent": 100}
