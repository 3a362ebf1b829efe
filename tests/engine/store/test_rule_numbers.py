"""Numbers and shadow results of rules on real databases, within a scope; and rules found by words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.alerts.precision import Precision
from engine.alerts.verdict import Verdict, VerdictKind
from engine.scope import EVERYTHING, Scope
from engine.store.rule_numbers import RuleNumbers
from engine.store.shelf import RuleFilter
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback
from tests.support.shelves import ANN, publisher_on, rule

UK = Scope("emea/uk")
WEEK = timedelta(days=7)


@pytest.fixture
def clock(store: Store) -> StillClock:
    """Eight days: a furious complaint of Leeds on the first, and on the last two of Leeds and one of Rome."""
    found = StillClock()
    engine = engine_on(store, clock=found)
    engine.process([feedback(1, "furious. bad", unit="emea/uk/leeds")])
    found.move(timedelta(days=8))
    engine.process([feedback(number, "furious. bad", unit="emea/uk/leeds") for number in (2, 3)])
    engine.process([feedback(4, "furious. bad", unit="emea/it/rome"), feedback(5, "maybe leaving", unit="emea/it")])
    return found


def test_what_a_rule_opened_is_counted_within_the_span_and_the_scope(store: Store, clock: StillClock) -> None:
    opened = store.alerts.of_feedback("default", "f2")
    for alert, kind in zip(sorted(opened, key=lambda one: one.rule), VerdictKind, strict=False):
        store.verdicts.give(Verdict(alert.id, kind, "ann", clock.now()))
    since, slugs = clock.now() - WEEK, ["furious", "leaving", "low-score", "nothing", "\x00"]
    everything = store.rule_numbers.of(slugs, since)
    # What was unsure opened a review, which is no alert.
    assert everything == {"furious": RuleNumbers(3, Precision(1, 1)), "low-score": RuleNumbers(4, Precision(0, 1))}
    assert store.rule_numbers.of(["furious"], since, UK) == {"furious": RuleNumbers(2, Precision(1, 1))}
    assert store.rule_numbers.of(["furious"], NOON - WEEK, Scope("emea/it")) == {"furious": RuleNumbers(1, None)}
    assert store.rule_numbers.of(["furious"], since, Scope("emea/u")) == {}


@pytest.mark.parametrize(
    ("scope", "count", "of", "newest"),
    [
        pytest.param(EVERYTHING, 3, 4, ["f4"], id="all units"),
        pytest.param(UK, 2, 2, ["f3"], id="a unit and below"),
        pytest.param(Scope("emea/u"), 0, 0, [], id="a namesake"),
    ],
)
def test_what_a_shadow_rule_would_have_opened(
    store: Store, clock: StillClock, scope: Scope, count: int, of: int, newest: list[str]
) -> None:
    found = store.shadows.of("watched", clock.now() - WEEK, scope, limit=1)
    assert (found.count, found.of) == (count, of)
    assert [one.feedback_id for one in found.matches] == newest
    # A live rule's matches, and a namesake's, are none of it.
    assert store.shadows.of("furious", clock.now() - WEEK, scope).count == 0
    assert store.shadows.of("watch", clock.now() - WEEK, scope).count == 0
    assert store.shadows.of("watched", clock.now() - WEEK, scope, most=1).of == min(1, of)


def test_rules_are_found_by_words_of_any_script(store: Store) -> None:
    publisher = publisher_on(store)
    titles = {"a": "Ärger über die App", "b": "Warm praise", "c": "ÄRGER im Laden", "d": "100% _ off"}
    for slug, title in titles.items():
        publisher.put(slug, rule(slug, title=f"'{title}'"), None, ANN)
    publisher.retire("c", 1, ANN)

    def found(words: str, **more: object) -> list[str]:
        return [one.slug for one in store.shelf.page(RuleFilter(words=words), **more)]  # type: ignore[arg-type]

    assert found("ärger") == found("APP ärger") == ["a"]
    assert found("praise warm") == ["b"]
    assert found("%") == found("_") == ["d"]
    assert found(" ") == ["a", "b", "d"]
    assert found("a", limit=1) == ["a"]
    assert found("a", after="a") == ["b"]
    assert found("no such") == found("\x00") == []
    assert [one.slug for one in store.shelf.page(RuleFilter(words="ärger", retired=True))] == ["c"]
    assert store.shelf.counts() == {"shadow": 3, "retired": 1}
