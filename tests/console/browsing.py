"""A served console and a browser: what tests of pages work with."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from api.app import create_app
from api.runtime import Service
from engine.accounts import Account
from engine.ports import SystemClock
from engine.program import Program, RuleFile
from engine.scope import Role
from tests.support.keyword_reader import KeywordReader
from tests.support.service import RULES, composed

# How long a page may take on a machine that is busy with other tests; how fast it is, is measured in the bench.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
AXE = Path(__file__).with_name("axe.min.js")
# What keeps somebody from using a page.
GRAVE = ("serious", "critical")


@dataclass
class Console:
    """A console on a port of its own, over a service of the test's own, with a browser."""

    base: str
    service: Service
    reader: KeywordReader
    browser: Browser | None
    contexts: list[BrowserContext] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def account(self, role: str = "admin", unit: str | None = None, person: str | None = None) -> Account:
        """Enter an account."""
        count = len(self.service.store.accounts.all())
        now = self.service.engine.clock.now()
        name, email = f"Ann {count}", f"ann{count}@example.com"
        return self.service.store.accounts.add(name, email, Role(role), now, unit=unit, person=person)

    def sign_in(
        self,
        role: str = "admin",
        unit: str | None = None,
        *,
        account: Account | None = None,
        path: str = "/",
        viewport: dict[str, int] | None = None,
        **options: Any,
    ) -> Page:
        """Return a page of somebody who is signed in, in a browser context of its own."""
        page = self.page(viewport, **options)
        who = account or self.account(role, unit)
        token = self.service.store.sessions.begin(who.id, self.service.engine.clock.now())
        page.context.add_cookies([{"name": "heedful_session", "value": token, "url": self.base, "httpOnly": True}])
        self.open(page, path)
        return page

    def page(self, viewport: dict[str, int] | None = None, **options: Any) -> Page:
        """Return a page of nobody, that notes what it asks of others and what goes wrong in it."""
        assert self.browser is not None
        context = self.browser.new_context(viewport=viewport or WIDE, base_url=self.base, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def open(self, page: Page, path: str) -> None:
        """Open a page and wait until it is connected."""
        page.goto(path)
        page.wait_for_function("window.did_handshake === true")

    def post(self, *records: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
        """Send feedback over HTTP and return its decisions."""
        answer = httpx.post(f"{self.base}/v1/feedback", json=records, params=params, headers=self.key())
        assert answer.status_code == 200, answer.text
        decisions: list[dict[str, Any]] = answer.json()["decisions"]
        return decisions

    def key(self, role: str = "admin", unit: str | None = None) -> dict[str, str]:
        """Return the header of a new key."""
        _, secret = self.service.store.keys.create("test", Role(role), unit, self.service.engine.clock.now())
        return {"authorization": f"Bearer {secret}"}

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.base, self.base.replace("http", "ws", 1), "data:", "blob:")):
            self.foreign.append(request.url)


def grave(page: Page) -> list[str]:
    """Return the serious violations that axe-core finds on a page."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@contextmanager
def served(folder: Path, browser: Browser | None, *, rules: str = RULES, **more: Any) -> Iterator[Console]:
    """Serve a console over a new service, in a thread; NiceGUI knows one at a time in a process."""
    from api.settings import Settings

    words = KeywordReader()
    settings = Settings(**more.pop("settings", {}))
    program = Program(rule_files=(RuleFile("rules.yaml", rules),), any_attribute=True, **more)
    service = composed(folder, program, SystemClock(), words, settings)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(service, console=True), log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), name="served-console")
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the console did not start"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        service.reader.wait_until_tried()
        found = Console(f"http://127.0.0.1:{listening.getsockname()[1]}", service, words, browser)
        yield found
        for context in found.contexts:
            context.close()
        _let_go(found)
        assert not found.foreign, f"pages asked others: {json.dumps(found.foreign)}"
        assert not found.problems, f"errors in pages: {found.problems}"
    finally:
        server.should_exit = True
        thread.join(30)
        _forget_pages()


def _let_go(console: Console) -> None:
    """Wait until the server has seen the pages go: what it begins for them should not begin while it ends.

    A page that went without a word (its browser killed, say) is only missed after a while: it is not waited for.
    """
    from nicegui import Client

    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and any(one.has_socket_connection for one in list(Client.instances.values())):
        time.sleep(0.02)
    assert httpx.get(f"{console.base}/livez").status_code == 200


def _forget_pages() -> None:
    """Take what NiceGUI keeps a process of a server that ended from the sight of the next one."""
    from nicegui import Client, background_tasks

    Client.instances.clear()
    background_tasks.running_tasks.clear()
