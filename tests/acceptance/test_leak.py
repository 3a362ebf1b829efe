"""The leak test: a thousand records full of personal data, through everything that the service does with them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.intake import admit
from engine.pipeline import Engine
from engine.privacy.policy import Policy
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.redactor import PolicyRedactor
from engine.privacy.vault import Vault, new_key
from engine.program import Program
from engine.store.store import Store
from models.privacy import load_recogniser
from tests.acceptance.conftest import Command
from tests.acceptance.leaking import PROGRAM, Plot, Search, batches, invalid, left_behind, plot, rows_of
from tests.acceptance.serving import DB, Serving
from tests.support.clock import NOON
from tests.support.databases import store, url
from tests.support.engines import engine_on
from tests.support.hooks import Hook, answers, hook
from tests.support.recognisers import KEY

__all__ = ["store", "url"]
RECORDS = 1_000
LEAST_RECALL = 0.99
VAULT_KEY = new_key()
PATHS = (
    "/v1/alerts?limit=1000",
    "/v1/outbox?limit=1000",
    "/v1/silences",
    "/v1/attainment",
    "/v1/private-views",
    "/metrics",
    "/readyz",
    *(f"/v1/feedback/r{number}" for number in (0, 1, 5, 30)),
    *(f"/v1/feedback/r{number}/explain" for number in (0, 1, 5, 30)),
)


@pytest.fixture(scope="module")
def leaky() -> Plot:
    return plot(RECORDS, load_recogniser())


@pytest.fixture
def chat() -> Iterator[Hook]:
    with hook() as found:
        found.behaviour = answers(200, "ok")
        yield found


@pytest.fixture
def start(heedful: Command, tmp_path: Path, chat: Hook) -> Iterator[Callable[[], Serving]]:
    for name, content in PROGRAM.items():
        path = tmp_path / "program" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.replace("HOOK", chat.url))
    key = heedful("keys", "create", "--name", "t", "--role", "admin", "--see-private", "--db", DB).stdout.strip()
    started: list[Serving] = []

    def begin() -> Serving:
        settings = {"HEEDFUL_PRIVACY_KEYS": VAULT_KEY, "HEEDFUL_NOTIFICATIONS": "told.jsonl"}
        started.append(Serving(tmp_path, "program", key, **settings))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


@pytest.mark.xdist_group("serve")
def test_nothing_that_is_recognised_is_left_anywhere(
    leaky: Plot, start: Callable[[], Serving], heedful: Command, tmp_path: Path, chat: Hook
) -> None:
    assert leaky.recall >= LEAST_RECALL
    assert len(leaky.secrets) >= 5 * RECORDS
    service = start()
    said = _sent(service, leaky)
    said += [service.client.get(path).content for path in PATHS]
    for alert in service.client.get("/v1/alerts?limit=30").json()["alerts"]:
        said.append(service.client.get(f"/v1/alerts/{alert['id']}").content)
    for told in service.client.get("/v1/outbox?limit=20").json()["notifications"]:
        said.append(service.client.get(f"/v1/outbox/{told['id']}").content)
    _wait_until_sent(service)
    seen = service.client.get("/v1/feedback/r1", params={"private": True, "why": "the leak test"}).json()
    assert service.end(signal.SIGINT) == 0, service.log
    outputs = _commands(heedful, leaky, tmp_path)

    search, places = Search(leaky.secrets), left_behind(tmp_path)
    assert {"store.db", "log", "told.jsonl", "review.jsonl"} <= set(places)
    assert len(chat.got) > RECORDS // 3
    places |= {f"answer {number}": content for number, content in enumerate(said)}
    places |= {f"message {number}": got.body.encode() for number, got in enumerate(chat.got)}
    places |= {f"command {number}": content.encode() for number, content in enumerate(outputs)}
    assert {place: found for place, content in places.items() if (found := search.found(content))} == {}
    # And what was looked for is found where it is shown to those who may see it.
    assert search.found(orjson.dumps(seen))
    assert seen["feedback"]["customer"] == leaky.records[1]["customer"]


def _sent(service: Serving, leaky: Plot) -> list[bytes]:
    """Send everything: once, again, changed, and what is refused; return what was answered."""
    again = batches(leaky.records[:100])
    said = [_post(service, body, 200) for body in (*batches(leaky.records), *again)]
    said.append(_post(service, orjson.dumps(leaky.records[0] | {"text": "other words", "parts": None}), 409))
    for number in range(1, 40, 3):
        changed = leaky.records[number] | {"text": leaky.records[number + 1]["text"]}
        said.append(_post(service, orjson.dumps(changed), 200, revise="true"))
    some = [one["customer"] for one in leaky.records[:40] if one["customer"] in leaky.secrets]
    assert len(some) > 20
    said += [_post(service, orjson.dumps(record), 422) for record in invalid(some)]
    said.append(service.client.get("/v1/alerts", params={"customer": some[0]}).content)
    said.append(service.client.get("/v1/alerts", params={some[0]: "x"}).content)
    said.append(service.client.get(f"/v1/feedback/{some[0]}").content)
    silence = {"matching": {"customer": some[0]}, "reason": "known", "ends": "4h"}
    said.append(service.client.post("/v1/silences", json=silence).content)
    return said


def _post(service: Serving, body: bytes, status: int, **params: str) -> bytes:
    headers = {"content-type": "application/json"}
    answer = service.client.post("/v1/feedback", content=body, headers=headers, params=params)
    assert answer.status_code == status, answer.text[:500]
    return answer.content


def _wait_until_sent(service: Serving) -> None:
    deadline = time.monotonic() + 120
    while service.client.get("/v1/outbox?state=pending&limit=1").json()["notifications"]:
        assert time.monotonic() < deadline, "messages are not sent"
        time.sleep(0.05)


def _commands(heedful: Command, leaky: Plot, folder: Path) -> list[str]:
    """Use the command line on what is stored, and on what is refused; return what it said."""
    db = f"sqlite:///{folder / 'store.db'}"
    exported = ("-o", str(folder / "review.jsonl"), "--n", "500", "--with-attributes")
    asked = [
        ("review", "export", "--db", db, *exported),
        ("alerts", "list", "--db", db, "--json", "--limit", "1000"),
        ("explain", "r0", "--db", db),
        ("rules", "backtest", str(folder / "program"), "--db", db, "--json"),
    ]
    done = [CliRunner().invoke(app, arguments, env={"COLUMNS": "200"}) for arguments in asked]
    assert [one.exit_code for one in done] == [0, 0, 0, 1], [one.output[-500:] for one in done]
    bad = orjson.dumps({"id": "bad", "text": "x", "scores": {"nps": "no, " + leaky.records[0]["customer"]}}).decode()
    refused = heedful("run", "-", "--program", "program", stdin=bad, HEEDFUL_PRIVACY_KEYS=VAULT_KEY)
    assert refused.returncode == 2, refused.stderr
    return [*(one.output for one in done), refused.stdout, refused.stderr]


@pytest.mark.parametrize("keeps", [False, True], ids=["not kept", "sealed"])
def test_no_column_of_any_table_has_it(leaky: Plot, store: Store, keeps: bool) -> None:
    engine = engine_on(store)
    vault = Vault([VAULT_KEY]) if keeps else None
    policy = Policy(keep_originals=keeps)
    engine.redactor = PolicyRedactor(load_recogniser(), policy, Pseudonyms(KEY), vault=vault)
    _process(engine, leaky.records[:200])
    places = rows_of(store)
    assert {"feedback.record", "alert.reasons", "notification.message"} <= set(places)
    assert ("feedback.sealed" in places) is keeps
    search = Search(leaky.secrets)
    assert {place: found for place, content in places.items() if (found := search.found(content))} == {}


def _process(engine: Engine, records: list[dict[str, Any]]) -> None:
    engine.process([admit(record, Program(), NOON) for record in records], notify=True)
