"""Receivers and routes in versions over HTTP: published, followed by every process, delivered to, taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.rules import ServedRules
from api.setting_shapes import SettingTextOut, SettingVersionsOut
from engine.alerts.routes import Route
from engine.pipeline import Engine
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingDraft, SettingKind, routes_draft
from engine.shelf.setting_publisher import SettingPublisher
from engine.shelf.signature import Signature
from engine.store.store import Store
from tests.support.hooks import Hook, hook
from tests.support.service import House, house

CRM = 'crm:\n  kind: webhook\n  url: "${CRM_URL}"\n  secret: "${CRM_SECRET}"\n  allow_private: true\n  sees: labels\n'
CHAT = "chat: {kind: log}\n"
GRAVE = "to: operators\nroutes:\n  - name: grave\n    when: {severity: [high, critical]}\n    to: crm\n"
PATIENCE_S = 20


@pytest.fixture
def server() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, server: Hook, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CRM_URL", server.url)
    monkeypatch.setenv("CRM_SECRET", "s3cret-of-crm")
    with house(tmp_path) as found:
        yield found


def send(home: House, method: str, path: str, body: str = "", *, role: str = "admin", **more: Any) -> Any:
    unit, seen = more.pop("unit", None), more.pop("seen", "new")
    tag = {"if-none-match": "*"} if seen == "new" else {} if seen is None else {"if-match": f'"{seen}"'}
    kind = "application/json" if body.startswith("{") else "text/yaml"
    headers = home.key(role, unit) | tag | {"content-type": kind}
    return home.client.request(method, f"/v1/{path}", content=body.encode(), headers=headers, params=more)


def wait_for(server: Hook, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(server.got) < count:
        assert time.monotonic() < deadline, f"only {len(server.got)} came"
        time.sleep(0.02)


def states(home: House) -> dict[tuple[str, str], int]:
    return home.service.store.outbox.counts_by_receiver()


def test_from_a_receiver_and_a_route_to_a_delivered_alert_and_back(home: House, server: Hook) -> None:
    made = send(home, "PUT", "receivers/crm", CRM, why="for the managers")
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert SettingTextOut.model_validate_json(made.content).text == CRM
    assert send(home, "PUT", "routes", GRAVE).status_code == 201
    listed = {one["name"]: one for one in home.get("/v1/receivers").json()["receivers"]}
    assert (listed["crm"]["stands"], listed["crm"]["version"], listed["crm"]["sees"]) == ("published", 1, "labels")
    shown = home.get("/v1/routes").json()
    assert (shown["stands"], shown["version"], shown["routes"]["routes"][0]["to"]) == ("published", 1, ["crm"])
    first = home.post({"id": "1", "text": "I am furious", "scores": {"nps": 5}}).json()["decisions"][0]
    wait_for(server, 1)
    assert "A furious customer" in server.got[0].body
    assert "I am furious" not in server.got[0].body
    # Taken back: what comes from now on goes elsewhere, and what was decided stays.
    assert send(home, "PUT", "routes", "to: operators\n", seen=1).status_code == 200
    home.post({"id": "2", "text": "I am furious", "scores": {"nps": 5}})
    assert send(home, "DELETE", "receivers/crm", seen=1, why="moved").status_code == 200
    alert = home.get(f"/v1/alerts/{first['alerts'][0]['id']}").json()
    assert (alert["receiver"], alert["route"]) == ("crm", "routes > grave")
    home.post({"id": "3", "text": "I am furious", "scores": {"nps": 5}})
    assert {receiver for _, receiver in states(home)} == {"crm", "operators"}
    assert len(server.got) == 1
    versions = SettingVersionsOut.model_validate_json(home.get("/v1/receivers/crm/versions").content).versions
    assert [(one.version, one.retired, one.why) for one in versions] == [
        (2, True, "moved"),
        (1, False, "for the managers"),
    ]
    audit = [(one.entry.what, one.entry.kind, one.entry.subject) for one in home.service.store.audit.page()]
    assert audit == [
        ("retire", "receiver", "crm"),
        ("publish", "routes", "routes"),
        ("publish", "routes", "routes"),
        ("publish", "receiver", "crm"),
    ]


def test_an_earlier_version_comes_back_with_the_text_before_it(home: House) -> None:
    send(home, "PUT", "receivers/crm", CRM)
    send(home, "PUT", "receivers/crm", CRM + "  budget: 9\n", seen=1)
    shown = SettingTextOut.model_validate_json(home.get("/v1/receivers/crm/versions/2").content)
    assert (shown.before, shown.text) == (CRM, CRM + "  budget: 9\n")
    restored = send(home, "POST", "receivers/crm/restore", '{"version": 1}', seen=2)
    assert (restored.status_code, restored.json()["version"], restored.json()["text"]) == (200, 3, CRM)
    assert home.service.specs["crm"].budget is None
    send(home, "PUT", "routes", GRAVE)
    send(home, "PUT", "routes", "to: crm\n", seen=1)
    assert send(home, "POST", "routes/restore", '{"version": 1}', seen=2).json()["text"] == GRAVE
    assert home.get("/v1/routes/published", role="viewer").headers["etag"] == '"3"'
    assert home.get("/v1/routes/export", role="viewer").text == GRAVE
    assert home.get("/v1/receivers/export").text == CRM
    assert [one["version"] for one in home.get("/v1/routes/versions").json()["versions"]] == [3, 2, 1]
    assert home.get("/v1/routes/versions/2").json()["before"] == GRAVE


WRONG = [
    pytest.param(
        "PUT", "receivers/crm", "crm: {kind: webhook, url: 'https://x.example/t'}", "new", 422, "nothing else"
    ),
    pytest.param("PUT", "receivers/crm", CRM.replace("CRM_URL", "NOT_SET"), "new", 422, "NOT_SET is not set"),
    pytest.param("PUT", "receivers/chat", CHAT, "new", 412, "receiver 'chat' is there already, in version 1"),
    pytest.param("PUT", "receivers/chat", CHAT, 7, 412, "in version 1 now, and not 7"),
    pytest.param("PUT", "receivers/chat", CHAT, None, 428, "If-Match"),
    pytest.param("PUT", "receivers/states", "states: {kind: log}", "new", 422, "a word of the API"),
    pytest.param("PUT", "receivers/Chat", "Chat: {kind: log}", "new", 422, "lower-case letters"),
    pytest.param("PUT", "routes", "to: nobody\n", "new", 422, "unknown recipient 'nobody'"),
    pytest.param("DELETE", "receivers/chat", "", 1, 409, "still sent to by receiver desk (its fallback)"),
    pytest.param("DELETE", "receivers/crm", "", 1, 404, "there is no published receiver 'crm'"),
    pytest.param("POST", "routes/restore", '{"version": 1}', 1, 404, "no published routes"),
    pytest.param("GET", "receivers/crm", "", None, 404, "there is no published receiver 'crm'"),
]
WRONG_IDS = [
    *("address", "unset", "there", "stale", "unseen", "word", "name", "nobody", "named", "gone", "no-routes", "none")
]


@pytest.mark.parametrize(("method", "path", "body", "seen", "status", "said"), WRONG, ids=WRONG_IDS)
def test_what_cannot_be_says_why(
    stocked: House, method: str, path: str, body: str, seen: Any, status: int, said: str
) -> None:
    before = stocked.service.store.shelf.revision()
    answer = send(stocked, method, path, body, seen=seen)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert "s3cret" not in answer.text
    assert stocked.service.store.shelf.revision() == before


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patched, house(tmp_path_factory.mktemp("stocked")) as found:
        patched.setenv("CRM_URL", "http://192.0.2.1/hook")
        patched.setenv("CRM_SECRET", "s3cret-of-crm")
        send(found, "PUT", "receivers/chat", CHAT)
        send(found, "PUT", "receivers/desk", "desk: {kind: log, fallback: chat}\n")
        yield found


@pytest.mark.parametrize(
    ("role", "unit"), [("author", None), ("analyst", None), ("viewer", None), ("ingest", None), ("admin", "emea")]
)
def test_only_admins_of_all_units_change_them(stocked: House, role: str, unit: str | None) -> None:
    changes = (
        ("PUT", "receivers/x", "x: {kind: log}\n", "new"),
        ("DELETE", "receivers/chat", "", 1),
        ("POST", "receivers/chat/restore", '{"version": 1}', 1),
        ("PUT", "routes", GRAVE, "new"),
        ("POST", "routes/restore", '{"version": 1}', 1),
    )
    for method, path, body, seen in changes:
        assert send(stocked, method, path, body, role=role, unit=unit, seen=seen).status_code == 403, path
    assert len(stocked.service.store.shelf.settings.all()) == 2


def test_routes_of_a_file_are_read_only(tmp_path: Path) -> None:
    with house(tmp_path, routes=Route("routes", ("operators",), file="routes.yaml")) as home:
        answer = send(home, "PUT", "routes", "to: operators\n")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:heedful:problem:managed-setting")
        assert "the tree of routes stands in routes.yaml: change it there" in answer.json()["detail"]
        assert home.get("/v1/routes").json()["stands"] == "file"


def test_a_draft_of_routes_is_tried_before_it_is_published(home: House) -> None:
    send(home, "PUT", "receivers/crm", CRM)
    alert = {"rule": "furious"}

    def tried(**said: Any) -> Any:
        return home.client.post("/v1/routes/try", json={"alert": alert, **said}, headers=home.key("author"))

    now, then = (one.json()["alerts"][0]["destinations"] for one in (tried(), tried(routes=GRAVE)))
    assert [one["receiver"] for one in (*now, *then)] == ["operators", "crm"]
    wrong = tried(routes="to: nobody\n")
    assert (wrong.status_code, wrong.json()["errors"][0]["line"]) == (422, 1)
    assert home.get("/v1/routes").json()["stands"] == "nowhere"


class Other:
    """What another process has of the same store."""

    def __init__(self, home: House, store: Store) -> None:
        loaded = home.service.rules
        self.publisher = Publisher(store.shelf, loaded, home.clock, directory=store.people.directory)
        self.engine = Engine(store, home.reader, self.publisher.look(), home.clock)
        self.served = ServedRules(self.publisher, self.engine)
        self.settings = SettingPublisher(self.publisher, store.shelf.settings)


def test_what_another_process_publishes_is_followed_at_the_next_look(home: House, server: Hook) -> None:
    with closing(Store(home.service.store.database.url.render_as_string(hide_password=False))) as store:
        other, by = Other(home, store), Signature("ann")
        other.settings.put(SettingDraft(SettingKind.RECEIVER, "crm", CRM), None, by)
        other.settings.put(routes_draft(GRAVE), None, by)
        home.post({"id": "1", "text": "I am furious", "scores": {"nps": 5}})
        assert {receiver for _, receiver in states(home)} == {"operators"}
        home.service.published.look()
        home.post({"id": "2", "text": "I am furious", "scores": {"nps": 5}})
        wait_for(server, 1)
        # And the other way round.
        send(home, "PUT", "routes", "to: operators\n", seen=1)
        other.served.look()
        assert other.engine.program.routes is not None
        assert other.engine.program.routes.to == ("operators",)


def test_a_change_that_is_refused_hides_no_change_of_another_process(home: House) -> None:
    with closing(Store(home.service.store.database.url.render_as_string(hide_password=False))) as store:
        chat = SettingDraft(SettingKind.RECEIVER, "chat", CHAT)
        Other(home, store).settings.put(chat, None, Signature("ann"))
    assert send(home, "PUT", "receivers/x", "x: {kind: none}").status_code == 422
    home.service.published.look()
    assert "chat" in home.service.senders


def test_what_waits_for_a_retired_receiver_goes_to_the_operators(home: House, server: Hook) -> None:
    send(home, "PUT", "receivers/crm", CRM)
    send(home, "PUT", "routes", GRAVE)
    home.client.post("/v1/receivers/crm/pause", params={"why": "it moves"}, headers=home.key())
    home.post({"id": "1", "text": "I am furious", "scores": {"nps": 5}})
    deadline = time.monotonic() + PATIENCE_S
    while ("held", "crm") not in states(home):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    send(home, "PUT", "routes", "to: operators\n", seen=1)
    send(home, "DELETE", "receivers/crm", seen=1)
    home.service.tick()
    assert "crm" not in {receiver for _, receiver in states(home)}
    assert not server.got
