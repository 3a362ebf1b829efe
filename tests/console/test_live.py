"""The watcher: who is told of what, how often, and at what cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from api.console import live as module
from api.console.live import Follower, Live, Topic, changed_topics
from engine.alerts.changes import Action, By, Change
from engine.people import Person
from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.scope import Role
from engine.store.alert_filter import AlertFilter
from engine.store.marks import Mark
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback


@dataclass(eq=False)
class Tab:
    """What the watcher needs of a page in a browser."""

    is_deleted: bool = False
    has_socket_connection: bool = True
    when_deleted: list[Callable[[], object]] = field(default_factory=list)

    def on_delete(self, call: Callable[[], object]) -> None:
        self.when_deleted.append(call)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def follower(live: Live, *topics: Topic, session: str = "s", tab: Tab | None = None) -> tuple[Follower, list[str]]:
    told: list[str] = []

    async def refresh() -> None:
        told.append("refreshed")

    found = Follower(tab or Tab(), session, frozenset(topics), refresh, lambda: told.append("left"))  # type: ignore[arg-type]
    live.follow(found)
    return found, told


def test_each_change_is_a_mark_of_its_own_topic(store: Store) -> None:
    engine = engine_on(store)
    steps: list[tuple[Callable[[], Any], set[Topic]]] = [
        (lambda: engine.process([feedback(1, "nothing", scores={})]), {Topic.FEEDBACK}),
        (lambda: engine.process([feedback(2, "I am furious", scores={"nps": 1})]), {Topic.FEEDBACK, Topic.ALERTS}),
        (
            lambda: store.changes.apply(Change(Action.NOTE, note="x"), {_alert(store): None}, By("a"), NOON),
            {Topic.ALERTS},
        ),
        (lambda: store.people.put(Person("ann", "Ann"), NOON), {Topic.PEOPLE}),
        (lambda: forget(store, "nobody"), {Topic.ALERTS, Topic.ERASURES}),
    ]
    for act, topics in steps:
        before = store.marks.look()
        act()
        found = changed_topics(before, store.marks.look())
        assert found == topics
    assert changed_topics(store.marks.look(), store.marks.look()) == set()


def forget(store: Store, customer: str) -> None:
    begun = store.erasures.begin(Wish(customer, Erasing.ANONYMISE, "kim"), NOON)
    store.erasures.run(begun.id, "here", StillClock(), rest=lambda _: None)


def _alert(store: Store) -> str:
    return store.alerts.page(AlertFilter()).alerts[0].id


@pytest.fixture
def live(store: Store) -> Live:
    return Live(store, StillClock())


def test_only_pages_that_show_what_changed_are_told(store: Store, live: Live) -> None:
    async def go() -> None:
        _, alerts = follower(live, Topic.ALERTS)
        _, people = follower(live, Topic.PEOPLE)
        live._swept = 1e12
        live._mark = store.marks.look()
        await _round(live)
        assert (alerts, people) == ([], [])
        store.people.put(Person("ann", "Ann"), NOON)
        await _round(live)
        await _round(live)
        assert (alerts, people) == ([], ["refreshed"])

    asyncio.run(go())


async def _round(live: Live) -> None:
    """Go once round, as if every page had been refreshed long enough ago."""
    for one in live._followers:
        one.refreshed_at -= module.PAGE_S
    await live._round()


def test_a_page_that_sleeps_or_was_told_just_now_is_told_later(store: Store, live: Live) -> None:
    async def go() -> None:
        tab = Tab(has_socket_connection=False)
        _, asleep = follower(live, Topic.PEOPLE, tab=tab)
        early, hasty = follower(live, Topic.PEOPLE)
        live._mark, live._swept = store.marks.look(), 1e12
        store.people.put(Person("ann", "Ann"), NOON)
        await live._round()
        assert (asleep, hasty) == ([], []), "at most once a second"
        assert early.is_due
        tab.has_socket_connection = True
        await _round(live)
        assert (asleep, hasty) == (["refreshed"], ["refreshed"])

    asyncio.run(go())


def test_a_page_that_comes_while_sessions_are_asked_for_stays(store: Store, live: Live, monkeypatch: Any) -> None:
    came: list[list[str]] = []

    def valid(sessions: Any, _now: object) -> frozenset[str]:
        came.append(follower(live, session="new")[1])
        return frozenset()

    async def go() -> None:
        monkeypatch.setattr(store.sessions, "valid", valid)
        _, over = follower(live, session="over")
        await live._sweep()
        assert (over, came) == (["left"], [[]])

    asyncio.run(go())


def test_pages_that_ask_alike_ask_once_and_one_that_fails_stops_no_other(store: Store, live: Live) -> None:
    asked: list[int] = []

    async def asking() -> None:
        assert await live.shared("q", lambda: asked.append(1) or len(asked)) == 1  # type: ignore[func-returns-value]

    async def failing() -> None:
        raise RuntimeError("a page")

    async def go() -> None:
        for refresh in (failing, asking, asking, asking):
            found, _ = follower(live, Topic.PEOPLE)
            found.refresh = refresh
        live._swept = 1e12
        await _round(live)
        assert asked == [1]
        assert await live.shared("q", lambda: 7) == 7, "between rounds nothing is shared"

    asyncio.run(go())


def test_a_round_asks_once_for_all_sessions_of_those_it_refreshes(store: Store, live: Live) -> None:
    account = store.accounts.add("Ann", "ann@example.com", Role.ADMIN, NOON)
    signed_in = store.sessions.find(store.sessions.begin(account.id, NOON), NOON)
    assert signed_in is not None
    held: list[bool] = []

    async def asking() -> None:
        held.extend(live.holds(one) for one in (signed_in.session, "over"))

    async def go() -> None:
        for session in (signed_in.session, "over"):
            found, _ = follower(live, Topic.PEOPLE, session=session)
            found.refresh = asking
        live._swept = 1e12
        await _round(live)
        assert held == [True, False, True, False]
        assert not live.holds(signed_in.session), "between rounds each page asks for itself"

    asyncio.run(go())


def test_pages_are_left_when_their_session_is_over_or_forgotten_when_they_are_gone(store: Store, live: Live) -> None:
    account = store.accounts.add("Ann", "ann@example.com", Role.ADMIN, NOON)
    found = store.sessions.find(store.sessions.begin(account.id, NOON), NOON)
    assert found is not None

    async def go() -> None:
        _, stays = follower(live, Topic.ALERTS, session=found.session)
        _, goes = follower(live, Topic.ALERTS, session="over")
        tab = Tab()
        follower(live, Topic.ALERTS, session=found.session, tab=tab)
        tab.when_deleted[0]()
        await live._sweep()
        assert (stays, goes, len(live._followers)) == ([], ["left"], 1)
        tab.is_deleted = True

    asyncio.run(go())


@pytest.mark.parametrize(
    ("took", "used", "rests"),
    [
        pytest.param(0.001, 0.001, module.LOOK_S, id="cheap rounds"),
        pytest.param(0.5, 0.1, 0.1 * (module.PART - 1), id="a small share of a processor at most"),
        pytest.param(3.0, 0.1, 3.0, id="half of the time at most, where others are busy"),
    ],
)
def test_rounds_leave_the_time_to_those_who_send(
    live: Live, monkeypatch: pytest.MonkeyPatch, took: float, used: float, rests: float
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    follower(live, Topic.ALERTS)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(live._rest(took, used))
    assert slept == [rests]


def test_what_threads_do_for_a_round_counts(live: Live) -> None:
    async def asking() -> None:
        await live.shared("q", lambda: sum(range(300_000)))

    async def go() -> None:
        found, _ = follower(live, Topic.PEOPLE)
        found.refresh = asking
        live._swept = 1e12
        await _round(live)
        assert live._worked > 0

    asyncio.run(go())


def test_marks_are_equal_exactly_when_nothing_changed() -> None:
    mark = Mark()
    for name in ("feedback", "events", "signals", "rules", "people", "problems", "settings"):
        assert changed_topics(mark, replace(mark, **{name: 1})), name
