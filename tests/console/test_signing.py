"""Signing in and out over HTTP, and what keeps others out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from api.console.sockets import MOST_LOGGED, logged
from engine.accounts import FREE_FOR_ACCOUNT, IDLE, Account
from engine.passwords import hashed
from tests.console.browsing import Console, served

PASSWORD = "correct horse battery"
HASH = hashed(PASSWORD)
WRONG = "The e-mail or the password is not right."


@pytest.fixture
def visitor(quiet_console: Console) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=quiet_console.base, headers={"origin": quiet_console.base}) as found:
        yield found


def person(console: Console, password: bool = True, **more: Any) -> Account:
    account = console.account(**more)
    if password:
        account = console.service.store.accounts.change(account.id, {"password": HASH})
    return account


def send(visitor: httpx.Client, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return visitor.post("/sign-in", data={"email": email, "password": password, **more})


def is_signed_in(visitor: httpx.Client) -> bool:
    answer = visitor.get("/account")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def test_a_password_signs_in_and_signing_out_ends_it(quiet_console: Console, visitor: httpx.Client) -> None:
    account = person(quiet_console)
    assert visitor.get("/account").headers["location"] == "/sign-in?next=%2Faccount"
    answer = send(visitor, f" {account.email.upper()}", next="/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    cookie = answer.headers["set-cookie"].lower()
    assert all(flag in cookie for flag in ("httponly", "samesite=lax", "path=/", "max-age=604800"))
    assert "secure" not in cookie, "this console is not reached by https"
    assert is_signed_in(visitor)
    assert visitor.get("/sign-in").status_code == 303, "who is signed in goes on"
    kept = dict(visitor.cookies)
    assert visitor.post("/sign-out").headers["location"] == "/sign-in"
    visitor.cookies.update(kept)
    assert not is_signed_in(visitor)


@pytest.mark.parametrize("who", ["unknown", "disabled", "without a password", "wrong password", "hostile"])
def test_what_is_not_right_is_said_alike(quiet_console: Console, visitor: httpx.Client, who: str) -> None:
    account = person(quiet_console, password=who != "without a password")
    email, password = account.email, PASSWORD
    if who == "unknown":
        email = "nobody@example.com"
    if who == "disabled":
        # Another one: the last account that may do everything cannot be disabled.
        person(quiet_console)
        quiet_console.service.store.accounts.change(account.id, {"disabled_at": account.created_at})
    if who == "wrong password":
        password = "x" * 300
    if who == "hostile":
        email, password = '"><script>alert(1)</script>\x00', "\x00\ud83d".encode("utf-8", "replace").decode()
    answer = send(visitor, email, password)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "<script>" not in answer.text
    assert not is_signed_in(visitor)


def test_who_guesses_waits_and_a_link_lets_the_owner_in(quiet_console: Console, visitor: httpx.Client) -> None:
    account = person(quiet_console)
    store, now = quiet_console.service.store, quiet_console.service.engine.clock.now
    for _ in range(FREE_FOR_ACCOUNT - 1):
        store.guesses.begin(account.email, "192.0.2.9", now())
    assert send(visitor, account.email, "wrong").status_code == 401
    answer = send(visitor, account.email)
    assert answer.status_code == 429, "also the right password has to wait"
    assert 0 < int(answer.headers["retry-after"]) <= 16
    assert "too many wrong passwords" in answer.text
    assert visitor.post(f"/sign-in/link/{store.sessions.link(account.id, now())}").status_code == 303
    assert is_signed_in(visitor)


def test_whoever_guesses_elsewhere_keeps_nobody_out(quiet_console: Console, visitor: httpx.Client) -> None:
    account, other = person(quiet_console), person(quiet_console)
    store, now = quiet_console.service.store, quiet_console.service.engine.clock.now
    assert send(visitor, account.email).status_code == 303
    visitor.post("/sign-out")
    for _ in range(FREE_FOR_ACCOUNT):
        for email in (account.email, other.email):
            store.guesses.begin(email, "192.0.2.9", now())
    assert send(visitor, other.email).status_code == 429, "the browser is known for one account, not for another"
    kept = dict(visitor.cookies)
    visitor.cookies["heedful_known"] = kept["heedful_known"][:-1]
    assert send(visitor, account.email).status_code == 429, "what is not signed is no browser that is known"
    visitor.cookies.clear()
    visitor.cookies.update(kept)
    assert send(visitor, account.email).status_code == 303
    assert store.guesses.begin(account.email, "192.0.2.10", now()), "who guesses elsewhere still waits"
    visitor.post("/sign-out")
    tries = [send(visitor, account.email, "wrong").status_code for _ in range(FREE_FOR_ACCOUNT + 1)]
    assert tries == [401] * FREE_FOR_ACCOUNT + [429], "a stolen cookie gives no more tries than an account has"


def test_a_link_signs_in_once_and_looking_at_it_does_nothing(quiet_console: Console, visitor: httpx.Client) -> None:
    account = person(quiet_console, password=False)
    token = quiet_console.service.store.sessions.link(account.id, account.created_at)
    for _ in range(2):
        assert account.email in visitor.get(f"/sign-in/link/{token}").text
    assert visitor.post(f"/sign-in/link/{token}").status_code == 303
    assert is_signed_in(visitor)
    assert [visitor.post(f"/sign-in/link/{token}").status_code, visitor.get("/sign-in/link/none").status_code] == [
        410,
        404,
    ]


def test_signing_out_everywhere_ends_every_session(quiet_console: Console, visitor: httpx.Client) -> None:
    account = person(quiet_console)
    with httpx.Client(base_url=quiet_console.base, headers={"origin": quiet_console.base}) as elsewhere:
        send(visitor, account.email)
        send(elsewhere, account.email)
        visitor.post("/sign-out", data={"everywhere": "yes"})
        assert not is_signed_in(elsewhere)


FOREIGN = [
    pytest.param({"origin": "https://evil.example"}, id="another's page"),
    pytest.param({"origin": "null"}, id="a sandboxed page"),
    pytest.param({"sec-fetch-site": "cross-site"}, id="no origin, and not from here"),
    pytest.param({"sec-fetch-site": "same-site"}, id="a neighbour's subdomain"),
    pytest.param({}, id="no origin at all"),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/sign-in/link/x", "/_nicegui/client/x/upload/1", "/account"]
)
def test_what_changes_something_comes_from_here(quiet_console: Console, path: str, headers: dict[str, str]) -> None:
    account = person(quiet_console)
    token = quiet_console.service.store.sessions.begin(account.id, account.created_at)
    form = {"email": account.email, "password": PASSWORD}
    cookies = {"heedful_session": token}
    answer = httpx.post(quiet_console.base + path, data=form, headers=headers, cookies=cookies)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert quiet_console.service.store.sessions.find(token, account.created_at) is not None


UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize(
    ("origin", "signed_in", "opens"),
    [
        pytest.param("own", True, True, id="a page of ours"),
        pytest.param("own", False, False, id="signed out"),
        pytest.param("https://evil.example", True, False, id="another's page"),
        pytest.param(None, True, False, id="no origin"),
    ],
)
def test_a_socket_is_a_signed_in_pages_own(
    quiet_console: Console, origin: str | None, signed_in: bool, opens: bool
) -> None:
    account = person(quiet_console)
    token = quiet_console.service.store.sessions.begin(account.id, account.created_at)
    headers = UPGRADE | ({"origin": quiet_console.base if origin == "own" else origin} if origin else {})
    cookies = {"heedful_session": token if signed_in else "x"}
    with httpx.stream("GET", quiet_console.base + SOCKET, headers=headers, cookies=cookies) as answer:
        assert answer.status_code == (101 if opens else 403)
    polling = httpx.get(quiet_console.base + SOCKET.replace("websocket", "polling"), cookies=cookies)
    assert (polling.status_code == 200) == signed_in


def test_a_page_that_connects_by_itself_is_no_sign_of_life(quiet_console: Console) -> None:
    sessions, now = quiet_console.service.store.sessions, _now(quiet_console)
    token = sessions.begin(person(quiet_console).id, now - IDLE + timedelta(minutes=1))
    cookies = {"heedful_session": token}
    polled = httpx.get(quiet_console.base + SOCKET.replace("websocket", "polling"), cookies=cookies)
    assert polled.status_code == 200
    assert sessions.find(token, now + timedelta(minutes=2), lives=False) is None
    assert httpx.get(f"{quiet_console.base}/account", cookies=cookies).status_code == 200
    assert sessions.find(token, now + timedelta(minutes=2), lives=False) is not None, "who looks at a page is there"


def test_what_a_page_logs_is_one_short_line_of_ours() -> None:
    with capture_logs() as lines:
        logged("a socket", {"level": "critical", "message": "x" * 9_000})
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("something went wrong in a page", "warning")
    assert len(line["said"]) == MOST_LOGGED


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        pytest.param("/account?x=%20", "/account?x=%20", id="a page"),
        pytest.param("https://evil.example", "/", id="another's address"),
        pytest.param("//evil.example", "/", id="another's host"),
        pytest.param("/\\evil.example", "/", id="a backslash, which browsers take for a slash"),
        pytest.param("/\t/evil.example", "/", id="a tab, which browsers leave out"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("/sign-out", "/", id="out again"),
        pytest.param("/" + "x" * 3000, "/", id="huge"),
    ],
)
def test_nobody_is_led_away(quiet_console: Console, visitor: httpx.Client, wanted: str, leads: str) -> None:
    token = quiet_console.service.store.sessions.begin(person(quiet_console, password=False).id, _now(quiet_console))
    visitor.cookies["heedful_session"] = token
    answer = visitor.get("/sign-in", params={"next": wanted})
    assert answer.headers["location"] == leads


def _now(console: Console) -> Any:
    return console.service.engine.clock.now()


def test_the_api_is_as_it_was(quiet_console: Console) -> None:
    base = quiet_console.base
    token = quiet_console.service.store.sessions.begin(person(quiet_console, password=False).id, _now(quiet_console))
    signed_in = {"heedful_session": token}
    assert httpx.get(f"{base}/v1/alerts", cookies=signed_in).status_code == 401, "a session is no key"
    assert httpx.get(f"{base}/v1/alerts", headers=quiet_console.key()).status_code == 200
    for method, path, status in (("GET", "/v1/none", 404), ("DELETE", "/v1/alerts", 405), ("GET", "/livez", 200)):
        answer = httpx.request(method, base + path, cookies=signed_in)
        assert (answer.status_code, "json" in answer.headers["content-type"]) == (status, True), path
    document = httpx.get(f"{base}/openapi.json", headers=quiet_console.key()).json()
    assert all(path.startswith(("/v1/", "/livez", "/readyz", "/metrics")) for path in document["paths"])


def test_pages_bring_their_own_rules_for_browsers(quiet_console: Console) -> None:
    token = quiet_console.service.store.sessions.begin(person(quiet_console, password=False).id, _now(quiet_console))
    answer = httpx.get(quiet_console.base, cookies={"heedful_session": token})
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    lost = httpx.get(f"{quiet_console.base}/no/such/page", cookies={"heedful_session": token})
    assert lost.status_code == 404
    assert "There is no page at this address" in lost.text


@pytest.mark.parametrize("path", ["/sign-in", "/_console/console.js", "/v1/alerts", "/livez", "/l/none", "/"])
def test_no_browser_guesses_what_an_answer_is(quiet_console: Console, path: str) -> None:
    headers = httpx.get(quiet_console.base + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers, "this console is not reached by https"
    assert path != "/v1/alerts" or headers["cache-control"] == "no-store"


def test_by_https_the_cookie_never_travels_in_the_clear(tmp_path: Path) -> None:
    settings = {"public_url": "https://voc.example"}
    with served(tmp_path, None, settings=settings) as console:
        account = person(console)
        form = {"email": account.email, "password": PASSWORD}
        answer = httpx.post(f"{console.base}/sign-in", data=form, headers={"origin": "https://voc.example"})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-heedful_session=")
        assert "Secure" in cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert httpx.get(f"{console.base}/v1/alerts").headers["strict-transport-security"] == "max-age=31536000"
        in_the_clear = {"origin": "http://voc.example", "host": "voc.example"}
        assert httpx.post(f"{console.base}/sign-in", data=form, headers=in_the_clear).status_code == 403
        assert (
            httpx.post(f"{console.base}/sign-in", data=form, headers={"origin": "http://voc.example"}).status_code
            == 403
        )
