"""A whole service over a SQLite file, with the keyword reader and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.opening import open_store
from api.rules import ServedRules
from api.runtime import Service, links_of
from api.settings import Settings
from engine.alerts.routes import Route
from engine.delivery.outbox import Outbox
from engine.pipeline import Engine
from engine.ports import Clock
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.scope import Role
from engine.shelf.publisher import Publisher, Signature
from models.batching import BatchingReader
from tests.support.clock import StillClock
from tests.support.databases import migrated
from tests.support.keyword_reader import TAXONOMY, KeywordReader

RULES = """
rule: furious
title: A furious customer
status: live
when:
  all:
    - emotion: anger
    - nps: {at_most: 6}
then: {severity: high}
examples:
  fires: [{text: furious, nps: 1}, {text: furious, nps: 2}, {text: furious, nps: 3}]
  stays_quiet: [{text: hello}, {text: furious, nps: 9}, {text: thanks, nps: 1}]
---
rule: leaving
status: live
if_unsure: review
when: {intent: churn}
then: {severity: critical}
examples:
  fires: [{text: leaving}, {text: leaving now}, {text: I am leaving}]
  stays_quiet: [{text: hello}, {text: staying}, {text: thanks}]
---
rule: watched
status: shadow
when: {intent: complaint}
---
rule: low-score
status: live
when: {nps: {at_most: 2}}
then: {severity: low}
examples:
  fires: [{text: a, nps: 0}, {text: b, nps: 1}, {text: c, nps: 2}]
  stays_quiet: [{text: a, nps: 3}, {text: b}, {text: c, nps: 10}]
"""


@dataclass
class House:
    """A running service and its keys."""

    client: TestClient
    service: Service
    reader: KeywordReader
    clock: StillClock
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, role: str = "admin", unit: str | None = None) -> dict[str, str]:
        name = f"{role}:{unit}"
        if name not in self.keys:
            _, self.keys[name] = self.service.store.keys.create(name, Role(role), unit, self.clock.now())
        return {"authorization": f"Bearer {self.keys[name]}"}

    def post(self, body: Any, *, role: str = "admin", unit: str | None = None, **params: Any) -> Any:
        return self.client.post("/v1/feedback", json=body, params=params, headers=self.key(role, unit))

    def get(self, path: str, *, role: str = "admin", unit: str | None = None, **params: Any) -> Any:
        return self.client.get(path, params=params, headers=self.key(role, unit))


@contextmanager
def house(
    folder: Path,
    *,
    degrade: bool = False,
    any_attribute: bool = True,
    rules: str = RULES,
    routes: Route | None = None,
    **settings: Any,
) -> Iterator[House]:
    clock, words = StillClock(), KeywordReader()
    program = Program(
        rule_files=(RuleFile("rules.yaml", rules),), degrade=degrade, any_attribute=any_attribute, routes=routes
    )
    service = composed(folder, program, clock, words, Settings(**settings))
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        service.reader.wait_until_tried()
        yield House(client, service, words, clock)


def composed(folder: Path, program: Program, clock: Clock, words: KeywordReader, settings: Settings) -> Service:
    """Return a service over a SQLite file of a folder, with the keyword reader, that is not started."""
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.findings
    file = folder / "house.db"
    if not file.exists():
        migrated(file)
    store = open_store(f"sqlite:///{file}")
    publisher = Publisher(store.shelf, load_rules(replace(program, rule_files=()), TAXONOMY), clock)
    publisher.push(loaded, Signature("a test"))
    reader = BatchingReader(lambda: words, TAXONOMY, retry_s=0.0)
    engine = Engine(store, reader, publisher.look(), clock)
    served, outbox = ServedRules(publisher, engine), Outbox(store.outbox, {}, clock)
    links = links_of(settings, store, clock)
    return Service(settings, store, reader, engine, served, (), outbox, links=links)
