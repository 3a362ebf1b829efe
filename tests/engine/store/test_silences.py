"""Silences in real databases: begun, ended, and each end told of once to whom it kept something from."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.alerts.alert import HeldReason
from engine.alerts.matching_loader import matching_of_json
from engine.alerts.silence import Silence, admit_silence
from engine.errors import ConflictError, FeedbackError, ForbiddenError, MatchingError, NotFoundError, SilenceError
from engine.program import Program
from engine.scope import Scope
from engine.store import schema_delivery
from engine.store.messages import HELD
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY

HOUR = timedelta(hours=1)


def silence(hours: int = 1, starts: timedelta = timedelta(0), **matching: Any) -> Silence:
    record = {
        "matching": matching or {"rule": "furious"},
        "reason": "the courier is on strike",
        "starts": (NOON + starts).isoformat(),
        "ends": f"{hours}h",
    }
    return admit_silence(record, "kim", NOON, Program(), TAXONOMY)


def hold(store: Store, by: str, **chosen: Any) -> int:
    """Hold notifications back as a silence does."""
    table = schema_delivery.notification
    held = {"state": HELD, "held_reason": str(HeldReason.SILENCE), "held_by": by, "finished_at": NOON}
    change = update(table).where(*(table.c[name] == value for name, value in chosen.items())).values(held)
    with store.database.write() as connection:
        return connection.execute(change).rowcount


def notices(store: Store) -> list[dict[str, Any]]:
    table = schema_delivery.notification
    query = select(table).where(table.c.kind == "silence_ended").order_by(table.c.created_at, table.c.receiver)
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param([], None, "send an object with matching, reason", id="no object"),
        pytest.param({"reson": "x"}, "reson", "did you mean 'reason'?", id="a misspelt field"),
        pytest.param({"reason": "x", "ends": "1h"}, "matching", "matching is missing", id="no matching"),
        pytest.param({"matching": {"rule": "a"}, "ends": "1h"}, "reason", "reason is missing", id="no reason"),
        pytest.param({"matching": {"rule": "a"}, "reason": " ", "ends": "1h"}, "reason", "missing", id="blank reason"),
        pytest.param({"matching": {"rule": "a"}, "reason": "x"}, "ends", "ends by itself", id="no end"),
        pytest.param(
            {"matching": {"rule": "a"}, "reason": "x", "ends": "soon"}, "ends", "write 4h, 7d or", id="no moment"
        ),
        pytest.param(
            {"matching": {"rule": "a"}, "reason": "x", "ends": "2026-03-02T11:00"}, "ends", "before", id="ended before"
        ),
        pytest.param({"matching": {"rule": "a"}, "reason": "x", "ends": "53w"}, "ends", "a year", id="too long"),
        pytest.param({"matching": {"rule": "a"}, "reason": "x", "ends": "999999w"}, "ends", "far away", id="for ever"),
        pytest.param({"matching": {"rule": "a"}, "reason": "a\x00b", "ends": "1h"}, "reason", "text", id="a NUL"),
        pytest.param({"matching": {"rule": "a"}, "reason": "x" * 501, "ends": "1h"}, "reason", "501", id="long reason"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(record: Any, field: str | None, said: str) -> None:
    with pytest.raises(SilenceError, match=said) as caught:
        admit_silence(record, "kim", NOON, Program(), TAXONOMY)
    assert caught.value.field == field


def test_conditions_that_are_wrong_are_said_with_their_path() -> None:
    record = {"matching": {"severty": "high"}, "reason": "x", "ends": "1h"}
    with pytest.raises(MatchingError, match="did you mean 'severity'") as caught:
        admit_silence(record, "kim", NOON, Program(), TAXONOMY)
    assert caught.value.field == "matching.severty"


def test_it_is_active_from_its_start_up_to_its_end(store: Store) -> None:
    now = store.silences.add(silence(2))
    later = store.silences.add(silence(1, HOUR, severity="low"))
    overlapping = store.silences.add(silence(3))
    at = {hours: [one.id for one in store.silences.active(NOON + hours * HOUR)] for hours in (0, 1, 2, 3)}
    expected = {0: {now.id, overlapping.id}, 1: {now.id, later.id, overlapping.id}, 2: {overlapping.id}, 3: set()}
    assert {hours: set(found) for hours, found in at.items()} == expected
    assert [one.state(NOON) for one in (now, later)] == ["active", "pending"]
    assert store.silences.get(now.id) == now
    with store.database.write() as connection:
        assert {one.id for one in store.silences.active(NOON, connection)} == expected[0]


def test_another_process_sees_a_change_within_a_second(store: Store, url: str) -> None:
    other = Store(url)
    assert other.silences.active(NOON) == ()
    mine = store.silences.add(silence())
    assert store.silences.active(NOON) == (mine,)
    assert other.silences.active(NOON + timedelta(seconds=1)) == (mine,)
    store.silences.end(mine.id, "lee", NOON + timedelta(seconds=1))
    assert store.silences.active(NOON + timedelta(seconds=1)) == ()
    assert other.silences.active(NOON + timedelta(seconds=2)) == ()
    other.close()


def test_it_can_be_ended_early_once_and_before_it_begins(store: Store) -> None:
    one, later = store.silences.add(silence(2)), store.silences.add(silence(2, HOUR))
    ended = store.silences.end(one.id, "lee", NOON + HOUR)
    assert (ended.ends_at, ended.ended_by) == (NOON + HOUR, "lee")
    with pytest.raises(ConflictError, match="ended at 2026-03-02 13:00 UTC already"):
        store.silences.end(one.id, "kim", NOON + HOUR)
    assert store.silences.end(later.id, "kim", NOON).state(NOON + HOUR) == "ended"
    assert store.silences.active(NOON + 2 * HOUR) == ()
    for silence_id in ("si_none", "a\x00"):
        with pytest.raises(NotFoundError):
            store.silences.end(silence_id, "kim", NOON)


def test_a_key_of_a_unit_silences_its_unit_only(store: Store) -> None:
    uk, leeds = Scope("emea/uk"), Scope("emea/uk/leeds")
    for matching in ({"rule": "furious"}, {"unit": "emea"}, {"unit": ["emea/uk", "emea/de"]}):
        with pytest.raises(ForbiddenError, match="emea/uk only"):
            store.silences.add(silence(1, **matching), uk)
    mine = store.silences.add(silence(1, unit="emea/uk", rule="furious"), uk)
    below = store.silences.add(silence(1, unit="emea/uk/leeds"), uk)
    assert {one.id for one in store.silences.page(NOON, scope=uk)} == {mine.id, below.id}
    assert [one.id for one in store.silences.page(NOON, scope=leeds)] == [below.id]
    with pytest.raises(NotFoundError):
        store.silences.end(mine.id, "kim", NOON, leeds)


def test_they_are_listed_in_pages_without_those_that_ended(store: Store) -> None:
    made = [store.silences.add(silence(hours)) for hours in (1, 2, 3, 4)]
    store.silences.end(made[0].id, "kim", NOON)
    first = store.silences.page(NOON, limit=2)
    second = store.silences.page(NOON, limit=2, after=first[-1].id)
    assert {one.id for one in first + second} == {one.id for one in made[1:]}
    assert len(store.silences.page(NOON, ended=True)) == 4
    with pytest.raises(FeedbackError, match="cursor"):
        store.silences.page(NOON, after="si_none")


def test_its_end_is_told_once_to_each_whose_messages_it_kept(store: Store) -> None:
    engine = engine_on(store)
    decisions = engine.process([feedback(number, f"I am furious {number}", unit="emea/uk") for number in range(12)])
    alerts = [alert.id for decision in decisions for alert in decision.alerts if alert.rule == "furious"]
    mine = store.silences.add(silence(1))
    store.silences.add(silence(1))
    table = schema_delivery.notification
    with store.database.write() as connection:
        elsewhere = update(table).where(table.c.alert_id == alerts[0])
        connection.execute(elsewhere.values(receiver="mail", recipient="ann", address="ann@x.example"))
    for alert in alerts:
        assert hold(store, mine.id, alert_id=alert)
    assert store.silences.tell_ended(NOON + HOUR) == 0, "others may hold back by it for a second more"
    assert store.silences.tell_ended(NOON + HOUR + timedelta(seconds=5)) == 2
    assert store.silences.tell_ended(NOON + 2 * HOUR) == 0
    mail, operators = notices(store)
    assert (mail["recipient"], mail["address"], mail["severity"]) == ("ann", "ann@x.example", "high")
    assert mail["state"] == "pending"
    said = json.loads(operators["message"])
    assert (said["type"], said["alerts"], said["open"], len(said["top"])) == ("silence.ended", 11, 11, 10)
    assert said["silence"]["reason"] == "the courier is on strike"
    assert said["by_rule"] == {"furious": 11}
    assert json.loads(mail["message"])["top"][0]["id"] == alerts[0]
    assert store.silences.get(mine.id).noticed_at == NOON + HOUR + timedelta(seconds=5)
    # What was held back stays on record.
    kept = store.alerts.notifications([alerts[1]])[0]
    assert (kept["state"], kept["held_reason"]) == (HELD, "silence")


def test_several_processes_tell_of_it_once(store: Store, url: str) -> None:
    engine_on(store).process([feedback(1, "I am furious")])
    mine = store.silences.add(silence(1))
    hold(store, mine.id)
    others = [Store(url) for _ in range(4)]
    told: list[int] = []
    start = threading.Barrier(4)

    def tell(other: Store) -> None:
        start.wait()
        told.append(other.silences.tell_ended(NOON + 2 * HOUR))

    threads = [threading.Thread(target=tell, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert sorted(told) == [0, 0, 0, 1]
    assert len(notices(store)) == 1


def test_the_matching_survives_the_store(store: Store) -> None:
    wanted: dict[str, Any] = {
        "severity": ["low", "medium"],
        "unit": ["emea"],
        "nps": {"at_most": 3.0},
        "attribute.tier": ["gold"],
    }
    kept = store.silences.add(silence(1, **wanted))
    found = store.silences.get(kept.id)
    assert found.matching == matching_of_json(wanted, Program(), TAXONOMY)
    assert found.as_dict()["matching"].keys() == wanted.keys()
