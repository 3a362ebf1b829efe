"""Verdicts in real databases: appended, the latest counts, each in the alert's history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import func, select, text

from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import NotFoundError
from engine.scope import Scope
from engine.store import schema
from engine.store.migrating import alembic_config
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback

FURIOUS = """
rule: furious
status: live
when: {emotion: anger}
examples:
  fires: [{text: furious}, {text: furious.}, {text: so furious}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
"""
RIGHT, WRONG = VerdictKind.RIGHT, VerdictKind.WRONG_LABEL


@pytest.fixture
def alerts(store: Store) -> list[str]:
    """The alerts of three furious customers, in the order of their feedback."""
    batch = [feedback(number, f"I am furious {number}", unit="emea/uk") for number in (3, 1, 2)]
    return [decision.alerts[0].id for decision in engine_on(store, rules=FURIOUS).process(batch)]


def verdict(alert: str, kind: VerdictKind = RIGHT, minute: int = 0, who: str = "kim", **more: object) -> Verdict:
    return Verdict(alert, kind, who, NOON + timedelta(minutes=minute), **more)  # type: ignore[arg-type]


def test_the_latest_verdict_counts_and_every_one_stays(store: Store, alerts: list[str]) -> None:
    first = verdict(alerts[0])
    second = verdict(alerts[0], WRONG, 1, labels={"emotion": ("joy/gratitude",), "topic": ()}, note="irony, see [1]")
    for one in (first, second):
        assert store.verdicts.give(one) == one
    _, detail = store.alerts.one(alerts[0])
    assert detail["verdict"] == second.as_dict()
    assert [(event["kind"], event["who"], event["why"]) for event in detail["events"]][1:] == [
        ("verdict", "kim", "right"),
        ("verdict", "kim", "wrong_label; emotion: joy/gratitude; topic: none (irony, see [1])"),
    ]
    assert store.alerts.one(alerts[1])[1]["verdict"] is None


def test_saying_it_again_adds_nothing_unless_another_says_it(store: Store, alerts: list[str]) -> None:
    first = store.verdicts.give(verdict(alerts[0]))
    assert store.verdicts.give(verdict(alerts[0], minute=5)) == first
    assert store.verdicts.give(verdict(alerts[0], minute=6, who="lee")).who == "lee"
    assert store.verdicts.give(verdict(alerts[0], minute=7)).at == NOON + timedelta(minutes=7)
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.verdict)) == 3


@pytest.mark.parametrize(
    ("alert", "scope"),
    [
        pytest.param(None, Scope("emea/de"), id="of another unit"),
        pytest.param("al_none", Scope(), id="that is not there"),
        pytest.param("a\x00", Scope(), id="with a NUL"),
    ],
)
def test_an_alert_out_of_sight_takes_no_verdict(
    store: Store, alerts: list[str], alert: str | None, scope: Scope
) -> None:
    with pytest.raises(NotFoundError):
        store.verdicts.give(verdict(alert or alerts[0]), scope)
    assert store.verdicts.latest() == []


def test_the_latest_of_some_kinds_in_the_order_of_their_feedback(store: Store, alerts: list[str]) -> None:
    for one in reversed(alerts):
        store.verdicts.give(verdict(one, WRONG, labels={"intent": ()}))
    store.verdicts.give(verdict(alerts[1], VerdictKind.DUPLICATE, 1))
    assert [judged.alert.id for judged in store.verdicts.latest()] == alerts
    wrong = store.verdicts.latest([WRONG, VerdictKind.NOT_ACTIONABLE])
    assert [judged.alert.id for judged in wrong] == [alerts[0], alerts[2]]
    assert wrong[0].verdict.labels == {"intent": ()}
    assert wrong[0].alert.feedback_id == "f3"


def test_verdicts_survive_the_migration_up_and_down(url: str) -> None:
    store = Store(url)
    with store.database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    store.migrate()
    alert = engine_on(store).process([feedback(1)])[0].alerts[0].id
    with store.database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO verdict (alert_id, at, who, verdict, detail) VALUES (:alert, :at, 'lee', 'right', 'yes')"
            ),
            {"alert": alert, "at": NOON.replace(tzinfo=None)},
        )
    store.migrate()
    (judged,) = store.verdicts.latest()
    assert (judged.verdict.note, judged.verdict.who, judged.verdict.labels) == ("yes", "lee", None)
    store.close()


def test_every_latest_reading_comes_once_in_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.readings.CHUNK", 2)
    engine = engine_on(store)
    engine.process([feedback(number, f"I am furious {number}") for number in range(5)])
    engine.process([feedback(1, "thanks"), feedback(3, "")], revise=True)
    found = list(store.readings.each())
    assert [(one.id, one.revision) for one in found] == [("f0", 1), ("f2", 1), ("f4", 1), ("f1", 2), ("f3", 2)]
    assert [one.sequence for one in found] == [1, 3, 5, 6, 7]
    assert store.readings.newest_taxonomy() == engine.rules.taxonomy
    assert [one.feedback.text for one in store.records.at([6, 2, 6])] == ["I am furious 1", "thanks"]


def test_a_store_without_readings_has_none(store: Store) -> None:
    assert list(store.readings.each()) == []
    assert store.readings.newest_taxonomy() is None
