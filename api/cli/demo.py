"""`heedful demo`: the service with the bundled sample; `make run` starts it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.listening import address, listen, serve_on, server_of
from api.cli.options import Db
from api.cli.output import stderr, stdout
from engine.durations import parse_duration
from engine.errors import HeedfulError, NotFoundError
from engine.ports import SystemClock
from engine.scope import Role

if TYPE_CHECKING:
    import uvicorn

    from api.runtime import Service

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SOURCE = "sample"
KEY_NAME = "demo"
EMAIL = "demo@heedful.example"
NOTIFICATIONS = Path("var") / "notifications.jsonl"
BATCH = 100
SHOWN = 12
PORTS = 20


class DemoError(HeedfulError):
    """The demo cannot run."""


def demo(
    db: Db = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="the first port to try")] = 8080,
) -> None:
    """Start the service on SQLite, feed it the bundled sample, and show which alerts were raised and why.

    A new admin key and a link that signs in to the console are made at each start and printed. A second start on the
    same database finds the sample there and raises nothing twice. Ctrl-C ends it.
    """
    from api.runtime import compose
    from api.settings import settings_of

    if not (SAMPLES / "feedback.jsonl").is_file():
        raise DemoError(f"{SAMPLES} has no feedback.jsonl; run this from a clone of the repository")
    settings = settings_of(program=SAMPLES / "program", open_docs=True, notifications=NOTIFICATIONS, db=db)
    listening = listen("127.0.0.1", range(port, min(port + PORTS, 65536)))
    service = compose(settings)
    server = server_of(service)
    feeding = Feeding(server, service, address(listening), _new_key(service))
    feeding.start()
    serve_on(server, listening)
    feeding.join(timeout=5)
    if feeding.problem is not None:
        raise DemoError(f"the sample could not be fed: {feeding.problem}")
    stderr.print("Heedful has stopped.", markup=False)


def _new_key(service: Service) -> str:
    now = SystemClock().now()
    for old in service.store.keys.all():
        if old.name == KEY_NAME and old.revoked_at is None:
            service.store.keys.revoke(old.id, now)
    return service.store.keys.create(KEY_NAME, Role.ADMIN, None, now)[1]


def _link(service: Service, base: str) -> str:
    """Return a link that signs the demo's own account in, once."""
    store, now = service.store, SystemClock().now()
    try:
        account, _ = store.accounts.by_email(EMAIL)
    except NotFoundError:
        account = store.accounts.add("Demo", EMAIL, Role.ADMIN, now)
    return f"{base}/sign-in/link/{store.sessions.link(account.id, now)}"


class Feeding(threading.Thread):
    """Feeds the sample over HTTP once the service answers, and shows what came of it.

    Parameters
    ----------
    server, service
        What runs; the server is told to end when the sample cannot be fed.
    base, key
        Where it listens, and the key to send with.
    """

    def __init__(self, server: uvicorn.Server, service: Service, base: str, key: str) -> None:
        super().__init__(name="feeding", daemon=True)
        self._server = server
        self._service = service
        self._base = base
        self._key = key
        self.problem: Exception | None = None

    def run(self) -> None:
        """Feed and show; what goes wrong is kept in ``problem``."""
        try:
            while not self._server.started:
                if self._server.should_exit:
                    return
                time.sleep(0.05)
            self._feed()
        except Exception as problem:
            if not self._server.should_exit:
                self.problem = problem
                self._server.should_exit = True

    def _feed(self) -> None:
        self._service.reader.wait_until_tried()
        headers = {"authorization": f"Bearer {self._key}"}
        with httpx.Client(base_url=self._base, headers=headers, timeout=120) as client:
            records, again = sample_records(self._service)
            decisions = _post(client, records)
        _show(decisions, {record["id"]: record for record in records}, again=again)
        _addresses(self._base, self._key, _link(self._service, self._base))


def sample_records(service: Service) -> tuple[list[dict[str, Any]], bool]:
    """Return the sample with real times, and whether it was fed before.

    The sample's times are offsets from the first start on a database: the stored first record tells
    which moment that was, so that a second start sends the same content.
    """
    lines = (SAMPLES / "feedback.jsonl").read_text("utf-8").splitlines()
    records = [orjson.loads(line) for line in lines]
    anchor, again = _anchor(service, records[0])
    for record in records:
        record["source"] = SOURCE
        record["occurred_at"] = (anchor - parse_duration(record.pop("ago"))).isoformat()
    return records, again


def _anchor(service: Service, first: dict[str, Any]) -> tuple[datetime, bool]:
    try:
        stored = service.engine.stored(SOURCE, first["id"])
    except NotFoundError:
        return SystemClock().now().replace(microsecond=0) - timedelta(seconds=1), False
    return stored.occurred_at + parse_duration(first["ago"]), True


def _post(client: httpx.Client, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    decisions: list[dict[str, Any]] = []
    for start in range(0, len(records), BATCH):
        answer = client.post("/v1/feedback", json=records[start : start + BATCH])
        if answer.status_code != 200:
            hint = "; this database holds another sample: start on a new one with --db" * (answer.status_code == 409)
            raise DemoError(f"the service answered {answer.status_code}: {answer.text[:500]}{hint}")
        decisions += answer.json()["decisions"]
    return decisions


def _show(decisions: Sequence[dict[str, Any]], records: dict[str, dict[str, Any]], *, again: bool) -> None:
    alerts = [(decision, alert) for decision in decisions for alert in decision["alerts"]]
    counts: dict[tuple[str, str, str], int] = {}
    for _, alert in alerts:
        what = (alert["severity"], alert["kind"], alert["rule"])
        counts[what] = counts.get(what, 0) + 1
    table = Table("severity", "kind", "rule", "alerts", title="Alerts by rule", title_justify="left")
    order = ("critical", "high", "medium", "low")
    for (severity, kind, rule), count in sorted(counts.items(), key=lambda item: (order.index(item[0][0]), item[0])):
        table.add_row(severity, kind, rule, str(count))
    examples = Table("rule", "what was said", "why", title="Some of them", title_justify="left", show_lines=True)
    told: set[str] = set()
    for decision, alert in alerts:
        if alert["rule"] not in told and len(told) < SHOWN:
            told.add(alert["rule"])
            text = records[decision["id"]]["text"]
            shown = text if len(text) <= 200 else text[:197] + "..."
            examples.add_row(alert["rule"], escape(shown), escape("\n".join(alert["reasons"])))
    said = "the sample was fed before: these are its first decisions" if again else "the sample was fed"
    stdout.print(f"\n{len(decisions)} records, {len(alerts)} alerts ({said})\n", markup=False)
    stdout.print(table)
    stdout.print(examples)


def _addresses(base: str, key: str, link: str) -> None:
    stdout.print(
        f"\nHeedful listens on {base}\n"
        f"  console    {link}  (signs in once, within 15 minutes; a restart makes a new one)\n"
        f"  API docs   {base}/docs\n"
        f"  alerts     curl -H 'Authorization: Bearer {key}' {base}/v1/alerts?limit=5\n"
        f"  why        curl -H 'Authorization: Bearer {key}' '{base}/v1/feedback/ID/explain?source={SOURCE}'\n"
        f"  messages   {NOTIFICATIONS} (the receivers of the sample program write to this file)\n"
        f"  API key    {key}  (role admin, valid until the next start)\n"
        "Ctrl-C ends it.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
