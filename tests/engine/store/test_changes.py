"""Changes in real databases: one of two wins, all of many or none, and a history of everything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, By, Change
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import AlertStateError, NotFoundError, RefusedError, StaleError
from engine.scope import Scope
from engine.store import schema_delivery
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback

KIM = By("kim")
ACKNOWLEDGE, RESOLVE = Change(Action.ACKNOWLEDGE), Change(Action.RESOLVE, remedy="refund")
ATTEMPT = Change(Action.ATTEMPT, channel=Channel.PHONE, outcome=AttemptOutcome.REACHED, note="spoke with her")


@pytest.fixture
def alerts(store: Store) -> list[str]:
    """The furious alerts of three customers; each message is due."""
    batch = [feedback(n, f"I am furious {n}", unit="emea/uk", scores={"nps": 5}) for n in range(3)]
    decisions = engine_on(store).process(batch, notify=True)
    return [alert.id for decision in decisions for alert in decision.alerts]


def apply(store: Store, change: Change, *alerts: str, version: int | None = None, scope: Scope = Scope()) -> None:  # noqa: B008
    store.changes.apply(change, dict.fromkeys(alerts, version), KIM, NOON + timedelta(minutes=1), scope)


def test_every_change_is_an_event_and_a_version(store: Store, alerts: list[str]) -> None:
    for version, change in enumerate(
        (ACKNOWLEDGE, ATTEMPT, RESOLVE, Change(Action.REOPEN, note="she called")), start=1
    ):
        apply(store, change, alerts[0], version=version)
    alert, detail = store.alerts.one(alerts[0])
    assert (alert.state, alert.version, alert.remedy, alert.followed_up_at) == (
        "open",
        5,
        "refund",
        NOON + timedelta(minutes=1),
    )
    assert [(event["kind"], event["who"]) for event in detail["events"]] == [
        ("opened", "heedful"),
        *((kind, "kim") for kind in ("acknowledge", "attempt", "resolve", "reopen")),
    ]
    assert detail["events"][3]["data"] == {"remedy": "refund", "from": "in_progress", "to": "resolved"}
    assert [one["note"] for one in detail["attempts"]] == ["spoke with her"]


def test_who_acts_for_somebody_is_on_record(store: Store, alerts: list[str]) -> None:
    store.changes.apply(ACKNOWLEDGE, {alerts[0]: 1}, By("ann", "console"), NOON)
    event = store.alerts.one(alerts[0])[1]["events"][-1]
    assert (event["who"], event["data"]["through"]) == ("ann", "console")


@pytest.mark.parametrize(
    ("change", "version", "scope", "error"),
    [
        pytest.param(ACKNOWLEDGE, 2, Scope(), StaleError, id="another version"),
        pytest.param(Change(Action.REOPEN), 1, Scope(), AlertStateError, id="a state that does not allow it"),
        pytest.param(ACKNOWLEDGE, 1, Scope("emea/de"), NotFoundError, id="out of scope"),
        pytest.param(
            Change(Action.LINK, feedback=("default", "none")), 1, Scope(), NotFoundError, id="no such feedback"
        ),
    ],
)
def test_what_is_refused_leaves_nothing(
    store: Store, alerts: list[str], change: Change, version: int, scope: Scope, error: type[Exception]
) -> None:
    with pytest.raises(error):
        apply(store, change, alerts[0], version=version, scope=scope)
    assert store.alerts.one(alerts[0])[0].version == 1
    assert len(store.alerts.one(alerts[0])[1]["events"]) == 1


def test_of_many_all_are_changed_or_none(store: Store, alerts: list[str]) -> None:
    apply(store, ACKNOWLEDGE, alerts[1])
    with pytest.raises(RefusedError) as caught:
        apply(store, ACKNOWLEDGE, *alerts, "al_none", "a\x00")
    assert {alert: type(why) for alert, why in caught.value.refused.items()} == {
        alerts[1]: AlertStateError,
        "al_none": NotFoundError,
        "a\x00": NotFoundError,
    }
    assert store.alerts.one(alerts[0])[0].version == 1
    apply(store, RESOLVE, *alerts)
    assert {store.alerts.one(alert)[0].state for alert in alerts} == {"resolved"}


@pytest.mark.parametrize("closing", [RESOLVE, Change(Action.DISMISS, note="spam")], ids=["resolved", "dismissed"])
def test_what_is_closed_is_not_told_any_more(store: Store, alerts: list[str], closing: Change) -> None:
    (claimed,) = store.outbox.turn("w", NOON, (), {"operators": 1}, timedelta(minutes=5))
    apply(store, closing, *alerts)
    table = schema_delivery.notification
    with store.database.read() as connection:
        told = {row.id: (row.state, row.held_reason) for row in connection.execute(select(table))}
    assert told.pop(claimed.id) == ("pending", None)
    assert set(told.values()) == {("held", "closed")}
    assert store.outbox.turn("w", NOON, (), {"operators": 9}, timedelta(minutes=5)) == []


def test_feedback_is_linked_once(store: Store, alerts: list[str]) -> None:
    link = Change(Action.LINK, feedback=("default", "f2"), note="the same call")
    apply(store, link, alerts[0])
    assert [one["id"] for one in store.alerts.one(alerts[0])[1]["feedback"]] == ["f2"]
    with pytest.raises(AlertStateError, match="linked to alert"):
        apply(store, link, alerts[0])


def test_a_verdict_is_a_change_like_others_and_moves_the_precision_of_its_rule(store: Store, alerts: list[str]) -> None:
    assert store.verdicts.precision("furious") is None
    for alert, kind in zip(alerts, ("right", "not_actionable", "duplicate"), strict=True):
        store.verdicts.give(Verdict(alert, VerdictKind(kind), "kim", NOON), version=1)
    with pytest.raises(StaleError):
        store.verdicts.give(Verdict(alerts[0], VerdictKind.DUPLICATE, "lee", NOON), version=1)
    alert, detail = store.alerts.one(alerts[0])
    assert (alert.verdict, alert.version, detail["events"][-1]["data"]) == ("right", 2, {"verdict": [None, "right"]})
    found = store.verdicts.precision("furious", Scope("emea"))
    assert found is not None
    assert (found.right, found.judged) == (1, 2)
    assert store.verdicts.precision("furious", Scope("emea/de")) is None


def test_one_verdict_of_many_alerts(store: Store, alerts: list[str]) -> None:
    said = Verdict("", VerdictKind.DUPLICATE, "kim", NOON)
    apply(store, Change(Action.VERDICT, verdict=said), *alerts)
    apply(store, Change(Action.VERDICT, verdict=said), *alerts)
    assert store.verdicts.kinds() == dict.fromkeys(alerts, VerdictKind.DUPLICATE)
    assert {store.alerts.one(alert)[0].version for alert in alerts} == {2}


def test_of_two_who_change_what_they_saw_exactly_one_wins(url: str, store: Store, alerts: list[str]) -> None:
    outcomes = _at_once(
        url, 8, lambda own, place: own.changes.apply(_assigning(place), {alerts[0]: 1}, By(f"p{place}"), NOON)
    )
    assert sorted(outcomes) == [*["StaleError"] * 7, "done"]
    alert, detail = store.alerts.one(alerts[0])
    assert (alert.version, len(detail["events"])) == (2, 2)
    assert alert.holder == detail["events"][1]["who"] == detail["events"][1]["data"]["holder"][1]


def test_changes_of_the_same_alerts_in_any_order_lock_nobody_out(url: str, store: Store, alerts: list[str]) -> None:
    def change(own: Store, place: int) -> None:
        for _ in range(5):
            some = alerts if place % 2 else alerts[::-1]
            own.changes.apply(Change(Action.NOTE, note="n"), dict.fromkeys(some), By(f"p{place}"), NOON)

    assert _at_once(url, 4, change) == ["done"] * 4
    for alert in alerts:
        found, detail = store.alerts.one(alert)
        assert found.version == len(detail["events"]) == 21


def _assigning(place: int) -> Change:
    return Change(Action.ASSIGN, holder=f"p{place}", team="care")


def _at_once(url: str, many: int, act: Callable[[Store, int], object]) -> list[str]:
    """Let several processes' worth of stores act at the same moment, and return what came of each."""
    barrier, outcomes = threading.Barrier(many), []

    def run(place: int) -> None:
        own = Store(url)
        try:
            barrier.wait()
            act(own, place)
            outcomes.append("done")
        except StaleError:
            outcomes.append("StaleError")
        finally:
            own.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
