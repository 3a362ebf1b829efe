"""Problems in real databases: opened, linked, changed one after the other, solved, and found behind customers."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.alerts.alert import HeldReason
from engine.alerts.problem import ProblemState
from engine.alerts.problem_intake import admit_change, admit_problem
from engine.errors import (
    AlertStateError,
    ConflictError,
    FeedbackError,
    ForbiddenError,
    HeedfulError,
    MatchingError,
    NotFoundError,
    ProblemError,
    RefusedError,
    StaleError,
)
from engine.scope import Scope
from engine.store import schema_delivery, schema_followup
from engine.store.messages import HELD
from engine.store.problem_pages import ProblemFilter, ProblemSort
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback
from tests.support.problems import DAY, RULES, SETTING, changed, opened


@pytest.fixture
def alerts(store: Store) -> list[str]:
    """The alerts of four furious customers: three in the UK, one in Germany."""
    units = ("emea/uk", "emea/uk/leeds", "emea/uk", "emea/de")
    batch = [feedback(n, f"I am furious {n}", unit=unit, customer=f"C-{n}") for n, unit in enumerate(units)]
    return [decision.alerts[0].id for decision in engine_on(store, rules=RULES).process(batch)]


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param("x", None, "send an object", id="no object"),
        pytest.param({}, "title", "title is missing", id="no title"),
        pytest.param({"title": "a\nb"}, "title", "one line", id="two lines"),
        pytest.param({"title": "a" * 201}, "title", "201", id="too long"),
        pytest.param({"title": "a", "cause": "\x1b[2J"}, "cause", "control", id="steers a terminal"),
        pytest.param({"title": "a", "topic": "digital/reliabilty"}, "topic", "did you mean", id="unknown topic"),
        pytest.param({"title": "a", "unit": "a//b"}, "unit", "a path", id="no unit"),
        pytest.param({"title": "a", "holder": "bob"}, "holder", "no person, team or receiver 'bob'", id="no holder"),
        pytest.param({"title": "a", "due": "2026-01-01"}, "due", "past", id="due before now"),
        pytest.param({"title": "a", "due": "soon"}, "due", "no span and no time", id="no moment"),
        pytest.param({"title": "a", "alerts": "al_1"}, "alerts", "list", id="no list"),
        pytest.param({"title": "a", "alerts": ["a"] * 1001}, "alerts", "1,001", id="too many"),
        pytest.param({"title": "a", "inhibits": {"link": 1, "matching": {}}}, "inhibits.link", "true", id="no flag"),
        pytest.param({"title": "a", "inhibits": {"rule": "x"}}, "rule", "unknown field", id="a matching at its top"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(record: Any, field: str | None, said: str) -> None:
    with pytest.raises(ProblemError, match=said) as caught:
        admit_problem(record, "kim", SETTING)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param({"version": 1}, "change", "one of link, unlink", id="no change"),
        pytest.param({"change": "slove", "version": 1}, "change", "did you mean 'solve'", id="misspelt"),
        pytest.param({"change": "solve", "why": "x"}, "version", "as you saw it", id="no version"),
        pytest.param({"change": "solve", "why": "x", "version": True}, "version", "whole number", id="no number"),
        pytest.param({"change": "solve", "version": 1}, "why", "what was done", id="solved without a word"),
        pytest.param({"change": "reopen", "version": 1}, "why", "after all", id="reopened without a word"),
        pytest.param({"change": "note", "version": 1, "why": " "}, "why", "the note itself", id="an empty note"),
        pytest.param({"change": "link", "version": 1}, "alerts", "ids of the alerts", id="links nothing"),
        pytest.param(
            {"change": "note", "version": 1, "why": "x", "holder": "ann"}, "holder", "does not belong", id="a stray"
        ),
        pytest.param({"change": "edit", "version": 1}, "change", "nothing is edited", id="edits nothing"),
        pytest.param({"change": "edit", "version": 1, "title": ""}, "title", "missing", id="clears the title"),
    ],
)
def test_what_is_wrong_with_a_change_is_said_with_its_field(record: Any, field: str, said: str) -> None:
    with pytest.raises(ProblemError, match=said) as caught:
        admit_change(record, SETTING)
    assert caught.value.field == field


def test_what_it_keeps_quiet_is_checked_like_a_route() -> None:
    with pytest.raises(MatchingError, match="empty") as caught:
        admit_problem({"title": "a", "inhibits": {"matching": {}}}, "kim", SETTING)
    assert caught.value.field == "inhibits.matching"


def test_it_is_opened_from_nothing_and_kept_as_it_is(store: Store) -> None:
    mine = opened(
        store,
        cause="a memory leak",
        topic="digital/reliability",
        unit="emea",
        holder="digital-operations",
        due="14d",
        inhibits={"matching": {"topic": "digital/reliability"}, "link": False},
    )
    assert store.problems.get(mine.id) == mine
    assert (mine.due_at, mine.version, mine.state) == (NOON + 14 * DAY, 1, ProblemState.OPEN)
    assert store.problems.one(mine.id)[1] == {
        "events": [{"at": NOON.isoformat(), "kind": "opened", "who": "kim", "why": "", "data": {}}],
        "linked": {},
        "root_causes": {},
        "alerts": [],
    }


def test_links_stand_on_both_sides_with_version_and_event(store: Store, alerts: list[str]) -> None:
    mine = opened(store, alerts[:2])
    mine = changed(store, mine, "link", alerts=[alerts[2]], why="the same crash")
    mine = changed(store, mine, "unlink", alerts=[alerts[0]], why="another cause")
    assert mine.version == 3
    _, detail = store.problems.one(mine.id)
    assert [event["kind"] for event in detail["events"]] == ["opened", "linked", "linked", "unlinked"]
    assert detail["events"][2]["data"] == {"alerts": [alerts[2]]}
    assert detail["linked"] == {"open": 2}
    assert {alert["id"] for alert in detail["alerts"]} == set(alerts[1:3])
    found = [store.alerts.one(alert) for alert in alerts]
    assert [alert.problem for alert, _ in found] == [None, mine.id, mine.id, None]
    assert [alert.version for alert, _ in found] == [3, 2, 2, 1]
    kinds = [event["kind"] for event in found[0][1]["events"]]
    assert kinds == ["opened", "link_problem", "unlink_problem"]


def test_an_alert_has_one_problem(store: Store, alerts: list[str]) -> None:
    mine, other = opened(store, alerts[:1]), opened(store)
    with pytest.raises(AlertStateError, match=f"linked to problem {mine.id}; unlink it there first"):
        changed(store, other, "link", alerts=alerts[:1])
    with pytest.raises(RefusedError):
        changed(store, other, "link", alerts=alerts)
    with pytest.raises(AlertStateError, match="not linked to problem"):
        changed(store, other, "unlink", alerts=alerts[:1])
    with pytest.raises(NotFoundError):
        opened(store, ["al_none"])
    assert store.problems.get(other.id).version == 1, "nothing was half-written"
    assert len(store.problems.page().problems) == 2
    assert store.alerts.one(alerts[1])[0].problem is None


def test_it_is_solved_reopened_noted_and_edited(store: Store) -> None:
    mine = opened(store, topic="digital/reliability", holder="ann")
    mine = changed(store, mine, "note", why="seen on old phones\nonly")
    mine = changed(store, mine, "edit", holder="digital-operations", topic="", due="7d")
    assert (mine.holder, mine.topic, mine.due_at) == ("digital-operations", None, NOON + 7 * DAY)
    with pytest.raises(ConflictError, match="nothing to reopen"):
        changed(store, mine, "reopen", why="x")
    mine = changed(store, mine, "solve", why="release 4.2")
    assert (mine.state, mine.solved_at) == (ProblemState.SOLVED, NOON + DAY)
    with pytest.raises(ConflictError, match="solved already"):
        changed(store, mine, "solve", why="again")
    assert store.problems.page(ProblemFilter(ProblemState.OPEN)).problems == ()
    mine = changed(store, mine, "reopen", why="it crashes still")
    assert (mine.state, mine.solved_at, store.problems.get(mine.id)) == (ProblemState.OPEN, None, mine)
    events = store.problems.one(mine.id)[1]["events"]
    assert [event["kind"] for event in events] == ["opened", "note", "edited", "solved", "reopened"]
    assert events[2]["data"]["changed"]["holder"] == {"from": "ann", "to": "digital-operations"}
    assert events[3]["why"] == "release 4.2"


def test_it_is_solved_since_a_day_that_was(store: Store) -> None:
    mine = opened(store)
    for at, problem in (("2026-01-01", "before the problem was opened"), ("2999-01-01", "in the future")):
        with pytest.raises(ProblemError, match=problem):
            changed(store, mine, "solve", why="release 4.2", at=at)
    mine = changed(store, mine, "solve", why="release 4.2", at=NOON.isoformat())
    assert (mine.solved_at, store.problems.get(mine.id).solved_at) == (NOON, NOON)
    assert store.problems.one(mine.id)[1]["events"][-1]["data"] == {"at": NOON.isoformat()}
    with pytest.raises(ProblemError, match="does not belong to the change 'reopen'"):
        changed(store, mine, "reopen", why="x", at=NOON.isoformat())


def test_two_solve_at_once_and_one_does(store: Store, url: str) -> None:
    mine = opened(store)
    start, outcomes = threading.Barrier(2), []

    def solve(other: Store) -> None:
        start.wait()
        try:
            outcomes.append(changed(other, mine, "solve", why="done").state.value)
        except HeedfulError as problem:
            outcomes.append(type(problem).__name__)

    stores = [Store(url), Store(url)]
    threads = [threading.Thread(target=solve, args=(other,)) for other in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in stores:
        other.close()
    assert sorted(outcomes) == ["StaleError", "solved"]
    assert [event["kind"] for event in store.problems.one(mine.id)[1]["events"]] == ["opened", "solved"]


def test_who_saw_an_older_version_is_refused(store: Store) -> None:
    mine = opened(store)
    changed(store, mine, "note", why="first")
    with pytest.raises(StaleError, match="is at version 2, and you saw version 1"):
        changed(store, mine, "note", why="second")


def test_a_key_of_a_unit_sees_and_changes_its_own(store: Store, alerts: list[str]) -> None:
    uk = Scope("emea/uk")
    with pytest.raises(ForbiddenError, match="emea/uk only"):
        opened(store, scope=uk)
    with pytest.raises(ForbiddenError, match=r"inhibits\.matching"):
        opened(store, scope=uk, unit="emea/uk", inhibits={"matching": {"rule": "furious"}})
    with pytest.raises(NotFoundError):
        opened(store, [alerts[3]], scope=uk, unit="emea/uk")
    everywhere, mine = opened(store), opened(store, alerts[:1], scope=uk, unit="emea/uk")
    assert store.problems.page(scope=uk).problems == (mine,)
    for act in (
        lambda: store.problems.get(everywhere.id, uk),
        lambda: changed(store, everywhere, "note", uk, why="x"),
        lambda: list(store.problems.customers(everywhere.id, uk)),
        lambda: store.problems.get("pr_none"),
        lambda: store.problems.get("a\x00"),
    ):
        with pytest.raises(NotFoundError):
            act()
    with pytest.raises(ForbiddenError):
        changed(store, mine, "edit", uk, inhibits={"matching": {"severity": "low"}})
    changed(store, mine, "edit", uk, inhibits={"matching": {"severity": "low", "unit": "emea/uk/leeds"}})
    # What others linked from elsewhere stays out of sight.
    mine = changed(store, store.problems.get(mine.id), "link", alerts=[alerts[3]])
    assert [alert["id"] for alert in store.problems.one(mine.id, uk)[1]["alerts"]] == alerts[:1]
    assert [row.customer for row in store.problems.customers(mine.id, uk)] == ["C-0"]
    told = [event["data"] for event in store.problems.one(mine.id, uk)[1]["events"] if event["kind"] == "linked"]
    assert told == [{"alerts": alerts[:1]}, {"alerts": [], "out_of_scope": 1}]
    assert store.problems.one(mine.id)[1]["events"][-1]["data"] == {"alerts": [alerts[3]]}


def test_pages_follow_each_other(store: Store) -> None:
    made = [opened(store, title=f"number {number}") for number in range(5)]
    first = store.problems.page(limit=3)
    second = store.problems.page(limit=3, cursor=first.cursor)
    assert {one.id for one in first.problems + second.problems} == {one.id for one in made}
    assert second.cursor is None
    for cursor in ("x", "2026-01-01|a", "2026-01-01T00:00:00+00:00|a\x00"):
        with pytest.raises(FeedbackError, match="cursor"):
            store.problems.page(cursor=cursor)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(ProblemFilter(), ["till", "crash", "login"], id="open ones first"),
        pytest.param(ProblemFilter(ProblemState.SOLVED), ["login"], id="solved"),
        pytest.param(ProblemFilter(topic="digital"), ["crash", "login"], id="a topic and what is below it"),
        pytest.param(ProblemFilter(topic="digit"), [], id="no topic's beginning"),
        pytest.param(ProblemFilter(unit="emea/uk"), ["crash"], id="a unit and what is below it"),
        pytest.param(ProblemFilter(holder="ann"), ["till"], id="whose"),
        pytest.param(ProblemFilter(search="CRA%"), [], id="a sign of patterns is a sign"),
        pytest.param(ProblemFilter(search="CRA"), ["crash"], id="a part of its title"),
        pytest.param(ProblemFilter(search="a\x00"), [], id="what nothing can be called"),
    ],
)
def test_the_list_has_what_is_open_first(
    store: Store, alerts: list[str], wanted: ProblemFilter, found: list[str]
) -> None:
    made = [
        opened(store, alerts[:3], title="crash", topic="digital/reliability", unit="emea/uk/leeds"),
        opened(store, title="till", holder="ann", topic="billing/accuracy"),
        opened(store, title="login", topic="digital/ease-of-use", unit="emea/de"),
    ]
    for days, one in enumerate(made):
        moved = update(schema_followup.problem).where(schema_followup.problem.c.id == one.id)
        with store.database.write() as connection:
            connection.execute(moved.values(created_at=NOON - (9 - days) * DAY))
    changed(store, made[2], "solve", why="done")
    titles, cursor = [], None
    for _ in range(4):
        page = store.problems.page(wanted, sort=ProblemSort.OPEN_FIRST, limit=1, cursor=cursor)
        titles += [one.title for one in page.problems]
        assert dict(page.linked) == dict.fromkeys((one.id for one in page.problems if one.title == "crash"), 3)
        if (cursor := page.cursor) is None:
            break
    assert titles == found
    with pytest.raises(FeedbackError, match="cursor"):
        store.problems.page(wanted, sort=ProblemSort.OPEN_FIRST, cursor=f"shut|{NOON.isoformat()}|pr_1")
    uk = store.problems.page(scope=Scope("emea/uk/leeds"))
    assert dict(uk.linked) == {made[0].id: 1}


def test_open_problems_that_inhibit_are_known_within_a_second(store: Store, url: str) -> None:
    other = Store(url)
    assert other.problems.inhibiting(NOON) == ()
    opened(store)
    mine = opened(store, inhibits={"matching": {"rule": "furious"}})
    (found,) = store.problems.inhibiting(NOON)
    assert (found.problem, found.link, found.matching.as_dict()) == (mine.id, True, {"rule": ["furious"]})
    assert other.problems.inhibiting(NOON + timedelta(seconds=1)) == (found,)
    changed(store, mine, "solve", why="done")
    assert store.problems.inhibiting(NOON) == ()
    assert other.problems.inhibiting(NOON + timedelta(seconds=2)) == ()
    other.close()


@pytest.mark.parametrize("link", [True, False], ids=["linked", "left"])
def test_alerts_whose_messages_it_held_are_linked_by_themselves(store: Store, alerts: list[str], link: bool) -> None:
    mine = opened(store, alerts[:1], inhibits={"matching": {"rule": "furious"}, "link": link})
    table = schema_delivery.notification
    held = {"state": HELD, "held_reason": str(HeldReason.PROBLEM), "held_by": mine.id}
    with store.database.write() as connection:
        connection.execute(update(table).where(table.c.alert_id.in_(alerts[:3])).values(held))
    assert store.problems.link_held(NOON) == (2 if link else 0)
    assert store.problems.link_held(NOON) == 0
    linked = [store.alerts.one(alert)[0].problem for alert in alerts]
    assert linked == ([mine.id] * 3 + [None] if link else [mine.id, None, None, None])
    assert store.problems.get(mine.id).version == 1, "nobody's change is the worse for it"
    changed(store, mine, "note", why="still goes")
    if link:
        changed(store, store.problems.get(mine.id), "unlink", alerts=[alerts[1]])
        assert store.problems.link_held(NOON) == 0, "whoever took it off meant it"


def test_the_customers_behind_alerts_and_signals_have_one_row_each(store: Store) -> None:
    clock = StillClock()
    engine = engine_on(store, rules=RULES, clock=clock)
    said = [
        ("f1", "C-1", "it will crash"),
        ("f2", "C-2", "a crash again"),
        ("f3", "C-1", "crash after crash"),
        ("f4", None, "one more crash"),
        ("f5", "=C-5", "furious"),
        ("f6", "C-6", "furious, and not behind it"),
    ]
    alerts = []
    for number, (name, customer, text) in enumerate(said):
        clock.move(timedelta(minutes=1))
        record = feedback(name[1:], text, customer=customer, unit="emea/uk", scores={"nps": number})
        alerts += [alert for decision in engine.process([record]) for alert in decision.alerts]
    signal = next(alert for alert in alerts if alert.kind == "signal")
    furious = [alert for alert in alerts if alert.rule == "furious"]
    mine = opened(store, [signal.id, furious[0].id], unit="emea/uk")
    rows = list(store.problems.customers(mine.id))
    assert [(row.customer, row.feedback_id, row.feedback) for row in rows] == [
        ("=C-5", "f5", 1),
        ("C-1", "f3", 2),
        ("C-2", "f2", 1),
        (None, "f4", 1),
    ]
    assert [row.scores for row in rows] == [{"nps": 4.0}, {"nps": 2.0}, {"nps": 1.0}, {"nps": 3.0}]
    assert rows[1].alerts == ((signal.id, "open"),)
    assert rows[0].as_dict()["alerts"] == [{"id": furious[0].id, "state": "open"}]
    # The signal is about no unit: a key of one sees the feedback behind it, and not the signal.
    own = list(store.problems.customers(mine.id, Scope("emea/uk")))
    assert [row.customer for row in own] == [row.customer for row in rows]
    assert [len(row.alerts) for row in own] == [1, 0, 0, 0]
    assert list(store.problems.customers(opened(store).id)) == []
