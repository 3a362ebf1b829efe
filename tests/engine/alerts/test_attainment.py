"""Attainment: counted in the store as its definition says, over any history."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.alerts.alert import Alert, AlertKind, AlertState
from engine.alerts.attainment import Answer, Counts, Goal, GroupedBy, Question, parse_goal, span_of
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, By, Change
from engine.alerts.severity import Severity
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import QuestionError
from engine.scope import Scope
from engine.store import schema
from engine.store.codec import alert_row
from engine.store.store import Store
from engine.targets import Clock
from tests.support.clock import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUMBERS = itertools.count()
BLANK = Alert(
    id="",
    fingerprint="",
    rule="late-delivery",
    rule_version="1",
    title="Late",
    severity=Severity.HIGH,
    kind=AlertKind.ALERT,
    state=AlertState.OPEN,
    source="default",
    feedback_id="f",
    sequence=0,
    opened_at=NOON,
    unit=None,
    customer=None,
    reasons=(),
    receiver="operators",
)


def opened(store: Store, at: datetime = NOON, **fields: Any) -> str:
    """Write an alert that was opened at a moment, with the default targets."""
    number = next(NUMBERS)
    due = {"follow_up_due": at + DAY, "close_due": at + 4 * DAY}
    alert = replace(BLANK, id=f"al_{number}", fingerprint=str(number), opened_at=at, **(due | fields))
    with store.database.write() as connection:
        connection.execute(schema.alert.insert(), alert_row(alert, alert.sequence))
    return alert.id


def change(store: Store, alert: str, action: Action, at: datetime, **fields: Any) -> None:
    store.changes.apply(Change(action, **fields), {alert: None}, By("ann"), at)


def attempt(store: Store, alert: str, at: datetime) -> None:
    change(store, alert, Action.ATTEMPT, at, channel=Channel.PHONE, outcome=AttemptOutcome.NO_ANSWER)


def judge(store: Store, alert: str, at: datetime, kind: VerdictKind) -> None:
    change(store, alert, Action.VERDICT, at, verdict=Verdict(alert, kind, "ann", at, None, ""))


def asked(**fields: Any) -> Question:
    return Question(**({"since": NOON - DAY, "until": NOON + DAY} | fields))


def counts(store: Store, now: datetime, clock: Clock = Clock.FOLLOW_UP, **fields: Any) -> Counts:
    return store.attainment.report(asked(**fields), now).total.clocks[clock]


@pytest.mark.parametrize(
    ("hours", "now", "found"),
    [
        pytest.param(23, 30, Counts(met=1), id="in time"),
        pytest.param(24, 30, Counts(met=1), id="at the last moment"),
        pytest.param(25, 30, Counts(missed=1), id="late"),
        pytest.param(None, 24, Counts(pending=1), id="still time"),
        pytest.param(None, 25, Counts(missed=1), id="past due"),
    ],
)
def test_following_up(store: Store, hours: int | None, now: int, found: Counts) -> None:
    alert = opened(store)
    if hours is not None:
        attempt(store, alert, NOON + hours * HOUR)
    assert counts(store, NOON + now * HOUR) == found


def test_what_does_not_count(store: Store) -> None:
    opened(store, in_attainment=False)
    for kind in VerdictKind:
        judge(store, opened(store), NOON + HOUR, kind)
    mistaken = opened(store)
    judge(store, mistaken, NOON + HOUR, VerdictKind.DUPLICATE)
    judge(store, mistaken, NOON + 2 * HOUR, VerdictKind.RIGHT)
    # Right, not actionable, and what was taken for a duplicate at first.
    assert counts(store, NOON + 30 * HOUR) == Counts(missed=3)


def test_the_last_resolve_counts_and_a_dismissal_is_none(store: Store) -> None:
    now = NOON + 10 * DAY
    again = opened(store)
    change(store, again, Action.RESOLVE, NOON + DAY)
    change(store, again, Action.REOPEN, NOON + 2 * DAY)
    assert counts(store, NOON + 3 * DAY, Clock.CLOSE) == Counts(pending=1)
    change(store, again, Action.RESOLVE, NOON + 5 * DAY)
    dismissed = opened(store)
    change(store, dismissed, Action.DISMISS, NOON + DAY, note="spam")
    assert counts(store, now, Clock.CLOSE) == Counts(missed=2)


def test_a_question_s_own_target(store: Store) -> None:
    for hours in (1, 2, 3):
        attempt(store, opened(store, NOON + timedelta(microseconds=7)), NOON + hours * HOUR + timedelta(microseconds=7))
    opened(store)
    within = Goal(Clock.FOLLOW_UP, 0.5, 2 * HOUR)
    assert counts(store, NOON + 2 * HOUR, goal=within) == Counts(met=2, missed=1, pending=1)
    assert counts(store, NOON + 3 * HOUR, goal=within) == Counts(met=2, missed=2)
    close = replace(within, within=2 * HOUR - timedelta(microseconds=1))
    assert counts(store, NOON + 3 * HOUR, goal=close) == Counts(met=1, missed=3)
    # The other clock keeps the alerts' own targets.
    assert counts(store, NOON + 3 * HOUR, Clock.CLOSE, goal=within) == Counts(pending=4)


@pytest.mark.parametrize(
    ("fields", "alerts"),
    [
        pytest.param({}, 4, id="all"),
        pytest.param({"team": "care"}, 2, id="a team"),
        pytest.param({"holder": "ann"}, 1, id="a holder"),
        pytest.param({"rule": "late-delivery"}, 3, id="a rule"),
        pytest.param({"severity": "low"}, 1, id="a severity"),
        pytest.param({"unit": "emea"}, 2, id="a unit and below"),
        pytest.param({"unit": "emea/uk"}, 1, id="a unit below"),
        pytest.param({"unit": "eme"}, 0, id="a name that only begins alike"),
        pytest.param({"since": NOON, "until": NOON + HOUR}, 3, id="from a moment on, up to before another"),
        pytest.param({"team": "a\x00"}, 0, id="a name that nobody can have"),
    ],
)
def test_which_alerts_are_asked_for(store: Store, fields: dict[str, Any], alerts: int) -> None:
    opened(store, team="care", holder="ann", unit="emea/uk")
    opened(store, team="care", unit="emea")
    opened(store, severity=Severity.LOW, unit="emeaa")
    opened(store, NOON + HOUR, rule="rude")
    assert store.attainment.report(asked(**fields), NOON).total.alerts == alerts


def test_groups_add_up_to_the_total(store: Store) -> None:
    for team, hours in (("care", 1), ("care", 30), (None, 2), ("shop", None)):
        alert = opened(store, team=team)
        if hours:
            attempt(store, alert, NOON + hours * HOUR)
    found = store.attainment.report(asked(by=GroupedBy.TEAM), NOON + 40 * HOUR)
    told = [(line.name, line.clocks[Clock.FOLLOW_UP]) for line in found.groups]
    assert told == [("care", Counts(1, 1)), (None, Counts(1)), ("shop", Counts(0, 1))]
    assert found.total.clocks[Clock.FOLLOW_UP] == Counts(2, 2)


def test_a_key_of_a_unit_sees_no_other_unit(store: Store) -> None:
    opened(store, unit="emea/uk")
    opened(store, unit="apac")
    found = store.attainment.report(asked(by=GroupedBy.UNIT), NOON, Scope("emea"))
    assert [line.name for line in found.groups] == ["emea/uk"]
    assert found.total.alerts == 1


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        pytest.param("90% followed up in 24h", Goal(Clock.FOLLOW_UP, 0.9, DAY), id="followed up"),
        pytest.param("90% follow_up in 24h", Goal(Clock.FOLLOW_UP, 0.9, DAY), id="as the clock is called"),
        pytest.param("85% resolved within 4 d", Goal(Clock.CLOSE, 0.85, 4 * DAY), id="resolved"),
        pytest.param("99.5% closed", Goal(Clock.CLOSE, 0.995), id="in the alerts' own time"),
        pytest.param("90% answered in 24h", None, id="an unknown word"),
        pytest.param("0% closed", None, id="nothing"),
        pytest.param("101% closed", None, id="more than all"),
        pytest.param("90% closed in 8bh", None, id="open hours"),
        pytest.param("90% closed in 0h", None, id="no time"),
        pytest.param("soon", None, id="no goal"),
    ],
)
def test_goals(text: str, goal: Goal | None) -> None:
    if goal is None:
        with pytest.raises(QuestionError):
            parse_goal(text)
    else:
        assert parse_goal(text) == goal
        assert parse_goal(str(goal).replace(" in time", "")) == goal


@pytest.mark.parametrize(
    ("found", "at_least", "answer", "settled"),
    [
        pytest.param(Counts(9, 1), 0.9, Answer.MET, True, id="just"),
        pytest.param(Counts(89, 11), 0.9, Answer.NOT_MET, True, id="not quite"),
        pytest.param(Counts(9, 1, 1), 0.9, Answer.MET, False, id="met so far"),
        pytest.param(Counts(99, 0, 1), 0.9, Answer.MET, True, id="nothing can change it"),
        pytest.param(Counts(0, 10, 5), 0.9, Answer.NOT_MET, True, id="nothing can save it"),
        pytest.param(Counts(8, 2, 10), 0.9, Answer.NOT_MET, False, id="not met so far"),
        pytest.param(Counts(), 0.9, Answer.NOTHING, True, id="nothing"),
        pytest.param(Counts(pending=3), 0.9, Answer.NOTHING, False, id="nothing yet"),
        pytest.param(Counts(7, 3), 0.7, Answer.MET, True, id="a share that floats cannot say"),
    ],
)
def test_answers(found: Counts, at_least: float, answer: Answer, settled: bool) -> None:
    assert (found.answers(at_least), found.is_settled(at_least)) == (answer, settled)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    assert span_of(None, None, NOON, NOON.tzinfo) == (NOON - 30 * DAY, NOON)  # type: ignore[arg-type]
    with pytest.raises(QuestionError):
        span_of(NOON, NOON - DAY, NOON, NOON.tzinfo)  # type: ignore[arg-type]
    with pytest.raises(QuestionError, match="say since when"):
        span_of(None, datetime(1, 1, 5, tzinfo=UTC), NOON, UTC)


# Any history, against the definition read off it event by event.


@dataclass(frozen=True)
class History:
    opened: int
    team: str | None
    counts: bool
    events: tuple[tuple[int, str], ...]


def possible(history: History) -> History:
    """Leave out what cannot be done: what is closed is not closed again, what is open is not reopened."""
    closed, kept = False, []
    for at, what in history.events:
        if (what in ("resolve", "dismiss") and closed) or (what == "reopen" and not closed):
            continue
        closed = closed if what in ("attempt", *VerdictKind) else what != "reopen"
        kept.append((at, what))
    return replace(history, events=tuple(kept))


steps = st.sampled_from(["attempt", "resolve", "dismiss", "reopen", *map(str, VerdictKind)])
events = (
    st.lists(st.tuples(st.integers(0, 200), steps), max_size=6, unique_by=lambda one: one[0]).map(sorted).map(tuple)
)
histories = st.builds(History, st.integers(0, 100), st.sampled_from(["care", "shop", None]), st.booleans(), events).map(
    possible
)


def slow(history: History, clock: Clock, now: int, within: int | None) -> str | None:
    """Return how a history stands, hours throughout."""
    verdicts = [what for _, what in history.events if what in tuple(VerdictKind)]
    if not history.counts or (verdicts and verdicts[-1] in ("wrong_label", "duplicate")):
        return None
    own = 24 if clock is Clock.FOLLOW_UP else 96
    due = history.opened + (own if within is None else within)
    reached: int | None = None
    for at, what in history.events:
        if clock is Clock.FOLLOW_UP and what == "attempt" and reached is None:
            reached = history.opened + at
        if clock is Clock.CLOSE and what in ("resolve", "reopen"):
            reached = history.opened + at if what == "resolve" else None
    if reached is not None and reached <= due:
        return "met"
    return "missed" if reached is not None or now > due else "pending"


def live(store: Store, history: History, base: datetime) -> None:
    at = base + history.opened * HOUR
    alert = opened(store, at, team=history.team, in_attainment=history.counts)
    for after, what in history.events:
        moment = at + after * HOUR
        if what == "attempt":
            attempt(store, alert, moment)
        elif what in tuple(VerdictKind):
            judge(store, alert, moment, VerdictKind(what))
        else:
            change(store, alert, Action(what), moment, note="why")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(histories, min_size=1, max_size=6),
    st.tuples(st.integers(0, 100), st.integers(0, 120)),
    st.integers(200, 400),
    st.sampled_from([None, 12, 24, 150]),
    st.sampled_from(Clock),
)
def test_any_history_counts_as_the_definition_says(
    store: Store, lives: list[History], span: tuple[int, int], now: int, within: int | None, clock: Clock
) -> None:
    base = NOON + next(NUMBERS) * 60 * DAY
    for history in lives:
        live(store, history, base)
    goal = Goal(clock, 0.9, None if within is None else within * HOUR)
    since, until = base + min(span) * HOUR, base + max(span) * HOUR
    found = store.attainment.report(Question(since, until, GroupedBy.TEAM, goal), base + now * HOUR)
    chosen = [one for one in lives if min(span) <= one.opened < max(span)]
    for team in {"care", "shop", None}:
        told = [slow(one, clock, now, within) for one in chosen if one.team == team]
        wanted = Counts(*(told.count(name) for name in ("met", "missed", "pending")))
        line = next((one for one in found.groups if one.name == team), None)
        assert (line.clocks[clock] if line else Counts()) == wanted
