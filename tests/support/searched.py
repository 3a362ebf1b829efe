"""A store with feedback of every kind to search and to count, and what a plain look at every record finds in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.feedback import Feedback
from engine.insights.asked import Asked
from engine.insights.asking import parse_asked
from engine.intake import admit
from engine.pipeline import Engine
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.load import load_rules
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES

SIGNAL = """
---
rule: many-crashes
status: live
when: {all: [{topic: digital}, {count: {at_least: 4, within: 30d}}]}
then: {severity: high}
examples:
  fires: [{text: crash}, {text: crash b}, {text: crash c}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
"""
ATTRIBUTES = {
    "store": AttributeSpec("store", "text"),
    "tier": AttributeSpec("tier", "one_of", ("gold", "silver")),
    "tenure": AttributeSpec("tenure", "number"),
    "member": AttributeSpec("member", "flag"),
}
PROGRAM = Program(attributes=ATTRIBUTES, any_attribute=False, rule_files=(RuleFile("rules.yaml", RULES),))
SAID = (
    *("I am furious. The menu is bad", "Crash after crash. bad", "thanks, great café", "the invoice is bad. furious"),
    *("leaving now", "maybe leaving", "great menu. thanks", "nothing to say", "annoying crash. thanks anyway"),
    *("送货很慢 bad", "naïve Ünïcode straße", "danger! the app will crash"),
)
DAY = timedelta(days=1)


@dataclass
class Searched:
    """A store, and the feedback in it with its alerts as the decisions told them."""

    store: Store
    engine: Engine
    feedback: dict[str, Feedback]
    labels: dict[str, set[str]]
    rules: dict[str, set[str]]

    def found(self, asked: Asked, scope: Scope = EVERYTHING, person: str | None = None, limit: int = 20) -> list[str]:
        """Return what is found on all pages, in order."""
        ids: list[str] = []
        cursor: str | None = None
        while True:
            page = self.store.search.page(asked, limit=limit, cursor=cursor, scope=scope, person=person)
            ids += [one.feedback.id for one in page.found]
            cursor = page.cursor
            if cursor is None:
                return ids

    def behind(self, params: dict[str, Any], scope: Scope = EVERYTHING, person: str | None = None) -> int:
        """Return how many the parameters behind a number find."""
        return len(self.found(asked(**named(params)), scope, person))

    def plain(self, holds: Callable[[Feedback, set[str], set[str]], bool]) -> list[str]:
        """Return which records something holds for, the newest first."""
        ids = [
            name for name, one in self.feedback.items() if holds(one, self.labels[name], self.rules.get(name, set()))
        ]
        return ids[::-1]


def named(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request with the customer's names as a list, as they are parsed."""
    one = params.get("customer")
    return params | {"customer": [one]} if isinstance(one, str) else params


def asked(program: Program = PROGRAM, **given: Any) -> Asked:
    """Return conditions as a request gives them."""
    for name in ("since", "until"):
        if isinstance(given.get(name), str):
            given[name] = datetime.fromisoformat(given[name])
    return parse_asked(program, given)


def record(number: int, chance: random.Random) -> dict[str, Any]:
    """Return a record as a sender writes it."""
    one: dict[str, Any] = {
        "id": f"f{number}",
        "text": chance.choice(SAID),
        "occurred_at": (NOON - chance.randrange(chance.choice((20, 28 * 24))) * timedelta(hours=1)).isoformat(),
        "attributes": {
            "store": chance.choice(("Leeds", "York", 'St "Paul"', "=1+1")),
            "tier": chance.choice(("gold", "silver")),
            "tenure": chance.randrange(5),
            "member": chance.random() < 0.5,
        },
        "unit": chance.choice(("emea/uk/leeds", "emea/uk", "emea/ukraine", "apac", None)),
        "channel": chance.choice(("email", "app", None)),
        "customer": chance.choice(("c1", "c2", None)),
        "employee": chance.choice(("ann", "bob", None)),
        "source": chance.choice(("survey", "web")),
    }
    if chance.random() < 0.8:
        one["scores"] = {"nps": chance.randrange(11), "csat": chance.randrange(1, 6)}
    if chance.random() < 0.3:
        del one["attributes"]["store"]
    return {name: value for name, value in one.items() if value is not None}


def searched(store: Store, many: int = 80, seed: int = 7) -> Searched:
    """Fill a store."""
    loaded = load_rules(
        Program(attributes=ATTRIBUTES, any_attribute=False, rule_files=(RuleFile("rules.yaml", RULES + SIGNAL),)),
        TAXONOMY,
    )
    assert not loaded.errors
    engine = Engine(store, KeywordReader(), loaded, StillClock())
    chance = random.Random(seed)
    found = Searched(store, engine, {}, {}, {})
    records = [record(number, chance) for number in range(many)]
    for start in range(0, many, 30):
        post(found, records[start : start + 30])
    return found


def post(into: Searched, records: Sequence[dict[str, Any]], *, revise: bool = False) -> None:
    """Take records, and note what became of them."""
    batch = [admit(one, PROGRAM, NOON) for one in records]
    for feedback, decision in zip(batch, into.engine.process(batch, notify=False, revise=revise), strict=True):
        columns = TAXONOMY.columns
        into.feedback.pop(feedback.id, None)
        into.feedback[feedback.id] = feedback
        into.labels[feedback.id] = {f"{columns[one][0]}:{columns[one][1]}" for one in decision.reading.held}
        opened = {alert.rule for alert in decision.alerts if alert.kind == "alert"}
        into.rules.setdefault(feedback.id, set()).update(opened)
